"""The thirteen offices played in memory: arrivals, absences and outages drawn from a seed, judged by `estimates`.

Nothing here is a fact about Cotonou: staff, arrivals and minutes are invented, so that what is measured is the rules
(the estimate given at filing, the offer of help) and not the town. A day has eight hours; the office works on the
request promised first; whoever signs comes once a day. The first days only fill the desks and teach the averages.
"""

import bisect
import math
import random
import statistics
from dataclasses import dataclass, field

from requests_app.promises import estimates

OFFICES = 13
HOURS = 8
WARM_UP = 15  # days played before anything is counted
CLERK_MINUTES = 150.0  # a day
LOAD = (0.85, 1.05)  # minutes that arrive over minutes that the clerks have


@dataclass(frozen=True)
class Kind:
    """A service of the play: minutes, promised working days, share of the arrivals, whether it may be helped."""

    minutes: float
    due: int
    share: float
    far: bool
    after: int = 0


SERVICES = [
    Kind(12, 3, 0.4, far=True),
    Kind(20, 5, 0.3, far=True),
    Kind(35, 8, 0.2, far=False),
    Kind(60, 15, 0.1, far=True),
]


@dataclass
class Played:
    """A request: when it came (day, hour), what it takes, what was said and what happened."""

    office: int
    service: int
    filed: int
    due: int
    left: float  # minutes of work
    said: int | None = None
    ready: int | None = None
    helped: bool = False

    @property
    def took(self) -> int:
        """Working days from filing to ready, counted as the promises are; 1 at least."""
        return max((self.ready or 0) - self.filed, 1)

    @property
    def error(self) -> float:
        """By how much what was said was wrong, as a part of what it took."""
        return abs((self.said or 0) - self.took) / self.took

    @property
    def kept(self) -> bool:
        return self.ready is not None and self.ready <= self.due


@dataclass(frozen=True)
class Away:
    """An absence, and since when it is known: a leave is written down before, an illness on its first day."""

    first: int
    last: int
    known: int


@dataclass
class Desk:
    """An office: its clerks' absences, its outages (day → first hour, hours lost), and what lies there."""

    arrivals: float  # a day
    clerks: list[list[Away]]
    outages: dict[int, tuple[int, int]]
    signs: set[int]  # days on which somebody signs
    queue: list[Played] = field(default_factory=list)
    to_sign: list[Played] = field(default_factory=list)
    # Requests in the queue by promised day and service, and the minutes of the coming days: kept, because asked often.
    waiting: dict[int, list[int]] = field(default_factory=dict)
    coming: tuple[int, int, list[float]] = (-1, -1, [])

    def put(self, case: Played) -> None:
        bisect.insort(self.queue, case, key=lambda one: one.due)
        self.waiting.setdefault(case.due, [0] * len(SERVICES))[case.service] += 1

    def drop(self, case: Played) -> None:
        self.queue.remove(case)
        self.waiting[case.due][case.service] -= 1

    def present(self, day: int, today: int) -> int:
        """Clerks at work on `day`, as it is known `today`."""
        return sum(not any(a.first <= day <= a.last and a.known <= today for a in clerk) for clerk in self.clerks)

    def is_cut(self, day: int, hour: int) -> bool:
        first, hours = self.outages.get(day, (0, 0))
        return first <= hour < first + hours


@dataclass(frozen=True)
class Result:
    """What one play gave: requests counted, promises kept, requests helped, and by how much each estimate was wrong."""

    filed: int
    kept: int
    helped: int
    errors: list[float]
    waited: list[float]  # the same, of the requests that took more than a day: the others are easily guessed

    @property
    def kept_share(self) -> float:
        return self.kept / self.filed if self.filed else 1.0

    @property
    def median_error(self) -> float:
        return statistics.median(self.errors) if self.errors else 0.0

    @property
    def mean_error(self) -> float:
        return statistics.fmean(self.errors) if self.errors else 0.0

    @property
    def median_error_of_the_long(self) -> float:
        return statistics.median(self.waited) if self.waited else 0.0


def play(days: int, seed: int, *, overflow: bool) -> Result:
    """Play `days` counted working days. The same seed draws the same arrivals and absences, with help or without."""
    town = Town(days + WARM_UP, seed)
    for day in range(town.days):
        town.live(day, overflow=overflow)
    # Those still open at the end are waited for, so that no slow one is left out of the measure.
    day = town.days
    while any(desk.queue or desk.to_sign for desk in town.desks):
        town.live(day, overflow=overflow, arrivals=False)
        day += 1
    counted = [case for case in town.cases if case.filed >= WARM_UP]
    return Result(
        filed=len(counted),
        kept=sum(case.kept for case in counted),
        helped=sum(case.helped for case in counted),
        errors=[case.error for case in counted if case.said is not None],
        waited=[case.error for case in counted if case.said is not None and case.took > 1],
    )


