"""The promise of the workshop: a service made from nothing in the admin, published, filed, and revised under a draft.

The autorisation de sortie de mineurs: the town hall issues it, its fee is not published anywhere (hence to confirm).
"""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from portal.demo.cases import picture
from tests.acceptance.papers import downloaded, scan, verify, words
from tests.acceptance.walking import fill_in, next_step, open_tracking, sign_here, sign_in
from tests.acceptance.workshop import Workshop
from tests.real_parts import LiveSite

SLUG = "autorisation-de-sortie-de-mineurs"
DEPARTURE = (timezone.localdate() + datetime.timedelta(days=20)).isoformat()
RETURN = (timezone.localdate() + datetime.timedelta(days=27)).isoformat()


PHONE = "01 97 31 00 11"


@pytest.fixture
def office_pc(browser: Any, live_site: LiveSite) -> Any:
    """`office_pc()`: a browser of its own, 1280 px wide, at the town hall."""
    contexts = []

    def _office_pc() -> Any:
        context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield _office_pc
    for context in contexts:
        context.close()


def test_a_service_is_made_published_filed_signed_and_revised_without_a_developer(
    page: Page, office_pc: Any, live_site: LiveSite, tmp_path: Path
):
    viviane = sign_in(office_pc(), live_site, "viviane")
    make_the_service(viviane)
    publish(viviane, "La version 1 est publiée")

    reference = file_as_a_guardian(page)
    instruct(sign_in(office_pc(), live_site, "codjo"), reference)
    sign(sign_in(office_pc(), live_site, "anselme"), live_site, reference)
    open_tracking(page, live_site, reference, PHONE)
    read_the_letter(page, live_site, downloaded(page, tmp_path))

    begin(page)
    fill_the_form(page, "Rosine")
    waiting = page.url  # the review of a draft that nobody has sent yet
    before = answers_kept(live_site)[-1]
    assert before["jour_du_retour"] == RETURN

    revise_the_service(viviane)
    publish(viviane, "La version 2 est publiée")

    page.goto(waiting)
    expect(page.locator("main")).to_contain_text("Jour du retour")
    assert file_it(page)
    assert versions_filed(live_site) == ["1", "1"]
    assert answers_kept(live_site)[-1] == before, "what version 2 no longer asks was filed as it was answered"
    begin(page)
    answer_the_first_steps(page, "Koffi")
    expect(page.locator("main")).to_contain_text("Destination")
    expect(page.locator("main")).not_to_contain_text("Jour du retour")


# -- Viviane ------------------------------------------------------------------------------------


def make_the_service(viviane: Page) -> None:
    viviane.goto("/admin/demarches/")
    viviane.get_by_role("link", name="Nouvelle démarche").first.click()
    shop = Workshop(viviane)
    shop.write(
        title_fr="Autorisation de sortie de mineurs",
        summary_fr="Demandez l’autorisation de faire voyager un enfant.",
        summary_en="Ask for permission to let a child travel.",
        mode="ISSUED_HERE",
        issuing_authority_fr="Mairie de Cotonou",
        issuing_authority_en="Town hall of Cotonou",
    )
    shop.fill(f"{shop.add('sources')}-text", "La mairie délivre cette autorisation ; aucun tarif publié")
    shop.fill("sources-0-value-confidence", "medium")
    write_the_form(shop)
    write_the_rest(shop)
    shop.save()
    # The English title was forgotten: said at its place, then written.
    said = shop.check()
    expect(said).to_contain_text("Présentation › titre (anglais)")
    said.get_by_role("link", name="C’est à remplir.").first.click()
    expect(viviane.locator("[name='title_en']")).to_be_visible()
    shop.write(title_en="Permission for minors to travel")
    shop.save()


