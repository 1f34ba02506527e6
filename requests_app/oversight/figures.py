"""What the offices did in a period, read from the figures kept day by day."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.catalogue.models import RejectionMotive, Service
from requests_app.models import DayFigures, DayShare, ShareKind

COUNTS = (
    "received", "decided", "accepted", "refused", "promised", "in_time", "asked", "asked_again", "returned",
    "handlings", "handled_seconds",
)  # fmt: skip
WEEKS = 12
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days looked at, both included."""

    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def last_days(count: int, today: datetime.date | None = None) -> Period:
    """The `count` days that end today."""
    today = today or timezone.localdate()
    return Period(today - (count - 1) * ONE_DAY, today)


@dataclass
class Totals:
    """The sums of a period. `delays`: working days until the decision → how many; `refusals`: motive → how many."""

    received: int = 0
    decided: int = 0
    accepted: int = 0
    refused: int = 0
    promised: int = 0
    in_time: int = 0
    asked: int = 0
    asked_again: int = 0
    returned: int = 0
    handlings: int = 0
    handled_seconds: int = 0
    delays: Counter[int] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def late(self) -> int:
        """The decisions that came after the promised day."""
        return self.promised - self.in_time

    @property
    def share_in_time(self) -> int | None:
        """Percent of the promises kept, rounded down: 99.6 % is not « all »; None when nothing was promised."""
        return self.in_time * 100 // self.promised if self.promised else None

    @property
    def median_days(self) -> int | None:
        """Working days within which half of the decisions came."""
        return within(self.delays, 0.5)

    @property
    def p90_days(self) -> int | None:
        """Working days within which nine decisions out of ten came."""
        return within(self.delays, 0.9)

    @property
    def minutes_each(self) -> float | None:
        """Measured minutes of work for one decision; None when nothing was measured."""
        return round(self.handled_seconds / 60 / self.decided, 1) if self.decided and self.handlings else None


def within(spread: Mapping[int, int], share: float) -> int | None:
    """The least number of days within which `share` of what is counted came; None for nothing."""
    wanted, seen = share * sum(spread.values()), 0
    for days in sorted(spread):
        seen += spread[days]
        if seen >= wanted:
            return days
    return None


def by_office(offices: Iterable[int], period: Period) -> dict[int, Totals]:
    """What each office did. 2 queries, however long the period."""
    return _totals(list(offices), period, "office")


def by_service(office: int, period: Period) -> dict[int, Totals]:
    """What one office did of each service. 2 queries."""
    return _totals([office], period, "service")


def together(parts: Iterable[Totals]) -> Totals:
    """The sums of several; the medians are those of all the decisions together."""
    whole = Totals()
    for part in parts:
        for name in COUNTS:
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        whole.delays.update(part.delays)
        whole.refusals.update(part.refusals)
    return whole


@dataclass(frozen=True)
class Week:
    """One week of the trend, from a Monday; the last one may not be over."""

    monday: datetime.date
    received: int
    decided: int
    promised: int
    in_time: int

    @property
    def share_in_time(self) -> int | None:
        return self.in_time * 100 // self.promised if self.promised else None


def weeks(offices: Iterable[int], today: datetime.date | None = None, count: int = WEEKS) -> list[Week]:
    """The last `count` weeks of some offices together, the oldest first. 1 query."""
    today = today or timezone.localdate()
    this_monday = today - today.weekday() * ONE_DAY
    mondays = [this_monday - 7 * back * ONE_DAY for back in range(count - 1, -1, -1)]
    rows = DayFigures.objects.filter(office__in=list(offices), day__range=(mondays[0], today)).order_by()
    sums: dict[datetime.date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    of_days = rows.values_list("day").annotate(Sum("received"), Sum("decided"), Sum("promised"), Sum("in_time"))
    for day, *counts in of_days:
        monday = day - day.weekday() * ONE_DAY
        sums[monday] = [one + more for one, more in zip(sums[monday], counts, strict=True)]
    return [Week(monday, *sums[monday]) for monday in mondays]


def titles_of(services: Iterable[int]) -> dict[int, str]:
    """The names of services in the language of the page. 1 query."""
    found = Service.objects.filter(pk__in=list(services)).select_related("current")
    return {service.pk: service.current.title if service.current else service.slug for service in found}


def motives_of(codes: Iterable[str]) -> dict[str, str]:
    """The plain words of coded motives; a code that is no more is shown as it is. 1 query."""
    wanted = list(codes)
    found = {motive.code: str(motive) for motive in RejectionMotive.objects.filter(code__in=wanted)}
    return {code: found.get(code, code or _("sans motif")) for code in wanted}


def _totals(offices: list[int], period: Period, column: str) -> dict[int, Totals]:
    found: dict[int, Totals] = {pk: Totals() for pk in offices} if column == "office" else {}
    for row in (
        _of(DayFigures, offices, period).values(column).annotate(**{f"sum_{name}": Sum(name) for name in COUNTS})
    ):
        totals = found.setdefault(row[column], Totals())
        for name in COUNTS:
            setattr(totals, name, row[f"sum_{name}"])
    shares = _of(DayShare, offices, period).values_list(column, "kind", "key").annotate(total=Sum("count"))
    for pk, kind, key, total in shares:
        totals = found.setdefault(pk, Totals())
        if kind == ShareKind.DELAY:
            totals.delays[int(key)] += total
        else:
            totals.refusals[key] += total
    return found


def _of(model: type[Model], offices: list[int], period: Period) -> QuerySet[Model]:
    rows: QuerySet[Model] = model._default_manager.filter(office__in=offices, day__range=(period.first, period.last))
    return rows.order_by()
