"""Patterns that an editor writes for an answer: harmless to check against anything, and with an example."""

import re
from importlib import import_module
from random import Random
from typing import Any

from django.utils.translation import gettext

# How Python itself reads a pattern: the only way to see what is in one before it runs.
_parser: Any = import_module("re._parser")
LONGEST = 200  # signs; a longer answer never fits
# Ways a pattern may be tried on one answer, at the very worst: some tens of milliseconds.
MOST_WAYS = 10_000_000
_PLAIN = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"}
_CATEGORIES = {"CATEGORY_DIGIT": "0123456789", "CATEGORY_WORD": "abcdefghij", "CATEGORY_SPACE": " "}
_ANY = "abcdefghijklmnopqrstuvwxyz0123456789 -ABCDEFGHIJKLMNOPQRSTUVWXYZ.,/'"


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text is as the pattern says."""
    return len(text) <= LONGEST and re.fullmatch(pattern, text) is not None


def pattern_fault(pattern: str) -> str:
    """The sentence that refuses a pattern which does not read, or could keep the server busy; "" when it is good."""
    try:
        items = _parser.parse(pattern)
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return gettext("Ce modèle ne se lit pas comme une expression régulière.")
    try:
        ways = _ways(items)
    except _TooClever:
        return gettext(
            "Ce modèle est trop compliqué : ni répétition dans une répétition, ni renvoi, ni regard en avant."
        )
    return "" if ways <= MOST_WAYS else gettext("Ce modèle a trop de répétitions sans limite.")


def example_of(pattern: str, random: Random) -> str:
    """A text that fits a pattern without fault, as far as it can be guessed."""
    return "".join(_written(item, random) for item in _parser.parse(pattern))


class _TooClever(Exception):
    """Something else than characters, branches and repeats that do not nest."""


def _ways(items: Any) -> int:
    """In how many ways these pieces may be tried on one answer, at most. Raises _TooClever."""
    ways = 1
    for operation, argument in items:
        name = str(operation)
        if name == "BRANCH":
            ways *= sum(_ways(branch) for branch in argument[1])
        elif name == "SUBPATTERN":
            ways *= _ways(argument[-1])
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            ways *= _ways_of_repeat(*argument)
        elif name not in _PLAIN:
            raise _TooClever
    return ways


def _ways_of_repeat(least: int, most: int, repeated: Any) -> int:
    inner = _ways(repeated)
    most = min(int(most), LONGEST)
    if least > LONGEST or (most > 1 and most != least and inner > 1):
        raise _TooClever
    return inner ** max(most, 1) if inner > 1 else most - least + 1


def _written(item: Any, random: Random) -> str:
    operation, argument = str(item[0]), item[1]
    if operation == "LITERAL":
        return chr(argument)
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, repeated = argument
        times = random.randint(least, min(most, least + 3))
        return "".join(_written(inner, random) for _ in range(times) for inner in repeated)
    if operation == "BRANCH":
        return "".join(_written(inner, random) for inner in random.choice(argument[1]))
    if operation == "SUBPATTERN":
        return "".join(_written(inner, random) for inner in argument[-1])
    if operation in ("ANY", "NOT_LITERAL", "IN"):
        possible = [sign for sign in _ANY if _allows(operation, argument, sign)]
        return random.choice(possible or [_first_of(argument)])
    return ""


def _allows(operation: str, argument: Any, sign: str) -> bool:
    if operation == "ANY":
        return True
    if operation == "NOT_LITERAL":
        return ord(sign) != argument
    negated = str(argument[0][0]) == "NEGATE"
    return negated != any(_is_in(part, sign) for part in argument)


def _is_in(part: Any, sign: str) -> bool:
    operation, argument = str(part[0]), part[1]
    if operation == "LITERAL":
        return ord(sign) == argument
    if operation == "RANGE":
        return bool(argument[0] <= ord(sign) <= argument[1])
    if operation == "CATEGORY":
        return sign in _CATEGORIES.get(str(argument), _ANY)
    return False


def _first_of(argument: Any) -> str:
    """A sign of a class that none of the usual ones belongs to."""
    operation, value = argument[0]
    return chr(value[0] if str(operation) == "RANGE" else value)
