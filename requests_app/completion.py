"""The end of a request: signed, or prepared; ready; handed over or downloaded."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from arrondissements import outbox
from arrondissements.models import User
from civil_status.documents import issuance
from civil_status.documents.models import IssuedDocument
from civil_status.documents.models import Status as DocumentStatus
from requests_app import issuing, permissions
from requests_app.messaging import notices
from requests_app.models import DuplicateVerdict, Evidence, HandOver, Message, ServiceRequest
from requests_app.moving import Refused, TooLate, authorise, keep_note, log, move
from requests_app.states import State


@dataclass(frozen=True)
class Handed:
    """To whom a document is handed over, what paper was shown, and the proof: a signature kept, or the code given."""

    recipient: str
    identity: str
    signature: Evidence | None = None
    by_code: bool = False


@transaction.atomic
def issue(case: ServiceRequest, *, by: User) -> IssuedDocument | None:
    """Sign: number, freeze and seal the document; the file is made after the commit.

    A trial takes no number, no seal and no row: it is ready at once, and None is returned.

    Refused outside the signatory's power today and for whoever instructed the case.
    Raises `Refused`, `content.UnprintableContent`, `keys.NoCurrentKey`.
    """
    if case.document_id:
        raise TooLate(case)
    if case.instructed_by_id == by.pk or permissions.has_prepared(by, case):
        raise Refused(_("Vous avez instruit cette demande : une autre personne doit signer le document."))
    power = permissions.signing_power(by, case)
    if power is None or case.office is None:
        raise Refused(permissions.why_no_signature(by, case))
    today = timezone.localdate()
    draft, valid_until = issuing.draft_of(case, power, by, today), issuing.valid_until(case, today)
    move(case, "issue", signed_by=by, only_if={"document": None})
    if case.is_trial:
        draft.cleaned()
        log(case, "issue", by=by)
        make_ready(case)
        return None
    document = issuance.issue(
        draft,
        kind=case.version.service.slug,
        series=case.version.document["series"],
        office=case.office,
        signatory=by,
        on=today,
        valid_until=valid_until,
    )
    ServiceRequest.objects.filter(pk=case.pk).update(document=document)
    case.document = document
    outbox.put("issue", {"case": case.pk}, key=f"issue:{case.pk}:{document.pk}")
    log(case, "issue", by=by, details={"document": document.pk})
    return document


@transaction.atomic
def return_to_clerk(case: ServiceRequest, *, by: User, reason: str) -> None:
    """Send an accepted request back to be instructed again instead of signing it."""
    if permissions.signing_power(by, case) is None:
        raise Refused(_("Aucune délégation ne vous permet de signer ce document aujourd’hui."))
    if not reason.strip():
        raise Refused(_("Dites ce qui doit être repris."))
    move(case, "return_to_clerk", only_if={"document": None}, returned=True)
    keep_note(case, by, reason)
    log(case, "return_to_clerk", by=by)


@transaction.atomic
def make_ready(case: ServiceRequest) -> None:
    """The file exists: tell the citizen. Called by the relay; twice is once."""
    if case.state != State.ACCEPTED:
        return
    move(case, "make_ready")
    notices.tell(case, "ready", key=f"ready:{case.pk}")
    log(case, "make_ready", by=None)


@transaction.atomic
def complete(case: ServiceRequest, *, by: User, message: str = "") -> None:
    """For what the town hall prepares without issuing a paper here: the file is ready, the citizen is told."""
    authorise("complete", case, by)
    if case.version.signatory_role and case.version.document_template:
        raise Refused(_("Ce document doit être signé : il sera prêt après la signature."))
    facts: dict[str, Any] = {}
    if case.version.circuit.four_eyes:
        if case.instructed_by_id == by.pk:
            raise Refused(_("Vous avez accepté cette demande : une autre personne doit la terminer."))
        facts["signed_by"] = by  # the database refuses it to be who instructed
    move(case, "complete", **facts)
    if message.strip():
        Message.objects.create(case=case, author=by, body=message.strip()[:2000])
    notices.tell(case, "prepared", key=f"ready:{case.pk}")
    log(case, "complete", by=by)


@transaction.atomic
def close_duplicate(case: ServiceRequest, *, by: User, kept: ServiceRequest) -> None:
    """Close a request that somebody said is the same as `kept`; the citizen is told which one goes on.

    Raises `Refused` when nobody said so, or when `kept` does not go on.
    """
    authorise("close_duplicate", case, by)
    first, second = sorted([case.pk, kept.pk])
    if not DuplicateVerdict.objects.filter(first=first, second=second, same=True).exists():
        raise Refused(_("Dites d’abord que ces deux demandes sont la même."))
    if kept.state in (State.DRAFT, State.REJECTED, State.CLOSED, State.WITHDRAWN):
        raise Refused(_("L’autre demande est arrêtée : elle ne peut pas continuer à la place de celle-ci."))
    move(case, "close_duplicate")
    case.information_requests.filter(answered_at=None).update(answered_at=timezone.now())
    with override(case.language):
        words = _("Cette demande a déjà été déposée sous le numéro %(kept)s, qui continue. Rien d’autre à faire.")
        Message.objects.create(case=case, author=by, body=words % {"kept": kept.shown_reference})
    notices.tell(case, "duplicate", key=f"duplicate:{case.pk}", kept=kept)
    log(case, "close_duplicate", by=by, details={"kept": kept.pk})


@transaction.atomic
def deliver(case: ServiceRequest, *, by: User, handed: Handed) -> HandOver:
    """Hand the document over at the counter, if it still stands, to who proved to be expected. Raises `Refused`.

    `walk_ins.handing` judges the proof before. The journal keeps what was shown, never who came.
    """
    authorise("deliver", case, by)
    refuse_to_deliver(case)
    if not handed.recipient.strip():
        raise Refused(_("Écrivez le nom de la personne qui reçoit le document."))
    if not (handed.by_code or handed.signature):
        raise Refused(_("Faites signer la personne, ou demandez-lui le code reçu sur son téléphone."))
    move(case, "deliver")
    receipt = HandOver.objects.create(
        case=case,
        by=by,
        recipient=handed.recipient.strip(),
        identity=handed.identity,
        signature=handed.signature,
        by_code=handed.by_code,
    )
    proof = "code" if handed.by_code else "signature"
    log(case, "deliver", by=by, details={"identity": handed.identity, "proof": proof})
    return receipt


def refuse_to_deliver(case: ServiceRequest) -> None:
    """Refuse what is not handed over at the counter, or no longer stands. Raises `Refused`."""
    if not case.version.circuit.at_counter:
        raise Refused(_("Ce document ne se remet pas au guichet : le demandeur le télécharge."))
    if case.document and case.document.status != DocumentStatus.VALID:
        raise Refused(_("Ce document ne vaut plus : il ne peut pas être remis."))


@transaction.atomic
def download(case: ServiceRequest) -> None:
    """The citizen fetched the document; later downloads change nothing."""
    if not case.version.circuit.downloads:
        raise Refused(_("Ce document ne se télécharge pas : il se retire au bureau."))
    if case.state != State.READY:
        return
    move(case, "download")
    log(case, "download", by=None)
