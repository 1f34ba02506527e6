"""The window of a clerk: call the next person, again, say that nobody came or that it is over; the day in figures."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arrondissements.models import User
from requests_app import workflow
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.walk_ins import access
from requests_app.models import Ticket
from requests_app.walk_ins import tickets

WINDOW = "window"
ENDS: dict[str, Callable[..., None]] = {
    "rappeler": tickets.call_again,
    "absent": tickets.no_show,
    "servi": tickets.served,
}


@require_safe
def room(request: StaffRequest, office: str = "") -> HttpResponse:
    """The waiting room as a clerk sees it. 9 queries: session, user, device, postings, whom I serve, figures, who
    waits, menu (2)."""
    desk = Desk(request.user)
    here = access.counter(desk, office)
    context = {
        "desk": desk,
        "office": here,
        "offices": access.counters(desk),
        "window": request.session.get(WINDOW, ""),
        "serving": tickets.called_by(here, request.user),
        "figures": tickets.figures(here),
        "waiting": tickets.today_in(here).filter(state="WAITING").select_related("service__current")[:20],
        "kiosk_key": tickets.kiosk_key(here),
    }
    return show(request, "desk/walk_ins/room.html", context)


@require_POST
def call(request: StaffRequest, office: str) -> HttpResponse:
    """Call the next person to the window named in the form, which is remembered for the day."""
    here = access.counter(Desk(request.user), office)
    window = request.POST.get("window", request.session.get(WINDOW, "")).strip()[: tickets.LONGEST_WINDOW]
    if window:
        request.session[WINDOW] = window
    try:
        ticket = tickets.call_next(here, by=request.user, window=window, after=request.POST.get("serving"))
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if ticket is None:
            messages.info(request, _("Personne n’attend."))
    return redirect("desk:room", here.code)


@require_POST
def end(request: StaffRequest, office: str, act: str) -> HttpResponse:
    """Call again, nobody came, or served: of the number this clerk called."""
    here = access.counter(Desk(request.user), office)
    ticket = _serving(request.user, request.POST.get("ticket", ""))
    if act not in ENDS or ticket.office_id != here.pk:
        raise Http404
    try:
        ENDS[act](ticket, by=request.user)
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:room", here.code)


def _serving(user: User, pk: str) -> Ticket:
    found = Ticket.objects.filter(pk=pk, called_by=user).select_related("office").first() if pk.isdecimal() else None
    if found is None:
        raise Http404
    return found
