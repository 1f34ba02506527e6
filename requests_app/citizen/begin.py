"""Begin a request, or take up again one that was begun. Nothing is created by a GET."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from requests_app import access, admission, filing, phone_session
from requests_app.catalogue.inputs import phone_in_words
from requests_app.catalogue.models import Service
from requests_app.citizen import journey
from requests_app.citizen.forms import StartForm
from requests_app.states import State
from requests_app.workflow import Refused


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """What one needs, how long it takes, who issues it; the button creates the draft."""
    service = _filed_here(slug)
    known = phone_session.verified_phone(request.session)
    initial = {"phone": phone_in_words(known)} if known else {}
    form = StartForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            case = filing.start(service, language=(get_language() or "fr")[:2], phone=form.phone_given())
        except Refused:
            return _start_page(request, service, form, status=409)
        return redirect("requests:step", case.token, 1)
    typed = request.GET.get("adresse", "")
    if case_address := _address_in(typed):
        return redirect(case_address)
    return _start_page(request, service, form, typed, status=422 if form.errors else 200)


@login_not_required
@require_safe
def resume(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The kept address: the first page that lacks something, or the receipt once it is filed."""
    case = access.started(token)
    if case.state != State.DRAFT:
        return redirect("requests:receipt", token)
    missing = filing.gaps(case)
    return redirect(journey.place_of(case, missing[0]) if missing else journey.address(case, "review"))


def _start_page(
    request: HttpRequest, service: Service, form: StartForm, typed: str = "", *, status: int
) -> HttpResponse:
    """The button goes away when the service may not be begun today, and the page says why."""
    notices = admission.notices(service)
    context = {
        "service": service,
        "version": service.current,
        "typed": typed[:200],
        "form": form,
        "notices": notices,
        "open": not any(notice.stops for notice in notices),
    }
    return render(request, "requests_app/start.html", context, status=status)


def _filed_here(slug: str) -> Service:
    service = get_object_or_404(Service.objects.select_related("current"), slug=slug)
    if service.current is None or not service.current.is_filed_online:
        raise Http404
    service.current.service = service
    return service


def _address_in(typed: str) -> str:
    """The page of the draft whose kept address (or its last part) was pasted; "" when there is none."""
    try:
        token = uuid.UUID(typed.strip().rstrip("/").rsplit("/", 1)[-1])
        return journey.address(access.started(token), "resume")
    except (ValueError, Http404):
        return ""
