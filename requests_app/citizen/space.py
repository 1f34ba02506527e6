"""The space of a phone: its drafts to take up again, its requests, its documents. No account, no password."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from civil_status.documents.models import Status
from requests_app import access, phone_session
from requests_app.drafts import kept_until
from requests_app.models import ServiceRequest
from requests_app.states import State

PER_PAGE = 20
MOST_DRAFTS = 30
COLUMNS = [
    "token",
    "reference",
    "state",
    "updated_at",
    "submitted_at",
    "due_on",
    "version__title_i18n",
    "version__service__slug",
    "document__status",
]


def of_the_phone(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view to whoever proved to hold a phone; others are asked for it first."""

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not phone_session.verified_phone(request.session):
            return redirect("requests:phone")
        return view(request, *args, **kwargs)

    return opened


@of_the_phone
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Drafts, requests and documents of the phone, newest first. 4 queries, whatever their number."""
    cases = _listed(access.of_phone(request.session))
    filed = cases.exclude(state=State.DRAFT).order_by("-submitted_at", "-pk")
    drafts = list(cases.filter(state=State.DRAFT).order_by("-updated_at", "-pk")[:MOST_DRAFTS])
    context = {
        "phone": phone_session.verified_phone(request.session),
        "drafts": [{"case": case, "last_day": kept_until(case)} for case in drafts],
        "page_obj": Paginator(filed, PER_PAGE).get_page(request.GET.get("page")),
        "documents": filed.filter(state__in=[State.READY, State.DELIVERED], document__status=Status.VALID)[:PER_PAGE],
    }
    return render(request, "requests_app/space.html", context)


def _listed(cases: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """Only what the lists show: a version's form and prose weigh more than all of it."""
    return cases.select_related(None).select_related("version__service", "document").only(*COLUMNS)
