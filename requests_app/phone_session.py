"""What a browser proved about a phone: who holds it, for half an hour, until it is forgotten.

No account: the session of the browser remembers the phone whose one-time code it gave, and nothing else.
"""

import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

VERIFIED = "verified_phone"
# In the address of the page that asks for the phone: the page of this site that needs it.
NEXT = "suite"


def verified_phone(session: SessionBase) -> str:
    """The phone (+229…) this browser proved to hold lately; "" when it proved none."""
    phone, since = session.get(VERIFIED, ("", 0))
    return str(phone) if time.time() - since < settings.PHONE_SESSION_MINUTES * 60 else ""


def remember(session: SessionBase, phone: str) -> None:
    """The browser gave the code of `phone`; its session key changes."""
    session.cycle_key()
    session[VERIFIED] = [phone, int(time.time())]


def forget(session: SessionBase, *others: str) -> None:
    """The phone is forgotten here, with what these `others` keys of the session hold; the session key changes."""
    for key in (VERIFIED, *others):
        session.pop(key, None)
    session.cycle_key()
