"""Where the offices stand now: what waits, since when, on whose desk. Read live, each time from an index alone."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import models
from django.db.models import Count, ExpressionWrapper, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from arrondissements import calendar
from arrondissements.models import User
from requests_app.models import InformationRequest, ServiceRequest
from requests_app.states import HELD_STATES, OPEN_STATES, WITH_THE_OFFICE, State

# The last working day of each age, but for the oldest.
AGES = (2, 5, 10)
LOOPS_SHOWN = 12


@dataclass
class Standing:
    """The open cases of an office. `ages`: how many of 0–2, 3–5, 6–10 and more working days."""

    open: int = 0
    late: int = 0
    waiting: int = 0
    to_sign: int = 0
    to_fetch: int = 0
    oldest_on: datetime.date | None = None
    oldest_days: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))


@dataclass
class Load:
    """What lies on the desk of one person; without a person, what lies on nobody's."""

    person: User | None
    open: int = 0
    late: int = 0
    waiting: int = 0
    decided: int = 0


def of_offices(offices: Iterable[int]) -> dict[int, Standing]:
    """How each office stands. 2 queries."""
    standings = {pk: Standing() for pk in offices}
    held = ServiceRequest.objects.filter(office__in=list(standings), state__in=HELD_STATES, is_trial=False).order_by()
    for office, state, late, count in (
        held.annotate(late=_late()).values_list("office", "state", "late").annotate(count=Count("pk"))
    ):
        _add(standings[office], state, bool(late), count)
    _ages(standings)
    return standings


def loads(office: int, since: datetime.datetime) -> list[Load]:
    """Who carries what in an office, and what each decided `since`; the most loaded first. 3 queries."""
    found: dict[int | None, Load] = {None: Load(None)}
    held = ServiceRequest.objects.filter(office=office, state__in=HELD_STATES, is_trial=False).order_by()
    shares = held.exclude(state=State.READY).annotate(late=_late()).values_list("assigned_to", "state", "late")
    for person, state, late, count in shares.annotate(count=Count("pk")):
        load = found.setdefault(person, Load(None))
        if state == State.NEEDS_INFORMATION:
            load.waiting += count
        else:
            load.open += count
            load.late += count if late else 0
    decided = ServiceRequest.objects.filter(office=office, decided_at__gte=since, is_trial=False).order_by()
    for person, count in decided.values_list("instructed_by").annotate(count=Count("pk")):
        found.setdefault(person, Load(None)).decided += count
    people = User.objects.in_bulk([pk for pk in found if pk is not None])
    for pk, load in found.items():
        load.person = people.get(pk) if pk is not None else None
    return sorted(found.values(), key=lambda load: (load.person is None, -load.open, -load.decided))


class Loop(NamedTuple):
    """A case, and how many times its citizen was asked something."""

    case: ServiceRequest
    times: int


def loops(office: int) -> list[Loop]:
    """The open cases of which the citizen was asked something twice or more, the most often first. 1 query."""
    asked = InformationRequest.objects.filter(case__office=office, case__state__in=OPEN_STATES, case__is_trial=False)
    again = asked.order_by().values("case").annotate(times=Count("pk")).filter(times__gte=2)
    times = dict(again.order_by("-times", "case").values_list("case", "times")[:LOOPS_SHOWN])
    cases = ServiceRequest.objects.filter(pk__in=list(times)).select_related("version").only(
        "reference", "state", "submitted_at", "version__title_i18n"
    )  # fmt: skip
    return sorted((Loop(case, times[case.pk]) for case in cases), key=lambda loop: (-loop.times, loop.case.pk))


def _add(standing: Standing, state: str, late: bool, count: int) -> None:
    if state in WITH_THE_OFFICE:
        standing.open += count
        standing.late += count if late else 0
    standing.to_sign += count if state == State.ACCEPTED else 0
    standing.waiting += count if state == State.NEEDS_INFORMATION else 0
    standing.to_fetch += count if state == State.READY else 0


def _ages(standings: dict[int, Standing]) -> None:
    """How long the open cases have waited, in working days of their office."""
    today = timezone.localdate()
    waiting = ServiceRequest.objects.filter(office__in=list(standings), state__in=WITH_THE_OFFICE, is_trial=False)
    days = waiting.order_by().annotate(day=TruncDate("submitted_at")).values_list("office", "day")
    for office, day, count in days.annotate(count=Count("pk")):
        standing = standings[office]
        age = calendar.working_days_between(day, today, AGES[-1] + 1, office)
        standing.ages[sum(age > last for last in AGES)] += count
        if standing.oldest_on is None or day < standing.oldest_on:
            standing.oldest_on, standing.oldest_days = day, (today - day).days


def _late() -> ExpressionWrapper:
    return ExpressionWrapper(Q(due_on__lt=timezone.localdate()), models.BooleanField())