def write_the_form(shop: Workshop) -> None:
    shop.tab("Formulaire")
    parent = shop.add("steps")
    shop.both(f"{parent}-title", "Le parent", "The parent")
    shop.question(parent, "Nom ou prénoms", "Nom du parent", "Surname of the parent")
    shop.question(parent, "Nom ou prénoms", "Prénoms du parent", "Given names of the parent")
    shop.question(parent, "Quartier", "Quartier", "Neighbourhood")
    link = shop.question(parent, "Choix d’une réponse", "Lien", "Link with the minors")
    for french, english in (("Père ou mère", "Father or mother"), ("Tuteur", "Guardian")):
        shop.both(f"{shop.add(f'{link}-choices')}-label", french, english)
    decision = shop.question(parent, "Texte court", "Décision de tutelle", "Guardianship decision")
    shop.only_if(decision, "lien", "equals", "tuteur")

    minors = shop.add("steps")
    shop.both(f"{minors}-title", "Les mineurs", "The minors")
    group = shop.question(
        minors,
        "Groupe répété (plusieurs personnes, plusieurs biens…)",
        "Mineurs",
        "Minors",
        min_items="1",
        max_items="6",
        item_label__fr="Mineur",
        item_label__en="Minor",
    )
    shop.question(group, "Nom ou prénoms", "Nom et prénoms", "Full name")
    shop.question(group, "Date", "Naissance", "Date of birth", limit="past")

    trip = shop.add("steps")
    shop.both(f"{trip}-title", "La sortie", "The trip")
    shop.question(trip, "Texte court", "Destination", "Destination")
    shop.question(trip, "Date", "Jour du départ", "Day of departure", limit="future")
    shop.question(trip, "Date", "Jour du retour", "Day of return", limit="future")
    shop.question(trip, "Oui ou non", "Voyage accompagné", "Do they travel with an adult?")
    adult = shop.question(trip, "Nom ou prénoms", "Accompagnateur", "Accompanying adult")
    shop.only_if(adult, "voyage_accompagne", "equals", "oui")


def write_the_rest(shop: Workshop) -> None:
    shop.tab("Pièces")
    piece = shop.add("evidence")
    shop.both(f"{piece}-label", "Une pièce d’identité du parent", "An identity document of the parent")
    shop.write(**{f"{piece}-identity": "on", f"{piece}-max_files": "2"})
    decision = shop.add("evidence")
    shop.both(f"{decision}-label", "La décision de tutelle", "The guardianship decision")
    shop.only_if(decision, "lien", "equals", "tuteur")
    shop.tab("Droits")
    shop.write(fee_status="TO_CONFIRM", fee_note_fr="Tarif non publié.", fee_note_en="No published price.")
    stamp = shop.add("fees")  # no amount: nobody published it
    shop.both(f"{stamp}-label", "Timbre", "Stamp")
    shop.write(**{f"{stamp}-kind": "base", f"{stamp}-from_": "2026-01-01"})
    shop.both(f"{stamp}-legal_basis", "Texte à confirmer", "Text to be confirmed")
    shop.tab("Orientation")
    rule = shop.add("routing_rules")
    shop.write(**{f"{rule}-by": "arrondissement_of", f"{rule}-field": "quartier"})
    shop.both(f"{rule}-reason", "Le bureau de votre arrondissement.", "The office of your borough.")
    shop.write(routing_default="secretariat-executif")
    sample = shop.add("routing_samples")
    answer = shop.add(f"{sample}-answers")
    shop.write(**{f"{answer}-field": "quartier", f"{answer}-value": "5:Gbéto", f"{sample}-office": "arrondissement-5"})
    shop.tab("Circuit")
    shop.write(signatory_role="EXECUTIVE_SECRETARY")
    shop.tab("Document")
    shop.write(
        document_template="letter",
        series="ASM",
        document_title_fr="Autorisation de sortie de mineurs",
        document_title_en="Permission for minors to travel",
        holder_surname="nom_du_parent",
        holder_given_names="prenoms_du_parent",
    )
    first = shop.add("document_body")
    shop.write(**{f"{first}-text": "Il est autorisé la sortie de {mineurs} vers {destination}, le {jour_du_depart}."})
    second = shop.add("document_body")
    shop.write(**{f"{second}-text": "Les mineurs voyagent avec {accompagnateur}."})
    shop.only_if(second, "voyage_accompagne", "equals", "oui")


