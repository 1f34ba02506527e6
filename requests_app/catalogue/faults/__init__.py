"""What makes a definition unfit to be published, subject by subject; `schema` asks them all.

Each module gives functions from a definition whose shape is right to `Fault`s.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from requests_app.catalogue.vocabulary import place_in_words

_PARTS = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True)
class Fault:
    """A sentence, and where: `form.steps[0].fields[2].label`, counted from 0 as in the file; "" is the whole."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place} : {self.sentence}" if self.place else self.sentence

    @property
    def in_words(self) -> str:
        """The sentence with its place as the screen names it, for whoever has no screen yet."""
        place = place_in_words(self.path)
        return f"{place} : {self.sentence}" if place else self.sentence

    @property
    def path(self) -> tuple[str | int, ...]:
        """The place in pieces: ("form", "steps", 0, "fields", 2, "label")."""
        return tuple(int(number) if number else name for number, name in _PARTS.findall(self.place))


def place_of(path: Iterable[str | int]) -> str:
    """The place of a path, as `Fault.place` writes it."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")
