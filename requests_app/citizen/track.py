"""Find one's request again: reference and phone, then a one-time code. The reference alone shows a word."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from arrondissements.codes import show_code
from requests_app import access, tracking
from requests_app.citizen.fill_in import SeeOther, page
from requests_app.citizen.forms import CodeForm, TrackingForm
from requests_app.models import ServiceRequest

# Session key: what was asked for and waits for its code, whether or not it exists.
ASKED = "tracking_asked"


@login_not_required
@page
def track(request: HttpRequest) -> HttpResponse:
    """The form; with the reference alone, the status word; with the phone, a code leaves if they match."""
    if request.method == "POST":
        return _asked(request, TrackingForm(request.POST))
    if "reference" not in request.GET:
        return _form(request, TrackingForm())
    form = TrackingForm(request.GET)
    if not form.is_valid():
        return _form(request, form, status=404)
    return _status_word(request, form)


@login_not_required
@page
def code(request: HttpRequest) -> HttpResponse:
    """The one-time code; the right one opens the case in this browser."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("requests:track")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        case = access.claimed(**asked)
        if case and tracking.redeem(case, form.cleaned_data["code"]):
            return _opened(request, case)
        form.add_error("code", gettext("Ce code n’est pas le bon, ou il n’est plus valable."))
    context = {"form": form, "reference": show_code(asked["reference"]), "again": "encore" in request.GET}
    return render(request, "requests_app/code.html", context, status=422 if form.errors else 200)


@login_not_required
@require_POST
def new_code(request: HttpRequest) -> HttpResponse:
    """Ask for another code; the tries already made still count."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("requests:track")
    _send(asked)
    return SeeOther(reverse("requests:code") + "?encore=1")


def _asked(request: HttpRequest, form: TrackingForm) -> HttpResponse:
    if not form.is_valid():
        return _form(request, form, status=422)
    reference, phone = form.cleaned_data["reference"], form.cleaned_data["phone"]
    if not phone:
        return SeeOther(f"{reverse('requests:track')}?{urlencode({'reference': show_code(reference)})}")
    request.session[ASKED] = {"reference": reference, "phone": phone.as_e164}
    _send(request.session[ASKED])
    return SeeOther(reverse("requests:code"))


def _send(asked: dict[str, str]) -> None:
    """A code leaves when the reference and the phone go together; the answer is the same when they don't."""
    case = access.claimed(**asked)
    if case:
        tracking.send_code(case, phone=asked["phone"])


def _opened(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    access.grant(request.session, case)
    del request.session[ASKED]
    return SeeOther(reverse("requests:case", args=[case.shown_reference]))


def _status_word(request: HttpRequest, form: TrackingForm) -> HttpResponse:
    reference = form.cleaned_data["reference"]
    try:
        case = access.filed_with(reference)
    except Http404:
        form.add_error("reference", gettext("Aucune demande ne porte ce numéro."))
        return _form(request, form, status=404)
    again = TrackingForm(initial={"reference": case.shown_reference})
    return _form(request, again, case=case)


def _form(
    request: HttpRequest, form: TrackingForm, *, case: ServiceRequest | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "requests_app/track.html", {"form": form, "case": case}, status=status)
