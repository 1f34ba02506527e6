"""The pages behind the first click hold to the same rules: weight for the citizen's, no barrier for everybody's."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.acceptance.test_budgets import LIGHT, PUBLIC, REQUESTS, RULES, Weight
from tests.acceptance.walking import code_received, file_certificate_of_life, fill_in, open_tracking, sign_in
from tests.real_parts import LiveSite

CITIZEN = [
    "step 1",
    "step 1 with errors",
    "step 2",
    "step 3",
    "contact",
    "evidence",
    "review",
    "receipt",
    "code",
    "case",
    "withdraw",
    "write",
    "my space",
    "my data",
    "correction link",
    "verification",
    "mistyped code",
]
DESK = [
    "/agent/",
    "/agent/?group=LATE",
    "/agent/?days=0&sort=-name",
    "/agent/vues/",
    "/agent/etiquettes/",
    "/agent/nouvelle-demande/",
    "/agent/guichet/certificat-vie/",
    "/agent/documents/",
    "/agent/signature/",
    "/agent/arrondissement-1/equipe/",
    "/agent/arrondissement-1/repartir/",
    "/agent/arrondissement-1/transmises/",
    "/agent/entraide/",
    "/agent/mon-bureau/",
    "/agent/envois/",
    "/agent/salle/",
    "/agent/non-reclames/",
    "/agent/bordereaux/",
    "/compte/code-court/",
    "/salle/arrondissement-1/",
    "/compte/codes-de-secours/",
    "/agent/chiffres/arrondissement-1/",
    "/agent/chiffres/qui-peut-quoi/",
    "/agent/avis/",
    "/agent/bordereaux/arrondissement-1/",
    "why",
    "case",
    "journal",
    "batch",
    "expert",
    "give",
    "pdf",
]
CITY = ["/agent/chiffres/", "/agent/chiffres/qui-peut-quoi/", "/agent/anomalies/", "anomaly"]
# The screen of a waiting room hangs on a wall; the kiosk is touched; an outside expert reads on his phone.
OUTSIDE = ["screen", "kiosk", "number", "opinion"]
RELAY = ["home", "consent"]
# What an office waits for in the demonstration; a draft of the relay agent that only lacks the accord.
ASKED = """
from requests_app.models import InformationRequest
print(InformationRequest.objects.filter(answered_at=None, case__state="NEEDS_INFORMATION").latest("pk").token)
"""
BEGUN = """
from arrondissements.models import User
from portal.demo import cases
from requests_app import filing, relaying
from requests_app.catalogue.models import Service
phone, service = "+2290196000077", Service.objects.select_related("current").get(slug="certificat-vie")
case = relaying.begin(service, by=User.objects.get(username="gaston"), language="fr", phone=phone)
filing.save_answers(case, cases.LIFE.all_answers())
filing.save_contact(case, name="Awa Dossou", phone=phone)
filing.attach(case, "identity", cases.picture("carte.jpg", "carte"))
print(case.token)
"""


# A batch that was done, a case under review with a paper in PDF, the link of an expert, the kiosk of an office.
PREPARED = """
import io, json, pikepdf
from django.core.files.base import ContentFile
from django.urls import reverse
from arrondissements.models import Office, User
from portal.demo import cases
from requests_app import workflow
from requests_app.experts import asking
from requests_app.models import BatchAct, Evidence, ServiceRequest
from requests_app.teamwork import batches
from requests_app.walk_ins import tickets
head, office = User.objects.get(username="mahugnon"), Office.objects.get(code="arrondissement-1")
waiting = ServiceRequest.objects.filter(office=office, state="SUBMITTED", is_trial=False).order_by("-due_on", "-pk")[:3]
rows = [(case.pk, case.updated_at.isoformat()) for case in waiting]
batch = batches.order(BatchAct.TAKE, rows, by=head, office=office)
for row in batch.rows.all(): batches.do_row(batch, row.pk)
batches.work({"batch": str(batch.pk)})
with pikepdf.new() as document:
    for _page in range(2): document.add_blank_page(page_size=(595, 842))
    out = io.BytesIO(); document.save(out)
