"""How long a request takes in an office as things stand, and which office could help: arithmetic, no table, no clock.

`capacity` feeds it with what the tables say, `simulation` with what it invents: both are judged by the same rules.
Work is in minutes, time in working days of the office; day 0 is what is left of today. An office works on what is
promised first: what comes later with a nearer promise passes before.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

# Fewer measured requests than this say nothing of a service.
LEAST_MEASURES = 20
# Working days looked at; beyond, nothing is said.
HORIZON = 40
# An office helps when the request would be ready there at least this much sooner than at home.
LEAST_GAIN = 2  # working days


def days_until_done(work: float, ahead: Sequence[float], passing: Sequence[float] = ()) -> float | None:
    """Days until `work` minutes are done by an office that gives `ahead` minutes each day; None beyond the horizon.

    `passing` are the minutes that arrive each day and pass before. 1.5 is tomorrow at half the day's work.
    """
    for day, minutes in enumerate(ahead[:HORIZON]):
        work += passing[day] if day < len(passing) else 0
        if minutes > 0 and work <= minutes:
            return day + max(work, 0) / minutes
        work -= minutes
    return None


def passing_before(due_in: int | None, arrivals: Iterable[tuple[int | None, float]]) -> list[float]:
    """The minutes that arrive each coming day and pass before a request promised in `due_in` days, up to that day.

    `arrivals` are (promised days, minutes a day) by service; without a promise, everything promised passes before.
    """
    last = HORIZON if due_in is None else due_in
    rates = [(days, minutes) for days, minutes in arrivals if days is not None]
    return [sum(minutes for days, minutes in rates if day + days < last) for day in range(min(last, HORIZON))]


def shown_days(exact: float | None, signing: float = 0.0) -> int | None:
    """Whole working days as they are said, 1 at least: what is done in the day, signed `signing` days later."""
    return None if exact is None else max(math.floor(exact + signing), 1)


def least_loaded(days: Mapping[int, int | None], home: int, others: Iterable[int]) -> int | None:
    """The office among `others` where it would be ready soonest, if that is `LEAST_GAIN` days sooner than at `home`."""
    here = days.get(home)
    known = [(found, office) for office in others if office != home and (found := days.get(office)) is not None]
    if not known:
        return None
    soonest, office = min(known)
    return office if here is None or here - soonest >= LEAST_GAIN else None