class Town:
    """The thirteen desks, and the averages measured so far."""

    def __init__(self, days: int, seed: int) -> None:
        self.days, self.cases = days, list[Played]()
        self.dice = random.Random(seed)  # noqa: S311 - a play, not a secret
        self.desks = [self._desk() for _office in range(OFFICES)]
        self.handled = [[0.0, 0] for _service in SERVICES]  # minutes, requests
        self.came = [[0] * len(SERVICES) for _office in range(OFFICES)]
        self.signed = [0, 0]  # days between decision and paper, requests

    def live(self, day: int, *, overflow: bool, arrivals: bool = True) -> None:
        """One day, hour by hour: come, be told, be worked on, be signed."""
        if overflow:
            self._help(day)
        for hour in range(HOURS):
            for office, desk in enumerate(self.desks):
                if arrivals:
                    self._arrive(office, day, hour)
                self._work(desk, day, hour)
        for desk in self.desks:
            if day in desk.signs or day >= self.days:
                self._sign(desk, day)

    def minutes(self, service: int) -> float:
        """The average minutes measured; 0 while too few were."""
        total, count = self.handled[service]
        return total / count if count >= estimates.LEAST_MEASURES else 0.0

    def load(self, office: int, due: int) -> float:
        """Measured minutes of what lies in an office and is promised up to `due`."""
        minutes = [self.minutes(service) for service in range(len(SERVICES))]
        return sum(
            count * each
            for day, counts in self.desks[office].waiting.items()
            if day <= due
            for count, each in zip(counts, minutes, strict=True)
        )

    def ahead(self, office: int, day: int, hour: int) -> list[float]:
        """The minutes of the coming days, as the office can know them."""
        desk = self.desks[office]
        if desk.coming[:2] == (day, hour):
            return desk.coming[2]
        days = [desk.present(day + later, day) * CLERK_MINUTES for later in range(estimates.HORIZON)]
        days[0] *= 0.0 if desk.is_cut(day, hour) else (HOURS - hour) / HOURS
        desk.coming = (day, hour, days)
        return days

    def estimate(self, office: int, service: int, due: int, day: int, hour: int) -> int | None:
        """What a citizen who files now is told, in working days; None while the measures are too few."""
        if not self.minutes(service) or not self.signed[1]:
            return None
        work = self.load(office, due) + self.minutes(service)
        arrivals = [
            (kind.due, self.came[office][number] / max(day, 1) * self.minutes(number))
            for number, kind in enumerate(SERVICES)
        ]
        exact = estimates.days_until_done(
            work, self.ahead(office, day, hour), estimates.passing_before(due - day, arrivals)
        )
        return estimates.shown_days(exact, self.signed[0] / self.signed[1])

    def _desk(self) -> Desk:
        dice, clerks = self.dice, self.dice.randint(2, 5)
        mean = sum(service.minutes * service.share for service in SERVICES)
        return Desk(
            arrivals=clerks * CLERK_MINUTES / mean * dice.uniform(*LOAD),
            clerks=[self._absences() for _clerk in range(clerks)],
            outages={
                day: (dice.randrange(HOURS), dice.randint(2, HOURS)) for day in range(self.days) if dice.random() < 0.04
            },
            signs={day for day in range(self.days) if dice.random() < 0.85},
        )

    def _absences(self) -> list[Away]:
        found, day = list[Away](), 0
        while day < self.days:
            if self.dice.random() < 0.015:
                length, warning = self.dice.choice([(1, 0), (2, 0), (3, 0), (5, 10), (10, 20)])
                found.append(Away(day, day + length - 1, day - warning))
                day += length
            day += 1
        return found

    def _arrive(self, office: int, day: int, hour: int) -> None:
        for _case in range(self._drawn(self.desks[office].arrivals / HOURS)):
            number = self.dice.choices(range(len(SERVICES)), [service.share for service in SERVICES])[0]
            service = SERVICES[number]
            minutes = service.minutes * self.dice.lognormvariate(-0.125, 0.5)
            case = Played(office, number, day, day + service.due, minutes)
            case.said = self.estimate(office, number, case.due, day, hour)
            self.cases.append(case)
            self.came[office][number] += 1
            self.desks[office].put(case)

    def _drawn(self, mean: float) -> int:
        """A Poisson number (Knuth)."""
        limit, count, product = math.exp(-mean), 0, self.dice.random()
        while product > limit:
            count, product = count + 1, product * self.dice.random()
        return count

    def _work(self, desk: Desk, day: int, hour: int) -> None:
        if desk.is_cut(day, hour):
            return
        minutes = desk.present(day, day) * CLERK_MINUTES / HOURS
        while desk.queue and minutes > 0:
            case = desk.queue[0]
            spent = min(minutes, case.left)
            self.handled[case.service][0] += spent
            case.left -= spent
            minutes -= spent
            if case.left <= 0:
                desk.drop(case)
                self.handled[case.service][1] += 1
                case.ready = day
                desk.to_sign.append(case)

    def _sign(self, desk: Desk, day: int) -> None:
        desk.waiting = {due: counts for due, counts in desk.waiting.items() if any(counts)}
        for case in desk.to_sign:
            self.signed[0] += day - (case.ready or day)
            self.signed[1] += 1
            case.ready = day
        desk.to_sign.clear()

    def _help(self, day: int) -> None:
        """What an office cannot finish in time, and needs no presence, goes to the office that is ready soonest."""
        for office, desk in enumerate(self.desks):
            for case in sorted(desk.queue, key=lambda case: case.due):
                service = SERVICES[case.service]
                if not service.far or case.helped or day - case.filed < service.after:
                    continue
                here = self.estimate(office, case.service, case.due, day, 0)
                if here is not None and day + here <= case.due:
                    continue
                days = {one: self.estimate(one, case.service, case.due, day, 0) for one in range(OFFICES)}
                helper = estimates.least_loaded(days, office, range(OFFICES))
                if helper is not None:
                    case.helped = True
                    desk.drop(case)
                    self.desks[helper].put(case)
