"""How long an office takes now: what a citizen is told beside the legal delay, from the figures `measuring` keeps.

The figures say their age; too old, or made of too few measures, they are not shown at all.
"""

import datetime
import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from arrondissements import calendar
from arrondissements.models import Office
from requests_app.models import Capacity, ServiceRequest
from requests_app.promises import estimates
from requests_app.states import State

# Older figures are shown to nobody: the chore has stopped.
OLDEST_SHOWN = datetime.timedelta(hours=3)
KEPT = 60  # seconds, in this process
# Estimates compared with what happened.
JUDGED_OVER = datetime.timedelta(days=60)
MOST_JUDGED = 500
# What waits for a clerk.
TO_INSTRUCT = (State.SUBMITTED, State.UNDER_REVIEW)
# The figures of one service in one office: see `Capacity.services`.
Pace = Mapping[str, Any]


@dataclass(frozen=True)
class Estimate:
    """How many working days a service takes now in an office, as computed at `at`."""

    office: Office
    days: int
    at: datetime.datetime
    is_cut: bool


@dataclass(frozen=True)
class Judged:
    """So many estimates were compared with what happened; the median error, as a part of what it took."""

    count: int
    error: float

    @property
    def percent(self) -> int:
        return round(self.error * 100)


@dataclass(frozen=True)
class Backlog:
    """So many requests of a service wait in an office for this promised day."""

    office: int
    service: int
    due_on: datetime.date | None
    count: int


@dataclass(frozen=True)
class Spread:
    """What the offices take for one service: each of them, the shortest and the longest."""

    offices: list[Estimate]

    @property
    def least(self) -> int:
        return min(one.days for one in self.offices)

    @property
    def most(self) -> int:
        return max(one.days for one in self.offices)


def spread_of(service: int) -> Spread | None:
    """What can be said now of a service over its offices; None when nothing can."""
    offices = estimates_of(service)
    return Spread(offices) if offices else None


def estimates_of(service: int) -> list[Estimate]:
    """What can be said now of a service in each office that receives it; [] when nothing can. 1 query a minute."""
    oldest = timezone.now() - OLDEST_SHOWN
    return [
        Estimate(kept.office, pace["days"], kept.at, kept.is_cut)
        for kept in _kept()
        if kept.at >= oldest and (pace := kept.services.get(str(service))) and pace["days"] and pace["a_day"]
    ]


def every_estimate_of(service: int) -> list[Estimate]:
    """The same in every office of the town, even where it is never filed: for whoever looks for help."""
    oldest = timezone.now() - OLDEST_SHOWN
    return [
        Estimate(kept.office, pace["days"], kept.at, kept.is_cut)
        for kept in _kept()
        if kept.at >= oldest and (pace := kept.services.get(str(service))) and pace["days"]
    ]


def estimate_at(office: int | None, service: int) -> Estimate | None:
    """The same in one office, or None."""
    return next((one for one in estimates_of(service) if one.office.pk == office), None)


def expected_on(office: int, service: int, filed_at: datetime.datetime) -> datetime.date | None:
    """The day on which what is filed now will be ready as things stand, or None. 1 query a minute."""
    found = estimate_at(office, service)
    start = calendar.counted_from(filed_at, office)
    return calendar.add_working_days(start, found.days, office) if found else None


def judged(office: int) -> Judged | None:
    """How right the estimates given at filing were for what became ready lately, without what the citizen paused.

    None while too few can be judged. 1 query.
    """
    since = timezone.now() - JUDGED_OVER
    ready = ServiceRequest.objects.filter(office=office, ready_at__gte=since, estimated_on__isnull=False, pauses=None)
    dates = ready.order_by("-ready_at").values_list("submitted_at", "estimated_on", "ready_at")[:MOST_JUDGED]
    errors = []
    for filed_at, expected, ready_at in dates:
        if filed_at is None or expected is None or ready_at is None:
            continue
        start = calendar.counted_from(filed_at, office)
        said, took = (
            max(calendar.working_days_between(start, day, estimates.HORIZON, office), 1)
            for day in (expected, timezone.localdate(ready_at))
        )
        errors.append(abs(said - took) / took)
    return Judged(len(errors), statistics.median(errors)) if len(errors) >= estimates.LEAST_MEASURES else None


