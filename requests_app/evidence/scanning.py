"""The antivirus: a rebuilt file waits in quarantine until clamd has read it and found nothing.

Without CLAMD_URL nothing is asked. With it, every failure (away, slow, file above its limit, answer not
understood) means "not scanned": the file stays in quarantine, the outbox tries again and shows it.
"""

import socket
import struct
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from arrondissements import journal, outbox
from requests_app.evidence import erasing, standing
from requests_app.messaging import notices
from requests_app.models import Evidence, FileState, ServiceRequest
from requests_app.states import State

CONNECT_SECONDS = 2.0
# For the whole conversation; well under the lease of the outbox.
ANSWER_SECONDS = 30.0
CHUNK = 64 * 1024
LONGEST_ANSWER = 1024
CLEAN = "stream: OK"
FOUND = " FOUND"
# What clamd "finds" in a file that it did not read whole, when it is set to say so (`AlertExceedsMax`).
BEYOND_ITS_LIMITS = "Heuristics.Limits.Exceeded"


class NotScanned(Exception):
    """The antivirus did not say whether the file is clean."""


def first_state() -> FileState:
    """Where a rebuilt file begins: in quarantine when there is an antivirus to ask."""
    return FileState.QUARANTINE if settings.CLAMD_URL else FileState.AVAILABLE


def ask_for(evidence: Evidence) -> None:
    """Have a quarantined file scanned after the commit. Called in the transaction that stores it."""
    if evidence.state == FileState.QUARANTINE:
        outbox.put("scan", {"evidence": evidence.pk}, key=f"scan:{evidence.pk}")


def scan(payload: dict[str, Any]) -> None:
    """Outbox handler: scan the file and say what it is; twice is once. Raises `NotScanned`, `OSError`."""
    evidence = Evidence.objects.select_related("message", "opinion").filter(pk=payload["evidence"]).first()
    if evidence is None or evidence.state != FileState.QUARANTINE:
        return
    with evidence.file.open("rb") as file:
        content = file.read()
    found = signature_in(content, settings.CLAMD_URL)
    if found:
        _condemn(evidence, found)
    else:
        _waiting(evidence).update(state=FileState.AVAILABLE, checked_at=timezone.now())


def signature_in(content: bytes, address: str) -> str:
    """The name of what clamd finds in `content`, "" when it finds nothing. Raises `NotScanned`, `OSError`."""
    with _connection(address) as line:
        answer = _conversation(line, content, until=time.monotonic() + ANSWER_SECONDS)
    if answer == CLEAN:
        return ""
    if answer.startswith("stream: ") and answer.endswith(FOUND):
        found = answer.removeprefix("stream: ").removesuffix(FOUND)
        if not found.startswith(BEYOND_ITS_LIMITS):
            return found
    raise NotScanned(answer or "no answer")


@transaction.atomic
def _condemn(evidence: Evidence, found: str) -> None:
    """Erase a dangerous file; the citizen is told to send another, the office sees it."""
    case = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=evidence.case_id)
    if not _waiting(evidence).update(state=FileState.INFECTED, checked_at=timezone.now(), file=""):
        return
    standing.write_answer(case, evidence.piece)
    transaction.on_commit(erasing.of_files(evidence), robust=True)
    by_the_office = evidence.opinion is not None or (
        evidence.message is not None and not evidence.message.from_applicant
    )
    if case.state != State.DRAFT and not by_the_office:  # on a draft the page of the pieces says it
        notices.tell(case, "file_refused", key=f"infected:{evidence.pk}")
    details = {"evidence": evidence.pk, "piece": evidence.piece, "signature": found[:80]}
    journal.record("evidence.infected", obj=case.obj, by=None, office=case.office, details=details)


def _waiting(evidence: Evidence) -> Any:
    return Evidence.objects.filter(pk=evidence.pk, state=FileState.QUARANTINE)


def _connection(address: str) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(CONNECT_SECONDS)
        try:
            line.connect(where.path)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((where.hostname or "", where.port or 3310), CONNECT_SECONDS)


def _conversation(line: socket.socket, content: bytes, *, until: float) -> str:
    try:
        _say(line, b"zINSTREAM\0", until)
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            _say(line, struct.pack(">I", len(chunk)) + chunk, until)
        _say(line, struct.pack(">I", 0), until)
    except (BrokenPipeError, ConnectionResetError):
        pass  # above its StreamMaxLength clamd hangs up; it may have said so
    return _answer(line, until)


def _say(line: socket.socket, words: bytes, until: float) -> None:
    line.settimeout(_left(until))
    line.sendall(words)


def _answer(line: socket.socket, until: float) -> str:
    words = b""
    while not words.endswith(b"\0") and len(words) < LONGEST_ANSWER:
        line.settimeout(_left(until))
        more = line.recv(LONGEST_ANSWER)
        if not more:
            break
        words += more
    return words.rstrip(b"\0").decode(errors="replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("clamd is too slow")
    return left
