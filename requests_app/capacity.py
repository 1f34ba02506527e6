"""How long an office takes now: what a citizen is told beside the legal delay, from the figures `measuring` keeps.

The figures say their age; too old, or made of too few measures, they are not shown at all.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from arrondissements import calendar
from arrondissements.models import Office
from requests_app import estimates
from requests_app.models import Capacity, ServiceRequest
from requests_app.states import State

# Older figures are shown to nobody: the chore has stopped.
OLDEST_SHOWN = datetime.timedelta(hours=3)
KEPT = 60  # seconds, in this process
KEY = "capacity"
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


def forget() -> None:
    """Read the figures again at the next page."""
    cache.delete(KEY)


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
    rows: list[Capacity] | None = cache.get(KEY)
    if rows is None:
        wanted = Capacity.objects.select_related("office")
        rows = list(wanted.order_by("office__kind", "office__arrondissement", "office__name_fr"))
        cache.set(KEY, rows, KEPT)
    return rows
