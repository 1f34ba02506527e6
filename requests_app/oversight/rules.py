"""What looks unusual, as pure rules over plain rows: no database, no names, and no verdict.

Each rule looks at one day with the month before it, so that everybody is compared with himself. Met, a rule says
who, where, and by which objects it may be checked; only an auditor says what it means.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

DAYS_BEFORE = 30
MOST_OBJECTS = 50  # kept as evidence of one anomaly

# After hours: so long after closing or before opening nobody merely finishes his day.
MARGIN = datetime.timedelta(minutes=60)
NIGHT = (datetime.time(21), datetime.time(5))
LEAST_AFTER_HOURS = 3
# Volume: three times the usual, and never for a handful.
TIMES_USUAL = 3
LEAST_VOLUME = 20
DAYS_KNOWN = 8
# The same beneficiary decided by the same person so often in a month.
LEAST_SAME = 5
# From taken to signed, or from taken to accepted several times in a day.
FAST_TO_SIGNED = datetime.timedelta(seconds=120)
FAST_TO_ACCEPTED = datetime.timedelta(seconds=20)
LEAST_FAST = 5
# A document opened on so many occasions (a person, a day) in a month.
LEAST_OPENINGS = 6
# Cases read in a day by somebody who does nothing on them.
LEAST_READ = 30

# The acts that are work on a case, for the usual of a person.
WORK = frozenset({"case.take", "case.accept", "case.reject", "case.ask_information", "case.transfer", "case.complete"})
# Where a case was at hand for a reason of its own (`dossier.reading.Reason`): reading it is no curiosity.
AT_HAND = frozenset({"mine", "filed", "opinion", "signing", "act", "trial", "file", "audit", "sign"})


@dataclass(frozen=True)
class Line:
    """One line of the journal; `at` is the hour in Cotonou, `reading` tells the two chains apart."""

    at: datetime.datetime
    act: str
    obj: str
    by: int
    office: int | None
    reading: bool = False
    reason: str = ""

    @property
    def day(self) -> datetime.date:
        return self.at.date()


@dataclass(frozen=True)
class Found:
    """A rule was met. `key` makes it one and the same however often the rules are played."""

    kind: str
    day: datetime.date
    person: int
    office: int | None
    key: str
    count: int
    usual: int | None = None
    objects: Sequence[str] = ()


# The opening and the last closing of an office on a day; None on a day when it does not work.
Hours = Callable[[int | None, datetime.date], tuple[datetime.time, datetime.time] | None]


@dataclass
class Window:
    """A day and the month before it.

    `lines`: staff only, in the order of time; `beneficiaries`: object → what tells the applicant (phone, name),
    which is compared and never kept; `auditors`: those whose work is to read.
    """

    day: datetime.date
    lines: Sequence[Line]
    hours: Hours
    beneficiaries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    auditors: frozenset[int] = frozenset()

    def today(self) -> list[Line]:
        return [line for line in self.lines if line.day == self.day]


def find(window: Window, rules: Iterable["Rule"] | None = None) -> list[Found]:
    """Everything unusual on the day of `window`."""
    return [found for rule in (ALL if rules is None else rules) for found in rule(window)]


def after_hours(window: Window) -> Iterator[Found]:
    """Acts at night, or several of them outside the hours of the office."""
    groups: dict[tuple[int, int | None], list[Line]] = defaultdict(list)
    for line in window.today():
        if not line.reading and line.act.startswith(("case.", "document.")) and _is_outside(line, window.hours):
            groups[line.by, line.office].append(line)
    for (person, office), lines in groups.items():
        if len(lines) >= LEAST_AFTER_HOURS or any(_is_night(line.at.time()) for line in lines):
            yield _found("AFTER_HOURS", window, person, office, lines)


def volume(window: Window) -> Iterator[Found]:
    """Somebody did far more than he usually does in a day."""
    before: dict[int, Counter[datetime.date]] = defaultdict(Counter)
    today: dict[int, list[Line]] = defaultdict(list)
    for line in window.lines:
        if line.act in WORK:
            if line.day == window.day:
                today[line.by].append(line)
            else:
                before[line.by][line.day] += 1
    for person, lines in today.items():
        days = before[person]
        if len(days) < DAYS_KNOWN or len(lines) < LEAST_VOLUME:
            continue
        usual = median(days.values())
        if len(lines) > TIMES_USUAL * usual:
            yield _found("VOLUME", window, person, _office_of(lines), lines, usual=int(usual))


def same_person(window: Window) -> Iterator[Found]:
    """One beneficiary decided again and again by the same person; said on the day it becomes too often."""
    decided: dict[tuple[int, str], dict[str, Line]] = defaultdict(dict)
    for line in window.lines:
        if line.act in ("case.accept", "case.complete"):
            for who in window.beneficiaries.get(line.obj, ()):
                decided[line.by, who].setdefault(line.obj, line)
    said: set[tuple[int, tuple[str, ...]]] = set()  # a phone and a name often tell the same person
    for (person, _who), by_case in decided.items():
        lines = list(by_case.values())
        earlier = sum(line.day < window.day for line in lines)
        if earlier < LEAST_SAME <= len(lines) and (mark := (person, tuple(sorted(by_case)))) not in said:
            said.add(mark)
            yield _found("SAME_PERSON", window, person, _office_of(lines), lines, about=lines[0].obj)


def too_fast(window: Window) -> Iterator[Found]:
    """Taken, accepted and signed before anybody could have read; or accepted at once, several times a day."""
    taken: dict[str, datetime.datetime] = {}
    accepted: dict[str, Line] = {}
    signed: dict[int, list[Line]] = defaultdict(list)
    hasty: dict[int, list[Line]] = defaultdict(list)
    for line in window.today():
        start = taken.get(line.obj)
        if line.act == "case.take":
            taken[line.obj] = line.at
        elif line.act == "case.accept" and start:
            accepted[line.obj] = line
            if line.at - start <= FAST_TO_ACCEPTED:
                hasty[line.by].append(line)
        elif line.act == "case.issue" and start and line.obj in accepted and line.at - start <= FAST_TO_SIGNED:
            signed[accepted[line.obj].by].append(accepted[line.obj])
    for person in {*signed, *(person for person, lines in hasty.items() if len(lines) >= LEAST_FAST)}:
        lines = list({line.obj: line for line in [*signed[person], *hasty[person]]}.values())
        yield _found("TOO_FAST", window, person, _office_of(lines), lines)


def reprints(window: Window) -> Iterator[Found]:
    """A document opened on many occasions; said on the day it becomes too many, of who opened it most."""
    opened: dict[str, list[Line]] = defaultdict(list)
    for line in window.lines:
        if line.reading and line.obj.startswith("document:") and line.by not in window.auditors:
            opened[line.obj].append(line)
    for obj, lines in opened.items():
        earlier = sum(line.day < window.day for line in lines)
        if earlier < LEAST_OPENINGS <= len(lines):
            (person, _times), *_others = Counter(line.by for line in lines).most_common()
            yield _found("REPRINTS", window, person, _office_of(lines), lines, about=obj)


def curiosity(window: Window) -> Iterator[Found]:
    """Many cases read, with nothing done on them, by somebody who usually reads far fewer."""
    worked = {(line.by, line.obj) for line in window.lines if not line.reading}
    today: dict[int, dict[str, Line]] = defaultdict(dict)
    before: dict[int, Counter[datetime.date]] = defaultdict(Counter)
    for line in window.lines:
        if not _is_idle_reading(line, worked) or line.by in window.auditors:
            continue
        if line.day == window.day:
            today[line.by].setdefault(line.obj, line)
        else:
            before[line.by][line.day] += 1
    for person, read in today.items():
        usual = median(before[person].values()) if before[person] else 0
        if len(read) >= LEAST_READ and len(read) > TIMES_USUAL * usual:
            lines = list(read.values())
            yield _found("CURIOSITY", window, person, _office_of(lines), lines, usual=int(usual))


Rule = Callable[[Window], Iterator[Found]]
ALL: Sequence[Rule] = (after_hours, volume, same_person, too_fast, reprints, curiosity)


def _is_idle_reading(line: Line, worked: set[tuple[int, str]]) -> bool:
    at_hand = line.reason.partition(" ")[0] in AT_HAND
    return line.reading and line.obj.startswith("case:") and not at_hand and (line.by, line.obj) not in worked


def _is_outside(line: Line, hours: Hours) -> bool:
    known = hours(line.office, line.day)
    if known is None:
        return True
    opens, closes = (datetime.datetime.combine(line.day, hour, line.at.tzinfo) for hour in known)
    return line.at < opens - MARGIN or line.at > closes + MARGIN


def _is_night(hour: datetime.time) -> bool:
    return hour >= NIGHT[0] or hour < NIGHT[1]


def _office_of(lines: Sequence[Line]) -> int | None:
    """The office where most of it happened."""
    return Counter(line.office for line in lines).most_common(1)[0][0]


def _found(
    kind: str,
    window: Window,
    person: int,
    office: int | None,
    lines: Sequence[Line],
    *,
    usual: int | None = None,
    about: str = "",
) -> Found:
    objects = list(dict.fromkeys(line.obj for line in lines))
    key = ":".join(filter(None, [kind, window.day.isoformat(), str(person), str(office or ""), about]))
    return Found(kind, window.day, person, office, key, len(lines), usual, objects[:MOST_OBJECTS])
