"""When a rule of the service stops somebody: why, where to go instead, and the way back to change an answer."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from requests_app import access
from requests_app.catalogue.asking import Refusal, refusal
from requests_app.catalogue.forms import in_words
from requests_app.catalogue.translated import in_active_language
from requests_app.citizen import journey
from requests_app.models import ServiceRequest


@login_not_required
@require_safe
def not_eligible(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Why the request cannot go on; the draft goes on as soon as no rule stops it any more."""
    case = access.draft(token)
    stopped = stopped_by(case)
    if stopped is None:
        return redirect("requests:resume", token)
    context = {"case": case, "refusal": stopped, "decided": _decided(case, stopped)}
    return render(request, "requests_app/not_eligible.html", context)


def stopped_by(case: ServiceRequest) -> Refusal | None:
    """The rule that stops this draft today, or None."""
    return refusal(case.version, case.answers, today=timezone.localdate())


def _decided(case: ServiceRequest, stopped: Refusal) -> list[tuple[str, str, str]]:
    """(label, answer in words, where it is changed) of each question that decided."""
    rows: list[tuple[Any, str, str]] = []
    for number, step in enumerate(case.version.steps, 1):
        for field in step["fields"]:
            if field["key"] in stopped.fields:
                url = f"{journey.address(case, 'step', number)}#q-{field['key']}"
                rows.append((in_active_language(field["label"]), in_words(field, case.answers), url))
    return rows
