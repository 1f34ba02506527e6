"""`/healthz`: is the service able to do its work right now?"""

import datetime
import socket
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from arrondissements import chores, outbox

# Mail may wait for an outage; a quarter of an hour is when somebody should look.
OUTBOX_PATIENCE = datetime.timedelta(minutes=15)


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """JSON {"status": "ok" | "degraded" | "down", parts…}; 503 only when requests cannot be served.

    The broker, old mail and failing chores only degrade: rows wait in the database and nothing is lost.
    """
    parts = {"database": _answer(_database), "storage": _answer(_storage), "broker": _answer(_broker)}
    for part, check in (("outbox", _outbox), ("chores", _chores)):
        parts[part] = _answer(check) if parts["database"] == "ok" else "unknown"
    if "down" in (parts["database"], parts["storage"]):
        return JsonResponse({"status": "down", **parts}, status=503)
    status = "ok" if set(parts.values()) <= {"ok", "embedded"} else "degraded"
    return JsonResponse({"status": status, **parts})


def _answer(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # whatever the fault is, the answer is the same word; details are in the logs of the part
        return "down"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _storage() -> str:
    private = storages["private"]
    name = private.save(f"health/{uuid4().hex}", ContentFile(b"ok"))
    private.delete(name)
    return "ok"


def _broker() -> str:
    if not settings.REDIS_URL:
        return "embedded"
    address = urlsplit(settings.REDIS_URL)
    with socket.create_connection((address.hostname or "localhost", address.port or 6379), timeout=1):
        return "ok"


def _outbox() -> str:
    oldest = outbox.waiting_since()
    return "late" if oldest and timezone.now() - oldest > OUTBOX_PATIENCE else "ok"


def _chores() -> str:
    return "failing" if chores.failing() else "ok"
