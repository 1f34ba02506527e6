"""A document that no longer stands: the registry says so, and the citizen is told."""

from django.db import transaction

from arrondissements.models import User
from civil_status.documents import issuance
from civil_status.documents.models import IssuedDocument, RevocationReason
from requests_app.messaging import notices
from requests_app.models import ServiceRequest


@transaction.atomic
def end(
    document: IssuedDocument,
    *,
    by: User,
    reason: RevocationReason,
    note: str = "",
    replaced_by: IssuedDocument | None = None,
) -> None:
    """Revoke `document`, or replace it by another one already issued, and tell whoever asked for it.

    Raises `issuance.NoLongerValid`.
    """
    case = ServiceRequest.objects.filter(document=document).select_related("version__service", "office").first()
    if case:
        notices.tell(case, "revoked", key=f"revoked:{document.pk}", number=document.number)
    if replaced_by:
        issuance.replace(document, by=by, new=replaced_by, reason=reason, note=note)
    else:
        issuance.revoke(document, by=by, reason=reason, note=note)
