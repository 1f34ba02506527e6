"""A note between colleagues, from the case page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import access, workflow
from requests_app.desk.desk import StaffRequest
from requests_app.dossier.notes import add_note


@require_POST
def add(request: StaffRequest, reference: str) -> HttpResponse:
    """Keep the note and go back to where it is read."""
    case = access.workable(request.user, reference, "note")
    try:
        add_note(case, by=request.user, body=request.POST.get("body", ""))
    except workflow.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("La note est gardée. Le demandeur ne la lit jamais."))
    return redirect("desk:case", case.reference)
