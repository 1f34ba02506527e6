"""The document as it will print, for who decides to accept: a specimen, in the name of a signatory still to come."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arrondissements.delegations import SigningPower, own_title
from arrondissements.models import User
from civil_status.documents import issuance, rendering
from civil_status.documents.content import DocumentContent
from requests_app import access, issuing
from requests_app.desk.desk import StaffRequest
from requests_app.desk.dossier import gate
from requests_app.models import ServiceRequest
from requests_app.states import State

UNDECIDED = (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION)


def prints(case: ServiceRequest) -> bool:
    """Whether accepting the case leads to a document printed and signed here."""
    return bool(case.version.document_template and case.version.signatory_role) and case.state in UNDECIDED


@require_safe
def draft(request: StaffRequest, reference: str) -> HttpResponse:
    """The specimen as a PDF: no number, no code, no seal; what keeps it from printing is said instead."""
    case = access.workable(request.user, reference, "accept")
    if not prints(case):
        raise Http404
    asking = gate.ask_first(request, case)
    if asking is not None:
        return asking
    try:
        content = content_of(case)
    except ValidationError as unprintable:
        messages.error(request, " ".join(unprintable.messages))
        return redirect("desk:accept", case.reference)
    response = HttpResponse(rendering.preview_pdf(content), content_type="application/pdf")
    name = _("specimen-%(reference)s.pdf") % {"reference": case.shown_reference}
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def content_of(case: ServiceRequest) -> DocumentContent:
    """What the signature would freeze today, but for the number and who signs. Raises `ValidationError`."""
    today, nobody_yet = timezone.localdate(), User(last_name=_("(signataire à venir)"))
    power = SigningPower(title=own_title(case.version.signatory_role))
    printed: Any = issuing.draft_of(case, power, nobody_yet, today).cleaned()
    if case.office is None:
        raise Http404
    until = issuing.valid_until(case, today)
    return issuance.freeze(printed, kind=case.version.service.slug, office=case.office, on=today, valid_until=until)
