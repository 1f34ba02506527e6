"""Eight o'clock: everybody logs in at once, password and second factor, the ten of an office from one address.

One in five types a wrong password first. The floor is what no program can spare: the same passwords checked, by as
many threads as the site has workers, and nothing else. Then somebody guesses at one account, and must be stopped.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from arrondissements.models import Posting, Role, User
from portal.bench import desks
from portal.bench.load import Sample
from portal.bench.results import Result
from portal.bench.scale import Scale
from portal.bench.site import WORKERS
from portal.bench.visitor import Visitor

MOST_SECONDS = 120
PASSWORD, WRONG = "matin-de-mesure-2026", "Matin-de-mesure-2026"
MISTAKEN = 5  # one in so many types a wrong password first
GUESSES = 12
FOUND, SEEN = 302, 200


@dataclass(frozen=True)
class Clerk:
    """Somebody at the door, and the address of the office."""

    user: User
    key: bytes
    address: str
    is_mistaken: bool


def run(scale: Scale, port: int) -> Result:
    """Seconds until the last is in; `port` is that of the site. One morning, whatever the rounds."""
    clerks = list(_clerks(desks.town(scale.cases), scale.staff))
    floor = _floor(sum(1 + clerk.is_mistaken for clerk in clerks))
    start = time.perf_counter()
    with ThreadPoolExecutor(len(clerks)) as door:
        times = list(door.map(lambda clerk: _come_in(port, clerk), clerks))
    taken = time.perf_counter() - start
    inside = [spent for spent in times if spent is not None]
    sample = Sample(taken, inside)
    return Result(
        name="morning",
        unit="s",
        subject=[taken],
        floor=[floor],
        target=None,
        at_most=True,
        p95_ms=[sample.p95_ms] if inside else [],
        limits={
            "seconds": (taken, MOST_SECONDS),
            "refused": (len(times) - len(inside), 0),
            "guesses heard": (_guess(port, clerks[0]), settings.AXES_FAILURE_LIMIT),
        },
        facts={"people": len(clerks), "addresses": len({clerk.address for clerk in clerks})},
    )


def _clerks(town: desks.Town, each: int) -> Iterator[Clerk]:
    """`each` people of every office, with a password and a phone; nobody who is signed in for another measure."""
    password = make_password(PASSWORD)  # once: a hash costs what it must cost
    for number, office in enumerate(town.offices, 1):
        for rank in range(each):
            user = User.objects.create(username=f"bench-{office.code}-{rank}", password=password)
            Posting.objects.create(user=user, office=office, role=Role.CLERK, starts=timezone.localdate())
            key = random_hex(20)
            TOTPDevice.objects.create(user=user, name="bench", key=key, confirmed=True)
            yield Clerk(user, bytes.fromhex(key), f"127.0.1.{number}", rank % MISTAKEN == MISTAKEN - 1)


def _come_in(port: int, clerk: Clerk) -> float | None:
    """The seconds from the first page to the queue; None when the door stayed shut."""
    start, visitor = time.perf_counter(), Visitor(port, clerk.address)
    door = reverse("staff:login")
    visitor.get(door)
    if clerk.is_mistaken and visitor.post(door, username=clerk.user.username, password=WRONG) != SEEN:
        return None
    if visitor.post(door, username=clerk.user.username, password=PASSWORD) != FOUND:
        return None
    second = visitor.location
    visitor.get(second)
    if visitor.post(second, code=f"{totp(clerk.key):06d}") != FOUND:
        return None
    return time.perf_counter() - start if visitor.get(visitor.location) == SEEN else None


def _guess(port: int, victim: Clerk) -> int:
    """How many wrong passwords somebody elsewhere may try before the account is shut."""
    visitor, door = Visitor(port, "127.0.2.1"), reverse("staff:login")
    visitor.get(door)
    answers = [visitor.post(door, username=victim.user.username, password=f"essai-{n}") for n in range(GUESSES)]
    return answers.count(SEEN)


def _floor(passwords: int) -> float:
    """The seconds that checking so many passwords takes, on as many threads as the site has workers."""
    kept = make_password(PASSWORD)
    start = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _each: check_password(PASSWORD, kept), range(passwords)))
    return time.perf_counter() - start
