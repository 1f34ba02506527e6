"""The counter: three letters, one page, papers seen or joined, a number in large and a slip."""

import io
import re
import uuid

import pikepdf
import pytest

from arrondissements.models import JournalEntry, Posting
from portal.demo.cases import LIFE, picture
from requests_app import filing
from requests_app.catalogue.forms import as_posted, definitions_of
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.models import Channel, SeenPiece, ServiceRequest
from requests_app.states import State
from requests_app.workflow import Refused
from tests.requests_app.desk import read_by, text_of

pytestmark = pytest.mark.django_db

LIFE_PAGE = "/agent/guichet/certificat-vie/"


@pytest.fixture
def fifame(cast, catalogue, private_files, signed_in):
    """Fifamè at the counter of the 1st arrondissement, signed in."""
    return signed_in(cast.fifame)


def typed(service="certificat-vie", **changes):
    version = Service.objects.select_related("current").get(slug=service).current
    posted = as_posted(definitions_of(version), LIFE.all_answers())
    contact = {"_name": "Awa Dossou", "_phone": "01 96 00 00 02", "_email": "", "_declared": "on"}
    shown = {"_shown": " ".join(one["key"] for one in definitions_of(version)), "_key": str(uuid.uuid4())}
    return {**posted, **contact, **shown, "_seen-identity": "on", **changes}


def filed():
    return ServiceRequest.objects.select_related("version__service", "office").exclude(state=State.DRAFT)


def test_the_01_that_begins_the_box_of_the_phone_is_no_answer(fifame):
    """Left alone it is asked for, and not said to be a wrong number."""
    assert 'value="01 "' in text_of(fifame.get(LIFE_PAGE))
    asked = text_of(fifame.post(LIFE_PAGE, typed(_phone="01 ")))
    assert "Ce numéro de téléphone n’existe pas" not in asked
    assert "Téléphone : Répondez à cette question." in asked
    assert "Ce numéro de téléphone n’existe pas" in text_of(fifame.post(LIFE_PAGE, typed(_phone="01 9")))


# -- Choosing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "slug"), [("vie", "certificat-vie"), ("DE VIE", "certificat-vie"), ("inhu", "permis-inhumer")]
)
def test_a_few_letters_lead_to_the_page_of_the_service(fifame, letters, slug):
    assert fifame.get("/agent/nouvelle-demande/", {"q": letters}).url == f"/agent/guichet/{slug}/"


def test_letters_that_leave_several_services_show_them(fifame):
    page = text_of(fifame.get("/agent/nouvelle-demande/", {"q": "attestation"}))
    assert "/agent/guichet/attestation-souche/" in page
    assert "/agent/guichet/certificat-vie/" not in page


def test_letters_of_nothing_say_what_to_do(fifame):
    assert "Aucune démarche ne correspond" in text_of(fifame.get("/agent/nouvelle-demande/", {"q": "zzz"}))


def test_a_service_that_is_not_filed_here_has_no_page(fifame):
    assert fifame.get("/agent/guichet/casier-judiciaire/").status_code == 404
    assert fifame.get("/agent/guichet/nulle-part/").status_code == 404


def test_whoever_serves_nowhere_files_for_nobody(signed_in, cast, catalogue):
    Posting.objects.filter(user=cast.fifame).delete()
    for user in (cast.ines, cast.fifame):
        assert signed_in(user).post(LIFE_PAGE, typed()).status_code == 403
    assert not ServiceRequest.objects.exists()


# -- One page -----------------------------------------------------------------------------------


def test_looking_at_the_page_creates_nothing_and_waits_at_the_name(fifame):
    page = fifame.get(LIFE_PAGE)
    assert re.search(r'name="_name"[^>]* autofocus', page.text)
    assert 'value="01 "' in page.text
    assert not ServiceRequest.objects.exists()


