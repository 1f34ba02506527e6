"""The promise of a case in words: late, today, in so many working days, or stopped."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arrondissements import calendar
from requests_app.models import ServiceRequest
from requests_app.states import FINAL_STATES, State

FARTHEST = 60  # working days counted one by one; beyond, the date says enough


@dataclass(frozen=True)
class Deadline:
    """`tone` is a CSS class (late, today, soon, stopped, none); `words` never go without the date `day`."""

    tone: str
    words: str
    day: datetime.date | None = None


def deadline_of(case: ServiceRequest, today: datetime.date | None = None) -> Deadline:
    """What a clerk must know of the promise of `case`; no query once the calendar is kept."""
    today = today or timezone.localdate()
    if case.state in [*FINAL_STATES, State.READY]:
        return Deadline("none", _("traitée"))
    if case.state == State.NEEDS_INFORMATION:
        return Deadline("stopped", _stopped(case.days_left or 0))
    if case.due_on is None:
        return Deadline("none", _("aucun délai promis"))
    if case.due_on < today:
        return Deadline("late", _late(working_days(case.due_on, today, case.office_id)), case.due_on)
    if case.due_on == today:
        return Deadline("today", _("à rendre aujourd’hui"), case.due_on)
    return Deadline("soon", _ahead(working_days(today, case.due_on, case.office_id)), case.due_on)


def working_days(start: datetime.date, end: datetime.date, office: int | None = None) -> int:
    """Working days of the office after `start` up to `end` included, `FARTHEST` at most."""
    return calendar.working_days_between(start, end, FARTHEST, office)


def _late(days: int) -> str:
    if days == 0:  # since the last working day
        return _("en retard")
    return ngettext(
        "en retard de %(count)d jour ouvré", "en retard de %(count)d jours ouvrés", days
    ) % {"count": days}  # fmt: skip


def _ahead(days: int) -> str:
    if days == 0:  # the day was worked when it was promised: a holiday or a closure came after
        return _("à rendre au prochain jour ouvré")
    return ngettext("dans %(count)d jour ouvré", "dans %(count)d jours ouvrés", days) % {"count": days}


def _stopped(days: int) -> str:
    return ngettext(
        "délai suspendu, %(count)d jour ouvré restera",
        "délai suspendu, %(count)d jours ouvrés resteront",
        days,
    ) % {"count": days}
