"""The promise in words: counted in working days of the office, and never « 0 jour ouvré »."""

import datetime

import pytest

from arrondissements import calendar
from arrondissements.models import OfficeClosure
from requests_app.models import ServiceRequest
from requests_app.promises.deadlines import deadline_of
from requests_app.states import State

pytestmark = pytest.mark.django_db
FRIDAY = datetime.date(2026, 11, 20)


def waiting(due_on, office):
    return ServiceRequest(state=State.SUBMITTED, due_on=due_on, office=office)


def words(case, day):
    return deadline_of(case, FRIDAY + datetime.timedelta(days=day)).words


def test_late_since_friday_it_is_late_on_saturday_and_by_one_day_on_monday(cast):
    case = waiting(FRIDAY, cast.first)
    assert [words(case, day) for day in (0, 1, 3)] == [
        "à rendre aujourd’hui", "en retard", "en retard de 1 jour ouvré",
    ]  # fmt: skip


def test_a_day_that_was_closed_after_it_was_promised_is_not_in_zero_days(cast):
    monday = FRIDAY + datetime.timedelta(days=3)
    case = waiting(monday, cast.first)
    assert words(case, 0) == "dans 1 jour ouvré"
    OfficeClosure.objects.create(office=cast.first, starts=monday, ends=monday, reason="Peinture")
    calendar.forget()
    assert words(case, 0) == "à rendre au prochain jour ouvré"
    assert words(waiting(monday, cast.fifth), 0) == "dans 1 jour ouvré"
