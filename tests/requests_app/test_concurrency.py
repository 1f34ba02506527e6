"""What happens when everybody clicks at once. On PostgreSQL, with real transactions."""

import threading

import pytest
from django.db import transaction
from django.utils import timezone

from arrondissements import journal
from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import moving, workflow
from requests_app.evidence.standing import arrived_files
from requests_app.models import ServiceRequest
from requests_app.states import State
from tests.together import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def fresh(pk):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=pk)


def test_fifty_identical_submits_are_one_request(draft):
    case = draft("certificat-vie")
    filed = all_at_once(50, lambda _: workflow.submit(fresh(case.pk)))
    assert {getattr(result, "reference", result) for result in filed} == {fresh(case.pk).reference}
    assert JournalEntry.objects.filter(obj=case.obj, act="case.submit").count() == 1
    assert OutboxMessage.objects.filter(key=f"received:{case.pk}:sms").count() == 1


def test_without_the_guard_fifty_submits_would_be_many(draft):
    """Negative control: the same race, with the state no longer compared."""
    case = draft("certificat-vie")

    def file_without_comparing(_):
        seen = fresh(case.pk)
        if seen.state != State.DRAFT:
            return seen
        facts = workflow._filing_facts(seen, arrived_files(seen), timezone.now())
        ServiceRequest.objects.filter(pk=seen.pk).update(state=State.SUBMITTED, **facts)
        moving.log(fresh(seen.pk), "submit", by=None)
        return fresh(seen.pk)

    all_at_once(50, file_without_comparing)
    assert JournalEntry.objects.filter(obj=case.obj, act="case.submit").count() > 1


def test_two_tabs_with_the_same_words_are_one_request(draft):
    drafts = [draft("certificat-vie").pk for _ in range(8)]
    results = all_at_once(8, lambda i: workflow.submit(fresh(drafts[i])))
    assert sum(isinstance(result, ServiceRequest) for result in results) == 1
    assert sum(isinstance(result, workflow.AlreadyOpen) for result in results) == 7


def test_two_clerks_take_the_same_case_and_one_wins(filed_case, cast):
    case = filed_case()
    clerks = [cast.sena, cast.other_clerk, cast.mahugnon]
    results = all_at_once(3, lambda i: workflow.take(fresh(case.pk), by=clerks[i]))
    assert results.count(None) == 1
    losers = [result for result in results if result is not None]
    assert all(isinstance(result, workflow.TooLate) for result in losers)
    assert fresh(case.pk).instructed_by.get_full_name() in str(losers[0])
    assert JournalEntry.objects.filter(obj=case.obj, act="case.take").count() == 1


def test_without_the_comparison_two_clerks_would_both_believe_they_won(filed_case, cast):
    """Negative control: everybody reads first, then everybody writes."""
    case = filed_case()
    seen = threading.Barrier(2)

    def take_without_comparing(i):
        mine = fresh(case.pk)
        seen.wait()
        if mine.state == State.SUBMITTED:
            ServiceRequest.objects.filter(pk=mine.pk).update(state=State.UNDER_REVIEW)
            return "won"
        return "lost"

    assert all_at_once(2, take_without_comparing) == ["won", "won"]


def test_two_signatures_at_once_are_one_document(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    results = all_at_once(4, lambda _: workflow.issue(fresh(case.pk), by=cast.rekia))
    assert sum(isinstance(result, workflow.TooLate) for result in results) == 3
    assert fresh(case.pk).document.seq == 1


def test_the_journal_holds_when_everybody_writes_at_once():
    def write(i):
        with transaction.atomic():
            journal.record("test", obj=f"case:{i}", by=None)

    all_at_once(20, write)
    count, broken = journal.verify(journal.ACTS)
    assert broken is None
    assert count == JournalEntry.objects.filter(chain=journal.ACTS).count()
