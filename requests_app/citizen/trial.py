"""The door of a trial: whoever writes or publishes services walks the citizen's own pages from here."""

import uuid
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from arrondissements.models import User
from requests_app import access, trials


@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """What is about to be tried; the button creates the trial."""
    version = access.triable(cast(User, request.user), pk)
    if request.method == "POST":
        case = trials.start(version, language=(get_language() or "fr")[:2], by=cast(User, request.user))
        return redirect("requests:resume", case.token)
    return render(request, "requests_app/trial.html", {"version": version})


@login_not_required
@require_POST
def follow(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """From the receipt of a trial to its case, without a code: none leaves for a trial. Or 404 for a real request."""
    case = access.filed(token)
    if not case.is_trial:
        raise Http404
    access.grant(request.session, case)
    return redirect("requests:case", case.shown_reference)
