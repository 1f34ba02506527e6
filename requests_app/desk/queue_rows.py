"""The lines of the queue: laid out once for each look, filled in for each case.

Drawn one variable at a time, 25 lines took longer than the database and the rest of the page together.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from arrondissements import marks
from requests_app.models import Channel, ServiceRequest
from requests_app.promises.deadlines import Deadline, deadline_of

ALWAYS = ("bare", "reference", "filed", "service", "applicant", "words")
SOMETIMES = ("channel", "due", "clerk")
# The page of the case shows the others.
NAMES_OF_LABELS = ("labela", "labelb", "labelc", "labeld")


def rows(
    cases: Iterable[ServiceRequest],
    labels: Mapping[int, Sequence[tuple[str, str]]],
    today: datetime.date,
    *,
    ticks: bool = False,
) -> list[SafeString]:
    """The lines of the cases with their `labels` (id of the case → name, tone), in the active language.

    `ticks`: each with its box to tick.

    A page shows few different promises: each is counted in working days once.
    """
    known: dict[tuple[Any, ...], Deadline] = {}
    language, lines = get_language() or "fr", []
    for case in cases:
        promise = (case.state, case.due_on, case.days_left)
        deadline = known.get(promise) or known.setdefault(promise, deadline_of(case, today))
        lines.append(_line(case, labels.get(case.pk, ()), deadline, language, ticks))
    return lines


def _line(
    case: ServiceRequest, labels: Sequence[tuple[str, str]], deadline: Deadline, language: str, ticks: bool
) -> SafeString:
    clerk = case.assigned_to or case.instructed_by
    words = {
        "bare": case.reference or "",
        "reference": case.shown_reference,
        "filed": _short_day(timezone.localdate(case.submitted_at), language) if case.submitted_at else "",
        "service": case.version.title,
        "channel": case.get_channel_display() if case.channel == Channel.COUNTER else "",
        "applicant": case.applicant_name,
        "words": deadline.words,
        "due": _short_day(deadline.day, language) if deadline.day else "",
        "clerk": (clerk.get_full_name() or clerk.username) if clerk else "",
    }
    present = tuple(name for name in SOMETIMES if words[name])
    worn = tuple(zip(NAMES_OF_LABELS, labels, strict=False))
    words |= {name: label for name, (label, _tone) in worn}
    tones = tuple((name, tone) for name, (_label, tone) in worn)
    signs = (case.returned, case.unread, case.silence_at is not None, ticks)
    look = _layout(language, case.state, signs, deadline.tone, present, tones)
    return marks.put(look, words)


@lru_cache(maxsize=512)
def _layout(
    _language: str,
    state: str,
    signs: tuple[bool, bool, bool, bool],
    tone: str,
    present: tuple[str, ...],
    labels: tuple[tuple[str, str], ...],
) -> list[str]:
    """Kept for good: it holds our own words only. The active language is `_language`."""
    label = ServiceRequest(state=state).get_state_display()
    words = {name: marks.mark(name) for name in (*ALWAYS, *present)}
    words["url"] = reverse("desk:case", args=[words["bare"]])
    returned, unread, silent, ticks = signs
    context = {
        "state": state,
        "state_label": label,
        "returned": returned,
        "unread": unread,
        "silent": silent,
        "ticks": ticks,
        "tone": tone,
        "labels": [(marks.mark(name), label_tone) for name, label_tone in labels],
        **words,
    }
    return marks.cut(render_to_string("desk/includes/queue_row.html", context))


@lru_cache(maxsize=512)
def _short_day(day: datetime.date, _language: str) -> str:
    """A day in the active language: a list shows few days and many rows."""
    return date_format(day, "D j F")
