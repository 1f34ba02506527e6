"""The two public screens of an office: the kiosk that gives a number, and the waiting room that shows who is called.

They say numbers and windows, never a name. Both work without scripts: the server asks the browser to come back.
"""

import itertools
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from arrondissements import limits
from arrondissements.models import Office
from requests_app.catalogue.models import LifeEvent, Service
from requests_app.catalogue.published import filed_here
from requests_app.models import Purpose
from requests_app.walk_ins import tickets

SCREEN_SECONDS, TICKET_SECONDS, KIOSK_SECONDS = 5, 20, 60
EACH_MINUTE, TOGETHER_MINUTE = 20, 600


@login_not_required
@require_safe
def screen(request: HttpRequest, office: str) -> HttpResponse:
    """The waiting room of an office: the last number called, in large, and where to go. 5 queries."""
    here = get_object_or_404(Office, code=office)
    called = tickets.last_called(here)
    waiting = tickets.figures(here).waiting
    context = {
        "office": here,
        "called": called[:1],
        "earlier": called[1:],
        "waiting": waiting,
        "wait": tickets.wait_of(here, waiting),
    }
    return _again(render(request, "desk/walk_ins/screen.html", context), SCREEN_SECONDS)


@login_not_required
@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest, office: str, key: str) -> HttpResponse:
    """Touch what brings you, get a number. The address is the office's own: its key is not guessed."""
    here = _kiosk(office, key)
    if request.method == "POST":
        return _give(request, here, key)
    purpose = request.GET.get("raison", "")
    context = {
        "office": here,
        "key": key,
        "purposes": Purpose.choices,
        "choosing": purpose == Purpose.FILE,
        "groups": _services() if purpose == Purpose.FILE else [],
        "error": "",
    }
    answer = render(request, "desk/walk_ins/kiosk.html", context)
    return _again(answer, KIOSK_SECONDS, request.path) if purpose else answer


@login_not_required
@require_safe
def given(request: HttpRequest, office: str, key: str, number: int) -> HttpResponse:
    """The number just given, to read or to print on 80 mm; the kiosk comes back by itself."""
    here = _kiosk(office, key)
    ticket = get_object_or_404(tickets.today_in(here).select_related("service__current"), number=number)
    ahead = tickets.before(ticket)
    context = {
        "office": here,
        "key": key,
        "ticket": ticket,
        "before": ahead,
        "wait": tickets.wait_of(here, ahead) if ahead else None,
    }
    answer = render(request, "desk/walk_ins/ticket.html", context)
    return _again(answer, TICKET_SECONDS, _address(request, number))


def _give(request: HttpRequest, office: Office, key: str) -> HttpResponse:
    purpose, slug = request.POST.get("raison", ""), request.POST.get("demarche", "")
    if purpose not in Purpose.values:
        raise Http404
    if not limits.allows(request, "kiosk", each=EACH_MINUTE, together=TOGETHER_MINUTE):
        sentence = _("Trop de numéros ont été pris à la fois. Attendez une minute, puis touchez à nouveau.")
        context = {"office": office, "key": key, "purposes": Purpose.choices, "choosing": False, "groups": []}
        return render(request, "desk/walk_ins/kiosk.html", context | {"error": sentence}, status=429)
    service = filed_here().filter(slug=slug).first() if purpose == Purpose.FILE and slug else None
    ticket = tickets.take(office, purpose, service)
    return redirect("hall:given", office.code, key, ticket.number)


def _services() -> list[dict[str, Any]]:
    """The services filed here, by moment of life: a group is a heading with its buttons."""
    services = sorted(filed_here(), key=lambda service: (service.life_event, service.order))
    return [
        {"label": LifeEvent(event).label, "services": list(found)}
        for event, found in itertools.groupby(services, key=_event)
    ]


def _event(service: Service) -> str:
    return service.life_event


def _kiosk(code: str, key: str) -> Office:
    office = get_object_or_404(Office, code=code)
    if not tickets.is_kiosk(office, key):
        raise Http404
    return office


def _again(answer: HttpResponse, seconds: int, address: str = "") -> HttpResponse:
    """Ask the browser to come back after so many seconds, to `address` or to the same page."""
    answer.headers["Refresh"] = f"{seconds}; url={address}" if address else str(seconds)
    return answer


def _address(request: HttpRequest, number: int) -> str:
    return request.path.removesuffix(f"{number}/")
