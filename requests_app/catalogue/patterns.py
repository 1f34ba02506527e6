"""Patterns written by an editor: a small, safe part of regular expressions, always matched against the whole answer.

Python's own engine goes back on its steps, and a pattern such as `(a+)+b` then never ends. Here all readings advance
together, one sign at a time: the time is at most (signs of the answer) × (size of the pattern), whatever is written.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext

LONGEST_PATTERN = 200
LONGEST_ANSWER = 500
MOST_STATES = 1000
MOST_REPEATS = 200
DEEPEST = 10
USUAL = "abcdefghijklmnopqrstuvwxyz0123456789 -ABCDEFGHIJKLMNOPQRSTUVWXYZ.,/'"
CLASSES = "dDwWsS"
QUANTIFIERS = "*+?{"
SIMPLE: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
COUNTED = re.compile(r"\{([0-9]{1,3})(,([0-9]{1,3})?)?\}")
IN_BRACKETS = re.compile(r"\[\^?\]?(?:\\.|[^\\\]])*\]")

Fits = Callable[[str], object]


@dataclass(frozen=True)
class Sign:
    """One sign that `fits` takes."""

    fits: Fits


@dataclass(frozen=True)
class Row:
    """One thing after the other."""

    nodes: "list[Node]"


@dataclass(frozen=True)
class Either:
    """One of these."""

    nodes: "list[Node]"


@dataclass(frozen=True)
class Repeat:
    """`least` times, `most` at most; without end when `most` is None."""

    node: "Node"
    least: int
    most: int | None


Node = Sign | Row | Either | Repeat


class PatternError(ValueError):
    """The pattern cannot be used; the message is a sentence."""


class _Reader:
    """Reads a pattern into nodes. Raises PatternError."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._here = pattern, 0

    def read(self) -> Node:
        """The whole pattern."""
        node = self._either(0)
        if self._peek():
            raise PatternError(gettext("Une parenthèse se ferme sans avoir été ouverte."))
        return node

    def _either(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise PatternError(gettext("Ce modèle a trop de parenthèses les unes dans les autres."))
        branches = [self._row(depth)]
        while self._peek() == "|":
            self._take()
            branches.append(self._row(depth))
        return branches[0] if len(branches) == 1 else Either(branches)

    def _row(self, depth: int) -> Node:
        nodes: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            node = self._piece(depth)
            least, most = self._times()
            nodes.append(node if (least, most) == (1, 1) else Repeat(node, least, most))
        return Row(nodes)

    def _piece(self, depth: int) -> Node:
        sign = self._take()
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return Sign(self._brackets())
        if sign == "\\":
            return Sign(self._escaped())
        if sign in QUANTIFIERS:
            raise PatternError(gettext("Le signe « %(sign)s » ne répète rien.") % {"sign": sign})
        if sign in "^$":
            raise PatternError(gettext("« ^ » ne va qu’au début et « $ » à la fin : toute la réponse est comparée."))
        return Sign((lambda _given: True) if sign == "." else (lambda given: given == sign))

    def _group(self, depth: int) -> Node:
        if self._pattern.startswith("?:", self._here):
            self._here += 2
        elif self._peek() == "?":
            raise PatternError(gettext("Les groupes spéciaux « (?…) » ne sont pas acceptés."))
        node = self._either(depth + 1)
        if self._take() != ")":
            raise PatternError(gettext("Une parenthèse n’est pas fermée."))
        return node

    def _brackets(self) -> Fits:
        found = IN_BRACKETS.match(self._pattern, self._here - 1)
        if not found:
            raise PatternError(gettext("Un crochet n’est pas fermé."))
        self._here = found.end()
        return _one_sign(found[0])

    def _escaped(self) -> Fits:
        sign = self._take()
        if not sign or (sign.isalnum() and sign not in CLASSES):
            raise PatternError(gettext("« \\%(sign)s » n’est pas accepté dans un modèle.") % {"sign": sign})
        return _one_sign(f"\\{sign}")

    def _times(self) -> tuple[int, int | None]:
        sign = self._peek()
        if not sign or sign not in QUANTIFIERS:
            return 1, 1
        found = self._counted() if sign == "{" else SIMPLE[self._take()]
        if self._peek() and self._peek() in QUANTIFIERS:
            raise PatternError(gettext("Deux répétitions se suivent : mettez des parenthèses ou gardez-en une."))
        return found

    def _counted(self) -> tuple[int, int | None]:
        found = COUNTED.match(self._pattern, self._here)
        if not found:
            raise PatternError(gettext("Une accolade dit combien de fois : {3} ou {2,5}."))
        self._here = found.end()
        least = int(found[1])
        most = least if not found[2] else int(found[3]) if found[3] else None
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise PatternError(gettext("Cette répétition n’est pas possible : « %(text)s ».") % {"text": found[0]})
        return least, most

    def _peek(self) -> str:
        return self._pattern[self._here : self._here + 1]

    def _take(self) -> str:
        self._here += 1
        return self._pattern[self._here - 1 : self._here]


class Matcher:
    """A pattern ready to be tried. Raises PatternError."""

    END = 0

    def __init__(self, pattern: str) -> None:
        if len(pattern) > LONGEST_PATTERN:
            limit = {"limit": LONGEST_PATTERN}
            raise PatternError(gettext("Ce modèle est trop long : %(limit)d signes au plus.") % limit)
        # A state takes a sign and goes on, or goes on for free to several (None).
        self._states: list[tuple[Fits | None, tuple[int, ...]]] = [(None, ())]
        self._start = self._before(_Reader(_bare(pattern)).read(), self.END)

    def fits(self, text: str) -> bool:
        """Whether the whole of `text` follows the pattern; never beyond 500 signs."""
        if len(text) > LONGEST_ANSWER:
            return False
        reached = self._free({self._start})
        for sign in text:
            states = (self._states[number] for number in reached)
            reached = self._free({onward[0] for fits, onward in states if fits is not None and fits(sign)})
        return self.END in reached

    def _free(self, states: set[int]) -> set[int]:
        """These states and those reached from them without taking a sign."""
        reached, waiting = set(states), list(states)
        while waiting:
            fits, onward = self._states[waiting.pop()]
            if fits is None:
                new = set(onward) - reached
                reached |= new
                waiting.extend(new)
        return reached

    def _before(self, node: Node, then: int) -> int:
        """The state from which `node` leads to the state `then`."""
        if isinstance(node, Sign):
            return self._add(node.fits, then)
        if isinstance(node, Either):
            return self._add(None, *(self._before(one, then) for one in node.nodes))
        if isinstance(node, Repeat):
            return self._repeated(node, then)
        for one in reversed(node.nodes):
            then = self._before(one, then)
        return then

    def _repeated(self, node: Repeat, then: int) -> int:
        if node.most is None:
            loop = self._add(None, then)
            self._states[loop] = (None, (self._before(node.node, loop), then))
            then = loop
        else:
            after = then
            for _time in range(node.most - node.least):
                then = self._add(None, self._before(node.node, then), after)
        for _time in range(node.least):
            then = self._before(node.node, then)
        return then

    def _add(self, fits: Fits | None, *onward: int) -> int:
        if len(self._states) >= MOST_STATES:
            raise PatternError(gettext("Ce modèle répète trop de choses. Écrivez-le plus simplement."))
        self._states.append((fits, onward))
        return len(self._states) - 1


def _bare(pattern: str) -> str:
    """The pattern without the marks of its two ends, which are always meant."""
    bare = pattern.removeprefix("^")
    return bare[:-1] if bare.endswith("$") and not bare.endswith("\\$") else bare


def _one_sign(pattern: str) -> Fits:
    """What one class of signs takes; a single sign leaves Python's engine nothing to go back on."""
    try:
        compiled = re.compile(pattern)
    except re.error:
        raise PatternError(gettext("« %(text)s » ne s’écrit pas ainsi dans un modèle.") % {"text": pattern}) from None
    return compiled.fullmatch


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Matcher:
    """The matcher of a pattern, built once. Raises PatternError."""
    return Matcher(pattern)


def example_of(pattern: str, random: Random) -> str:
    """A text that fits a pattern without fault. Raises PatternError."""
    return _written(_Reader(_bare(pattern)).read(), random)


def _written(node: Node, random: Random) -> str:
    if isinstance(node, Sign):
        return random.choice([sign for sign in USUAL if node.fits(sign)] or _unusual(node))
    if isinstance(node, Either):
        return _written(random.choice(node.nodes), random)
    if isinstance(node, Repeat):
        most = node.least + 3 if node.most is None else min(node.most, node.least + 3)
        return "".join(_written(node.node, random) for _time in range(random.randint(node.least, most)))
    return "".join(_written(one, random) for one in node.nodes)


def _unusual(node: Sign) -> list[str]:
    return [next((sign for sign in map(chr, range(sys.maxunicode)) if node.fits(sign)), "")]


def pattern_fault(pattern: str) -> str:
    """Why this pattern cannot be used, in a sentence; "" when it can."""
    try:
        Matcher(pattern)
    except PatternError as error:
        return str(error)
    return ""


@deconstructible
class FitsPattern:
    """Refuses an answer that does not follow the pattern, with the editor's own sentence."""

    def __init__(self, pattern: str, message: str = "") -> None:
        self.pattern, self.message = pattern, message

    def __call__(self, value: Any) -> None:
        if not matcher(self.pattern).fits(str(value)):
            raise ValidationError(self.message or gettext("Cette réponse n’a pas la forme attendue."), code="pattern")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FitsPattern) and (self.pattern, self.message) == (other.pattern, other.message)

    def __hash__(self) -> int:
        return hash((self.pattern, self.message))
