"""How much is measured, and on how much."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Rounds of `seconds` each, in a registry of `documents` and among `cases`; `staff` log in at each office."""

    rounds: int = 5
    seconds: float = 3.0
    documents: int = 100_000
    cases: int = 200_000
    staff: int = 10
