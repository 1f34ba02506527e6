"""What was typed on a page of the desk when its screen was locked, kept for the same person until she is back.

It lies in her own session: nobody else's session shows it, and it goes away with hers, when she leaves, when the wrong
digits were used up, when somebody else logs in over the locked screen. It is given back once. Words only: no file, no
password, no one-time code is sent (`guard.js`).
"""

import json
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

KEPT = "kept_forms"
MOST_SIGNS = 100_000  # of one page: a long form of a whole request weighs a tenth
MOST_PAGES = 8


def keep(session: SessionBase, page: str, typed: str) -> None:
    """Keep the JSON `typed` on the address `page`; what is too long or no JSON list counts for nothing."""
    forms = _read(typed)
    if not forms or not page:
        return
    others = {one: kept for one, kept in session.get(KEPT, {}).items() if one != page}
    newest = dict(list(others.items())[-(MOST_PAGES - 1) :])
    session[KEPT] = newest | {page: forms}


def keep_beside(session: SessionBase, page: str, typed: str) -> None:
    """The same for another tab of a session that was locked meanwhile: tabs arrive together and each one counts."""
    with transaction.atomic():
        list(Session.objects.select_for_update().filter(pk=session.session_key))
        now = type(session)(session.session_key)
        keep(now, page, typed)
        now.save(must_create=False)


def has_kept(session: SessionBase) -> bool:
    """Whether something waits to be given back, on whatever page."""
    return bool(session.get(KEPT))


def give_back(session: SessionBase, page: str) -> list[Any]:
    """What was typed on `page`, and forget it; [] when nothing was."""
    kept = dict(session.get(KEPT, {}))
    forms: list[Any] = kept.pop(page, [])
    if forms:
        session[KEPT] = kept
    return forms


def everything(session: SessionBase) -> dict[str, Any]:
    """All that is kept, to be carried into the next session of the same person."""
    return dict(session.get(KEPT, {}))


def _read(typed: str) -> list[Any]:
    if len(typed) > MOST_SIGNS:
        return []
    try:
        forms = json.loads(typed or "[]")
    except ValueError:
        return []
    return forms if isinstance(forms, list) else []
