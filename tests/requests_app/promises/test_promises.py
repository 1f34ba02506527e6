"""The four clocks and the promise: computed once, in the hours of the office, and moved by the citizen only."""

import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from arrondissements import calendar
from arrondissements.models import LocalHoliday, OfficeClosure, OpeningHours
from requests_app import access, workflow
from requests_app.catalogue.models import RejectionMotive
from requests_app.models import Pause, ServiceRequest
from requests_app.promises import clocks
from requests_app.states import TRANSITIONS, State

pytestmark = pytest.mark.django_db
ACCORD = {"fields": ["birth_place"], "pieces": [], "message": "Quelle ville ?"}


def at(moment):
    return time_machine.travel(f"{moment}+01:00", tick=False)


def stored(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def filed(filed_case, moment, **options):
    """A certificate of life (two working days) filed at `moment`, in Cotonou."""
    with at(moment):
        return filed_case("certificat-vie", **options)


def day(month, number, year=2026):
    return datetime.date(year, month, number)


# -- The promise --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "promised"),
    [
        ("2026-11-17 09:00", day(11, 19)),  # Tuesday morning: Thursday
        ("2026-11-17 17:29", day(11, 19)),  # the office is still open
        ("2026-11-17 17:31", day(11, 20)),  # after closing: counted from Wednesday
        ("2026-11-17 13:00", day(11, 19)),  # at noon it only shuts for lunch
        ("2026-11-20 18:00", day(11, 25)),  # Friday evening: counted from Monday
        ("2026-11-22 10:00", day(11, 25)),  # a Sunday: the same
        ("2026-12-24 09:00", day(12, 29)),  # over Christmas
        ("2026-01-07 09:00", day(1, 13)),  # over the two Vodun days and a weekend
        ("2026-01-08 09:00", day(1, 14)),  # on a Vodun day: counted from the Monday
    ],
)
def test_a_promise_counts_from_the_opening_and_over_the_days_of_work(filed_case, moment, promised):
    case = stored(filed(filed_case, moment))
    assert (case.promised_on, case.due_on) == (promised, promised)


def test_an_office_with_hours_of_its_own_counts_by_them(filed_case, cast):
    for weekday in range(5):
        OpeningHours.objects.create(
            office=cast.first, weekday=weekday, opens=datetime.time(7), closes=datetime.time(20)
        )
    case = filed(filed_case, "2026-11-17 19:00")
    other = filed(filed_case, "2026-11-17 19:00", residence="5:Gbéto", surname="AUTRE")
    assert (case.due_on, other.due_on) == (day(11, 19), day(11, 20))


def test_a_closed_office_promises_later_and_its_neighbour_does_not(filed_case, cast):
    OfficeClosure.objects.create(office=cast.first, starts=day(11, 18), ends=day(11, 20), reason="Travaux")
    case = filed(filed_case, "2026-11-17 09:00")
    other = filed(filed_case, "2026-11-17 09:00", residence="5:Gbéto", surname="AUTRE")
    assert (case.due_on, other.due_on) == (day(11, 24), day(11, 19))


def test_filed_while_the_office_is_shut_it_counts_from_its_reopening(filed_case, cast):
    OfficeClosure.objects.create(office=cast.first, starts=day(11, 16), ends=day(11, 18), reason="Travaux")
    assert filed(filed_case, "2026-11-17 09:00").due_on == day(11, 23)


def test_what_is_written_in_the_calendar_later_does_not_move_a_promise(filed_case, cast):
    case = filed(filed_case, "2026-11-17 09:00")
    LocalHoliday.objects.create(day=day(11, 18), name="Fête de la ville")
    OfficeClosure.objects.create(office=cast.first, starts=day(11, 19), ends=day(11, 20), reason="Travaux")
    cache.clear()
    with at("2026-11-18 10:00"):
        workflow.take(stored(case), by=cast.sena)
    assert (stored(case).promised_on, stored(case).due_on) == (day(11, 19), day(11, 19))
    # The near miss: what is filed from now on takes them into account.
    assert filed(filed_case, "2026-11-17 09:00", surname="AUTRE").due_on == day(11, 24)


def test_the_calendar_costs_no_query_once_it_is_kept(cast, django_assert_num_queries):
    calendar.is_working_day(day(11, 17), cast.first.pk)
    with django_assert_num_queries(0):
        moment = datetime.datetime(2026, 11, 17, 9, tzinfo=datetime.UTC)
        assert clocks.promise(moment, 40, cast.first.pk)["due_on"] == day(
            1, 18, 2027
        )  # over Christmas, New Year and the Vodun days


# -- The pause ----------------------------------------------------------------------------------


def test_a_pause_moves_the_promise_visibly(filed_case, cast):
    case = filed(filed_case, "2026-11-17 09:00")
    with at("2026-11-18 10:00"):
        workflow.take(case, by=cast.sena)
        workflow.ask_information(case, by=cast.sena, **ACCORD)
        assert stored(case).paused_at is not None
        assert stored(case).complete_at is None
    with at("2026-11-27 20:00"):  # a Friday evening: counted from Monday
        workflow.answer(stored(case), answers={"birth_place": "Ouidah"})
    after = stored(case)
    assert (after.promised_on, after.due_on, after.paused_at) == (day(11, 19), day(12, 1), None)
    [moved] = clocks.moves_of(after)
    assert (moved.before, moved.after) == (day(11, 19), day(12, 1))
    assert after.complete_at == moved.until


