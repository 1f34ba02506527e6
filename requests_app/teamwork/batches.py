"""One act on many cases: ordered once, then done by the worker, each row in its own transaction.

A row is claimed and done in the same transaction: killed in the middle, it was never begun; two workers on one batch
wait for each other on the row, and the second finds it done. What the person may do is judged at that minute, by the
same functions as the buttons; a row refused keeps the sentence. The batch travels as an outbox message, whose lease
brings back what a killed worker left; a slice of a few seconds then leaves its place to the other messages.
"""

import logging
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from arrondissements import journal, outbox
from arrondissements.models import Office, User
from civil_status.documents.keys import NoCurrentKey
from requests_app.models import Batch, BatchRow, RowState, ServiceRequest
from requests_app.moving import Refused, TooLate
from requests_app.teamwork.row_acts import ROW_ACTS

log = logging.getLogger("pole.batches")

KIND = "batch"
SLICE_SECONDS = 5.0
# A database that is away, or that asks to try again, says nothing about the row.
NOT_OF_THE_ROW = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    total: int
    done: int
    refused: int

    @property
    def seen(self) -> int:
        return self.done + self.refused

    @property
    def left(self) -> int:
        return self.total - self.seen


@transaction.atomic
def order(
    act: str,
    cases: Iterable[tuple[int, str]],
    *,
    by: User,
    office: Office | None = None,
    params: dict[str, Any] | None = None,
    key: uuid.UUID | None = None,
    confirmed: bool = False,
) -> Batch:
    """Order `act` on `cases`, each with what was seen of it (its `updated_at`, "" when it does not matter).

    The same `key` twice is one order. `confirmed`: the second factor was given just now. Raises `Refused`.
    """
    rows = list(dict(cases).items())
    if not rows:
        raise Refused(_("Cochez au moins une demande."))
    _refuse_too_many(act, len(rows))
    facts = {"act": act, "by": by, "office": office, "confirmed_at": timezone.now() if confirmed else None}
    params = (params or {}) | {"language": get_language() or "fr"}
    batch, is_new = Batch.objects.get_or_create(pk=key or uuid.uuid4(), defaults=facts | {"params": params})
    if not is_new:
        if batch.by_id != by.pk:
            raise PermissionDenied
        return batch
    BatchRow.objects.bulk_create(
        [BatchRow(batch=batch, case_id=pk, seen=seen if ROW_ACTS[act].guards else "") for pk, seen in rows]
    )
    outbox.put(KIND, {"batch": str(batch.pk)}, key=f"{KIND}:{batch.pk}")
    journal.record(
        "batch.order", obj=f"batch:{batch.pk}", by=by, office=office, details={"act": act, "rows": len(rows)}
    )
    return batch


def work(payload: dict[str, Any]) -> None:
    """Outbox handler {"batch": id}: do the rows that wait, for a few seconds; a next message does what is left."""
    batch = Batch.objects.select_related("office").get(pk=payload["batch"])
    until = time.monotonic() + SLICE_SECONDS
    with override(batch.params.get("language", "fr")):
        for row in batch.rows.filter(state=RowState.WAITING).values_list("pk", flat=True):
            if time.monotonic() > until:
                outbox.put(KIND, payload, key=f"{KIND}:{batch.pk}:{row}")
                return
            do_row(batch, row)
    Batch.objects.filter(pk=batch.pk, ended_at=None).update(ended_at=timezone.now())


def do_row(batch: Batch, row: int) -> None:
    """Do one row if nobody did, or write why not. Twice is once."""
    try:
        _do(batch, row)
    except NOT_OF_THE_ROW:
        raise
    except ValidationError as refused:
        _refuse(row, " ".join(refused.messages))
    except Refused as refused:
        _refuse(row, str(refused))
    except PermissionDenied:
        _refuse(row, _("Votre fonction dans ce bureau ne permet pas cet acte aujourd’hui."))
    except NoCurrentKey:
        _refuse(row, _("Aucune clé de cachet n’est en service : prévenez l’informatique. Rien n’a été signé."))
    except Exception:
        # One row that nobody foresaw must not hold the others back.
        log.exception("batch.row_failed", extra={"batch": str(batch.pk), "row": row})
        _refuse(row, _("Une panne a empêché cette demande : rien n’y a été modifié. Réessayez."))


def progress(batch: Batch) -> Progress:
    """1 query."""
    counts = dict(batch.rows.order_by().values_list("state").annotate(count=Count("pk")))
    done, refused = counts.get(RowState.DONE, 0), counts.get(RowState.REFUSED, 0)
    return Progress(sum(counts.values()), done, refused)


@transaction.atomic
def _do(batch: Batch, row: int) -> None:
    """Claim, act, write the result: all or nothing."""
    if not BatchRow.objects.filter(pk=row, state=RowState.WAITING).update(state=RowState.DONE, at=timezone.now()):
        return
    claimed = BatchRow.objects.select_related("case__version__service", "case__office").get(pk=row)
    person = User.objects.filter(pk=batch.by_id, is_active=True).first()
    if person is None:
        raise PermissionDenied
    batch.by = person
    case: ServiceRequest = claimed.case
    if claimed.seen and claimed.seen != case.updated_at.isoformat():
        raise TooLate(case)
    words = ROW_ACTS[batch.act].perform(case, batch)
    if words:
        BatchRow.objects.filter(pk=row).update(words=words[:300])


def _refuse(row: int, words: str) -> None:
    waiting = BatchRow.objects.filter(pk=row, state=RowState.WAITING)
    waiting.update(state=RowState.REFUSED, words=words[:300], at=timezone.now())


def _refuse_too_many(act: str, count: int) -> None:
    most = ROW_ACTS[act].most
    if count > most:
        words = ngettext("%(most)d demande au plus à la fois.", "%(most)d demandes au plus à la fois.", most)
        raise Refused(words % {"most": most})
