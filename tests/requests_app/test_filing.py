"""Filing a request as a citizen: page by page, nothing lost, once."""

import io
import uuid

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape

from arrondissements.models import JournalEntry
from portal.demo.cases import BURIAL, picture
from requests_app import admission, filing, offices, slip, workflow
from requests_app.catalogue import published
from requests_app.catalogue.field_types import places
from requests_app.catalogue.models import Service
from requests_app.models import Channel, SeenPiece, ServiceRequest
from requests_app.states import State
from tests.requests_app.citizen import LIFE, begun, filled, opened, page, posted_step, sent

pytestmark = pytest.mark.django_db

# The case, its version the first time, its pieces; begin, update, outbox, journal (one statement on PostgreSQL,
# three on SQLite), commit.
LEAN = {"postgresql": 8, "sqlite": 10}
NAUGHTY = "Ɖɔ̀nanɖé\u202e\u0000 <script>alert(1)</script> ‘%s {{ x }} 🧑🏾\ufeff"


def stored(case):
    return ServiceRequest.objects.get(pk=case.pk)


# -- Beginning ----------------------------------------------------------------------------------


def test_looking_at_the_first_page_creates_nothing(awa):
    answer = awa.get(reverse("requests:start", args=[LIFE]))
    assert answer.status_code == 200
    assert "Une pièce d’identité" in answer.text
    assert not ServiceRequest.objects.exists()


def test_the_button_creates_a_draft_and_opens_the_first_step(awa):
    answer = awa.post(reverse("requests:start", args=[LIFE]))
    case = ServiceRequest.objects.get()
    assert case.state == State.DRAFT
    assert answer.url == page(case, "step", 1)


@pytest.mark.parametrize("slug", ["certificat-residence", "nothing-of-the-sort"])
def test_what_is_issued_elsewhere_is_not_filed_here(awa, slug):
    assert awa.get(reverse("requests:start", args=[slug])).status_code == 404
    assert awa.post(reverse("requests:start", args=[slug])).status_code == 404


def test_an_orientation_cannot_be_started_from_the_counter_either(site):
    with pytest.raises(workflow.Refused):
        filing.start(Service.objects.get(slug="certificat-residence"), language="fr")


def test_the_draft_speaks_the_language_in_which_it_was_begun(awa):
    awa.post("/en" + reverse("requests:start", args=[LIFE]))
    assert ServiceRequest.objects.get().language == "en"


def test_a_draft_begun_at_the_counter_says_by_whom(site, cast):
    service = Service.objects.select_related("current").get(slug=LIFE)
    case = filing.start(service, language="fr", channel=Channel.COUNTER, by=cast.fifame)
    assert JournalEntry.objects.get(obj=case.obj).by == cast.fifame


# -- Steps --------------------------------------------------------------------------------------


def test_a_step_that_holds_is_saved_and_leads_to_the_next(awa):
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), posted_step(case, 1))
    assert answer.url == page(case, "step", 2)
    assert stored(case).answers["surname"] == "DOSSOU-YOVO"
    assert "Enregistré à" in awa.get(page(case, "step", 2)).text


def test_an_impossible_date_is_said_beside_the_field_and_nothing_typed_is_lost(awa):
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), posted_step(case, 1, birth_date_day="31", birth_date_month="2"))
    assert answer.status_code == 422
    assert answer.text.count("Cette date n’existe pas") == 2  # in the summary and beside the field
    assert "DOSSOU-YOVO" in answer.text
    assert stored(case).answers == {}


def test_two_hundred_thousand_signs_are_refused_plainly_and_given_back(awa):
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), posted_step(case, 1, surname="é" * 200_000))
    assert answer.status_code == 422
    assert "Ce texte est trop long" in answer.text
    assert "é" * 200_000 in answer.text


def test_naughty_unicode_survives_without_its_invisible_signs(awa):
    case = begun(awa)
    awa.post(page(case, "step", 1), posted_step(case, 1, birth_place=NAUGHTY))
    kept = stored(case).answers["birth_place"]
    assert kept.startswith("Ɖɔ̀nanɖé <script>")
    assert not {"\u202e", "\x00", "\ufeff"} & set(kept)
    assert "&lt;script&gt;" in awa.get(page(case, "review")).text


def test_a_step_that_does_not_exist_is_not_found(awa):
    case = begun(awa)
    assert awa.get(page(case, "step", 0)).status_code == 404
    assert awa.get(page(case, "step", len(case.version.steps) + 1)).status_code == 404


def test_saving_a_step_keeps_the_answers_of_the_others(awa):
    case = begun(awa)
    for number in (1, 2):
        awa.post(page(case, "step", number), posted_step(case, number))
    assert {"surname", "residence"} <= stored(case).answers.keys()


