"""Conditions: "ask this when that was answered", as data, evaluated on the server only.

A condition is `{"all": [condition, …]}`, `{"any": [condition, …]}` or a comparison
`{"field": "key" or "key.part", "is": operator, "value": …}`. A question that was not asked, or was left empty,
is empty: it equals nothing, is in nothing, and is neither greater nor smaller than anything.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

Condition = Mapping[str, Any]
Answers = Mapping[str, Any]

# Operators that compare with "value"; the value is of the type of the answer.
COMPARED = ("equals", "differs", "in", "not_in", "contains", "greater", "at_least", "less", "at_most")
# Operators on a date of birth: "value" is a number of years, "on" another date question (default: today).
BY_AGE = ("age_at_least", "age_below")
# Operators without a value.
BARE = ("empty", "answered")
OPERATORS = (*COMPARED, *BY_AGE, *BARE)
DEEPEST = 4


def holds(condition: Condition | None, answers: Answers, *, today: datetime.date) -> bool:
    """Whether the condition holds for these answers; no condition always holds.

    `today` is the day in Cotonou: the day of filing when a filed request is read again.
    """
    if not condition:
        return True
    if "all" in condition:
        return all(holds(part, answers, today=today) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers, today=today) for part in condition["any"])
    given = answer_at(condition["field"], answers)
    operator = condition["is"]
    if operator in BARE:
        return is_empty(given) == (operator == "empty")
    if is_empty(given):
        # What was not said differs from everything, and is in no list.
        return operator in ("differs", "not_in")
    if operator in BY_AGE:
        return _age_holds(condition, given, answers, today)
    return _COMPARE[operator](given, condition["value"])


def fields_named(condition: Condition | None) -> set[str]:
    """The keys of the questions a condition reads, without their parts."""
    return {path.partition(".")[0] for path in paths_named(condition)}


def paths_named(condition: Condition | None) -> Iterator[str]:
    """`key` or `key.part` of each answer a condition reads, in order."""
    for comparison in comparisons(condition):
        yield comparison["field"]
        if comparison.get("on"):
            yield comparison["on"]


def comparisons(condition: Condition | None) -> Iterator[Condition]:
    """The comparisons at the bottom of a condition."""
    if not condition:
        return
    if "field" in condition:
        yield condition
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from comparisons(part)


def answer_at(path: str, answers: Answers) -> Any:
    """The answer of `key`, or of one part of it; None when there is none."""
    key, _dot, part = path.partition(".")
    given = answers.get(key)
    if not part:
        return given
    return given.get(part) if isinstance(given, Mapping) else None


def is_empty(given: Any) -> bool:
    """Whether nothing was said: False and 0 are answers, an empty text, list or set of parts is not."""
    if isinstance(given, Mapping):
        return all(is_empty(part) for part in given.values())
    return given is None or given in ("", [])


def age_on(birth: str, day: str) -> int | None:
    """Whole years between two ISO dates; the birthday of a 29 February is the 1 March of other years.

    A date known by its year or month is taken so that the age is the younger one, which is the careful one: a
    person "born in 2008" is not said to be 18 before the year is over. None when either is not a date.
    """
    try:
        born, on = _last_day(birth), _first_day(day)
    except ValueError:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _first_day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text + "-01-01"[: 10 - len(text)])


def _last_day(text: str) -> datetime.date:
    if len(text) == 4:
        return datetime.date(int(text), 12, 31)
    if len(text) == 7:
        first = datetime.date.fromisoformat(f"{text}-01")
        return (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    return datetime.date.fromisoformat(text)


def _age_holds(condition: Condition, given: Any, answers: Answers, today: datetime.date) -> bool:
    day = answer_at(condition["on"], answers) if condition.get("on") else today.isoformat()
    age = age_on(str(given), str(day or ""))
    if age is None:
        return False
    return age >= condition["value"] if condition["is"] == "age_at_least" else age < condition["value"]


def _same(given: Any, value: Any) -> bool:
    """Whether two answers are the same; a number is the same however it is written (2.5 and "2.50")."""
    if isinstance(value, bool) or isinstance(given, bool):
        return given is value
    if isinstance(value, int | float):
        return _number(given) == _number(value)
    return bool(given == value)


def _among(given: Any, values: Any) -> bool:
    """Whether an answer, or one of several, is in a list."""
    several = given if isinstance(given, list) else [given]
    return isinstance(values, list) and any(_same(one, value) for one in several for value in values)


def _compared(operator: str, given: Any, value: Any) -> bool:
    """Greater, at least, less, at most: of numbers, hours, or dates; of what cannot be compared, never.

    A date known by its year or month lies somewhere in it: it is said to be after a day when all of it is after.
    """
    span, other = (span_of(given), span_of(value)) if isinstance(value, str) else (_point(given), _point(value))
    return span is not None and other is not None and _ORDER[operator](*span, *other)


def _point(value: Any) -> tuple[Any, Any] | None:
    number = _number(value)
    return None if number is None else (number, number)


def span_of(given: Any) -> tuple[Any, Any] | None:
    """The first and last moment (ISO text) of a date that may be a year or a month, or of an hour."""
    text = str(given)
    if ":" in text:
        return text, text
    try:
        return _first_day(text).isoformat(), _last_day(text).isoformat()
    except ValueError:
        return None


def _number(value: Any) -> Decimal | None:
    try:
        number = None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


# Of two spans (first, last) and (least, most).
_ORDER: dict[str, Callable[[Any, Any, Any, Any], bool]] = {
    "greater": lambda first, last, least, most: first > most,
    "at_least": lambda first, last, least, most: first >= least,
    "less": lambda first, last, least, most: last < least,
    "at_most": lambda first, last, least, most: last <= most,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _same,
    "differs": lambda given, value: not _same(given, value),
    "in": _among,
    "not_in": lambda given, value: not _among(given, value),
    "contains": lambda given, value: isinstance(given, list) and _among(given, [value]),
    **{operator: partial(_compared, operator) for operator in _ORDER},
}
