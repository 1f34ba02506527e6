"""The chores: what must be done every so often without anybody asking, each named in `settings.CHORES`.

A chore is a function without argument that does what is due and says what it did (a number or a few words); it
is idempotent: run twice, it does nothing more. `run_due` is called by Celery's beat, by the embedded relay's
thread, and by `manage.py chores`; whoever comes first takes the lease of the chore, so that it runs in one place.
A chore that fails keeps its error where it can be read, degrades `/healthz`, and is tried again.
"""

import datetime
import logging
from collections.abc import Callable

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from arrondissements.models import Chore

log = logging.getLogger("pole.chores")

LEASE = datetime.timedelta(minutes=15)
# A chore that failed is tried again before its usual time.
AFTER_A_FAILURE = datetime.timedelta(minutes=10)


class UnknownChore(Exception):
    """No chore has this name in `settings.CHORES`."""


def run_due() -> int:
    """Run every chore whose time has come; return how many ran. 2 queries when nothing is due."""
    names = list(settings.CHORES)
    _write_down(names)
    due = Chore.objects.filter(_free(timezone.now()), name__in=names, next_at__lte=timezone.now())
    return sum(_run(name) for name in due.order_by("next_at").values_list("name", flat=True))


def run_now(name: str) -> bool:
    """Run one chore whatever its time, unless it is running elsewhere. Raises `UnknownChore`."""
    if name not in settings.CHORES:
        raise UnknownChore(name)
    _write_down([name])
    Chore.objects.filter(pk=name).update(next_at=timezone.now())
    return _run(name)


def failing() -> list[str]:
    """The names of the chores whose last run failed."""
    return list(Chore.objects.exclude(error="").filter(name__in=settings.CHORES).values_list("name", flat=True))


def _write_down(names: list[str]) -> None:
    known = set(Chore.objects.filter(name__in=names).values_list("name", flat=True))
    missing = [Chore(name=name) for name in names if name not in known]
    if missing:
        Chore.objects.bulk_create(missing, ignore_conflicts=True)


def _run(name: str) -> bool:
    """Run a chore that is due, if nobody else does; whether it was done."""
    act, minutes = settings.CHORES[name]
    now = timezone.now()
    mine = Chore.objects.filter(_free(now), pk=name, next_at__lte=now).update(lease_until=now + LEASE)
    if not mine:
        return False
    every = datetime.timedelta(minutes=minutes)
    try:
        report = _function(act)()
    except Exception as error:
        log.exception("chore.failed", extra={"chore": name})
        _write(name, timezone.now() + min(every, AFTER_A_FAILURE), error=f"{type(error).__name__}: {error}"[:300])
        return False
    _write(name, timezone.now() + every, error="", report=str(report)[:300], done_at=timezone.now())
    return True


def _write(name: str, next_at: datetime.datetime, **outcome: object) -> None:
    Chore.objects.filter(pk=name).update(next_at=next_at, lease_until=None, **outcome)


def _free(now: datetime.datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=now)


def _function(path: str) -> Callable[[], object]:
    function: Callable[[], object] = import_string(path)
    return function
