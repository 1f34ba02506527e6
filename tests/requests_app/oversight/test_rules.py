"""What looks unusual: planted frauds are found, honest people are left in peace, and each rule at its limits."""

import datetime
from collections import Counter

import pytest

from requests_app.oversight import rules
from requests_app.oversight.rules import Line, Window, find
from tests.requests_app.oversight.ninety_days import DAYS, EACH, KINDS, Town, hours

DAY = datetime.date(2026, 11, 24)  # a Tuesday


@pytest.fixture(scope="module")
def judged():
    """`(town, what was found)` of the town with frauds."""
    town = Town(seed=7).honest().plant()
    return town, [found for window in town.windows() for found in find(window)]


def test_planted_frauds_are_found(judged, record_property):
    town, found = judged
    seen = {(one.kind, one.day, one.person) for one in found}
    recall = {kind: sum(p in seen for p in town.planted if p[0] == kind) / EACH for kind in KINDS}
    false = len(seen - town.planted)
    whole = len(town.planted & seen) / len(town.planted)
    kinds = ", ".join(f"{kind} {share:.0%}" for kind, share in recall.items())
    record_property("figures", f"anomalies, 90 days, {len(town.lines)} lines: recall {whole:.0%} ({kinds})")
    record_property("figures", f"alerts per day: {len(seen) / DAYS:.2f}, of which {false / DAYS:.2f} for nothing")
    assert len(town.planted) == len(KINDS) * EACH
    assert whole >= 0.9
    assert min(recall.values()) >= 0.9
    assert len(seen) / DAYS <= 2


def test_another_town_is_judged_as_well():
    town = Town(seed=11).honest().plant()
    seen = {(one.kind, one.day, one.person) for window in town.windows() for one in find(window)}
    assert len(town.planted & seen) / len(town.planted) >= 0.9


def test_without_rules_nothing_is_found(judged):
    town, _found = judged
    assert not [one for window in town.windows() for one in find(window, rules=[])]


@pytest.mark.parametrize("rule", rules.ALL)
def test_each_kind_is_found_by_its_own_rule(judged, rule):
    town, _found = judged
    kind = rule.__name__.upper()
    days = sorted(day for planted, day, _person in town.planted if planted == kind)[:2]
    alone = {one.kind for window in town.windows(days) for one in find(window, rules=[rule])}
    assert alone == {kind}


def test_honest_people_are_left_in_peace(record_property):
    found = [one for window in Town(seed=3).honest().windows() for one in find(window)]
    kinds = dict(Counter(one.kind for one in found))
    record_property("figures", f"alerts per day in an honest town: {len(found) / DAYS:.2f} {kinds}")
    assert len(found) / DAYS <= 0.5


def test_played_twice_they_say_the_same(judged):
    town, found = judged
    days = {one.day for one in found[:5]}
    again = [one.key for window in town.windows(days) for one in find(window)]
    assert again == [one.key for one in found if one.day in days]
    assert len({one.key for one in found}) == len(found)


# -- Each rule at its limits --------------------------------------------------------------------


def at(clock, day=DAY, seconds=0):
    return datetime.datetime.combine(day, datetime.time.fromisoformat(clock)) + datetime.timedelta(seconds=seconds)


def acts(count, clock, act="case.accept", by=1, day=DAY):
    return [Line(at(clock, day, i), act, f"case:{day:%j}{i}", by, 1) for i in range(count)]


def kinds(lines, **facts):
    ordered = sorted(lines, key=lambda line: line.at)
    return [one.kind for one in find(Window(DAY, ordered, facts.pop("hours", hours), **facts))]


@pytest.mark.parametrize(
    ("count", "clock", "found"),
    [
        (3, "18:29", []),
        (2, "19:00", []),
        (3, "18:31", ["AFTER_HOURS"]),
        (1, "20:59", []),
        (1, "21:00", ["AFTER_HOURS"]),
        (1, "04:59", ["AFTER_HOURS"]),
        (3, "06:50", ["AFTER_HOURS"]),
        (3, "07:10", []),
    ],
)
def test_the_end_of_a_day_is_not_the_night(count, clock, found):
    assert kinds(acts(count, clock)) == found


