"""The working calendar of the town hall: Bénin's public holidays, weekends, opening hours."""

import datetime
from functools import lru_cache

import holidays
from django.core.cache import cache
from django.db.models import Q

from arrondissements.models import LocalHoliday, Office, OpeningHours

ONE_DAY = datetime.timedelta(days=1)
LOCAL_HOLIDAYS_KEPT = 300  # seconds


@lru_cache(maxsize=16)
def public_holidays(year: int) -> dict[datetime.date, str]:
    """Bénin's public holidays with their French names.

    Law 2024-32 moves the Vodun days to the second Friday of January and the Thursday before; Islamic
    dates are estimates, which `LocalHoliday` corrects.
    """
    return dict(holidays.country_holidays("BJ", years=year, language="fr_BJ"))


def is_working_day(day: datetime.date) -> bool:
    """Monday to Friday, neither a public holiday nor one the town hall added."""
    return _works(day, _local_holidays())


def working_days_between(start: datetime.date, end: datetime.date, most: int) -> int:
    """Working days after `start` up to `end` included; `most` when there are as many or more days."""
    count, local = 0, _local_holidays()
    while start < end and count < most:
        start += ONE_DAY
        count += _works(start, local)
    return count


def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """The date `count` working days after `day`; `day` itself is not counted."""
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


def hours_of(office: Office | None) -> dict[int, list[OpeningHours]]:
    """Openings by weekday (0 = Monday): the office's own, or the rule for all of them."""
    rows = list(OpeningHours.objects.filter(Q(office=office) | Q(office=None)))
    own = [row for row in rows if row.office_id is not None]
    week: dict[int, list[OpeningHours]] = {}
    for row in own or rows:
        week.setdefault(row.weekday, []).append(row)
    return week


def _works(day: datetime.date, local: dict[datetime.date, bool]) -> bool:
    known = local.get(day)
    if known is not None:
        return known
    return day.weekday() < 5 and day not in public_holidays(day.year)


def _local_holidays() -> dict[datetime.date, bool]:
    days: dict[datetime.date, bool] | None = cache.get("local_holidays")
    if days is None:
        days = dict(LocalHoliday.objects.values_list("day", "is_open"))
        cache.set("local_holidays", days, LOCAL_HOLIDAYS_KEPT)
    return days
