"""A bulk act and a batch of signatures, ordered here and done by a real Celery worker behind a real Redis."""

import itertools
import time

import pytest

from civil_status.documents.models import IssuedDocument
from requests_app.models import Batch, BatchAct, RowState, ServiceRequest
from requests_app.states import State
from requests_app.teamwork import batches
from tests.real_parts import wait_until

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def several(filed_case):
    """`several(3, State.ACCEPTED)`: as many cases of the 1st, of people who are never the same."""
    letters = ("".join(word) for word in itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=2))
    return lambda count, state: [filed_case(state=state, surname=f"Nom {next(letters)}") for _ in range(count)]


def rows(cases):
    seen = dict(ServiceRequest.objects.filter(pk__in=[case.pk for case in cases]).values_list("pk", "updated_at"))
    return [(case.pk, seen[case.pk].isoformat()) for case in cases]


def ended(batch, worker):
    wait_until(lambda: Batch.objects.get(pk=batch.pk).ended_at is not None, what="the batch", program=worker)
    return list(batch.rows.order_by("pk").values_list("state", flat=True))


def test_a_bulk_act_is_done_by_the_worker_line_by_line(several, cast, seal_key, celery_worker_process):
    cases, late = several(3, State.SUBMITTED), several(1, State.UNDER_REVIEW)
    batch = batches.order(BatchAct.TAKE, rows([*cases, *late]), by=cast.sena, office=cast.first)
    assert ended(batch, celery_worker_process) == [RowState.DONE] * 3 + [RowState.REFUSED]
    taken = ServiceRequest.objects.filter(pk__in=[case.pk for case in cases], assigned_to=cast.sena)
    assert set(taken.values_list("state", flat=True)) == {State.UNDER_REVIEW}
    assert taken.count() == 3


def test_a_batch_of_signatures_is_issued_by_the_worker_and_its_papers_made(
    several, cast, private_files, seal_key, celery_worker_process
):
    cases = several(3, State.ACCEPTED)
    batch = batches.order(BatchAct.ISSUE, rows(cases), by=cast.rekia, confirmed=True)
    assert ended(batch, celery_worker_process) == [RowState.DONE] * 3
    assert sorted(IssuedDocument.objects.values_list("seq", flat=True)) == [1, 2, 3]
    ready = ServiceRequest.objects.filter(pk__in=[case.pk for case in cases], state=State.READY)
    wait_until(lambda: ready.count() == 3, what="the papers", program=celery_worker_process)


@pytest.mark.benchmark
@pytest.mark.parametrize(
    ("act", "state", "count"), [(BatchAct.ISSUE, State.ACCEPTED, 100), (BatchAct.ACCEPT, State.UNDER_REVIEW, 500)]
)
def test_figures_of_a_whole_batch(
    several, cast, private_files, seal_key, celery_worker_process, record_property, act, state, count
):
    """`pytest -m benchmark tests/requests_app/teamwork/test_batch_worker.py`: one worker with one process."""
    chosen = rows(several(count, state))
    start = time.perf_counter()
    where = {"confirmed": True} if act == BatchAct.ISSUE else {"office": cast.first, "params": {"note": ""}}
    batch = batches.order(act, chosen, by=cast.rekia if act == BatchAct.ISSUE else cast.sena, **where)
    ordered = time.perf_counter() - start
    assert ended(batch, celery_worker_process) == [RowState.DONE] * count
    over = time.perf_counter() - start
    words = f"lot {act} de {count} : commandé en {ordered:.2f} s, fini en {over:.1f} s par un seul travailleur"
    record_property("figures", words)
