"""What the citizen keeps once the request is filed: the receipt, on the screen and on paper."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app import access, relaying, slip, trials
from requests_app.catalogue.reasons import reason_in_words
from requests_app.promises import capacity


@login_not_required
@require_safe
def receipt(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Reference, promised date, office, what happens next."""
    case = access.filed(token)
    why = reason_in_words(case.version, case.routing_reason)
    context = {"case": case, "why": why, "track": slip.tracking_address(case), "agent": relaying.agent_of(case)}
    context["told"] = trials.told(case) if case.is_trial else []
    context["estimate"] = capacity.estimate_at(case.office_id, case.version.service_id)
    return render(request, "requests_app/receipt.html", context)


@login_not_required
@require_safe
def receipt_pdf(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The same on paper."""
    case = access.filed(token)
    headers = {"Content-Disposition": f'inline; filename="recu-{case.shown_reference}.pdf"'}
    return HttpResponse(slip.slip_pdf(case), content_type="application/pdf", headers=headers)
