"""Patterns written by an editor: regular expressions matched by RE2 against the whole answer.

Python's own engine goes back on its steps, and a pattern such as `(a+)+b` then never ends. RE2 reads each sign
once: its time is the length of the answer, its memory is bounded, and it refuses what it cannot promise that for
(looking around, back references). In RE2 `\\d` and `\\w` are the figures and letters of ASCII.
"""

import re
from functools import lru_cache
from random import Random
from typing import Any

import re2
from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext
from rstr import Rstr

LONGEST_PATTERN = 200
LONGEST_ANSWER = 500
FEW_MORE = 3
MEMORY = 1 << 20  # bytes one compiled pattern may take


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The pattern ready to be tried, built once; its two ends are always meant. Raises `re2.error`."""
    options = re2.Options()
    options.log_errors, options.max_mem, options.dot_nl = False, MEMORY, True
    return re2.compile(pattern, options)


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of `text` follows the pattern; never beyond `LONGEST_ANSWER` signs."""
    return len(text) <= LONGEST_ANSWER and compiled(pattern).fullmatch(text) is not None


class _Writer(Rstr):
    """Writes as many repeats as asked and few more: a hundred of each would be longer than any answer."""

    def _handle_repeat(self, start_range: int, end_range: int, value: str) -> str:
        written: str = super()._handle_repeat(start_range, min(end_range, start_range + FEW_MORE), value)
        return written


def example_of(pattern: str, random: Random) -> str:
    """A text that fits a pattern without fault; "" when none was found, which no pattern seen so far needs."""
    writer = _Writer(random)
    drawn = (writer.xeger(re.compile(pattern, re.ASCII)) for _ in range(20))
    return next((text for text in drawn if fits(pattern, text)), "")


def pattern_fault(pattern: str) -> str:
    """Why this pattern cannot be used, in a sentence; "" when it can."""
    if len(pattern) > LONGEST_PATTERN:
        return gettext("Ce modèle est trop long : %(limit)d signes au plus.") % {"limit": LONGEST_PATTERN}
    try:
        # Both engines: the one that judges answers, and the one that writes the examples.
        compiled(pattern)
        re.compile(pattern, re.ASCII)
    except (re2.error, re.error, OverflowError, RecursionError):
        return gettext(
            "Ce modèle ne se lit pas : vérifiez les parenthèses, les crochets et les répétitions. "
            "Les groupes spéciaux « (?… » et les renvois ne sont pas acceptés."
        )
    return ""


@deconstructible
class FitsPattern:
    """Refuses an answer that does not follow the pattern, with the editor's own sentence."""

    def __init__(self, pattern: str, message: str = "") -> None:
        self.pattern, self.message = pattern, message

    def __call__(self, value: Any) -> None:
        if not fits(self.pattern, str(value)):
            raise ValidationError(self.message or gettext("Cette réponse n’a pas la forme attendue."), code="pattern")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FitsPattern) and (self.pattern, self.message) == (other.pattern, other.message)

    def __hash__(self) -> int:
        return hash((self.pattern, self.message))
