"""Finding a person by his name, as the town spells it, among all the cases of an office: the time of the database.

The floor reads the very rows that were found, by their ids.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from arrondissements.models import Office
from portal.bench import desks
from portal.bench.load import Sample
from portal.bench.results import Result
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from requests_app import queues
from requests_app.models import ServiceRequest
from requests_app.queues import Looked

MOST_MS = 60
# A name alone, two names, a spelling of another register, a name that is only begun, nobody's name.
TYPED = (
    "Koffi", "Coffi", "Adjovi", "Ajovi", "Houngbédji", "hounbedji", "Afiavi Dossou-Yovo", "Kodjo Kenoum",
    "Moussa Issifou", "sena tchibozo", "Houn", "d'almeida", "Xylophone",
)  # fmt: skip


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which the database answers 95 searches in 100. `port` has no part in it."""
    town = desks.town(scale.cases)
    asked = [(office, text) for text in TYPED for office in town.offices]
    found = {pair: [case.pk for case in search(*pair, town)] for pair in asked}
    turns, again = itertools.cycle(asked), itertools.cycle(pair for pair in asked if found[pair])
    measured, floors = in_turns(
        scale.rounds,
        lambda: _sample(scale, lambda: search(*next(turns), town)),
        lambda: _sample(scale, lambda: _read(found[next(again)])),
    )
    p95 = [sample.p95_ms for sample in measured]
    return Result(
        name="names",
        unit="ms SQL (p95)",
        subject=p95,
        floor=[sample.p95_ms for sample in floors],
        target=None,
        limits={"ms": (sorted(p95)[len(p95) // 2], MOST_MS)},
        facts={
            "cases": ServiceRequest.objects.count(),
            "searches": sum(len(sample.times) for sample in measured),
            "found": sum(map(len, found.values())),
        },
    )


def search(office: Office, text: str, town: desks.Town) -> list[ServiceRequest]:
    """The first page of what the queue of `office` shows for `text`."""
    cases = queues.cases_of(office, Looked(text=text), town.clerk(office))
    return queues.page(cases, order=queues.order_named("", cases)).rows


def _read(ids: list[int]) -> list[ServiceRequest]:
    return list(ServiceRequest.objects.filter(pk__in=ids).select_related("version", "instructed_by"))


def _sample(scale: Scale, act: Callable[[], object]) -> Sample:
    """The time that each `act` spent in the database, for `scale.seconds`."""
    start = time.perf_counter()
    times: list[float] = []
    while not times or time.perf_counter() - start < scale.seconds:
        with timed() as spent:
            act()
        times.append(sum(spent))
    return Sample(time.perf_counter() - start, times)


@contextmanager
def timed() -> Iterator[list[float]]:
    """The seconds of each statement inside, its rows fetched by the driver."""
    spent: list[float] = []

    def measure(execute: Callable[..., Any], *statement: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            spent.append(time.perf_counter() - start)

    with connection.execute_wrapper(measure):
        yield spent
