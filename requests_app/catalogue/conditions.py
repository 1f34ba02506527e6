"""Conditions: "ask this when that was answered", as data, evaluated on the server only.

A condition is `{"all": [condition, …]}`, `{"any": [condition, …]}` or a comparison
`{"field": "key" or "key.part", "is": operator, "value": …}`. A question that was not asked, or was left empty,
is empty: it equals nothing, is in nothing, and is neither greater nor smaller than anything.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
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
    """Whole years between two ISO dates; a date of birth known by its year (or month) counts from its end.

    A person "born in 2008" is not said to be 18 before the year is over: the younger age is the careful one.
    None when either is not a date.
    """
    try:
        born, on = _last_day(birth), _last_day(day)
    except ValueError:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


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


def _ordered(given: Any, value: Any) -> int | None:
    """-1, 0 or 1 as `given` is before, at or after `value`; None when they cannot be compared."""
    numbers = [number for number in (_number(given), _number(value)) if number is not None]
    if len(numbers) == 2:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    if isinstance(given, str) and isinstance(value, str) and not numbers:
        # Dates and hours are stored so that their text is in their order.
        return (given > value) - (given < value)
    return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda given, value: bool(given == value),
    "differs": lambda given, value: bool(given != value),
    "in": lambda given, value: any(one in value for one in (given if isinstance(given, list) else [given])),
    "not_in": lambda given, value: not any(one in value for one in (given if isinstance(given, list) else [given])),
    "contains": lambda given, value: isinstance(given, list) and value in given,
    "greater": lambda given, value: _ordered(given, value) == 1,
    "at_least": lambda given, value: _ordered(given, value) in (0, 1),
    "less": lambda given, value: _ordered(given, value) == -1,
    "at_most": lambda given, value: _ordered(given, value) in (-1, 0),
}
