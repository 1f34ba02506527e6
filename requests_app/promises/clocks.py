"""The four clocks of a request (filed, complete, waiting for the citizen, decided), and what moved its promise.

Which act starts or stops which clock is the table `CLOCKS`, read by `moving.move`; `submit` starts the first two.
The promise is computed once, when the request is filed: a holiday or a closure written down later does not move it.
Only the time the citizen took does, and each such move is a `Pause` that the citizen and the office can read.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import calendar
from requests_app.models import Pause, ServiceRequest

FARTHEST = 400  # working days counted one by one
# Act → clock → whether it starts (or stops).
CLOCKS: dict[str, dict[str, bool]] = {
    "ask_information": {"paused_at": True, "complete_at": False},
    "answer": {"paused_at": False, "complete_at": True},
    "accept": {"decided_at": True},
    "reject": {"decided_at": True},
    "return_to_clerk": {"decided_at": False},
    "make_ready": {"ready_at": True},
    "complete": {"ready_at": True},
    "close": {"paused_at": False, "decided_at": True},
    "close_duplicate": {"paused_at": False, "decided_at": True},
    "withdraw": {"paused_at": False},
}


@dataclass(frozen=True)
class Clock:
    """One clock in words: what happened, when."""

    name: str
    label: str
    at: datetime.datetime


@dataclass(frozen=True)
class Moved:
    """The promise moved from a day to another because the office waited on the citizen, from when to when."""

    before: datetime.date
    after: datetime.date
    since: datetime.datetime
    until: datetime.datetime


def turned_by(act: str, now: datetime.datetime) -> dict[str, datetime.datetime | None]:
    """The columns that `act` writes at `now`."""
    return {name: now if starts else None for name, starts in CLOCKS.get(act, {}).items()}


def promise(filed_at: datetime.datetime, days: int | None, office: int) -> dict[str, Any]:
    """What filing writes: the first promise, and the clocks. No query once the calendar is kept."""
    due_on = calendar.add_working_days(calendar.counted_from(filed_at, office), days, office) if days else None
    return {"submitted_at": filed_at, "complete_at": filed_at, "promised_on": due_on, "due_on": due_on}


def days_left(case: ServiceRequest) -> int:
    """Working days of its office from today to the promise (0 when it has passed, or when there is none)."""
    if case.due_on is None:
        return 0
    return calendar.working_days_between(timezone.localdate(), case.due_on, FARTHEST, case.office_id)


def due_again(case: ServiceRequest) -> datetime.date | None:
    """The promise once the citizen has answered: as many days as were left, one at least; None if none was made."""
    if case.due_on is None:
        return None
    start = calendar.counted_from(timezone.now(), case.office_id)
    return calendar.add_working_days(start, max(case.days_left or 0, 1), case.office_id)


def begin_pause(case: ServiceRequest) -> None:
    """Write that the office waits on the citizen from now. In the transaction of `ask_information`."""
    Pause.objects.create(case=case, began_at=case.paused_at or timezone.now(), due_before=case.due_on)


def end_pause(case: ServiceRequest, due_after: datetime.date | None = None) -> None:
    """Close the open pause: `due_after` is the promise from now on (None: there is none any more). By `moving.move`."""
    case.pauses.filter(ended_at=None).update(ended_at=timezone.now(), due_after=due_after)


def clocks_of(case: ServiceRequest) -> list[Clock]:
    """The clocks that were started, in the order they start. No query."""
    started = [
        ("filed", _("Déposée"), case.submitted_at),
        ("complete", _("Complète"), case.complete_at),
        ("paused", _("En attente de la réponse du demandeur"), case.paused_at),
        ("decided", _("Décidée"), case.decided_at),
        ("ready", _("Prête"), case.ready_at),
    ]
    return [Clock(name, label, at) for name, label, at in started if at is not None]


def moves_of(case: ServiceRequest) -> list[Moved]:
    """Each time the promise moved, oldest first. No query while it stands where it was first made, else 1."""
    if case.promised_on is None or case.promised_on == case.due_on:
        return []
    return [
        Moved(pause.due_before, pause.due_after, pause.began_at, pause.ended_at)
        for pause in case.pauses.all()
        if pause.due_before and pause.due_after and pause.ended_at and pause.due_before != pause.due_after
    ]