case = ServiceRequest.objects.select_related("version__service", "office").filter(
    office=office, state="UNDER_REVIEW", assigned_to=head, is_trial=False
).first()
deed = Evidence(case=case, piece="identity", original_name="acte.pdf", media_type="application/pdf", pages=2)
deed.size, deed.sha256 = 1, "e" * 64
deed.file.save("acte.pdf", ContentFile(out.getvalue()), save=True)
asked = asking.ask(case, by=head, name="Dr Zinsou", email="expert@example.org", question="Le mur est-il sain ?")
key = tickets.kiosk_key(office)
number = tickets.take(office, "ASK").number
print(json.dumps({
    "batch": reverse("desk:batch", args=[batch.pk]),
    "expert": reverse("desk:ask-expert", args=[case.reference]),
    "give": reverse("desk:give", args=[case.reference]),
    "pdf": reverse("desk:view", args=[case.reference, deed.pk]),
    "opinion": reverse("experts:opinion", args=[asked.token]),
    "screen": reverse("hall:screen", args=[office.code]),
    "kiosk": reverse("hall:kiosk", args=[office.code, key]),
    "number": reverse("hall:given", args=[office.code, key, number]),
}, separators=(",", ":")))
"""


class Walk:
    """Where the pages are, and the cookies that open them."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self.cookies: dict[str, Any] = {}


def printed(site: LiveSite, code: str) -> str:
    """The last word that `code` prints on the site's database."""
    return site.manage("shell", "-c", code).split()[-1]


@pytest.fixture(scope="module")
def prepared(live_site: LiveSite) -> dict[str, str]:
    """The addresses of what the demonstration has not: see `PREPARED`."""
    addresses: dict[str, str] = json.loads(printed(live_site, PREPARED))
    return addresses


def prove_phone(page: Any, site: LiveSite, phone: str) -> None:
    """Open the space of a phone with the code of the SMS."""
    page.goto("/mon-espace/telephone/")
    fill_in(page, phone=phone)
    page.get_by_role("button", name="Recevoir un code").click()
    other = page.context.new_page()
    code = code_received(site, other)
    other.close()
    fill_in(page, code=code)
    page.get_by_role("button", name="Ouvrir mon espace").click()
    page.wait_for_url("**/mon-espace/")


@pytest.fixture(scope="module")
def awa(browser: Any, live_site: LiveSite) -> Walk:
    """Awa files one request, follows it, and leaves another half filled in."""
    walk = Walk()
    context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 360, "height": 740})
    page = context.new_page()
    reference = file_certificate_of_life(page, given_names="Léa", phone="01 96 77 00 11")
    walk.paths["receipt"] = page.url
    open_tracking(page, live_site, reference, "01 96 77 00 11")
    walk.paths["case"] = page.url
    walk.paths |= {"withdraw": page.url + "retirer/", "write": page.url + "ecrire/"}
    walk.paths["correction link"] = f"/completer/{printed(live_site, ASKED)}/"
    prove_phone(page, live_site, "01 96 77 00 11")
    walk.paths |= {"my space": "/mon-espace/", "my data": "/mon-espace/donnees/"}
    page.goto("/suivi/")
    fill_in(page, reference=reference, phone="01 96 77 00 11")
    page.get_by_role("button", name="Voir ma demande").click()
    walk.paths["code"] = page.url
    page.goto("/demarches/commencer/certificat-vie/")
    page.get_by_role("button", name="Commencer").click()
    draft = re.match(r".*/demande/[^/]+/", page.url)[0]
    walk.paths |= {f"step {n}": f"{draft}etape/{n}/" for n in (1, 2, 3)}
    walk.paths |= {"contact": f"{draft}coordonnees/", "evidence": f"{draft}pieces/", "review": f"{draft}verifier/"}
    walk.paths["step 1 with errors"] = walk.paths["step 1"]
    walk.paths["verification"] = f"/v/{live_site.cast['document']['code']}"
    walk.paths["mistyped code"] = "/v/0000-0000-0000-0001"
    walk.cookies = context.storage_state()
    context.close()
    return walk


@pytest.fixture
def visit(browser: Any, live_site: LiveSite) -> Iterator[Any]:
    """`visit(walk, path)`: a first visit with the walk's cookies and an empty cache."""
    contexts = []

    def _visit(walk: Walk, path: str, width: int = 360) -> Weight:
        contexts.append(
            browser.new_context(
                base_url=live_site.url,
                locale="fr-FR",
                viewport={"width": width, "height": 740},
                reduced_motion="reduce",
                storage_state=walk.cookies,
            )
        )
        weight = Weight(contexts[-1].new_page())
        weight.page.goto(path, wait_until="networkidle")
        return weight

    yield _visit
    for context in contexts:
        context.close()


def barriers(page: Any) -> str:
    """What axe finds, by day and by night; empty when nothing."""
    found = ""
    for color_scheme in ("light", "dark"):
        page.emulate_media(color_scheme=color_scheme)
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        if result.violations_count:
            found += f"{color_scheme}: {result.generate_report()}"
    return found


