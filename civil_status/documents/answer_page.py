"""The page that answers a code: laid out once a minute for each kind of answer, filled in at each visit.

Laying out a page of the site takes ten times as long as looking the code up. The page is laid out for nobody,
with marks where the words go: neither the code, nor the address, nor the language of a visit is kept.
"""

import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language

from arrondissements import marks
from civil_status.documents import letterhead
from civil_status.documents.document_codes import shown
from civil_status.documents.verification import Verification

KEPT = 60  # seconds: an editor's change of the menus shows after a minute


def answer_page(answer: Verification, code: str) -> str:
    """The page about `code` in the active language. No query but those of the menus, once a minute."""
    words = _words(answer) | {"code": code, "shown": shown(code)}
    return marks.put(_layout(answer), words)


def _words(answer: Verification) -> dict[str, str]:
    facts = {name.replace("_", ""): value for name, value in vars(answer).items() if value is not None}
    return {name: _in_words(value) for name, value in facts.items()}


def _in_words(value: Any) -> str:
    return date_format(value, "j F Y") if isinstance(value, datetime.date) else str(value)


def _layout(answer: Verification) -> list[str]:
    """Two answers with the same facts present have the same layout."""
    present = [name for name, value in vars(answer).items() if value is not None and name != "status"]
    key = ":".join(["answer-page", get_language() or "fr", answer.status, *present])
    pieces: list[str] | None = cache.get(key)
    if pieces is None:
        pieces = marks.cut(_marked(answer.status, present))
        cache.set(key, pieces, KEPT)
    return pieces


def _marked(status: str, present: list[str]) -> str:
    context = {
        "answer": {"status": status} | {name: _mark(name) for name in present},
        "code": _mark("code"),
        "shown_code": _mark("shown"),
        "site": letterhead.site(),
    }
    return render_to_string("verification/answer.html", context, request=_nobody())


def _mark(name: str) -> str:
    return marks.mark(name.replace("_", ""))


def _nobody() -> HttpRequest:
    """A visit without cookies nor address, to the place of the answer."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = reverse("documents:verify", args=[_mark("shown")])
    return request