def publish(viviane: Page, sentence: str) -> None:
    shop = Workshop(viviane)
    page = shop.check()
    expect(page).to_contain_text("Rien : la démarche peut être publiée.")
    viviane.get_by_role("link", name="Essayer").last.click()
    paper = viviane.request.get(viviane.get_by_role("link", name="Voir le document en PDF").get_attribute("href"))
    assert paper.headers["content-type"] == "application/pdf"
    expect(viviane.locator("main")).not_to_contain_text("attendu")
    viviane.go_back()
    viviane.get_by_role("button", name="Publier maintenant").click()
    expect(viviane.locator(".messages")).to_contain_text(sentence)
    viviane.get_by_role("link", name="Revenir au brouillon").click()


def revise_the_service(viviane: Page) -> None:
    shop = Workshop(viviane)
    shop.tab("Formulaire")
    shop.remove("Jour du retour")
    shop.save()
    expect(shop.check()).to_contain_text("La question « Jour du retour » n’est plus posée.")
    viviane.get_by_role("link", name="Revenir au brouillon").click()


# -- The citizen --------------------------------------------------------------------------------


def begin(page: Page) -> None:
    page.goto("/demarches/")
    page.get_by_role("link", name="Autorisation de sortie de mineurs").first.click()
    page.get_by_role("link", name="Commencer la demande").click()
    page.get_by_role("button", name="Commencer").click()


def file_as_a_guardian(page: Page) -> str:
    """Both conditions are walked one way, then the other; return the reference of the request."""
    page.goto(f"/demarches/commencer/{SLUG}/")
    expect(page.locator("main")).to_contain_text("Montant à confirmer")
    begin(page)
    decision, adult = page.locator("[name='decision_de_tutelle']"), page.locator("[name='accompagnateur']")
    fill_in(page, nom_du_parent="DOSSOU", prenoms_du_parent="Awa", quartier="5:Gbéto", lien="tuteur")
    expect(decision).to_be_visible()
    fill_in(page, lien="pere_ou_mere")
    expect(decision).to_have_count(0)
    fill_in(page, lien="tuteur")
    fill_in(page, decision_de_tutelle="N° 12 du 4 mai 2026")
    next_step(page)

    fill_in(page, **{"mineurs-0-nom_et_prenoms": "Afi DOSSOU", "mineurs-0-naissance": "2015-05-03"})
    page.get_by_role("button", name=re.compile("^Ajouter")).click()
    fill_in(page, **{"mineurs-1-nom_et_prenoms": "Sènan Ɖɔ̀nanɖé", "mineurs-1-naissance": "2017-06-12"})
    next_step(page)

    fill_in(page, destination="Lomé", jour_du_depart=DEPARTURE, jour_du_retour=RETURN, voyage_accompagne="yes")
    expect(adult).to_be_visible()
    fill_in(page, voyage_accompagne="no")
    expect(adult).to_have_count(0)
    fill_in(page, voyage_accompagne="yes")
    fill_in(page, accompagnateur="Koffi AGBO")
    next_step(page)

    fill_in(page, name="Awa Dossou", phone=PHONE)
    next_step(page)
    expect(page.locator("main")).to_contain_text("La décision de tutelle")
    for number, name in enumerate(("carte", "jugement")):
        attach(page, number, name)
    next_step(page)
    review = page.locator("main")
    for said in ("N° 12 du 4 mai 2026", "Sènan", "Koffi AGBO", "Timbre", "à confirmer"):
        expect(review).to_contain_text(said)
    return file_it(page)


def answer_the_first_steps(page: Page, child: str) -> None:
    fill_in(page, nom_du_parent="DOSSOU", prenoms_du_parent="Awa", quartier="5:Gbéto", lien="pere_ou_mere")
    next_step(page)
    fill_in(page, **{"mineurs-0-nom_et_prenoms": f"{child} DOSSOU", "mineurs-0-naissance": "2015-05-03"})
    next_step(page)