def too_wide(page: Any) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("name", CITIZEN)
def test_a_page_of_the_citizens_journey_is_light_and_without_barrier(awa, visit, name):
    weight = visit(awa, awa.paths[name], width=320)
    assert 0 < weight.bytes <= LIGHT
    assert weight.requests <= REQUESTS
    assert weight.refused == 0
    if name.endswith("errors"):
        weight.page.get_by_role("button", name="Enregistrer et continuer").last.click()
        weight.page.locator("#erreurs").wait_for()
    assert too_wide(weight.page) <= 0
    assert barriers(weight.page) == ""


@pytest.fixture(scope="module")
def mahugnon(browser: Any, live_site: LiveSite, prepared: dict[str, str]) -> Walk:
    """The head of the office: she sees every page of the desk."""
    walk = Walk()
    walk.paths |= prepared
    context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 1280, "height": 800})
    page = sign_in(context, live_site, "mahugnon")
    page.goto("/agent/")
    walk.paths["case"] = page.locator("main tbody tr").first.locator("a").first.get_attribute("href")
    walk.paths["why"] = page.locator("main tbody tr").nth(1).locator("a").first.get_attribute("href")
    walk.paths["journal"] = f"{walk.paths['case']}journal/"
    page.goto(walk.paths["case"])
    page.get_by_role("button", name=re.compile("Contrôle")).click()
    page.wait_for_selector("#historique")
    walk.cookies = context.storage_state()
    context.close()
    return walk


@pytest.fixture(scope="module")
def ablawa(browser: Any, live_site: LiveSite) -> Walk:
    """The auditor: she reads the figures of the city and what looks unusual."""
    walk = Walk()
    context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 1280, "height": 800})
    page = sign_in(context, live_site, "ablawa")
    page.goto("/agent/anomalies/")
    walk.paths["anomaly"] = page.locator("main tbody a").first.get_attribute("href")
    walk.cookies = context.storage_state()
    context.close()
    return walk


@pytest.mark.parametrize("path", CITY)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_of_the_auditor_has_no_barrier_and_fits(ablawa, visit, path, width):
    weight = visit(ablawa, ablawa.paths.get(path, path), width=width)
    assert weight.page.locator("h1").count() == 1
    assert weight.refused == 0
    assert too_wide(weight.page) <= 0
    assert barriers(weight.page) == ""


@pytest.mark.parametrize("path", DESK)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_of_the_desk_has_no_barrier_and_fits(mahugnon, visit, path, width):
    weight = visit(mahugnon, mahugnon.paths.get(path, path), width=width)
    assert weight.page.locator("h1").count() == 1
    assert weight.refused == 0
    assert too_wide(weight.page) <= 0
    assert barriers(weight.page) == ""


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_of_the_hall_or_of_an_expert_has_no_barrier_and_fits(prepared, visit, name, width):
    weight = visit(Walk(), prepared[name], width=width)
    assert weight.page.locator("h1").count() == 1
    assert weight.refused == 0
    assert too_wide(weight.page) <= 0
    assert barriers(weight.page) == ""


def test_a_paper_in_pdf_is_read_with_the_keyboard_alone(mahugnon, visit):
    page = visit(mahugnon, mahugnon.paths["pdf"], width=1280).page
    for key, state in (("s", "page=2"), ("+", "zoom=2"), ("r", "turn=90"), ("p", "page=1"), ("-", "zoom=1")):
        page.keyboard.press(key)
        page.wait_for_url(f"**{state}*")
        shown = page.locator(".pane img").first
        assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000
    assert "turn-90" in page.locator(".pane img").first.get_attribute("class")
    assert barriers(page) == ""


@pytest.fixture(scope="module")
def gaston(browser: Any, live_site: LiveSite) -> Walk:
    """A relay agent, with a draft that only lacks the citizen's accord."""
    walk = Walk()
    context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 360, "height": 740})
    sign_in(context, live_site, "gaston")
    walk.paths = {"home": "/relais/", "consent": f"/relais/{printed(live_site, BEGUN)}/accord/"}
    walk.cookies = context.storage_state()
    context.close()
    return walk


@pytest.mark.parametrize("name", RELAY)
def test_a_page_of_the_relay_is_light_and_without_barrier(gaston, visit, name):
    weight = visit(gaston, gaston.paths[name], width=320)
    assert weight.page.url.endswith(gaston.paths[name])
    assert 0 < weight.bytes <= PUBLIC
    assert weight.requests <= REQUESTS
    assert weight.refused == 0
    assert too_wide(weight.page) <= 0
    assert barriers(weight.page) == ""


def test_the_page_of_an_act_has_no_barrier(mahugnon, visit):
    page = visit(mahugnon, mahugnon.paths["case"], width=1280).page
    page.goto(page.locator("a[href*='/transmettre/']").get_attribute("href"))
    assert barriers(page) == ""
