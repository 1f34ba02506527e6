"""The figures of the offices, kept day by day: only the days that the journal says were touched are counted again.

The journal is the feed: its lines come in the order of their numbers, so what follows the last number read is all
that happened since. Too much at once (a town loaded, the first time) and every day is counted, month after month.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from arrondissements import calendar, journal
from arrondissements.models import JournalEntry, JournalHead, Office
from requests_app.models import (
    DayFigures,
    DayShare,
    FiguresMark,
    Handling,
    InformationRequest,
    ServiceRequest,
    ShareKind,
)
from requests_app.states import State

# The acts after which a figure is no longer what it was.
DECISIONS = ("case.accept", "case.reject", "case.close", "case.close_duplicate")
COUNTED = (*DECISIONS, "case.submit", "case.ask_information", "case.return_to_clerk", "case.transfer")
# A case counts elsewhere, or no longer, on all the days it ever counted.
MOVES_THE_PAST = {"case.return_to_clerk", "case.transfer"}
MOST_LINES = 20_000
MOST_OBJECTS = 500  # of one query
LONGEST_DELAY = 250  # working days: beyond, the spread says « 250 or more »
ONE_DAY = datetime.timedelta(days=1)

Key = tuple[int, int, datetime.date]


def refresh() -> str:
    """Count again the days touched since the last time; say which. Run twice, it changes nothing."""
    FiguresMark.objects.get_or_create(pk=1, defaults={"counted_at": timezone.now()})
    head = JournalHead.objects.filter(pk=journal.ACTS).values_list("seq", flat=True).first() or 0
    mark = FiguresMark.objects.get(pk=1)
    if mark.seq == 0 or head - mark.seq > MOST_LINES or head < mark.seq:
        return recount()
    # Today and the day of the last time, always: minutes of work are written without a line of the journal.
    days = _touched(mark.seq, head) | {timezone.localdate(mark.counted_at), timezone.localdate()}
    with transaction.atomic():
        for day in sorted(days):
            _count(day, day)
        FiguresMark.objects.filter(pk=1).update(seq=head, counted_at=timezone.now())
    return f"{len(days)} day(s)"


def recount() -> str:
    """Count every day there is, a month at a time; a million cases take minutes."""
    head = JournalHead.objects.filter(pk=journal.ACTS).values_list("seq", flat=True).first() or 0
    today = timezone.localdate()
    first = ServiceRequest.objects.filter(is_trial=False).aggregate(first=Min("submitted_at"))["first"]
    day = timezone.localdate(first).replace(day=1) if first else today
    DayFigures.objects.filter(day__lt=day).delete()
    DayShare.objects.filter(day__lt=day).delete()
    days = 0
    while day <= today:
        following = (day + 31 * ONE_DAY).replace(day=1)
        with transaction.atomic():
            _count(day, following - ONE_DAY)
        days += (following - day).days
        day = following
    FiguresMark.objects.update_or_create(pk=1, defaults={"seq": head, "counted_at": timezone.now()})
    return f"{days} day(s), all"


def counted_at() -> datetime.datetime | None:
    """When the figures were last counted; None before the first time. 1 query."""
    return FiguresMark.objects.filter(pk=1, seq__gt=0).values_list("counted_at", flat=True).first()


def _touched(since: int, until: int) -> set[datetime.date]:
    lines = JournalEntry.objects.filter(chain=journal.ACTS, seq__gt=since, seq__lte=until, act__in=COUNTED)
    days: set[datetime.date] = set()
    objects, moved = set(), set()
    for act, obj, at in lines.values_list("act", "obj", "at"):
        days.add(timezone.localdate(at))
        objects.add(obj)
        if act in MOVES_THE_PAST:
            moved.add(obj)
    for chunk in _chunks(objects):
        ids = [int(obj.removeprefix("case:")) for obj in chunk]
        for moments in ServiceRequest.objects.filter(pk__in=ids).values_list("submitted_at", "decided_at"):
            days |= {timezone.localdate(moment) for moment in moments if moment}
    for chunk in _chunks(moved):
        past = JournalEntry.objects.filter(chain=journal.ACTS, obj__in=chunk, act__in=COUNTED)
        days |= {timezone.localdate(at) for at in past.values_list("at", flat=True)}
    return days


def _chunks(objects: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(objects)
    for start in range(0, len(ordered), MOST_OBJECTS):
        yield ordered[start : start + MOST_OBJECTS]


@dataclass
class _Span:
    """What is being counted, between two days included."""

    first: datetime.date
    last: datetime.date
    rows: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    shares: Counter[tuple[Key, str, str]] = field(default_factory=Counter)

    known: dict[tuple[datetime.date, datetime.date, int], int] = field(default_factory=dict)

    def working_days(self, start: datetime.date, end: datetime.date, office: int) -> int:
        """Working days of an office from a filing to its decision; the same two days are counted once."""
        asked = (start, end, office)
        if asked not in self.known:
            self.known[asked] = calendar.working_days_between(start, end, LONGEST_DELAY, office)
        return self.known[asked]

    def within(self, column: str) -> Q:
        """The rows whose `column` (a moment) falls on these days."""
        start, end = midnight(self.first), midnight(self.last + ONE_DAY)
        return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def _count(first: datetime.date, last: datetime.date) -> None:
    """Count the days from `first` to `last` included and write them in the place of what was there. 10 queries."""
    span = _Span(first, last)
    offices = list(Office.objects.order_by("pk").values_list("pk", flat=True))
    # Named one by one, the offices lead to the indexes that begin with them.
    cases = ServiceRequest.objects.filter(is_trial=False, office__in=offices).exclude(state=State.DRAFT).order_by()
    _received(span, cases)
    _decided(span, cases)
    _asked(span)
    _returned(span, offices)
    _handled(span)
    DayFigures.objects.filter(day__range=(first, last)).delete()
    DayShare.objects.filter(day__range=(first, last)).delete()
    DayFigures.objects.bulk_create(
        (DayFigures(office_id=o, service_id=s, day=day, **counts) for (o, s, day), counts in span.rows.items()),
        batch_size=2000,
    )
    DayShare.objects.bulk_create(
        (
            DayShare(office_id=o, service_id=s, day=day, kind=kind, key=key, count=count)
            for ((o, s, day), kind, key), count in span.shares.items()
        ),
        batch_size=2000,
    )


def _received(span: _Span, cases: QuerySet[ServiceRequest]) -> None:
    rows = cases.filter(span.within("submitted_at")).annotate(day=TruncDate("submitted_at"))
    for office, service, day, count in _grouped(rows, "office", "version__service", "day"):
        span.rows[office, service, day]["received"] += count


def _decided(span: _Span, cases: QuerySet[ServiceRequest]) -> None:
    rows = cases.filter(span.within("decided_at")).annotate(
        day=TruncDate("decided_at"), filed=TruncDate("submitted_at")
    )
    columns = ("office", "version__service", "day", "filed", "due_on", "state", "motive__code")
    for office, service, day, filed, due_on, state, motive, count in _grouped(rows, *columns):
        key, row = (office, service, day), span.rows[office, service, day]
        row["decided"] += count
        row["promised"] += count if due_on else 0
        row["in_time"] += count if due_on and day <= due_on else 0
        row["accepted"] += count if state not in (State.REJECTED, State.CLOSED, State.WITHDRAWN) else 0
        if state == State.REJECTED:
            row["refused"] += count
            span.shares[key, ShareKind.REFUSAL.value, motive or ""] += count
        span.shares[key, ShareKind.DELAY.value, str(span.working_days(filed, day, office))] += count


def _asked(span: _Span) -> None:
    before = InformationRequest.objects.filter(case=OuterRef("case"), asked_at__lt=OuterRef("asked_at"))
    rows = InformationRequest.objects.filter(span.within("asked_at"), case__is_trial=False).order_by()
    rows = rows.annotate(day=TruncDate("asked_at"), again=Exists(before))
    for office, service, day, again, count in _grouped(rows, "case__office", "case__version__service", "day", "again"):
        span.rows[office, service, day]["asked"] += count
        span.rows[office, service, day]["asked_again"] += count if again else 0


def _returned(span: _Span, offices: list[int]) -> None:
    lines = JournalEntry.objects.filter(span.within("at"), chain=journal.ACTS, act="case.return_to_clerk")
    of_day: list[tuple[int, datetime.date]] = [
        (int(obj.removeprefix("case:")), timezone.localdate(at)) for obj, at in lines.values_list("obj", "at")
    ]
    facts = {
        pk: (office, service)
        for pk, office, service in ServiceRequest.objects.filter(
            pk__in={pk for pk, _day in of_day}, is_trial=False, office__in=offices
        ).values_list("pk", "office", "version__service")
    }
    for pk, day in of_day:
        if pk in facts:
            span.rows[(*facts[pk], day)]["returned"] += 1


def _handled(span: _Span) -> None:
    rows = Handling.objects.filter(span.within("at")).order_by().annotate(day=TruncDate("at"))
    summed = rows.values_list("office", "service", "day").annotate(count=Count("pk"), total=Sum("seconds"))
    for office, service, day, count, total in summed:
        span.rows[office, service, day]["handlings"] += count
        span.rows[office, service, day]["handled_seconds"] += total


def _grouped(rows: QuerySet[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    return rows.values_list(*columns).annotate(count=Count("pk")).iterator(chunk_size=5000)


def midnight(day: datetime.date) -> datetime.datetime:
    """The moment a day begins in Cotonou."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