def fill_the_form(page: Page, child: str) -> None:
    """Up to the review."""
    answer_the_first_steps(page, child)
    trip = {"jour_du_depart": DEPARTURE, "jour_du_retour": RETURN}
    fill_in(page, destination="Lomé", voyage_accompagne="no", **trip)
    next_step(page)
    fill_in(page, name="Awa Dossou", phone=PHONE)
    next_step(page)
    expect(page.locator("main")).not_to_contain_text("La décision de tutelle")
    attach(page, 0, child)
    next_step(page)
    expect(page.locator("main")).to_contain_text(f"{child} DOSSOU")


def attach(page: Page, number: int, name: str) -> None:
    photo = {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": picture(f"{name}.jpg", name).read()}
    page.locator("main input[type='file']").nth(number).set_input_files(photo)


def file_it(page: Page) -> str:
    fill_in(page, declaration="on")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="Votre demande est déposée")).to_be_visible()
    return page.locator(".reference").inner_text().strip()


def answers_kept(site: LiveSite) -> list[dict[str, Any]]:
    """What is answered in each draft and request for the service, oldest first; what is left empty is left out."""
    asked = (
        "import json; from requests_app.models import ServiceRequest as R; "
        f"cases = R.objects.filter(version__service__slug='{SLUG}').order_by('pk'); "
        "print(json.dumps(list(cases.values_list('answers', flat=True))))"
    )
    kept = json.loads(site.manage("shell", "-v0", "-c", asked))
    return [{key: value for key, value in answers.items() if value not in (None, "", [])} for answers in kept]


# -- The office, and whoever reads the letter ---------------------------------------------------


def instruct(clerk: Page, reference: str) -> None:
    clerk.goto(f"/agent/demande/{reference.replace('-', '')}/")
    clerk.get_by_role("button", name=re.compile("prends en charge")).click()
    expect(clerk.locator("main")).to_contain_text("Koffi AGBO")
    clerk.get_by_role("link", name=re.compile("Accepter")).click()
    clerk.locator("main form button[type='submit']").last.click()
    expect(clerk.locator("main")).to_contain_text("Acceptée")


def sign(secretary: Page, site: LiveSite, reference: str) -> None:
    secretary.goto(f"/agent/demande/{reference.replace('-', '')}/")
    secretary.get_by_role("button", name=re.compile("avant de signer")).click()
    secretary.locator("a[href*='/signer/']").first.click()
    expect(secretary.locator("main")).to_contain_text("Les mineurs voyagent avec Koffi AGBO.")
    sign_here(secretary, site, "anselme")


def read_the_letter(page: Page, site: LiveSite, paper: Path) -> None:
    """It says what was answered, and its square leads to the answer "valid"."""
    said = words(paper)
    minors = "Afi DOSSOU, 3 mai 2015 ; Sènan Ɖɔ̀nanɖé, 12 juin 2017"
    assert f"Il est autorisé la sortie de {minors} vers Lomé, le " in said
    assert "Les mineurs voyagent avec Koffi AGBO." in said
    assert "Awa DOSSOU" in said
    code = re.fullmatch(r"HTTP://127\.0\.0\.1:\d+/V/([0-9A-Z]{16})#.+", scan(paper, paper.parent))[1]
    answer = verify(site, code)
    assert (answer["status"], answer["type"]) == ("valid", "Autorisation de sortie de mineurs")
    assert answer["office"].startswith("Bureau du 5e")
    page.goto(f"/V/{code}")
    expect(page.get_by_role("heading", name="Document valide")).to_be_visible()


def versions_filed(site: LiveSite) -> list[str]:
    """The number of the version of each filed request for the service, oldest first."""
    asked = (
        "from requests_app.models import ServiceRequest as R; "
        f"cases = R.objects.filter(version__service__slug='{SLUG}', submitted_at__isnull=False).order_by('pk'); "
        "print(*cases.values_list('version__number', flat=True))"
    )
    return site.manage("shell", "-v0", "-c", asked).split()
