"""The screen of a shared PC, locked with one key and opened again with six digits.

A locked session answers nothing but its lock page (`middleware.LockedScreen`). The digits open again the session that
their owner locked, and nothing else: they are never a way to log in. Five wrong ones close the session: then the
password and the second factor are needed. Whoever logs in over a locked screen ends the session under it: a session
belongs to a person, never to a PC.
"""

import re
import time
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from arrondissements import journal
from arrondissements.models import QuickPin, User
from portal import kept_forms

DIGITS = 6
LOCKED, SEEN, SEEN_WRITING = "locked_at", "seen_at", "seen_writing"
# How often a session that is in use is written down as such: seconds.
STEP = 60
NEVER_IDLE = ("/admin/", "/relais/", "/en/relais/")
RUN, BACKWARDS = "01234567890", "09876543210"
YEAR = re.compile(r"19[3-9]\d|20[0-2]\d")


class TriesUsedUp(Exception):
    """Too many wrong digits, or none was ever chosen: the password and the second factor are needed."""


def is_locked(request: HttpRequest) -> bool:
    """Whether the screen is locked; locks it when nobody used it for `LOCK_AFTER_MINUTES`.

    The pages of editors and of relay agents do not lock by themselves, because a long text, or the form of a citizen,
    is filled in there without a request of the staff: whoever was on one of them, and goes on there, is not idle. A
    screen left on another page does not open by their address. Once locked, they answer the lock page like all others.
    Writes the session once a minute at most, and when one goes there or comes back.
    """
    session = request.session
    if LOCKED in session:
        return True
    now, writes = int(time.time()), request.path.startswith(NEVER_IDLE)
    idle, was_writing = now - session.get(SEEN, now), session.get(SEEN_WRITING, False)
    if idle > settings.LOCK_AFTER_MINUTES * 60 and not (writes and was_writing):
        lock(request, why="idle")
        return True
    if idle > STEP or SEEN not in session or writes != was_writing:
        session[SEEN], session[SEEN_WRITING] = now, writes
    return False


def lock(request: HttpRequest, *, why: str = "key") -> None:
    """Lock the screen of this session; locked twice is locked once. `why` is "key" or "idle"."""
    if LOCKED in request.session:
        return
    # Another key: a browser that kept the pages shown under the old one drops them.
    request.session.cycle_key()
    request.session[LOCKED] = int(time.time())
    user = cast(User, request.user)
    journal.record("staff.screen_locked", obj=f"user:{user.pk}", by=user, details={"why": why})


def unlock(request: HttpRequest, digits: str) -> bool:
    """Open the screen again; False when the digits are wrong. Raises `TriesUsedUp`, then the session must be closed.

    The try is counted in one UPDATE before it is judged, so that many at once count as many.
    """
    user = cast(User, request.user)
    row = QuickPin.objects.filter(user=user)
    if not row.filter(tries__lt=QuickPin.MOST_TRIES).update(tries=F("tries") + 1):
        raise TriesUsedUp
    pin = row.get()
    if not check_password(digits, pin.digest):
        journal.record("staff.pin_refused", obj=f"user:{user.pk}", by=user)
        if pin.tries >= QuickPin.MOST_TRIES:
            raise TriesUsedUp
        return False
    forget_tries(user)
    opened(request.session)
    request.session.cycle_key()
    journal.record("staff.screen_unlocked", obj=f"user:{user.pk}", by=user)
    return True


def opened(session: SessionBase) -> None:
    """Note that somebody is there: after the digits, or after the whole login."""
    session.pop(LOCKED, None)
    session[SEEN] = int(time.time())


def leave(request: HttpRequest, *, coming: User) -> None:
    """End the session under a locked screen, because `coming` gave a password over it.

    What its owner had typed follows her into her next session; before anybody else it is gone.
    """
    if LOCKED not in request.session:
        return
    hers = request.session.get(SESSION_KEY) == str(coming.pk)
    kept = kept_forms.everything(request.session) if hers else {}
    request.session.flush()
    if kept:
        request.session[kept_forms.KEPT] = kept


def has_pin(user: Any) -> bool:
    """Whether this person may open a locked screen with digits now."""
    return QuickPin.objects.filter(user=user, tries__lt=QuickPin.MOST_TRIES).exists()


def tries_left(user: Any) -> int:
    """How many wrong digits are still forgiven."""
    pin = QuickPin.objects.filter(user=user).first()
    return max(0, QuickPin.MOST_TRIES - pin.tries) if pin else 0


def forget_tries(user: User) -> None:
    """Start the count again: the person proved who she is."""
    QuickPin.objects.filter(user=user, tries__gt=0).update(tries=0)


def choose(user: User, digits: str) -> None:
    """Give `user` these six digits, in place of any other. The form refused the weak ones."""
    with transaction.atomic():
        chosen = {"digest": make_password(digits), "tries": 0, "set_at": timezone.now()}
        QuickPin.objects.update_or_create(user=user, defaults=chosen)
        journal.record("staff.pin_set", obj=f"user:{user.pk}", by=user)


def is_weak(digits: str) -> bool:
    """Whether anybody would try these digits first: one figure, a run, a pair or a triple again, a year and its end."""
    repeated = digits in (digits[:1] * 6, digits[:2] * 3, digits[:3] * 2)
    return repeated or digits in RUN or digits in BACKWARDS or _is_a_year(digits)


def _is_a_year(digits: str) -> bool:
    """A year of birth and two of its own figures: 198585, 198519, 851985, 191985."""
    for year, rest in ((digits[:4], digits[4:]), (digits[2:], digits[:2])):
        if YEAR.fullmatch(year) and rest in (year[:2], year[2:]):
            return True
    return False
