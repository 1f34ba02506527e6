"""My data: read it, take it away, erase what the law allows. For whoever proved to hold the phone."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from requests_app import access, drafts, personal_data, phone_session
from requests_app.citizen.fill_in import SeeOther, page
from requests_app.citizen.space import of_the_phone
from requests_app.states import FINAL_STATES, State

PER_PAGE = 5


@of_the_phone
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything kept under this phone, in words. 9 queries at most, whatever the number of requests."""
    cases = access.of_phone(request.session)
    page_obj = Paginator(personal_data.with_all(cases), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "phone": phone_session.verified_phone(request.session),
        "page_obj": page_obj,
        "cases": [personal_data.about(case) for case in page_obj],
        "has_address": cases.exclude(email="").exists(),
    }
    return render(request, "requests_app/my_data.html", context)


@of_the_phone
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a file a program can read."""
    cases = access.of_phone(request.session)
    personal_data.record_reading(cases, "exported")
    rows = personal_data.export(cases, (get_language() or "fr")[:2])
    answer = StreamingHttpResponse(_as_json(rows), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return answer


@of_the_phone
@page
def erase(request: HttpRequest) -> HttpResponse:
    """What is erased at once and what the law keeps, said before; then done."""
    cases = access.of_phone(request.session)
    if request.method == "POST":
        erased = personal_data.erase(cases)
        messages.success(request, _erased_words(erased))
        return SeeOther(reverse("requests:my-data"))
    context = {
        "drafts": cases.filter(state=State.DRAFT).count(),
        "addresses": cases.exclude(email="").count(),
        "open": cases.exclude(state__in=[State.DRAFT, *FINAL_STATES]).count(),
        "ended": cases.filter(state__in=FINAL_STATES).count(),
        "town_hall": settings.TOWN_HALL,
    }
    return render(request, "requests_app/erase.html", context)


@of_the_phone
@require_POST
def erase_addresses(request: HttpRequest) -> HttpResponse:
    """No more e-mails: the address is forgotten in every request of the phone."""
    personal_data.erase_addresses(access.of_phone(request.session))
    messages.success(request, gettext("Votre adresse électronique est effacée. Vous recevez encore nos SMS."))
    return SeeOther(reverse("requests:my-data"))


@of_the_phone
@page
def erase_draft(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """One draft, after a page that says what it means."""
    case = access.own_draft(request.session, token)
    if request.method == "POST":
        drafts.erase(case)
        messages.success(request, gettext("Le brouillon et ses pièces sont effacés."))
        return SeeOther(reverse("requests:space"))
    return render(request, "requests_app/erase_draft.html", {"case": case})


def _as_json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    encoder = DjangoJSONEncoder(ensure_ascii=False, indent=1)
    yield "["
    for rank, row in enumerate(rows):
        yield (",\n" if rank else "\n") + encoder.encode(row)
    yield "\n]\n"


def _erased_words(erased: personal_data.Erased) -> str:
    words = ngettext(
        "%(count)d brouillon effacé.", "%(count)d brouillons effacés.", erased.drafts
    ) % {"count": erased.drafts}  # fmt: skip
    if erased.addresses:
        words += " " + gettext("Votre adresse électronique est effacée de vos demandes.")
    return words