def test_a_pause_over_the_vodun_days_gives_back_what_was_left(filed_case, cast):
    case = filed(filed_case, "2026-01-06 09:00")  # two days: Monday 12, after the Vodun days
    assert case.due_on == day(1, 12)
    with at("2026-01-06 10:00"):
        workflow.take(case, by=cast.sena)
        workflow.ask_information(case, by=cast.sena, **ACCORD)
    with at("2026-01-08 10:00"):  # the citizen answers on a holiday
        workflow.answer(stored(case), answers={"birth_place": "Ouidah"})
    assert stored(case).due_on == day(1, 14)


def test_an_answer_of_the_same_hour_moves_nothing_and_says_nothing(filed_case, cast):
    """The near miss."""
    case = filed(filed_case, "2026-11-17 09:00")
    with at("2026-11-17 10:00"):
        workflow.take(case, by=cast.sena)
        workflow.ask_information(case, by=cast.sena, **ACCORD)
        workflow.answer(stored(case), answers={"birth_place": "Ouidah"})
    assert stored(case).due_on == day(11, 19)
    assert clocks.moves_of(stored(case)) == []
    assert Pause.objects.get(case=case).ended_at is not None


def test_a_request_without_promise_gets_none_from_a_pause(filed_case, cast):
    case = filed(filed_case, "2026-11-17 09:00")
    ServiceRequest.objects.filter(pk=case.pk).update(due_on=None, promised_on=None)
    case = stored(case)
    with at("2026-11-18 10:00"):
        workflow.take(case, by=cast.sena)
        workflow.ask_information(case, by=cast.sena, **ACCORD)
        workflow.answer(stored(case), answers={"birth_place": "Ouidah"})
    assert stored(case).due_on is None


@pytest.mark.parametrize("end", ["close", "withdraw"])
def test_what_ends_a_request_ends_its_pause(filed_case, cast, end):
    case = filed_case(state=State.NEEDS_INFORMATION)
    if end == "close":
        workflow.close(stored(case), by=cast.sena, reason="Sans réponse.")
    else:
        workflow.withdraw(stored(case))
    assert stored(case).paused_at is None
    assert not Pause.objects.filter(ended_at=None).exists()


def test_every_way_out_of_the_wait_stops_the_clock_of_the_pause():
    ways_out = [t.act for t in TRANSITIONS.values() if State.NEEDS_INFORMATION in t.sources]
    assert len(ways_out) >= 4
    assert [act for act in ways_out if clocks.CLOCKS.get(act, {}).get("paused_at") is not False] == []


def test_where_the_promise_stands_no_question_is_asked(filed_case, django_assert_num_queries):
    case = stored(filed_case())
    with django_assert_num_queries(0):
        assert clocks.moves_of(case) == []


# -- The other clocks ---------------------------------------------------------------------------


def test_each_clock_is_started_by_its_act(filed_case, cast):
    case = filed_case(state=State.READY)
    ready = stored(case)
    assert ready.submitted_at == ready.complete_at
    assert ready.submitted_at <= ready.decided_at <= ready.ready_at
    assert [clock.name for clock in clocks.clocks_of(ready)] == ["filed", "complete", "decided", "ready"]


def test_a_decision_sent_back_is_no_decision(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    assert stored(case).decided_at
    workflow.return_to_clerk(case, by=cast.rekia, reason="Relire la date.")
    assert stored(case).decided_at is None


def test_a_refusal_is_a_decision_and_a_withdrawal_is_not(filed_case, cast):
    refused, withdrawn = filed_case(state=State.UNDER_REVIEW), filed_case(surname="AUTRE")
    workflow.reject(refused, by=cast.sena, motive=RejectionMotive.objects.first())
    workflow.withdraw(withdrawn)
    assert (stored(refused).decided_at is None, stored(withdrawn).decided_at) == (False, None)


# -- On the pages -------------------------------------------------------------------------------


def test_the_citizen_and_the_clerk_read_why_the_promise_moved(filed_case, cast, client, signed_in, site):
    case = filed(filed_case, "2026-11-17 09:00")
    with at("2026-11-18 10:00"):
        workflow.take(case, by=cast.sena)
        workflow.ask_information(case, by=cast.sena, **ACCORD)
    with at("2026-11-26 10:00"):
        workflow.answer(stored(case), answers={"birth_place": "Ouidah"})
        session = client.session
        access.grant(session, case)
        session.save()
        client.cookies["sessionid"] = session.session_key
        own = client.get(reverse("requests:case", args=[case.shown_reference])).text
        desk = signed_in(cast.sena).get(reverse("desk:case", args=[case.reference])).text
    assert "La promesse du jeudi 19 novembre 2026 est déplacée au vendredi 27 novembre 2026" in own
    assert "Complète depuis le" in own
    assert "attendu la réponse du demandeur du 18/11/2026 au 26/11/2026" in desk