def test_a_step_never_writes_the_answers_of_another(awa):
    case = begun(awa)
    filing.save_step(case, 0, {"surname": "DOSSOU", "residence": "5:Gbéto"})
    assert stored(case).answers == {"surname": "DOSSOU"}


def test_correcting_from_the_review_comes_back_to_the_review(awa):
    case = filled(awa)
    form = awa.get(page(case, "step", 1) + "?relire=1").text
    assert 'name="relire"' in form
    answer = awa.post(page(case, "step", 1), posted_step(case, 1, surname="HOUNSOU") | {"relire": "1"})
    assert answer.url == page(case, "review")
    assert "HOUNSOU" in awa.get(answer.url).text


# -- Contact ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["97000009", "01 97 00 00 09", "+229 01-97-00-00-09", "97 00 00 09"])
def test_an_old_number_is_completed_and_spaces_are_forgiven(awa, typed):
    case = begun(awa)
    awa.post(page(case, "contact"), {"name": "Awa", "phone": typed})
    assert stored(case).phone == "+2290197000009"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"phone": "97 00"}, "Ce numéro de téléphone n’existe pas"),
        ({"phone": ""}, "Répondez à cette question"),
        ({"email": "awa@"}, "Cette adresse n’est pas complète"),
        ({"name": "1234"}, "Écrivez le nom en lettres"),
    ],
)
def test_a_wrong_contact_is_said_in_words(awa, wrong, sentence):
    case = begun(awa)
    answer = awa.post(page(case, "contact"), {"name": "Awa", "phone": "0197000009", "email": ""} | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert stored(case).phone == ""


def test_no_electronic_address_is_needed(awa):
    case = filled(awa)
    assert stored(case).email == ""
    assert sent(awa, case).status_code == 303


# -- Coming back --------------------------------------------------------------------------------


def test_the_kept_address_opens_the_first_page_that_lacks_something(awa):
    case = begun(awa)
    awa.post(page(case, "step", 1), posted_step(case, 1))
    assert Client().get(page(case, "resume")).url == page(case, "step", 2)


def test_the_kept_address_of_a_complete_draft_opens_the_review(awa):
    case = filled(awa)
    assert awa.get(page(case, "resume")).url == page(case, "review")


def test_the_kept_address_can_be_pasted_on_the_first_page(awa):
    case = begun(awa)
    start = reverse("requests:start", args=[LIFE])
    assert awa.get(start, {"adresse": f" http://exemple.bj{page(case, 'step', 1)[:-8]} "}).url == page(case, "resume")
    assert "n’ouvre aucune demande" in awa.get(start, {"adresse": f"http://exemple.bj/demande/{uuid.uuid4()}/"}).text


@pytest.mark.parametrize("name", ["resume", "contact", "evidence", "review", "receipt", "slip"])
def test_an_unknown_address_is_not_found(awa, name):
    assert awa.get(reverse(f"requests:{name}", args=[uuid.uuid4()])).status_code == 404


def test_a_draft_has_no_receipt(awa):
    case = filled(awa)
    assert awa.get(page(case, "receipt")).status_code == 404
    assert awa.get(page(case, "slip")).status_code == 404


# -- Review and filing --------------------------------------------------------------------------


def test_the_review_reads_everything_back_with_a_link_to_change_it(awa):
    text = awa.get(page(filled(awa), "review")).text
    for words in ("DOSSOU-YOVO", "2 septembre 1957", "Dandji (1er arrondissement)", "01\u00a096\u00a000", "photo.jpg"):
        assert words in text
    assert text.count("Modifier") >= 10


def test_the_review_and_the_case_say_what_each_file_is(awa):
    """A phone names every photo alike: a citizen, or a clerk on the phone with him, tells them apart by the piece."""
    case = filled(awa, "permis-inhumer")
    names = [piece["label"] for piece in case.version.evidence if piece["key"] in BURIAL.pieces]
    review = awa.get(page(case, "review"))
    assert [name for name, _files in review.context["files"]] == names
    assert all(f"<h3>{escape(name)}</h3>" in review.text for name in names)
    sent(awa, case)
    shown = awa.get(reverse("requests:case", args=[opened(awa, stored(case)).shown_reference]))
    assert [name for name, _files in shown.context["files"]] == names
    assert all(f"<h3>{escape(name)}</h3>" in shown.text for name in names)


def test_nothing_is_filed_without_the_declaration(awa):
    case = filled(awa)
    answer = awa.post(page(case, "submit"), {})
    assert answer.status_code == 422
    assert "Cochez cette case pour envoyer votre demande." in answer.text
    assert stored(case).state == State.DRAFT


def test_filing_leads_to_the_receipt_with_reference_promise_and_office(awa):
    case = filled(awa)
    answer = sent(awa, case)
    assert (answer.status_code, answer.url) == (303, page(case, "receipt"))
    case = stored(case)
    text = awa.get(answer.url).text
    for words in (case.shown_reference, "Bureau du 1er arrondissement", date_format(case.due_on, "l j F Y")):
        assert words in text
    assert "L’arrondissement où la personne habite délivre le certificat." in text


def test_a_resend_gives_the_same_receipt(awa):
    case = filled(awa)
    first = sent(awa, case)
    reference = stored(case).reference
    second = sent(awa, case)
    assert first.url == second.url
    assert stored(case).reference == reference
    assert JournalEntry.objects.filter(act="case.submit").count() == 1


def test_a_filed_request_is_no_longer_editable(awa):
    case = filled(awa)
    sent(awa, case)
    for name, args in (("step", [1]), ("contact", []), ("evidence", []), ("review", [])):
        assert awa.get(page(case, name, *args)).status_code == 404
    assert awa.post(page(case, "step", 1), posted_step(case, 1, surname="AUTRE")).status_code == 404
    assert stored(case).answers["surname"] == "DOSSOU-YOVO"


def test_a_step_posted_while_the_request_is_filed_elsewhere_changes_nothing(awa):
    case = filled(awa)
    seen = stored(case)
    sent(awa, case)
    for act in (
        lambda: filing.save_step(seen, 0, {"surname": "AUTRE"}),
        lambda: filing.save_contact(seen, name="Autre", phone="+2290197000009"),
        lambda: filing.attach(seen, "identity", picture("b.jpg", "other")),
        lambda: filing.detach(seen.evidence.get()),
    ):
        with pytest.raises(workflow.Refused):
            act()
    assert stored(case).answers["surname"] == "DOSSOU-YOVO"
    assert stored(case).evidence.count() == 1


def test_missing_answers_and_pieces_are_listed_with_links(awa):
    case = begun(awa)
    awa.post(page(case, "step", 2), posted_step(case, 2))
    answer = sent(awa, case)
    assert answer.status_code == 422
    assert "Votre demande n’est pas encore complète." in answer.text
    for link in (page(case, "step", 1), page(case, "contact"), page(case, "evidence")):
        assert f'{link}?relire=1">' in answer.text
    assert f'{page(case, "step", 2)}?relire=1">' not in answer.text
    assert stored(case).answers["residence"] == "1:Dandji"


def test_the_same_request_already_open_is_named(awa):
    first, second = filled(awa), filled(awa)
    sent(awa, first)
    answer = sent(awa, second)
    assert answer.status_code == 422
    assert stored(first).shown_reference in answer.text
    assert stored(second).state == State.DRAFT


def test_looking_at_the_filing_address_files_nothing(awa):
    case = filled(awa)
    assert awa.get(page(case, "submit")).url == page(case, "resume")
    assert stored(case).state == State.DRAFT


def test_filing_is_lean(awa, monkeypatch):
    for keeper in (admission, offices, published):
        monkeypatch.setattr(keeper, "KEPT", 10**9)  # no turn of the clock between the two filings
    monkeypatch.setattr(places, "PLACES_KEPT", 10**9)
    case = filled(awa)
    sent(awa, filled(awa, "permis-inhumer"))  # the offices and holidays are kept a few minutes
    with CaptureQueriesContext(connection) as queries:
        answer = sent(awa, case)
    assert answer.status_code == 303
    assert not answer.content
    assert len(queries) <= LEAN[connection.vendor], "\n".join(query["sql"][:160] for query in queries)


LONG_NAME = "Ɖɔ̀nanɖé Sɛ̀nankpɔ́n Kɔ́kúvi Adébáyɔ̀ Houngbédji-Adandédjan épouse Gbɛ̀tɔ́houénou Ahouansou"


def test_the_longest_names_stay_on_one_page_of_the_receipt_and_of_the_slip_of_the_counter(filed_case, cast):
    case = filed_case()
    helped = {"applicant_name": LONG_NAME, "on_behalf": "MANDATE", "helper_name": LONG_NAME, "contact_to": "BOTH"}
    for name, value in helped.items():
        setattr(case, name, value)
    case.office.name_fr = "Bureau de l’état civil du 12e arrondissement – annexe de Fidjrossè-Kpota Ɖɔ̀"
    for number in range(4):
        SeenPiece.objects.create(
            case=case, piece=f"Acte de naissance de moins de six mois, copie {number}", by=cast.sena
        )
    for pdf in (slip.slip_pdf(case), slip.ticket_pdf(case)):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert len(document.pages) == 1


def test_the_slip_is_a_small_page_that_claims_nothing(awa):
    case = filled(awa)
    sent(awa, case)
    answer = awa.get(page(case, "slip"))
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) == 1


def test_every_page_of_the_journey_works_in_english(awa):
    case = filled(awa)
    pages = [page(case, name, *args) for name, *args in (("step", 1), ("contact",), ("evidence",), ("review",))]
    for address in pages:
        assert awa.get(f"/en{address}").status_code == 200