def ready_on(case: ServiceRequest) -> datetime.date | None:
    """The day on which a case that waits will be ready, at its place in the queue; None when nothing can be said.

    2 queries: what the office can do, what is promised before.
    """
    place = case.helping_office_id or case.office_id
    kept = Capacity.objects.filter(office=place, at__gte=timezone.now() - OLDEST_SHOWN).first()
    pace = kept.services.get(str(case.version.service_id)) if kept else None
    if kept is None or pace is None:
        return None
    days = max(round(pace["signing"]), 1) if case.state == State.ACCEPTED else _at_its_place(case, kept, pace)
    return calendar.add_working_days(timezone.localdate(), days, place) if days else None


def new_request_takes(
    service: int, paces: Mapping[int, Pace], here: Iterable[Backlog], ahead: list[float]
) -> int | None:
    """Working days until a request of `service` filed now is ready, after what waits `here`; None when not known.

    A backlog is counted when it is promised no later than this request would be.
    """
    due_in = paces[service]["due"]
    due_on = calendar.add_working_days(timezone.localdate(), due_in) if due_in is not None else None
    before = [one for one in here if _comes_before(one.due_on, due_on)]
    work = sum(one.count * minutes_of(paces, one.service) for one in before)
    return _in_days(work + paces[service]["minutes"], due_in, paces, paces[service], ahead)


def minutes_of(paces: Mapping[int, Pace], service: int) -> float:
    """The minutes of a request of a service; of one that is not measured, the average of those that are."""
    if service in paces:
        return float(paces[service]["minutes"])
    return sum(pace["minutes"] for pace in paces.values()) / len(paces) if paces else 0.0


def waiting() -> QuerySet[Any]:
    """What waits for a clerk, with `place`, the office that instructs it: the one that helps, if one does."""
    cases = ServiceRequest.objects.filter(state__in=TO_INSTRUCT, is_trial=False).order_by()
    return cases.annotate(place=Coalesce("helping_office", "office"))


def _comes_before(due_on: datetime.date | None, other: datetime.date | None) -> bool:
    """Whether what is promised for `due_on` is worked on before; what has no promise comes last."""
    if due_on is None or other is None:
        return other is None
    return due_on <= other


def _in_days(work: float, due_in: int | None, paces: Mapping[int, Pace], own: Pace, ahead: list[float]) -> int | None:
    passing = estimates.passing_before(due_in, [(pace["due"], pace["a_day"]) for pace in paces.values()])
    return estimates.shown_days(estimates.days_until_done(work, ahead, passing), own["signing"])


def _at_its_place(case: ServiceRequest, kept: Capacity, pace: Pace) -> int | None:
    before, due_in = Q(), None
    if case.due_on:
        before = Q(due_on__lt=case.due_on) | Q(due_on=case.due_on, pk__lt=case.pk)
        days = calendar.working_days_between(timezone.localdate(), case.due_on, estimates.HORIZON, kept.office_id)
        due_in = days
    # Said in two parts, so that the indexes of both serve: the place itself is computed and has none.
    here = Q(helping_office=kept.office_id) | Q(office=kept.office_id, helping_office=None)
    counts = waiting().filter(before, here).exclude(pk=case.pk)
    paces = {int(service): one for service, one in kept.services.items()}
    work = sum(
        count * minutes_of(paces, service)
        for service, count in counts.values_list("version__service").annotate(count=Count("pk"))
    )
    return _in_days(work + pace["minutes"], due_in, paces, pace, kept.ahead)


def _kept() -> list[Capacity]:
    return _read(time.monotonic() // KEPT)


@lru_cache(maxsize=1)
def _read(_period: float) -> list[Capacity]:
    """The figures of all offices, shared by what this process answers in a minute: nobody writes on them."""
    wanted = Capacity.objects.select_related("office")
    return list(wanted.order_by("office__kind", "office__arrondissement", "office__name_fr"))


forget = _read.cache_clear