def test_one_post_files_the_request_at_the_counter(fifame, cast):
    answer = fifame.post(LIFE_PAGE, typed())
    case = filed().get()
    assert answer.url == f"/agent/depot/{case.reference}/"
    assert (case.channel, case.filed_by, case.applicant_name) == (Channel.COUNTER, cast.fifame, "Awa Dossou")
    assert case.answers["birth_place"] == "Porto-Novo"
    assert JournalEntry.objects.get(obj=case.obj, act="case.submit").by == cast.fifame


def test_the_page_sent_twice_files_once(fifame):
    page = typed()
    first, second = fifame.post(LIFE_PAGE, page), fifame.post(LIFE_PAGE, page)
    assert first.url == second.url
    assert ServiceRequest.objects.count() == 1


def test_the_page_of_somebody_else_is_not_taken_over(fifame, signed_in, cast):
    page = typed()
    fifame.post(LIFE_PAGE, page)
    assert signed_in(cast.sena).post(LIFE_PAGE, page).status_code == 404


def test_what_is_missing_is_said_in_place_and_nothing_typed_is_lost(fifame):
    page = fifame.post(LIFE_PAGE, typed(surname="", **{"_seen-identity": "", "_declared": ""}))
    assert page.status_code == 422
    for words in ("Répondez à cette question.", "Joignez cette pièce, ou cochez que vous l’avez vue.", "Relisez"):
        assert words in page.text
    assert 'value="Awa Dossou"' in page.text
    assert 'value="Porto-Novo"' in page.text
    assert not ServiceRequest.objects.exists()


CANNOT = {"field": "can_come", "is": "equals", "value": False}
WORDS = {"fr": "Pourquoi ne peut-elle pas venir ?", "en": "Why can she not come?"}
WHY_NOT = {"key": "why_not", "type": "text", "label": WORDS}


@pytest.mark.parametrize("whole_step", [False, True])
def test_an_answer_that_calls_for_a_question_brings_it_in_place(fifame, whole_step):
    service = Service.objects.get(slug="certificat-vie")
    version = ServiceVersion.objects.get(pk=service.current_id)
    if whole_step:
        version.form["steps"].append({"title": WORDS, "fields": [WHY_NOT], "when": CANNOT})
    else:
        version.form["steps"][2]["fields"].append(WHY_NOT | {"when": CANNOT})
    version.pk, version.number, version._state.adding = None, version.number + 1, True
    version.save()
    Service.objects.filter(pk=service.pk).update(current=version)
    shown = " ".join(one["key"] for one in definitions_of(version) if one["key"] != "why_not")
    page = fifame.post(LIFE_PAGE, typed(can_come="no", _shown=shown))
    assert "Une réponse appelle d’autres questions" in page.text
    assert re.search(r'name="why_not"[^>]* autofocus', page.text)
    assert "Répondez à cette question." not in page.text
    fifame.post(LIFE_PAGE, typed(can_come="no", why_not="Alitée", _shown=f"{shown} why_not"))
    assert filed().get().answers["why_not"] == "Alitée"


def test_a_file_sent_with_a_fault_elsewhere_is_kept_for_the_next_try(fifame):
    page = typed(surname="", **{"_seen-identity": "", "piece-identity": picture("carte.jpg", "carte")})
    again = fifame.post(LIFE_PAGE, page)
    assert "carte.jpg" in again.text
    fifame.post(LIFE_PAGE, page | {"surname": "DOSSOU", "piece-identity": ""})
    case = filed().get()
    assert [file.original_name for file in case.evidence.all()] == ["carte.jpg"]
    assert not SeenPiece.objects.exists()


# -- Papers seen --------------------------------------------------------------------------------


def test_a_paper_seen_is_kept_with_the_name_of_who_saw_it_and_shown_to_the_clerk(fifame, signed_in, cast):
    fifame.post(LIFE_PAGE, typed())
    case = filed().get()
    seen = SeenPiece.objects.get(case=case)
    assert (seen.piece, seen.by) == ("identity", cast.fifame)
    page = text_of(read_by(signed_in(cast.sena), case))
    assert re.search(r"Original vu au guichet.{0,40}Fifame", page)


