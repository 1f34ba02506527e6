"""A condition holds, or does not, for the same reasons whoever looks: unsaid is empty, ages change on the birthday."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.catalogue.conditions import age_on, answer_at, fields_named, holds, is_empty

TODAY = datetime.date(2026, 11, 24)


def met(name: str, operator: str, value: Any = None, *, answers: dict[str, Any], **more: Any) -> bool:
    condition = {"field": name, "is": operator} | ({} if value is None else {"value": value}) | more
    return holds(condition, answers, today=TODAY)


@pytest.mark.parametrize(
    ("answer", "operator", "value", "expected"),
    [
        ("travel", "equals", "travel", True),
        ("travel", "equals", "school", False),
        ("travel", "differs", "school", True),
        ("travel", "in", ["school", "travel"], True),
        ("travel", "not_in", ["school"], True),
        ("travel", "not_in", ["travel"], False),
        (["a", "b"], "contains", "b", True),
        (["a", "b"], "contains", "c", False),
        ("ab", "contains", "a", False),
        (["a", "b"], "in", ["b", "c"], True),
        (["a", "b"], "not_in", ["c"], True),
        (True, "equals", True, True),
        (True, "equals", 1, False),
        (1, "equals", True, False),
        (False, "equals", False, True),
        (0, "equals", 0, True),
        (3, "greater", 2, True),
        (2, "greater", 2, False),
        (2, "at_least", 2, True),
        (2, "at_most", 2, True),
        (1, "less", 2, True),
        ("2.50", "equals", 2.5, True),
        ("2.50", "in", [2.5], True),
        ("10.5", "greater", 9, True),
        ("0.30", "at_most", 0.3, True),
        ("14:30", "less", "15:00", True),
        ("09:05", "at_least", "09:05", True),
        ("2026-05-03", "less", "2026-05-04", True),
        ("2026-05-03", "greater", "2026-05-03", False),
        ("1962", "less", "1962-06-01", False),
        ("1962", "greater", "1962-06-01", False),
        ("1962", "less", "1963-01-01", True),
        ("1962", "at_least", "1962", True),
        ("1962-05", "greater", "1962-04-30", True),
        ("1962-05", "at_most", "1962-05-31", True),
        ("1962-05", "at_most", "1962-05-30", False),
        ("x", "greater", 2, False),
        ("x", "less", "2026-01-01", False),
        (2, "less", "2026-01-01", False),
        (True, "greater", 0, False),
        ("nan", "at_most", 5, False),
    ],
)
def test_an_answer_is_compared_as_what_it_is(answer, operator, value, expected):
    assert met("q", operator, value, answers={"q": answer}) is expected


@pytest.mark.parametrize("nothing", [None, "", [], {}, {"surname": "", "given_names": None}])
def test_what_was_not_said_is_empty_and_only_differs(nothing):
    answers = {"q": nothing}
    assert is_empty(nothing)
    assert met("q", "empty", answers=answers)
    assert not met("q", "answered", answers=answers)
    assert met("q", "differs", "x", answers=answers)
    assert met("q", "not_in", ["x"], answers=answers)
    for operator, value in [
        ("equals", "x"),
        ("in", ["x"]),
        ("contains", "x"),
        ("greater", 0),
        ("at_least", 0),
        ("less", 9),
        ("at_most", 9),
        ("age_at_least", 0),
        ("age_below", 99),
    ]:
        assert not met("q", operator, value, answers=answers)


@pytest.mark.parametrize("something", [False, 0, "0", [1], {"surname": "AGBO"}, [{"a": None}]])
def test_no_and_zero_are_answers(something):
    assert met("q", "answered", answers={"q": something})
    assert not met("q", "empty", answers={"q": something})


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("2008-11-24", "2026-11-24", 18),  # the birthday itself
        ("2008-11-25", "2026-11-24", 17),  # its eve
        ("2008-02-29", "2026-02-28", 17),  # the day before 1 March
        ("2008-02-29", "2026-03-01", 18),
        ("2004-02-29", "2024-02-29", 20),
        ("2008", "2026-12-30", 17),  # a year alone counts from its end
        ("2008", "2026-12-31", 18),
        ("2008-11", "2026-11-29", 17),
        ("2008-11", "2026-11-30", 18),
        ("2008-12", "2026-12-31", 18),
        ("2008-06-01", "2026", 17),  # and a day known by its year from its beginning
        ("2026-11-25", "2026-11-24", -1),
        ("2008-02-30", "2026-11-24", None),
        ("demain", "2026-11-24", None),
        ("2008-11-24", "", None),
    ],
)
def test_an_age_changes_on_the_birthday_and_is_the_younger_when_in_doubt(birth, day, age):
    assert age_on(birth, day) == age


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)), st.integers(0, 150))
def test_whoever_is_not_at_least_an_age_is_below_it(birth, years):
    answers = {"q": birth.isoformat()}
    assert met("q", "age_at_least", years, answers=answers) is not met("q", "age_below", years, answers=answers)


@given(st.dates(datetime.date(1900, 1, 1), TODAY))
def test_an_age_known_by_the_year_is_never_above_the_true_one(birth):
    day = TODAY.isoformat()
    true_age = age_on(birth.isoformat(), day)
    assert age_on(f"{birth:%Y-%m}", day) <= true_age
    assert age_on(f"{birth:%Y}", day) <= age_on(f"{birth:%Y-%m}", day)


def test_an_age_may_be_counted_on_another_date():
    answers = {"birth": "2010-06-01", "departure": "2028-06-01"}
    assert met("birth", "age_below", 18, answers=answers)
    assert not met("birth", "age_below", 18, answers=answers, on="departure")
    assert not met("birth", "age_below", 18, answers={"birth": "2010-06-01"}, on="departure")


def test_a_part_of_an_answer_is_read_by_its_name():
    answers = {"child": {"surname": "AGBO", "birth": "2015"}, "plain": "text"}
    assert answer_at("child.birth", answers) == "2015"
    assert answer_at("plain.birth", answers) is None
    assert answer_at("nobody.birth", answers) is None
    assert met("child.birth", "age_below", 18, answers=answers)


COMPARISONS = st.sampled_from(
    [
        {"field": "a", "is": "equals", "value": 1},
        {"field": "b", "is": "at_least", "value": 2},
        {"field": "c", "is": "empty"},
        {"field": "a", "is": "differs", "value": 2},
    ]
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from([{"all": parts}, {"any": parts}])
    ),
    max_leaves=8,
)
ANSWERS = st.fixed_dictionaries({}, optional={name: st.sampled_from([None, 1, 2, 3]) for name in "abc"})


@given(st.lists(CONDITIONS, min_size=1, max_size=4), ANSWERS)
def test_all_is_and_any_is_or(parts, answers):
    each = [holds(part, answers, today=TODAY) for part in parts]
    assert holds({"all": parts}, answers, today=TODAY) is all(each)
    assert holds({"any": parts}, answers, today=TODAY) is any(each)


@given(CONDITIONS, ANSWERS)
def test_only_the_questions_named_matter(condition, answers):
    read = {key: answers[key] for key in fields_named(condition) & answers.keys()}
    assert holds(condition, read, today=TODAY) is holds(condition, answers | {"other": 9}, today=TODAY)


@given(ANSWERS)
def test_no_condition_always_holds(answers):
    assert holds(None, answers, today=TODAY)
    assert holds({}, answers, today=TODAY)


@given(COMPARISONS, st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4))
def test_whatever_was_stored_a_condition_is_judged(comparison, stored):
    assert holds(comparison | {"field": "q"}, {"q": stored}, today=TODAY) in (True, False)
