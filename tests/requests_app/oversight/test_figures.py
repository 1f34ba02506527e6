"""What the offices did, counted day by day: each act where and when it belongs, only what was touched counted again."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app import workflow
from requests_app.catalogue.models import RejectionMotive
from requests_app.models import DayFigures, DayShare, DuplicateVerdict, FiguresMark, Handling, ServiceRequest
from requests_app.oversight import counting, figures, standing, watching
from requests_app.oversight.figures import Period, Totals, within
from requests_app.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

MONDAY = datetime.date(2026, 11, 23)
ALL = Period(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


def at(day, hour="09:00"):
    return time_machine.travel(f"{day}T{hour}:00+01:00", tick=False)


def of(office, period=ALL):
    return figures.by_office([office.pk], period)[office.pk]


def said(totals):
    return {name: getattr(totals, name) for name in figures.COUNTS if getattr(totals, name)}


# -- Counting -----------------------------------------------------------------------------------


def test_a_filing_and_a_decision_count_on_their_days(filed_case, cast):
    case = filed_case()
    with at("2026-11-25"):
        workflow.take(case, by=cast.sena)
        workflow.accept(case, by=cast.sena)
        counting.refresh()
        assert said(of(cast.first, Period(MONDAY, MONDAY))) == {"received": 1}
        wednesday = datetime.date(2026, 11, 25)
        decided = of(cast.first, Period(wednesday, wednesday))
        assert said(decided) == {"decided": 1, "accepted": 1, "promised": 1, "in_time": 1}
        assert (decided.median_days, decided.p90_days) == (2, 2)
    assert said(of(cast.fifth)) == {}


def test_a_decision_after_the_promise_is_late(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    with at("2026-12-21"):
        assert case.due_on < timezone.localdate()
        workflow.accept(case, by=cast.sena)
        counting.refresh()
        assert (of(cast.first).promised, of(cast.first).in_time, of(cast.first).late) == (1, 0, 1)


def test_the_promised_day_itself_is_in_time(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    with at(case.due_on, "17:00"):
        workflow.accept(case, by=cast.sena)
        counting.refresh()
        assert of(cast.first).in_time == 1


def test_a_refusal_counts_under_its_motive(filed_case, cast):
    motive = RejectionMotive.objects.first()
    workflow.reject(filed_case(state=State.UNDER_REVIEW), by=cast.sena, motive=motive)
    counting.refresh()
    assert dict(of(cast.first).refusals) == {motive.code: 1}
    assert said(of(cast.first)) == {"received": 1, "decided": 1, "refused": 1, "promised": 1, "in_time": 1}


def test_the_second_question_is_a_loop_and_the_first_is_not(filed_case, cast):
    case = filed_case(state=State.NEEDS_INFORMATION)
    counting.refresh()
    assert (of(cast.first).asked, of(cast.first).asked_again) == (1, 0)
    workflow.answer(case, answers={"birth_place": "Ouidah"})
    with at("2026-11-24"):
        workflow.ask_information(case, by=cast.sena, fields=["birth_place"], pieces=[], message="Le pays ?")
        counting.refresh()
        assert (of(cast.first).asked, of(cast.first).asked_again) == (2, 1)
        assert [one.case.pk for one in standing.loops(cast.first.pk)] == [case.pk]
        assert not standing.loops(cast.fifth.pk)


def test_a_case_sent_back_is_no_longer_decided_on_the_day_it_was(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    counting.refresh()
    assert of(cast.first).decided == 1
    with at("2026-11-26"):
        workflow.return_to_clerk(case, by=cast.rekia, reason="Le nom est mal écrit.")
        counting.refresh()
        assert said(of(cast.first)) == {"received": 1, "returned": 1}


def test_a_case_transferred_counts_where_it_now_is(filed_case, cast):
    case = filed_case()
    counting.refresh()
    with at("2026-11-24"):
        workflow.transfer(case, by=cast.sena, to=cast.fifth, reason="La personne habite le 5e.")
        counting.refresh()
        assert (of(cast.first).received, of(cast.fifth).received) == (0, 1)


def test_a_trial_never_counts(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    ServiceRequest.objects.filter(pk=case.pk).update(is_trial=True)
    counting.recount()
    assert not DayFigures.objects.exists()
    assert standing.of_offices([cast.first.pk])[cast.first.pk].open == 0


def test_the_minutes_of_work_are_summed(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    for seconds in (120, 300):
        Handling.objects.create(
            service=case.version.service, office=cast.first, by=cast.sena, act="accept", seconds=seconds
        )
    counting.refresh()
    assert of(cast.first).minutes_each == 7.0


def test_counted_twice_it_is_the_same(filed_case, cast):
    filed_case(state=State.ACCEPTED)
    counting.refresh()
    rows = list(DayFigures.objects.values_list("office", "service", "day", "received", "decided"))
    shares = list(DayShare.objects.values_list("day", "kind", "key", "count"))
    counting.refresh()
    counting.recount()
    assert list(DayFigures.objects.values_list("office", "service", "day", "received", "decided")) == rows
    assert list(DayShare.objects.values_list("day", "kind", "key", "count")) == shares


def test_only_the_days_touched_are_counted_again(filed_case, cast):
    with at("2026-11-02"):
        filed_case()
    with at("2026-11-03"):
        counting.refresh()
    old = DayFigures.objects.get(day="2026-11-02").pk
    filed_case(surname="Autre")
    assert counting.refresh() == "2 day(s)"  # that of the last time, and today
    assert DayFigures.objects.filter(pk=old).exists()
    assert FiguresMark.objects.get().counted_at == timezone.now()


def test_the_minutes_written_after_the_last_count_of_a_day_are_counted_the_day_after(filed_case, cast):
    with at("2026-11-02"):
        case = filed_case()
        counting.refresh()
    with at("2026-11-02", "18:00"):
        Handling.objects.create(
            service=case.version.service, office=cast.first, by=cast.sena, act="take", seconds=90, at=timezone.now()
        )
    counting.refresh()
    assert DayFigures.objects.get(day="2026-11-02").handled_seconds == 90


def test_figures_that_were_never_counted_have_no_hour(filed_case, cast):
    """The rules of what looks unusual leave their mark on the same row."""
    filed_case()
    watching.watch()
    assert counting.counted_at() is None
    counting.refresh()
    assert counting.counted_at() == timezone.now()


def test_a_duplicate_closed_is_counted_on_its_day_however_late_one_counts(filed_case, cast):
    with at("2026-11-02"):
        kept, twin = filed_case(), filed_case(given_names="Autre")
        counting.refresh()
    with at("2026-11-04"):
        DuplicateVerdict.objects.create(first=kept, second=twin, same=True, by=cast.sena)
        workflow.close_duplicate(twin, by=cast.sena, kept=kept)
    counting.refresh()
    assert DayFigures.objects.get(day="2026-11-04").decided == 1


def test_everything_counted_again_agrees_with_day_after_day(filed_case, cast):
    for number, day in enumerate(["2026-10-01", "2026-10-30", "2026-11-02", "2026-11-20"]):
        with at(day):
            case = filed_case(surname=f"Personne {'abcd'[number]}", state=State.UNDER_REVIEW)
            counting.refresh()
        with at("2026-11-21"):
            workflow.accept(case, by=cast.sena)
            counting.refresh()
    step_by_step = of(cast.first)
    counting.recount()
    assert of(cast.first) == step_by_step
    assert step_by_step.received == step_by_step.decided == 4


# -- Reading ------------------------------------------------------------------------------------


def test_the_median_is_that_of_all_decisions_together():
    parts = [Totals(), Totals()]
    parts[0].delays.update({1: 3})
    parts[1].delays.update({10: 4})
    whole = figures.together(parts)
    assert (whole.median_days, whole.p90_days) == (10, 10)
    assert (parts[0].median_days, Totals().median_days, Totals().share_in_time) == (1, None, None)


@pytest.mark.parametrize(
    ("spread", "median", "p90"), [({0: 1}, 0, 0), ({1: 5, 2: 5}, 1, 2), ({1: 9, 30: 1}, 1, 1), ({1: 8, 30: 2}, 1, 30)]
)
def test_a_share_of_the_decisions_came_within_so_many_days(spread, median, p90):
    assert (within(spread, 0.5), within(spread, 0.9)) == (median, p90)


def test_almost_all_is_not_all():
    assert Totals(promised=1000, in_time=999).share_in_time == 99


def test_the_weeks_begin_on_mondays_and_end_today(filed_case, cast):
    for day in ("2026-11-15", "2026-11-16", "2026-11-22"):  # a Sunday, a Monday, a Sunday
        with at(day):
            filed_case(surname=f"Jour {'abcdefghij'[int(day[-1])]}")
    counting.recount()
    weeks = figures.weeks([cast.first.pk])
    assert len(weeks) == 12
    assert [(str(week.monday), week.received) for week in weeks[-3:]] == [
        ("2026-11-09", 1), ("2026-11-16", 2), ("2026-11-23", 0),
    ]  # fmt: skip


def test_a_longer_period_costs_no_more_queries(filed_case, cast):
    filed_case(state=State.ACCEPTED)
    counting.refresh()
    costs = []
    for period in (Period(MONDAY, MONDAY), ALL):
        with CaptureQueriesContext(connection) as queries:
            figures.by_office([cast.first.pk, cast.fifth.pk], period)
        costs.append(len(queries))
    assert costs == [2, 2]


def test_the_ages_are_those_of_the_working_days(filed_case, cast):
    for number, day in enumerate(["2026-11-23", "2026-11-19", "2026-11-18", "2026-11-12", "2026-11-06"]):
        with at(day):
            filed_case(surname=f"Age {'abcde'[number]}")
    now = standing.of_offices([cast.first.pk])[cast.first.pk]
    assert now.ages == [2, 1, 1, 1]  # 0 and 2; 3; 7; 11 working days
    assert (now.open, now.oldest_on) == (5, datetime.date(2026, 11, 6))


def test_what_lies_on_a_desk_is_counted_for_its_person(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    ServiceRequest.objects.filter(pk=case.pk).update(assigned_to=cast.sena)
    filed_case(surname="Libre")
    done = filed_case(surname="Faite", state=State.ACCEPTED)
    ServiceRequest.objects.filter(pk=done.pk).update(assigned_to=None)
    loads = {load.person: load for load in standing.loads(cast.first.pk, counting.midnight(MONDAY))}
    assert (loads[cast.sena].open, loads[cast.sena].decided) == (1, 1)
    assert loads[None].open == 2