def test_a_closed_day_is_outside_the_hours():
    def closed(office, day):
        return None

    assert kinds(acts(3, "10:00"), hours=closed) == ["AFTER_HOURS"]
    assert kinds(acts(2, "10:00"), hours=closed) == []


def usual_days(count, each, by=1):
    days = [DAY - datetime.timedelta(days=back) for back in range(1, count + 1)]
    return [line for day in days for line in acts(each, "10:00", "case.reject", by, day)]


@pytest.mark.parametrize(
    ("today", "usual", "days", "found"),
    [(31, 10, 10, ["VOLUME"]), (30, 10, 10, []), (31, 10, 7, []), (19, 2, 10, []), (20, 2, 10, ["VOLUME"])],
)
def test_everybody_is_compared_with_himself(today, usual, days, found):
    lines = [*usual_days(days, usual), *acts(today, "10:00", "case.reject"), *usual_days(20, 60, by=2)]
    assert kinds(lines) == found


def served(count, days_ago=0, by=1):
    day = DAY - datetime.timedelta(days=days_ago)
    return [Line(at("10:00", day, i), "case.accept", f"case:{days_ago}{i}", by, 1) for i in range(count)]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (served(4, 9) + served(1), ["SAME_PERSON"]),
        (served(3, 9) + served(1), []),
        (served(5, 9) + served(1), []),  # said five days ago already
        (served(4, 9, by=2) + served(1), []),  # by another person
        (served(5), ["SAME_PERSON"]),
    ],
)
def test_the_same_beneficiary_is_said_once_when_it_becomes_too_often(lines, found):
    who = {line.obj: ("phone:1", "name:1") for line in lines}
    assert kinds(lines, beneficiaries=who) == found
    assert kinds(lines, beneficiaries={line.obj: (f"phone:{line.obj}",) for line in lines}) == []


def chain(taken, accepted, signed, number=1):
    obj = f"case:{number}"
    return [
        Line(at("10:00", DAY, taken), "case.take", obj, 1, 1),
        Line(at("10:00", DAY, accepted), "case.accept", obj, 1, 1),
        Line(at("10:00", DAY, signed), "case.issue", obj, 9, 1),
    ]


def test_nobody_reads_a_case_in_seconds():
    assert kinds(chain(0, 60, 120)) == ["TOO_FAST"]
    assert kinds(chain(0, 60, 121)) == []
    hasty = [line for i in range(5) for line in chain(i * 60, i * 60 + 20, 5000, i)]
    assert kinds(hasty) == ["TOO_FAST"]
    assert kinds(hasty[:-3]) == []


def read(count, obj="document:7", reason="", by=1, days_ago=0):
    day = DAY - datetime.timedelta(days=days_ago)
    return [Line(at("10:00", day, i), "read", obj.format(i), by, 1, True, reason) for i in range(count)]


def test_a_document_opened_again_and_again_is_said_once():
    assert kinds(read(5, days_ago=3) + read(1)) == ["REPRINTS"]
    assert kinds(read(4, days_ago=3) + read(1)) == []
    assert kinds(read(6, days_ago=3) + read(1)) == []
    assert kinds(read(5, days_ago=3) + read(1), auditors=frozenset({1})) == []


def test_reading_for_nothing_is_curiosity_and_reading_for_work_is_not():
    assert kinds(read(30, "case:{}", "check")) == ["CURIOSITY"]
    assert kinds(read(30, "case:{}", "other : pour voir")) == ["CURIOSITY"]
    assert kinds(read(29, "case:{}", "check")) == []
    assert kinds(read(30, "case:{}", "mine")) == []
    assert kinds(read(30, "case:{}", "audit"), auditors=frozenset({1})) == []
    assert kinds(read(30, "case:{}", "check"), auditors=frozenset({1})) == []  # his work is to read
    assert kinds(read(30, "case:{}", "check"), auditors=frozenset({2})) == ["CURIOSITY"]
    worked = [Line(at("11:00", DAY, i), "case.write", f"case:{i}", 1, 1) for i in range(30)]
    assert kinds(read(30, "case:{}", "take") + worked) == []
    used_to = [line for back in range(1, 6) for line in read(22, "case:9{}", "help", days_ago=back)]
    assert kinds(used_to + read(35, "case:{}", "help")) == []
