"""What was kept long enough after the end of a request is erased, with a report; nothing of an open one is."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from arrondissements import journal
from arrondissements.models import JournalEntry
from requests_app import workflow
from requests_app.catalogue import publishing
from requests_app.catalogue.models import RejectionMotive, Service
from requests_app.evidence import purging, watermark
from requests_app.models import Correction, FileState, ServiceRequest
from requests_app.states import FINAL_STATES, State
from tests.requests_app.citizen import proved
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db

A_YEAR = 365


@pytest.fixture(autouse=True)
def _a_year(settings):
    settings.EVIDENCE_RETENTION_DAYS = A_YEAR


def ended(case, days_ago, **changes):
    """The same case, as if it had ended some days ago."""
    ServiceRequest.objects.filter(pk=case.pk).update(
        ended_at=timezone.now() - datetime.timedelta(days=days_ago, minutes=1), **changes
    )
    return case


def reject(case, by):
    workflow.reject(case, by=by, motive=RejectionMotive.objects.first())
    return case


def test_the_end_of_a_request_is_written_by_every_act_that_ends_it(filed_case, cast):
    rejected = reject(filed_case(state=State.UNDER_REVIEW), cast.sena)
    withdrawn = filed_case(surname="B")
    workflow.withdraw(withdrawn)
    closed = filed_case(state=State.NEEDS_INFORMATION, surname="C")
    workflow.close(closed, by=cast.sena, reason="Sans réponse.")
    delivered = filed_case(state=State.DELIVERED, surname="D")
    downloaded = filed_case(state=State.READY, surname="E")
    assert downloaded.ended_at is None
    workflow.download(downloaded)
    for case in (rejected, withdrawn, closed, delivered, downloaded):
        case.refresh_from_db()
        assert case.state in FINAL_STATES
        assert case.ended_at is not None
    assert filed_case(surname="F").ended_at is None


def test_a_file_is_erased_the_day_its_time_is_over_and_not_the_day_before(
    filed_case, cast, private_files, django_capture_on_commit_callbacks
):
    case = reject(filed_case(state=State.UNDER_REVIEW), cast.sena)
    file = case.evidence.get()
    watermark.marked_file(file).close()
    paths = [private_files / file.file.name, private_files / watermark.marked_name(file)]
    ended(case, A_YEAR - 1)
    assert sum(purging.purge().files.values()) == 0
    ended(case, A_YEAR)
    with django_capture_on_commit_callbacks(execute=True):
        report = purging.purge()
    assert report.files == {purging.RetentionClass("identity", A_YEAR): 1}
    assert report.bytes == {purging.RetentionClass("identity", A_YEAR): file.size}
    assert not any(path.exists() for path in paths)
    file.refresh_from_db()
    assert (file.state, file.file.name, file.original_name) == (FileState.PURGED, "", "identity.jpg")
    line = JournalEntry.objects.get(act="case.purge", obj=case.obj)
    assert journal.details_of(line) == {"files": 1, "bytes": file.size, "pieces": ["identity"], "fields": []}
    assert sum(purging.purge().files.values()) == 0  # twice is once


@pytest.mark.parametrize(
    "state", [State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION, State.ACCEPTED, State.READY]
)
def test_nothing_of_an_open_request_is_ever_erased(filed_case, state):
    case = filed_case(state=state)
    ServiceRequest.objects.filter(pk=case.pk).update(ended_at=timezone.now() - datetime.timedelta(days=9999))
    assert sum(purging.purge().files.values()) == 0
    assert case.evidence.get().state == FileState.AVAILABLE


def test_a_draft_keeps_its_files(draft):
    case = draft("certificat-vie")
    purging.purge()
    assert case.evidence.get().state == FileState.AVAILABLE


def test_a_dry_run_says_the_same_and_erases_nothing(filed_case, cast):
    case = ended(reject(filed_case(state=State.UNDER_REVIEW), cast.sena), A_YEAR)
    out = io.StringIO()
    call_command("purge_evidence", "--dry-run", stdout=out)
    assert "identity, 365 jours : 1 fichiers" in out.getvalue()
    assert case.evidence.get().state == FileState.AVAILABLE
    assert not JournalEntry.objects.filter(act="case.purge").exists()
    call_command("purge_evidence", stdout=out)
    assert case.evidence.get().state == FileState.PURGED


def test_a_piece_and_an_answer_may_have_a_time_of_their_own(filed_case, cast):
    service = Service.objects.get(slug="certificat-vie")
    definition = publishing.definition_of(service.current)
    definition["evidence"][0] |= {"retention_days": 30, "personal": "identity"}
    fields = {field["key"]: field for step in definition["form"]["steps"] for field in step["fields"]}
    fields["birth_place"] |= {"retention_days": 60, "personal": "identity"}
    publishing.publish(publishing.new_version(service, definition))
    case = reject(filed_case(state=State.UNDER_REVIEW), cast.sena)
    Correction.objects.create(case=case, field="birth_place", before="Porto-Novo", after="Cotonou")
    kept = case.answers["surname"]
    ended(case, 59)
    report = purging.purge()
    assert report.files == {purging.RetentionClass("identity", 30): 1}
    assert not report.answers
    ended(case, 60)
    assert purging.purge().answers == {purging.RetentionClass("identity", 60): 1}
    case.refresh_from_db()
    assert case.answers["birth_place"] is None
    assert case.answers["surname"] == kept
    assert (case.corrections.get().before, case.corrections.get().after) == (None, None)
    assert not purging.purge().answers


def test_one_part_of_a_group_is_erased_and_the_others_stay():
    answers = {"children": [{"name": "A", "birth": "2001-01-01"}, {"name": "B", "birth": None}]}
    timed = purging.Timed("children", "birth", purging.RetentionClass("family", 10))
    assert purging._forget_one(answers, timed)
    assert answers == {"children": [{"name": "A", "birth": None}, {"name": "B", "birth": None}]}
    assert not purging._forget_one(answers, timed)
    assert not purging._forget_one({}, timed)


@pytest.fixture
def forgetful(catalogue):
    """The certificate of life, with two answers and one part of a group that are kept thirty days."""
    service = Service.objects.get(slug="certificat-vie")
    definition = publishing.definition_of(service.current)
    text = {"fr": "Parti à l’étranger", "en": "Gone abroad"}
    away = {"key": "away", "type": "yes_no", "label": text, "retention_days": 30, "required": False}
    where = {"key": "where", "type": "text", "label": {"fr": "Quel pays", "en": "Which country"}, "required": False}
    where["when"] = {"field": "away", "is": "equals", "value": True}
    born = {"key": "born", "type": "text", "label": {"fr": "Né", "en": "Born"}, "retention_days": 30}
    inner = [{"key": "called", "type": "text", "label": {"fr": "Nom", "en": "Name"}}, born]
    children = {"key": "children", "type": "group", "label": {"fr": "Enfants", "en": "Children"}, "fields": inner}
    fields = definition["form"]["steps"][0]["fields"]
    next(one for one in fields if one["key"] == "surname")["retention_days"] = 30
    fields += [away, where, children | {"required": False}]
    publishing.publish(publishing.new_version(service, definition))


def test_an_erased_answer_says_when_and_why_to_the_clerk_and_to_the_citizen(
    forgetful, filed_case, cast, signed_in, awa
):
    case = reject(filed_case(state=State.UNDER_REVIEW), cast.sena)
    given = case.answers | {"away": True, "where": "Togo", "children": [{"called": "Koffi", "born": "Ouidah"}]}
    ended(case, 30, answers=given)
    Correction.objects.create(case=case, field="surname", before="DOSOU", after="DOSSOU")
    desk, address = signed_in(cast.sena), f"/agent/demande/{case.reference}/"
    words = f"effacé le {timezone.localdate():%d/%m/%Y} (délai de conservation)"
    assert words not in read_by(desk, case).text
    assert purging.purge().answers
    proved(awa, case.phone)
    citizen, clerk = awa.get(reverse("requests:my-data")).text, desk.get(address).text
    # The name, the departure, the birth; for the clerk also the two sides of the correction of the name.
    assert (citizen.count(words), clerk.count(words)) == (3, 5)
    for text in (citizen, clerk):
        assert "Togo" in text, "kept, although what called for it was erased"
        assert "Koffi" in text
        for gone in ("DOSSOU<", "Ouidah", "DOSOU"):
            assert gone not in text


def test_a_question_left_empty_is_not_said_to_be_erased(forgetful, filed_case, cast, signed_in):
    case = ended(reject(filed_case(state=State.UNDER_REVIEW), cast.sena), 30)
    purging.purge()
    case.refresh_from_db()
    assert set(case.erased) == {"surname"}


def test_the_cost_does_not_grow_with_what_is_kept(filed_case, cast, django_assert_max_num_queries):
    for name in ("Adjovi", "Bossou", "Codjia"):
        ended(reject(filed_case(state=State.UNDER_REVIEW, surname=name), cast.sena), 1)
    with django_assert_max_num_queries(5):
        purging.purge()


def test_an_erased_file_is_shown_as_such_and_opens_nothing(filed_case, cast, signed_in):
    case = ended(reject(filed_case(state=State.UNDER_REVIEW), cast.sena), A_YEAR)
    file = case.evidence.get()
    purging.purge()
    sena = signed_in(cast.sena)
    assert "effacée : délai de conservation passé" in read_by(sena, case).text
    assert sena.get(f"/agent/demande/{case.reference}/piece/{file.pk}/").status_code == 404