def test_nobody_sees_papers_on_the_web(draft, cast):
    on_the_web = draft("certificat-vie")
    with pytest.raises(Refused):
        filing.show_at_the_counter(on_the_web, ["identity"], by=cast.sena)
    assert not SeenPiece.objects.exists()


# -- For somebody else --------------------------------------------------------------------------

FOR_A_CHILD = {
    "_on_behalf": "CHILD",
    "_shown_for": "CHILD",
    "_name": "Sènan Dossou",
    "_phone": "",
    "_helper_name": "Awa Dossou",
    "_helper_phone": "97 00 00 09",
    "_contact_to": "HELPER",
}


def test_for_somebody_else_the_page_comes_back_with_its_questions_and_judges_nothing(fifame):
    page = fifame.post(LIFE_PAGE, typed(surname="", _on_behalf="CHILD", _shown_for="SELF", _declared=""))
    assert page.status_code == 200
    assert re.search(r'name="_helper_name" value="Awa Dossou"[^>]* autofocus', page.text)
    assert re.search(r'name="_helper_phone" value="01 96 00 00 02"', page.text)
    assert 'name="_shown_for" value="CHILD"' in page.text
    assert "Nom et prénoms de l’enfant" in page.text
    assert 'value="Porto-Novo"' in page.text
    for fault in ("Répondez à cette question.", "Joignez cette pièce"):
        assert fault not in page.text
    assert not ServiceRequest.objects.exists()


def test_for_herself_again_the_name_comes_back(fifame):
    page = fifame.post(LIFE_PAGE, typed(**FOR_A_CHILD | {"_on_behalf": "SELF"}))
    assert re.search(r'name="_name" value="Awa Dossou"[^>]* autofocus', page.text)
    assert "_helper_name" not in page.text


def test_a_parent_at_the_counter_files_for_her_child(fifame):
    fifame.post(LIFE_PAGE, typed(**FOR_A_CHILD))
    case = filed().get()
    assert (case.on_behalf, case.applicant_name, case.phone) == ("CHILD", "Sènan Dossou", "")
    assert (case.helper_name, case.helper_phone, case.contact_to) == ("Awa Dossou", "+2290197000009", "HELPER")


@pytest.mark.parametrize("told", ["APPLICANT", "BOTH"])
def test_whoever_is_to_be_told_needs_a_phone_at_the_counter_too(fifame, told):
    page = fifame.post(LIFE_PAGE, typed(**FOR_A_CHILD | {"_contact_to": told}))
    assert page.status_code == 422
    assert "ne prévenir que la personne au guichet" in page.text
    assert not filed().exists()
    fifame.post(LIFE_PAGE, typed(**FOR_A_CHILD | {"_contact_to": told, "_phone": "96 00 00 02"}))
    assert filed().get().contact_to == told


@pytest.mark.parametrize("proof", [{"_seen-mandate": "on"}, {"piece-mandate": picture("procuration.jpg", "mandat")}])
def test_who_acts_for_another_shows_or_leaves_the_proof(fifame, proof):
    page = typed(**FOR_A_CHILD | {"_on_behalf": "MANDATE", "_shown_for": "MANDATE"})
    assert "Joignez cette pièce, ou cochez que vous l’avez vue." in fifame.post(LIFE_PAGE, page).text
    assert not filed().exists()
    fifame.post(LIFE_PAGE, page | proof)
    case = filed().get()
    assert case.seen_pieces.filter(piece="mandate").exists() or case.evidence.filter(piece="mandate").exists()


def test_for_herself_no_proof_is_asked(fifame):
    assert "piece-mandate" not in fifame.get(LIFE_PAGE).text


# -- Likely duplicates --------------------------------------------------------------------------


