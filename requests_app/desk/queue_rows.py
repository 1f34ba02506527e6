"""The lines of the queue: laid out once for each look, filled in for each case.

Drawn one variable at a time, 25 lines took longer than the database and the rest of the page together.
"""

import datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from arrondissements import marks
from requests_app.deadlines import deadline_of
from requests_app.models import Channel, ServiceRequest

ALWAYS = ("bare", "reference", "service", "applicant", "words")
SOMETIMES = ("channel", "due", "clerk")


def row(case: ServiceRequest) -> SafeString:
    """The line of `case`, in the active language."""
    deadline, clerk = deadline_of(case), case.instructed_by
    language = get_language() or "fr"
    words = {
        "bare": case.reference or "",
        "reference": case.shown_reference,
        "service": case.version.title,
        "channel": case.get_channel_display() if case.channel == Channel.COUNTER else "",
        "applicant": case.applicant_name,
        "words": deadline.words,
        "due": _short_day(deadline.day, language) if deadline.day else "",
        "clerk": (clerk.get_full_name() or clerk.username) if clerk else "",
    }
    present = tuple(name for name in SOMETIMES if words[name])
    look = _layout(
        language, case.state, case.returned, case.unread, case.silence_at is not None, deadline.tone, present
    )
    return marks.put(look, words)


@lru_cache(maxsize=512)
def _layout(
    _language: str, state: str, returned: bool, unread: bool, silent: bool, tone: str, present: tuple[str, ...]
) -> list[str]:
    """Kept for good: it holds our own words only. The active language is `_language`."""
    label = ServiceRequest(state=state).get_state_display()
    words = {name: marks.mark(name) for name in (*ALWAYS, *present)}
    words["url"] = reverse("desk:case", args=[words.pop("bare")])
    context = {
        "state": state,
        "state_label": label,
        "returned": returned,
        "unread": unread,
        "silent": silent,
        "tone": tone,
        **words,
    }
    return marks.cut(render_to_string("desk/includes/queue_row.html", context))


@lru_cache(maxsize=512)
def _short_day(day: datetime.date, _language: str) -> str:
    """A day in the active language: a list shows few days and many rows."""
    return date_format(day, "D j F")
