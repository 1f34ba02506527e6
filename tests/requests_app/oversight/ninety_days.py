"""Ninety days of thirteen offices that do not exist, as lines of the journal: honest people, and planted frauds.

Pure Python, seeded. The honest are not tidy: they stay late, have busy Mondays and a rush after a power cut, serve
families who share a phone, open a document again, and the counter reads all day for people who ask.
"""

import datetime
import itertools
import random
from dataclasses import dataclass, field

from requests_app.oversight.rules import DAYS_BEFORE, Line, Window

FIRST = datetime.date(2026, 6, 1)  # a Monday
DAYS, OFFICES, CLERKS = 90, 13, 5
OPENS, CLOSES = datetime.time(8), datetime.time(17, 30)
KINDS = ("AFTER_HOURS", "VOLUME", "SAME_PERSON", "TOO_FAST", "REPRINTS", "CURIOSITY")
EACH = 10  # frauds planted of each kind
WARM_UP = 20  # days without fraud: nobody is compared with nothing


def hours(_office, day):
    return (OPENS, CLOSES) if day.weekday() < 5 else None


@dataclass
class Town:
    """What happened, what was planted as (kind, day, person), and who asked for what."""

    seed: int
    lines: list[Line] = field(default_factory=list)
    planted: set = field(default_factory=set)
    beneficiaries: dict = field(default_factory=dict)

    def __post_init__(self):
        self.chance = random.Random(self.seed)
        self.cases, self.documents = itertools.count(1), itertools.count(1)
        self.days = [FIRST + datetime.timedelta(days=i) for i in range(DAYS)]
        self.working = [day for day in self.days if day.weekday() < 5]

    # -- Small things

    def clerks(self, office):
        return [office * 100 + number for number in range(CLERKS)]

    def moment(self, day, first=OPENS, last=datetime.time(17, 0)):
        start = datetime.datetime.combine(day, first)
        seconds = (datetime.datetime.combine(day, last) - start).total_seconds()
        return start + datetime.timedelta(seconds=self.chance.uniform(0, seconds))

    def write(self, at, act, obj, by, reason="", reading=False):
        self.lines.append(Line(at, act, obj, by, by // 100, reading, reason))

    def somebody(self):
        """One in twelve comes from a family that shares a phone."""
        if self.chance.random() < 1 / 12:
            family = self.chance.randrange(400)
            return (f"phone:f{family}", f"name:{family}-{self.chance.randrange(5)}")
        number = self.chance.randrange(10**9)
        return (f"phone:{number}", f"name:{number}")

    def case(self, at, clerk, who=None, minutes=None, signed_after=None):
        """Taken, accepted (or refused), signed later in the day by the registrar of the office."""
        obj = f"case:{next(self.cases)}"
        self.beneficiaries[obj] = who or self.somebody()
        minutes = self.chance.uniform(3, 40) if minutes is None else minutes
        decided = at + datetime.timedelta(minutes=minutes)
        self.write(at, "read", obj, clerk, "take", reading=True)
        self.write(at, "case.take", obj, clerk)
        if signed_after is None and self.chance.random() < 0.15:
            self.write(decided, self.chance.choice(["case.reject", "case.ask_information"]), obj, clerk)
            return obj
        self.write(decided, "case.accept", obj, clerk)
        later = self.chance.uniform(5, 90) if signed_after is None else signed_after
        signed = decided + datetime.timedelta(minutes=later)
        last = datetime.datetime.combine(decided.date(), datetime.time(18, 10))
        if signed_after is None and signed > last:
            signed = max(decided + datetime.timedelta(minutes=4), last)
        registrar = (clerk // 100) * 100 + 90
        self.write(signed, "case.issue", obj, registrar)
        if self.chance.random() < 0.3:
            document = f"document:{next(self.documents)}"
            for _ in range(self.chance.choice([1, 1, 1, 2, 2, 3, 4])):
                back = decided + datetime.timedelta(days=self.chance.randrange(0, 20))
                if back.weekday() < 5:
                    self.write(back, "read", document, self.chance.choice(self.clerks(clerk // 100)), "", True)
        return obj

    # -- Honest days

    def honest(self):
        for day in self.working:
            for office in range(1, OFFICES + 1):
                rush = 1.9 if self.chance.random() < 0.01 else 1.0  # the day after a power cut
                for clerk in self.clerks(office):
                    if self.chance.random() < 0.06:
                        continue  # away
                    self.day_of(clerk, day, rush)
                self.counter(office, day)
        return self

    def day_of(self, clerk, day, rush):
        pace = 1.4 if day.weekday() == 0 else 1.0
        for _ in range(max(1, round(self.chance.gauss(7, 1.8) * pace * rush))):
            self.case(self.moment(day, last=datetime.time(16, 30)), clerk)
        if self.chance.random() < 0.05:  # stays to finish
            for _ in range(self.chance.randrange(1, 3)):
                at = self.moment(day, CLOSES, datetime.time(18, 25))
                self.write(at, "case.ask_information", f"case:{next(self.cases)}", clerk)
        if self.chance.random() < 0.01:  # comes on a Saturday for one forgotten case
            saturday = day + datetime.timedelta(days=5 - day.weekday())
            self.write(self.moment(saturday), "case.write", f"case:{next(self.cases)}", clerk)

    def counter(self, office, day):
        """Reads for whoever asks at the counter."""
        for _ in range(round(self.chance.gauss(22, 5))):
            at = self.moment(day)
            self.write(at, "read", f"case:{self.chance.randrange(1, 5000)}", office * 100 + 80, "help", True)

    # -- Frauds

    def plant(self, kinds=KINDS):
        """`EACH` of each kind, each another person and day: two crimes of one person might hide one another."""
        after = [day for day in self.working if day >= FIRST + datetime.timedelta(days=WARM_UP)]
        places = [(day, office * 100 + n) for day in after for office in range(1, OFFICES + 1) for n in range(CLERKS)]
        self.chance.shuffle(places)
        people: set = set()
        for kind in kinds:
            for _ in range(EACH):
                day, clerk = next(place for place in places if place[1] not in people)
                people.add(clerk)
                getattr(self, kind.lower())(day, clerk)
        return self

    def after_hours(self, day, clerk):
        night = self.chance.random() < 0.5
        first, last = (
            (datetime.time(21, 30), datetime.time(23, 50)) if night else (datetime.time(10), datetime.time(15))
        )
        day = day if night else day + datetime.timedelta(days=5 - day.weekday())
        for _ in range(self.chance.randrange(3, 7)):
            at = self.moment(day, first, last)
            self.write(at, "case.accept", f"case:{next(self.cases)}", clerk)
        self.planted.add(("AFTER_HOURS", day, clerk))

    def volume(self, day, clerk):
        for _ in range(self.chance.randrange(26, 40)):
            self.case(self.moment(day, last=datetime.time(16, 30)), clerk, minutes=self.chance.uniform(1, 4))
        self.planted.add(("VOLUME", day, clerk))

    def same_person(self, day, clerk):
        number = self.chance.randrange(10**9)
        who = (f"phone:x{number}", f"name:x{number}")
        days = [d for d in self.working if day - datetime.timedelta(days=20) <= d <= day]
        chosen = sorted([*self.chance.choices(days, k=self.chance.randrange(4, 7)), day])
        for one in chosen:
            self.case(self.moment(one, last=datetime.time(16)), clerk, who=who, signed_after=30)
        self.planted.add(("SAME_PERSON", chosen[4], clerk))

    def too_fast(self, day, clerk):
        for _ in range(self.chance.randrange(1, 4)):
            at = self.moment(day, last=datetime.time(16))
            self.case(at, clerk, minutes=self.chance.uniform(0.05, 0.6), signed_after=self.chance.uniform(0.1, 1.0))
        self.planted.add(("TOO_FAST", day, clerk))

    def reprints(self, day, clerk):
        document = f"document:{next(self.documents)}"
        days = [d for d in self.working if day - datetime.timedelta(days=25) <= d <= day]
        chosen = sorted(self.chance.sample(days, self.chance.randrange(6, 10)))
        for one in chosen:
            self.write(self.moment(one), "read", document, clerk, "", True)
        self.planted.add(("REPRINTS", chosen[5], clerk))

    def curiosity(self, day, clerk):
        for _ in range(self.chance.randrange(36, 70)):
            at = self.moment(day)
            self.write(at, "read", f"case:{self.chance.randrange(10**6, 10**7)}", clerk, "check", True)
        self.planted.add(("CURIOSITY", day, clerk))

    # -- Night after night

    def windows(self, days=None):
        """What the rules see, one day after the other; of some days only, when they are named."""
        self.lines.sort(key=lambda line: line.at)
        by_day: dict = {}
        for line in self.lines:
            by_day.setdefault(line.day, []).append(line)
        for day in self.days if days is None else sorted(days):
            seen = [day - datetime.timedelta(days=back) for back in range(DAYS_BEFORE, -1, -1)]
            yield Window(day, [line for d in seen for line in by_day.get(d, ())], hours, self.beneficiaries)
