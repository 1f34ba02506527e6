"""Two workers on one batch, for real: no row twice, whatever the lease said. With the control that shows the risk."""

import pytest

from arrondissements.models import JournalEntry, OutboxMessage
from civil_status.documents.models import IssuedDocument
from requests_app.models import BatchAct, BatchRow, RowState, ServiceRequest
from requests_app.states import State
from requests_app.teamwork import batches
from tests.together import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
WORKERS = 4


def ordered(act, cases, by, **more):
    rows = [(case.pk, ServiceRequest.objects.get(pk=case.pk).updated_at.isoformat()) for case in cases]
    return batches.order(act, rows, by=by, **more)


def test_workers_that_meet_on_a_batch_do_each_row_once(filed_case, cast):
    cases = [filed_case(surname=f"Nom {letter}") for letter in "abcdef"]
    body = {"body": "Le bureau ferme lundi."}
    batch = ordered(BatchAct.WRITE, cases, cast.sena, office=cast.first, params=body)
    assert all_at_once(WORKERS, lambda _: batches.work({"batch": str(batch.pk)})) == [None] * WORKERS
    assert [case.messages.count() for case in cases] == [1] * 6
    assert OutboxMessage.objects.filter(key__startswith="letter:", kind="sms").count() == 6
    assert set(batch.rows.values_list("state", flat=True)) == {RowState.DONE}


def test_without_the_claim_the_same_row_would_be_done_several_times(filed_case, cast):
    """Negative control: the same race when a row is read, then done, then marked."""
    case = filed_case()
    batch = ordered(BatchAct.WRITE, [case], cast.sena, office=cast.first, params={"body": "Le bureau ferme lundi."})

    def work_without_claiming(_):
        row = batch.rows.select_related("case__version__service", "case__office").get()
        if row.state == RowState.WAITING:
            batches.ROW_ACTS[batch.act].perform(row.case, batch)
            BatchRow.objects.filter(pk=row.pk).update(state=RowState.DONE)

    all_at_once(WORKERS, work_without_claiming)
    assert case.messages.count() > 1


def test_two_batches_that_sign_the_same_documents_leave_no_hole_in_the_numbers(filed_case, cast):
    cases = [filed_case(surname=f"Nom {letter}", state=State.ACCEPTED) for letter in "abcdef"]
    first, second = [ordered(BatchAct.ISSUE, cases, cast.rekia, confirmed=True) for _ in range(2)]
    all_at_once(2, lambda i: batches.work({"batch": str((first, second)[i].pk)}))
    assert sorted(IssuedDocument.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert BatchRow.objects.filter(state=RowState.DONE).count() == 6
    assert JournalEntry.objects.filter(act="case.issue").count() == 6
