"""Issue, revoke, replace: the only writers of issued documents."""

import dataclasses
import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from arrondissements import journal
from arrondissements.models import Office, User
from civil_status.documents import document_codes, keys, letterhead, seal
from civil_status.documents.content import DocumentContent, Draft
from civil_status.documents.models import IssuedDocument, RevocationReason, Status
from civil_status.documents.numbering import Number, next_number


class NoLongerValid(Exception):
    """Somebody already revoked or replaced this document; the message says so."""


@transaction.atomic
def issue(
    draft: Draft,
    *,
    kind: str,
    office: Office,
    signatory: User,
    on: datetime.date,
    valid_until: datetime.date | None = None,
    series: str = "",
) -> IssuedDocument:
    """Give `draft` its number, freeze and seal it, in the caller's transaction.

    The caller has checked that `signatory` may sign today, and orders the rendering in its own outbox. The counter
    of its numbers is held until commit, so call this last. Raises `content.UnprintableContent`, `keys.NoCurrentKey`.
    """
    draft = draft.cleaned()
    signer = keys.current(on)
    number = next_number(office, kind, on, series=series)
    content = freeze(draft, kind=kind, office=office, on=on, valid_until=valid_until, number=number.text)
    document = _sealed(content, number, signer, office, signatory)
    journal.record(
        "document.issued",
        obj=f"document:{document.pk}",
        by=signatory,
        office=office,
        details={"number": document.number, "kind": kind, "content": document.content_sha256, "key": signer.kid},
    )
    return document


def freeze(
    draft: Draft,
    *,
    kind: str,
    office: Office,
    on: datetime.date,
    valid_until: datetime.date | None = None,
    number: str = "",
) -> DocumentContent:
    """Everything the paper shows; without a number it is what a preview shows before signing."""
    with override("fr"):
        office_name = str(office.name)
    return DocumentContent(
        draft=dataclasses.replace(draft, closing=draft.closing or letterhead.closing(draft)),
        number=number,
        kind=kind,
        letterhead=letterhead.lines(),
        office=office_name,
        office_number=office.arrondissement_id or 0,
        place=letterhead.place(),
        issued_on=on,
        valid_until=valid_until,
        site=letterhead.site(),
    )


def _sealed(
    content: DocumentContent, number: Number, signer: keys.Signer, office: Office, signatory: User
) -> IssuedDocument:
    code = document_codes.new_document_code()
    canonical = content.canonical()
    digest = document_codes.salted_digest(code, canonical)
    return IssuedDocument.objects.create(
        number=number.text,
        office=office,
        kind=content.kind,
        year=number.year,
        seq=number.seq,
        template=content.draft.template,
        type_label=content.draft.type_label,
        office_name=content.office,
        holder_masked=content.draft.holder.masked,
        content=canonical,
        content_sha256=content.digest(),
        code_index=document_codes.index_of(code),
        code_locked=document_codes.lock(code),
        seal=seal.seal_content(content, digest=digest, code=code, key=signer.key, kid=signer.kid),
        key_id=signer.kid,
        signatory=signatory,
        issued_on=content.issued_on,
        issued_at=timezone.now(),
        valid_until=content.valid_until,
    )


def revoke(document: IssuedDocument, *, by: User | None, reason: RevocationReason, note: str = "") -> None:
    """Declare that the document no longer stands; verification says so at once, its number stays taken.

    Raises `NoLongerValid` when somebody else was first. `by` is None for the command line.
    """
    with transaction.atomic():
        _fall(document, Status.REVOKED, reason, note)
        _record("document.revoked", document, by, reason)


def replace(
    document: IssuedDocument, *, by: User | None, new: IssuedDocument, reason: RevocationReason, note: str = ""
) -> None:
    """Declare that `new` stands in the place of the document. Raises `NoLongerValid`."""
    with transaction.atomic():
        _fall(document, Status.REPLACED, reason, note, replaced_by=new)
        _record("document.replaced", document, by, reason, by_number=new.number)


def _fall(
    document: IssuedDocument,
    status: Status,
    reason: RevocationReason,
    note: str,
    replaced_by: IssuedDocument | None = None,
) -> None:
    changes = {
        "status": status,
        "revoked_at": timezone.now(),
        "revocation_reason": RevocationReason(reason),
        "revocation_note": note,
        "replaced_by": replaced_by,
    }
    # Compare-and-set: of two clicks the first wins, whatever each had on screen.
    if not IssuedDocument.objects.filter(pk=document.pk, status=Status.VALID).update(**changes):
        raise NoLongerValid(_("Ce document a déjà été annulé ou remplacé."))
    for name, value in changes.items():
        setattr(document, name, value)


def _record(act: str, document: IssuedDocument, by: User | None, reason: RevocationReason, **details: str) -> None:
    # The note stays in the row: it may name people, and a line of the journal is never erased.
    journal.record(
        act,
        obj=f"document:{document.pk}",
        by=by,
        office=document.office,
        reason=RevocationReason(reason).value,
        details={"number": document.number, **details},
    )
