"""Following an open case: what is asked, the document, the refusal, taking it back."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arrondissements.models import JournalEntry, Office
from portal.demo.cases import picture
from requests_app import filing, workflow
from requests_app.catalogue.models import RejectionMotive
from requests_app.models import Evidence, Message, ServiceRequest
from requests_app.states import State
from tests.cast import deliver_all
from tests.requests_app.citizen import opened

pytestmark = pytest.mark.django_db


def url(case, name="case", *args):
    return reverse(f"requests:{name}", args=[case.shown_reference, *args])


def stored(case):
    return ServiceRequest.objects.get(pk=case.pk)


def photo(text="new"):
    return picture("nouvelle.jpg", text)


@pytest.fixture
def asked(awa, filed_case):
    """A case that waits for the place of birth and the identity paper, open in Awa's browser."""
    case = filed_case(state=State.NEEDS_INFORMATION)
    # The question is a moment older than what the test attaches.
    case.information_requests.update(asked_at=timezone.now() - datetime.timedelta(seconds=5))
    Evidence.objects.filter(case=case).update(uploaded_at=timezone.now() - datetime.timedelta(hours=1))
    return opened(awa, case)


# -- The case page ------------------------------------------------------------------------------


def test_the_history_tells_the_acts_in_order_and_names_nobody(awa, filed_case, cast):
    case = opened(awa, filed_case(state=State.ACCEPTED))
    text = awa.get(url(case)).text
    acts = [text.index(words) for words in ("Demande acceptée", "Demande prise en charge", "Demande déposée")]
    assert acts == sorted(acts)
    assert cast.sena.last_name not in text


def test_the_history_is_of_this_case_only(awa, filed_case):
    mine = opened(awa, filed_case())
    filed_case(state=State.ACCEPTED, surname="AUTRE")
    assert "Demande acceptée" not in awa.get(url(mine)).text


def test_internal_notes_are_never_shown(awa, filed_case, cast):
    case = opened(awa, filed_case(state=State.UNDER_REVIEW))
    Message.objects.create(case=case, author=cast.sena, body="Bonjour Awa")
    Message.objects.create(case=case, author=cast.sena, body="Dossier douteux", internal=True)
    text = awa.get(url(case)).text
    assert "Bonjour Awa" in text
    assert "Dossier douteux" not in text