def test_a_request_alike_is_said_before_filing_and_one_tick_goes_on(fifame, filed_case):
    first = filed_case(name="Awa Dossou")
    page = typed(surname="AUTRE")
    answer = fifame.post(LIFE_PAGE, page)
    assert answer.status_code == 422
    assert "Cette demande semble déjà déposée" in answer.text
    assert f'href="/agent/demande/{first.shown_reference}/"' in answer.text
    assert re.search(r'name="_again"[^>]* autofocus', answer.text)
    assert answer.text.count("autofocus") == 1
    assert filed().count() == 1
    fifame.post(LIFE_PAGE, page | {"_again": "on"})
    assert filed().count() == 2


def test_another_person_or_another_office_is_no_request_alike(fifame, signed_in, cast, filed_case):
    filed_case(name="Awa Dossou")
    fifame.post(LIFE_PAGE, typed(_name="Ablawa Tossou", _phone="97 88 77 66", surname="TOSSOU"))
    assert filed().count() == 2
    answer = signed_in(cast.codjo).post(LIFE_PAGE, typed(surname="AUTRE"))
    assert answer.status_code == 302  # what another office holds is not told
    assert filed().count() == 3


def test_a_button_of_a_group_judges_no_paper(fifame):
    page = fifame.post(LIFE_PAGE, typed(add="children", **{"_seen-identity": ""}))
    assert page.status_code == 200
    assert "Joignez cette pièce" not in page.text


# -- The slip -----------------------------------------------------------------------------------


def test_the_number_is_shown_in_large_and_the_slip_is_80_mm_wide(fifame):
    page = fifame.get(fifame.post(LIFE_PAGE, typed()).url)
    case = filed().get()
    assert re.search(rf"filed-number.{{0,60}}{case.shown_reference}", page.text)
    slip = fifame.get(f"/agent/depot/{case.reference}/ticket.pdf").content
    with pikepdf.open(io.BytesIO(slip)) as pdf:
        assert len(pdf.pages) == 1
        assert float(pdf.pages[0].mediabox[2]) == pytest.approx(80 / 25.4 * 72, abs=0.5)


def test_the_slip_is_for_whoever_filed_even_when_the_request_went_elsewhere(fifame, signed_in, cast):
    fifame.post(LIFE_PAGE, typed(residence="5:Gbéto"))
    case = filed().get()
    assert case.office == cast.fifth
    assert fifame.get(f"/agent/depot/{case.reference}/").status_code == 200
    for other in (cast.codjo, cast.sena):
        assert signed_in(other).get(f"/agent/depot/{case.reference}/").status_code == 404
    assert fifame.get(f"/agent/demande/{case.reference}/").status_code == 404


def test_a_request_filed_on_the_web_has_no_slip_of_the_counter(fifame, filed_case):
    assert fifame.get(f"/agent/depot/{filed_case().reference}/").status_code == 404


def test_the_counter_files_but_does_not_decide(fifame):
    fifame.post(LIFE_PAGE, typed())
    case = filed().get()
    for act in ("prendre", "accepter", "refuser", "demander-un-complement", "ecrire"):
        assert fifame.post(f"/agent/demande/{case.reference}/{act}/", {"body": "x", "send": "1"}).status_code == 404


# -- From paper ---------------------------------------------------------------------------------


def test_a_form_printed_before_the_new_version_is_keyed_in_as_it_was_printed(fifame):
    service = Service.objects.get(slug="certificat-vie")
    old = service.current_id
    version = ServiceVersion.objects.get(pk=old)
    number = version.number
    version.form["steps"][0]["fields"] = version.form["steps"][0]["fields"][:3]  # birth_place is gone
    version.pk, version.number, version._state.adding = None, number + 1, True
    version.save()
    Service.objects.filter(pk=service.pk).update(current=version)
    page = fifame.get(f"{LIFE_PAGE}{number}/")
    assert 'name="birth_place"' in page.text
    assert f"version {number}" in page.text
    shown = " ".join(one["key"] for one in definitions_of(ServiceVersion.objects.get(pk=old)))
    fifame.post(f"{LIFE_PAGE}{number}/", typed(birth_place="Porto-Novo", _shown=shown))
    assert filed().get().version_id == old
    assert fifame.get(f"{LIFE_PAGE}99/").status_code == 404
