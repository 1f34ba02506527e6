"""The working calendar of the town hall: Bénin's public holidays, weekends, opening hours, and each office's closures.

An office is named by its id; without one, the calendar is the town's. What the tables say is read once and kept a
few minutes, so that a date costs no query.
"""

import datetime
import time
from dataclasses import dataclass
from functools import lru_cache

import holidays
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from arrondissements.models import LocalHoliday, Office, OfficeClosure, OpeningHours

ONE_DAY = datetime.timedelta(days=1)
KEPT = 300  # seconds
KEY = "calendar"
# Days looked at for the next opening: an office shut longer counts from the last of them.
FARTHEST_OPENING = 120


@lru_cache(maxsize=16)
def public_holidays(year: int) -> dict[datetime.date, str]:
    """Bénin's public holidays with their French names.

    Law 2024-32 moves the Vodun days to the second Friday of January and the Thursday before; Islamic
    dates are estimates, which `LocalHoliday` corrects.
    """
    return dict(holidays.country_holidays("BJ", years=year, language="fr_BJ"))


def is_working_day(day: datetime.date, office: int | None = None) -> bool:
    """Monday to Friday, neither a public holiday nor one the town hall added, nor a closure of this office."""
    return _known().works(day, office)


def working_days_between(start: datetime.date, end: datetime.date, most: int, office: int | None = None) -> int:
    """Working days after `start` up to `end` included; `most` when there are as many or more days."""
    return _between(_known(), start, end, most, office)


def add_working_days(day: datetime.date, count: int, office: int | None = None) -> datetime.date:
    """The date `count` working days after `day`; `day` itself is not counted."""
    known = _known()
    while count > 0:
        day += ONE_DAY
        count -= known.works(day, office)
    return day


def counted_from(moment: datetime.datetime, office: int | None = None) -> datetime.date:
    """The day from which days are counted for what arrives at `moment`: that day, or the next day of opening.

    After the last closing hour, and on a day when the office does not work, nobody can have read it.
    """
    here, known = timezone.localtime(moment), _known()
    day, closes = here.date(), known.closes(here.weekday(), office)
    if known.works(day, office) and (closes is None or here.time() <= closes):
        return day
    for _day in range(FARTHEST_OPENING):
        day += ONE_DAY
        if known.works(day, office):
            break
    return day


def minutes_open(day: datetime.date, office: int | None = None, since: datetime.time = datetime.time.min) -> int:
    """Minutes during which an office is open on `day`, from `since` on; 0 on a day when it does not work."""
    known = _known()
    if not known.works(day, office):
        return 0
    hours = known.hours_on(day.weekday(), office)
    return sum(max(_minutes(closes) - max(_minutes(opens), _minutes(since)), 0) for opens, closes in hours)


def open_between(day: datetime.date, office: int | None = None) -> tuple[datetime.time, datetime.time] | None:
    """The first opening and the last closing of an office on `day`; None on a day when it does not work.

    An office whose hours nobody wrote down is open all day.
    """
    known = _known()
    if not known.works(day, office):
        return None
    hours = known.hours_on(day.weekday(), office) or [(datetime.time.min, datetime.time.max)]
    return min(opens for opens, _closes in hours), max(closes for _opens, closes in hours)


def hours_of(office: Office | None) -> dict[int, list[OpeningHours]]:
    """Openings by weekday (0 = Monday): the office's own, or the rule for all of them."""
    rows = list(OpeningHours.objects.filter(Q(office=office) | Q(office=None)))
    own = [row for row in rows if row.office_id is not None]
    week: dict[int, list[OpeningHours]] = {}
    for row in own or rows:
        week.setdefault(row.weekday, []).append(row)
    return week


def forget() -> None:
    """Show the town hall's change at once in this process; the others see it within `KEPT` seconds."""
    cache.delete(KEY)


# A queue asks for the same few days at each page, and walking them one by one took longer than its rows.
@lru_cache(maxsize=4096)
def _between(known: "Known", start: datetime.date, end: datetime.date, most: int, office: int | None) -> int:
    count = 0
    while start < end and count < most:
        start += ONE_DAY
        count += known.works(start, office)
    return count


@dataclass(frozen=True, eq=False)
class Known:
    """What the tables say: exceptions of the town, closures and hours by office (None: the rule for all).

    `mark` names one reading of the tables, whichever process copies it.
    """

    mark: int
    local: dict[datetime.date, bool]
    closures: dict[int, list[tuple[datetime.date, datetime.date]]]
    hours: dict[int | None, dict[int, list[tuple[datetime.time, datetime.time]]]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and self.mark == other.mark

    def __hash__(self) -> int:
        return self.mark

    def works(self, day: datetime.date, office: int | None) -> bool:
        """Whether the office works on `day`; a closure holds even on a day the town works exceptionally."""
        if any(first <= day <= last for first, last in self.closures.get(office or 0, ())):
            return False
        known = self.local.get(day)
        if known is not None:
            return known
        return day.weekday() < 5 and day not in public_holidays(day.year)

    def hours_on(self, weekday: int, office: int | None) -> list[tuple[datetime.time, datetime.time]]:
        """The openings of a weekday: the office's own week, or the rule for all."""
        return self.hours.get(office, self.hours.get(None, {})).get(weekday, [])

    def closes(self, weekday: int, office: int | None) -> datetime.time | None:
        """The last closing hour of a weekday; None when no hours are known."""
        return max((closes for _opens, closes in self.hours_on(weekday, office)), default=None)


def _known() -> Known:
    known: Known | None = cache.get(KEY)
    if known is None:
        known = _read()
        cache.set(KEY, known, KEPT)
    return known


def _read() -> Known:
    """The three tables of the calendar. 3 queries."""
    closures: dict[int, list[tuple[datetime.date, datetime.date]]] = {}
    for office, first, last in OfficeClosure.objects.order_by().values_list("office", "starts", "ends"):
        closures.setdefault(office, []).append((first, last or first))
    hours: dict[int | None, dict[int, list[tuple[datetime.time, datetime.time]]]] = {}
    for office, weekday, opens, closes in OpeningHours.objects.values_list("office", "weekday", "opens", "closes"):
        hours.setdefault(office, {}).setdefault(weekday, []).append((opens, closes))
    return Known(time.time_ns(), dict(LocalHoliday.objects.values_list("day", "is_open")), closures, hours)


def _minutes(hour: datetime.time) -> int:
    return hour.hour * 60 + hour.minute
