"""The working calendar: promises are counted in days when the offices are open."""

import datetime

import pytest
from django.core.cache import cache

from arrondissements.calendar import add_working_days, hours_of, is_working_day
from arrondissements.models import LocalHoliday, Office, OpeningHours

pytestmark = pytest.mark.django_db
FRIDAY = datetime.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _fresh_calendar():
    cache.clear()
    yield
    cache.clear()


def test_a_weekend_is_not_counted():
    assert add_working_days(FRIDAY, 1) == datetime.date(2026, 11, 23)


def test_the_day_itself_is_not_counted():
    assert add_working_days(FRIDAY, 0) == FRIDAY


@pytest.mark.parametrize("day", [datetime.date(2026, 1, 8), datetime.date(2026, 1, 9)])
def test_the_vodun_days_of_law_2024_32_are_holidays(day):
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [datetime.date(2025, 11, 28), datetime.date(2026, 10, 26), datetime.date(2026, 11, 30)])
def test_abolished_holidays_are_worked(day):
    assert is_working_day(day)


def test_the_town_hall_adds_a_holiday():
    LocalHoliday.objects.create(day=datetime.date(2026, 11, 23), name="Journée de la ville")
    assert add_working_days(FRIDAY, 1) == datetime.date(2026, 11, 24)


def test_the_town_hall_corrects_an_estimated_feast():
    christmas = datetime.date(2026, 12, 25)
    assert not is_working_day(christmas)
    LocalHoliday.objects.create(day=christmas, name="Permanence", is_open=True)
    cache.clear()
    assert is_working_day(christmas)


def test_an_office_without_hours_of_its_own_follows_the_rule(places):
    monday = hours_of(Office.objects.get(code="arrondissement-5"))[0]
    assert [(h.opens.isoformat("minutes"), h.closes.isoformat("minutes")) for h in monday] == [
        ("08:00", "12:30"),
        ("14:00", "17:30"),
    ]


def test_an_office_with_hours_of_its_own_shows_only_those(places):
    office = Office.objects.get(code="arrondissement-5")
    OpeningHours.objects.create(office=office, weekday=5, opens=datetime.time(9), closes=datetime.time(12))
    assert list(hours_of(office)) == [5]
