"""Measuring in turns, so that a slow minute of the machine weighs on the subject and on its floor alike."""

from collections.abc import Callable
from typing import TypeVar

Measured = TypeVar("Measured")


def in_turns(
    rounds: int, subject: Callable[[], Measured], floor: Callable[[], Measured]
) -> tuple[list[Measured], list[Measured]]:
    """Run subject, floor, subject, floor … `rounds` times each, after one of each that does not count."""
    subject(), floor()
    pairs = [(subject(), floor()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
