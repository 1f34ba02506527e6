"""The journal: append-only, chained by hash, one row per act and per reading of personal data.

Two chains, so that looking never blocks signing: `acts` inside the transaction of each act,
`reads` for what staff opened.
"""

import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from arrondissements.models import JournalEntry, JournalHead, Office, User

ACTS, READS = "acts", "reads"
GENESIS = bytes(32)


@transaction.atomic(savepoint=False)
def record(
    act: str,
    *,
    obj: str,
    by: User | None,
    office: Office | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    chain: str = ACTS,
) -> JournalEntry:
    """Write one line in the caller's transaction.

    `obj` names the thing ("case:K7M2…", "document:12"). `details` never hold personal data, which
    must stay erasable. The head's row lock orders the writers: call it last in an act, because it
    is held until commit.
    """
    entry = JournalEntry(chain=chain, at=timezone.now(), act=act, obj=obj, by=by, office=office, reason=reason[:200])
    entry.body = canonical(entry, details or {})
    head = _locked_head(chain)
    entry.seq = head.seq + 1
    entry.digest = link(bytes(head.digest), entry.seq, entry.body)
    entry.save(force_insert=True)
    JournalHead.objects.filter(pk=chain).update(seq=entry.seq, digest=entry.digest)
    return entry


def record_reading(*, obj: str, by: User, office: Office | None, reason: str = "") -> None:
    """Write that `by` opened personal data."""
    record("read", obj=obj, by=by, office=office, reason=reason, chain=READS)


def canonical(entry: JournalEntry, details: dict[str, Any]) -> bytes:
    """The bytes that are hashed: sorted JSON, no spaces, UTF-8, times in UTC."""
    facts = {
        "act": entry.act,
        "at": entry.at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
        "by": entry.by_id,
        "details": details,
        "obj": entry.obj,
        "office": entry.office_id,
        "reason": entry.reason,
    }
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def link(previous: bytes, seq: int, body: bytes) -> bytes:
    """SHA-256(previous digest ‖ seq on 8 bytes ‖ body)."""
    return hashlib.sha256(previous + seq.to_bytes(8, "big") + body).digest()


@dataclass(frozen=True)
class BrokenLink:
    """The first row of a chain that does not hold, and what is wrong with it."""

    chain: str
    seq: int
    fault: str


def verify(chain: str) -> tuple[int, BrokenLink | None]:
    """Read a chain from its first row; return how many rows hold and the first that does not.

    The head is read first: rows written while we read are left for the next time.
    """
    head = JournalHead.objects.filter(pk=chain).first() or JournalHead(chain=chain)
    previous, expected = GENESIS, 1
    for entry in _rows(chain, head.seq):
        fault = _fault(entry, expected, previous)
        if fault:
            return expected - 1, BrokenLink(chain, expected, fault)
        previous, expected = bytes(entry.digest), expected + 1
    if expected <= head.seq:
        return expected - 1, BrokenLink(chain, expected, "row missing at the end")
    if previous != bytes(head.digest):
        return expected - 1, BrokenLink(chain, head.seq, "the head does not match the last row")
    return head.seq, None


def details_of(entry: JournalEntry) -> dict[str, Any]:
    """The details written with an entry."""
    return dict(json.loads(bytes(entry.body))["details"])


def _rows(chain: str, last: int) -> Iterator[JournalEntry]:
    return JournalEntry.objects.filter(chain=chain, seq__lte=last).order_by("seq").iterator(chunk_size=2000)


def _fault(entry: JournalEntry, expected: int, previous: bytes) -> str:
    body = bytes(entry.body)
    if entry.seq != expected:
        return "row missing"
    if bytes(entry.digest) != link(previous, entry.seq, body):
        return "the digest does not match the row"
    if canonical(entry, json.loads(body)["details"]) != body:
        return "a column differs from what was hashed"
    return ""


def _locked_head(chain: str) -> JournalHead:
    try:
        return JournalHead.objects.select_for_update().get(pk=chain)
    except JournalHead.DoesNotExist:
        JournalHead.objects.get_or_create(pk=chain)
        return JournalHead.objects.select_for_update().get(pk=chain)
