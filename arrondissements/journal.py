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

from django.db import connection, transaction
from django.utils import timezone

from arrondissements.models import JournalEntry, JournalHead, Office, User

ACTS, READS = "acts", "reads"
GENESIS = bytes(32)
# The same link as `link`, computed by PostgreSQL under the head's row lock.
APPEND = """
WITH head AS (
    UPDATE arrondissements_journalhead
    SET seq = seq + 1, digest = sha256(digest || int8send(seq + 1) || %s::bytea)
    WHERE chain = %s
    RETURNING seq, digest
)
INSERT INTO arrondissements_journalentry (chain, seq, at, act, obj, by_id, office_id, reason, body, digest)
SELECT %s, head.seq, %s::timestamptz, %s, %s, %s::bigint, %s::bigint, %s, %s::bytea, head.digest FROM head
RETURNING id, seq, digest
"""


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
    if connection.vendor == "postgresql":
        _append_at_once(entry)
    else:
        _append(entry)
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


def _append(entry: JournalEntry) -> None:
    head = _locked_head(entry.chain)
    entry.seq = head.seq + 1
    entry.digest = link(bytes(head.digest), entry.seq, bytes(entry.body))
    entry.save(force_insert=True)
    JournalHead.objects.filter(pk=entry.chain).update(seq=entry.seq, digest=entry.digest)


def _append_at_once(entry: JournalEntry) -> None:
    """`_append` as one statement: three would hold the head, hence every other writer, three times as long."""
    body, chain = bytes(entry.body), entry.chain
    facts = (entry.at, entry.act, entry.obj, entry.by_id, entry.office_id, entry.reason)
    with connection.cursor() as cursor:
        cursor.execute(APPEND, (body, chain, chain, *facts, body))
        row = cursor.fetchone()
    if row is None:  # the chain has no head yet
        _append(entry)
        return
    entry.pk, entry.seq, entry.digest = row[0], row[1], bytes(row[2])
    entry._state.adding = False


def _locked_head(chain: str) -> JournalHead:
    try:
        return JournalHead.objects.select_for_update().get(pk=chain)
    except JournalHead.DoesNotExist:
        JournalHead.objects.get_or_create(pk=chain)
        return JournalHead.objects.select_for_update().get(pk=chain)
