"""The relay agent's pages. He fills in the citizen's own steps; he sees nothing of the request once it is filed."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from arrondissements.models import RelayAgent, User
from requests_app import filing, relaying, workflow
from requests_app.models import ServiceRequest
from requests_app.relay import access
from requests_app.relay.forms import BeginForm, ConsentForm

PER_PAGE = 20
MOST_DRAFTS = 20


class AgentRequest(HttpRequest):
    """A request of somebody who gave both factors (the middleware sees to it)."""

    user: User


def accredited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the accreditation of today; 404 for anybody else."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def opened(request: AgentRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, access.agent(request.user), *args, **kwargs)

    return opened


@accredited
def home(request: AgentRequest, agent: RelayAgent) -> HttpResponse:
    """Begin for a citizen; what is in hand; what was filed. 5 queries, whatever their number."""
    form = BeginForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect("requests:step", _begun(request.user, form).token, 1)
        except workflow.Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "agent": agent,
        "form": form,
        "drafts": access.drafts(request.user)[:MOST_DRAFTS],
        "page_obj": Paginator(access.filings(request.user), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "relay/home.html", context, status=422 if form.errors else 200)


@accredited
def consent(request: AgentRequest, agent: RelayAgent, token: uuid.UUID) -> HttpResponse:
    """The citizen's accord, once nothing lacks: a code to her phone, which the agent types."""
    case = access.draft(request.user, token)
    if filing.gaps(case):
        messages.error(request, gettext("Il manque encore quelque chose : complétez avant de demander l’accord."))
        return redirect("requests:review", token)
    form = ConsentForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and "code" not in request.POST:
        return _asked(request, case)
    if form.is_valid():
        if relaying.consent(case, form.cleaned_data["code"], by=request.user):
            messages.success(request, gettext("L’accord est enregistré. Relisez avec le citoyen, puis envoyez."))
            return redirect("requests:review", token)
        form.add_error("code", gettext("Ce code n’est pas le bon, ou il n’est plus valable."))
    context = {
        "agent": agent,
        "case": case,
        "form": form,
        "phone": relaying.consenting_phone(case),
        "asked": "envoye" in request.GET or form.is_bound,
    }
    return render(request, "relay/consent.html", context, status=422 if form.errors else 200)


def _begun(user: User, form: BeginForm) -> ServiceRequest:
    language = (get_language() or "fr")[:2]
    phone = form.cleaned_data["phone"].as_e164
    return relaying.begin(form.cleaned_data["service"], by=user, language=language, phone=phone)


def _asked(request: AgentRequest, case: ServiceRequest) -> HttpResponse:
    if not relaying.ask_consent(case, by=request.user):
        messages.error(
            request, gettext("Trois codes par heure au plus pour ce téléphone : attendez, ou allez au bureau.")
        )
    return redirect(f"{request.path}?envoye=1")