def test_a_refusal_says_why_and_what_can_be_done(awa, filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    motive = RejectionMotive.objects.first()
    workflow.reject(case, by=cast.sena, motive=motive, message="Le nom diffère.")
    opened(awa, case)
    text = awa.get(url(case)).text
    for words in (motive.label, motive.remedy, "Le nom diffère.", "Refusée"):
        assert words in text


def test_a_transfer_says_to_whom_and_keeps_the_words_of_the_office_inside(awa, filed_case, cast):
    case = filed_case()
    workflow.transfer(case, by=cast.sena, to=Office.objects.get(code="arrondissement-5"), reason="Mot du bureau")
    opened(awa, case)
    text = awa.get(url(case)).text
    assert "Bureau du 5e arrondissement" in text
    assert "Mot du bureau" not in text


def test_the_case_page_costs_the_same_however_long_the_story(awa, filed_case, cast):
    case = opened(awa, filed_case())
    Message.objects.create(case=case, author=cast.sena, body="Bonjour")
    counts = []
    for more in range(2):
        awa.get(url(case))
        with CaptureQueriesContext(connection) as queries:
            awa.get(url(case))
        counts.append(len(queries))
        Message.objects.bulk_create([Message(case=case, author=cast.sena, body=f"{more} {n}") for n in range(10)])
        Evidence.objects.bulk_create(
            [Evidence(case=case, piece="identity", file="x", size=1, sha256=f"{more}{n}") for n in range(10)]
        )
    assert counts[0] == counts[1]


# -- Completing ---------------------------------------------------------------------------------


def test_only_what_is_asked_can_be_answered(awa, asked):
    text = awa.get(url(asked, "answer")).text
    assert "La photo est floue." in text
    assert 'name="birth_place"' in text
    assert 'name="piece-identity"' in text
    assert 'name="surname"' not in text
    answer = {"birth_place": "Ouidah", "surname": "VOLEUR", "piece-identity": photo(), "send": "1"}
    assert awa.post(url(asked, "answer"), answer).url == url(asked)
    case = stored(asked)
    assert (case.answers["birth_place"], case.answers["surname"]) == ("Ouidah", "DOSSOU-YOVO")


def test_the_answer_sends_the_case_back_to_the_office(awa, asked):
    answer = {"birth_place": "Ouidah", "piece-identity": photo(), "message": "Voici.", "send": "1"}
    page = awa.post(url(asked, "answer"), answer, follow=True)
    assert "Vos corrections sont envoyées." in page.text
    case = stored(asked)
    assert (case.state, case.returned) == (State.UNDER_REVIEW, True)
    assert Message.objects.get(case=case, from_applicant=True).body == "Voici."
    assert JournalEntry.objects.filter(obj=case.obj, act="case.answer").count() == 1


def test_the_file_that_was_filed_stays_beside_the_new_one(awa, asked):
    awa.post(url(asked, "answer"), {"birth_place": "Ouidah", "piece-identity": photo(), "send": "1"})
    assert asked.evidence.filter(piece="identity").count() == 2


def test_a_filed_file_cannot_be_removed_but_a_new_one_can(awa, asked):
    old = asked.evidence.get()
    new = filing.attach(asked, "identity", photo())
    for file, left in ((old, 2), (new, 1)):
        awa.post(url(asked, "answer"), {"remove": str(file.pk)})
        assert asked.evidence.count() == left


def test_a_missing_answer_and_a_missing_file_are_said_and_nothing_typed_is_lost(awa, asked):
    answer = awa.post(url(asked, "answer"), {"birth_place": "", "message": "Mon mot", "send": "1"})
    assert answer.status_code == 422
    for words in ("Répondez à cette question.", "Joignez cette pièce.", "Mon mot"):
        assert words in answer.text
    assert stored(asked).state == State.NEEDS_INFORMATION


def test_a_refused_file_is_said_beside_its_piece_and_the_words_stay(awa, asked):
    bad = SimpleUploadedFile("photo.jpg", b"MZ" * 100)
    answer = awa.post(url(asked, "answer"), {"birth_place": "Ouidah", "piece-identity": bad, "send": "1"})
    assert answer.status_code == 422
    assert "n’est pas ce que dit son nom" in answer.text
    assert 'value="Ouidah"' in answer.text


def test_a_good_file_is_kept_although_an_answer_is_missing(awa, asked):
    answer = awa.post(url(asked, "answer"), {"birth_place": "", "piece-identity": photo(), "send": "1"})
    assert answer.status_code == 422
    assert "Joignez cette pièce." not in answer.text
    assert asked.evidence.filter(original_name="nouvelle.jpg").exists()


def test_sending_one_file_does_not_judge_the_questions_yet(awa, asked):
    answer = awa.post(url(asked, "answer"), {"birth_place": "", "piece-identity": photo(), "attach": "1"})
    assert "Répondez à cette question." not in answer.text
    assert "nouvelle.jpg" in answer.text


def test_a_piece_that_was_not_asked_cannot_be_added(awa, filed_case, cast):
    case = filed_case("permis-inhumer", state=State.UNDER_REVIEW)
    workflow.ask_information(case, by=cast.koffi, fields=[], pieces=["death_certificate"], message="Illisible.")
    with pytest.raises(workflow.Refused):
        filing.attach(case, "identity", photo())
    assert filing.attach(case, "death_certificate", photo())


def test_the_second_answer_changes_nothing(awa, asked):
    answer = {"birth_place": "Ouidah", "send": "1"}
    awa.post(url(asked, "answer"), answer | {"piece-identity": photo()})
    page = awa.post(url(asked, "answer"), answer | {"birth_place": "Abomey"}, follow=True)
    assert "Rien n’est demandé pour cette demande." in page.text
    assert stored(asked).answers["birth_place"] == "Ouidah"


# -- The document -------------------------------------------------------------------------------


def test_the_document_is_downloaded_and_handed_over_once(awa, filed_case):
    case = opened(awa, filed_case(state=State.READY))
    for _ in range(2):
        answer = awa.get(url(case, "download"))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "no-store" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert stored(case).state == State.DELIVERED
    assert JournalEntry.objects.filter(obj=case.obj, act="case.download").count() == 1


def test_looking_whether_the_document_exists_hands_nothing_over(awa, filed_case):
    case = opened(awa, filed_case(state=State.READY))
    assert awa.head(url(case, "download")).status_code == 200
    assert stored(case).state == State.READY


def test_there_is_no_document_before_it_is_ready(awa, filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    opened(awa, case)
    assert awa.get(url(case, "download")).status_code == 404
    workflow.issue(case, by=cast.rekia)  # signed, the file is not made yet
    assert awa.get(url(case, "download")).status_code == 404
    deliver_all()
    assert awa.get(url(case, "download")).status_code == 200


# -- One's own files, taking it back ------------------------------------------------------------


def test_ones_own_file_is_a_download_and_anothers_is_not_found(awa, filed_case):
    mine = opened(awa, filed_case())
    other = filed_case(surname="AUTRE")
    answer = awa.get(url(mine, "evidence-file", mine.evidence.get().pk))
    assert answer["Content-Disposition"].startswith("attachment")
    assert awa.get(url(mine, "evidence-file", other.evidence.get().pk)).status_code == 404


def test_taking_back_is_confirmed_first(awa, filed_case):
    case = opened(awa, filed_case())
    assert "définitif" in awa.get(url(case, "withdraw")).text
    assert stored(case).state == State.SUBMITTED
    assert "Votre demande est retirée." in awa.post(url(case, "withdraw"), follow=True).text
    assert stored(case).state == State.WITHDRAWN


def test_what_is_decided_is_not_taken_back(awa, filed_case):
    case = opened(awa, filed_case(state=State.ACCEPTED))
    for ask in (awa.get, awa.post):
        assert ask(url(case, "withdraw")).url == url(case)
    assert stored(case).state == State.ACCEPTED
    assert "Retirer ma demande" not in awa.get(url(case)).text
