"""The outbox: what leaves the database is a row first, delivered later, at least once, visibly.

`put` writes the row in the act's transaction. The relay delivers it: a Celery task when a broker is
configured, a thread of this process when not, `manage.py relay` in any case. Broker down: the row
waits, and the sweep of each minute finds it. Handlers (settings.OUTBOX_HANDLERS) are idempotent.
"""

import datetime
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from celery import current_app
from celery.exceptions import OperationalError
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from arrondissements import chores, journal
from arrondissements.models import OutboxMessage, OutboxState, User

log = logging.getLogger("pole.outbox")

LEASE = datetime.timedelta(seconds=120)
# 30 s, 1 min, 2 min … capped at 6 h: a week of outage before giving up.
FIRST_WAIT = datetime.timedelta(seconds=30)
LONGEST_WAIT = datetime.timedelta(hours=6)
MOST_ATTEMPTS = 36
# Written by hand: every act puts messages, and the ORM takes longer to say this than PostgreSQL to do it.
PUT = """
INSERT INTO arrondissements_outboxmessage (kind, key, payload, state, attempts, created_at, next_at, error)
VALUES (%s, %s, %s, %s, 0, %s, %s, '') ON CONFLICT (key) DO NOTHING
"""
OPEN_STATES = [OutboxState.WAITING, OutboxState.SENDING, OutboxState.FAILED]


def put(kind: str, payload: dict[str, Any], *, key: str) -> None:
    """Write one message in the caller's transaction; the same `key` twice is one message."""
    put_all([(kind, payload, key)])


def put_all(messages: list[tuple[str, dict[str, Any], str]]) -> None:
    """Write several (kind, payload, key) at once, and wake the relay after the commit."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        for kind, payload, key in messages:
            cursor.execute(PUT, (kind, key, json.dumps(payload), OutboxState.WAITING.value, now, now))
    keys = [key for _kind, _payload, key in messages]
    transaction.on_commit(lambda: wake(keys), robust=True)


def wake(keys: list[str]) -> None:
    """Hint to the relay that messages wait; losing the hint loses nothing."""
    if settings.RELAY == "celery":
        try:
            current_app.send_task("arrondissements.tasks.deliver_keys", [keys])
        except OperationalError as error:
            log.warning("outbox.broker_unreachable", extra={"error": type(error).__name__})
    elif settings.RELAY == "thread":
        _relay_thread.wake()


def start() -> None:
    """When a web process starts: the embedded relay begins, for what waited and for the chores."""
    if settings.RELAY == "thread":
        _relay_thread.wake()


def deliver(pk: int) -> bool:
    """Deliver one message if nobody else has it; return whether it left.

    The lease is taken and committed first, so that a killed worker's message is found again.
    """
    now = timezone.now()
    mine = OutboxMessage.objects.filter(_due(now), pk=pk).update(
        state=OutboxState.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not mine:
        return False
    message = OutboxMessage.objects.get(pk=pk)
    try:
        _handler(message.kind)(message.payload)
    except Exception as error:
        _postpone(message, error)
        return False
    _mark_sent(message)
    return True


def deliver_due(limit: int = 100) -> int:
    """Deliver what is due, oldest first; return how many left."""
    due = OutboxMessage.objects.filter(_due(timezone.now())).values_list("pk", flat=True)
    return sum(deliver(pk) for pk in list(due[:limit]))


def retry(pk: int, *, by: User) -> None:
    """Try a failed or abandoned message again now, its count of attempts begun anew."""
    with transaction.atomic():
        again = OutboxMessage.objects.filter(pk=pk, state__in=[OutboxState.FAILED, OutboxState.GIVEN_UP])
        if again.update(state=OutboxState.WAITING, next_at=timezone.now(), attempts=0):
            journal.record("outbox.retried", obj=f"outbox:{pk}", by=by)
            key = OutboxMessage.objects.values_list("key", flat=True).get(pk=pk)
            transaction.on_commit(lambda: wake([key]), robust=True)


def waiting_since() -> datetime.datetime | None:
    """When the oldest message that has not left was written (for the health page)."""
    oldest = OutboxMessage.objects.filter(state__in=OPEN_STATES).order_by("created_at").first()
    return oldest.created_at if oldest else None


def _due(now: datetime.datetime) -> Q:
    waiting = Q(state__in=[OutboxState.WAITING, OutboxState.FAILED], next_at__lte=now)
    return waiting | Q(state=OutboxState.SENDING, lease_until__lt=now)


def _handler(kind: str) -> Callable[[dict[str, Any]], None]:
    handler: Callable[[dict[str, Any]], None] = import_string(settings.OUTBOX_HANDLERS[kind])
    return handler


def _mark_sent(message: OutboxMessage) -> None:
    message.state, message.sent_at, message.error, message.lease_until = OutboxState.SENT, timezone.now(), "", None
    if not settings.DEMO:
        message.payload = {}  # what was sent is not kept: phone numbers and codes have no business here
    message.save(update_fields=["state", "sent_at", "error", "lease_until", "payload"])


def _postpone(message: OutboxMessage, error: Exception) -> None:
    log.warning(
        "outbox.failed", extra={"kind": message.kind, "attempts": message.attempts, "error": type(error).__name__}
    )
    wait = min(FIRST_WAIT * 2 ** min(message.attempts - 1, 12), LONGEST_WAIT)
    message.state = OutboxState.GIVEN_UP if message.attempts >= MOST_ATTEMPTS else OutboxState.FAILED
    message.next_at = timezone.now() + wait
    message.lease_until = None
    message.error = f"{type(error).__name__}: {error}"[:300]
    message.save(update_fields=["state", "next_at", "lease_until", "error"])


class RelayThread:
    """The embedded relay: one quiet thread per process, started with it or at the first message after a fork.

    Each minute it also does the chores whose time has come.
    """

    SWEEP_SECONDS = 60.0

    def __init__(self) -> None:
        self._work = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Start the thread if need be, and tell it that something waits."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
                self._thread.start()
        self._work.set()

    def _run(self) -> None:
        while True:
            self._work.wait(self.SWEEP_SECONDS)
            self._work.clear()
            try:
                while deliver_due():
                    pass
                chores.run_due()
            except Exception:
                log.exception("outbox.relay_failed")
            finally:
                close_old_connections()
                connection.close()


_relay_thread = RelayThread()
