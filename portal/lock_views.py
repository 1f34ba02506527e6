"""The pages of the locked screen: lock, unlock, choose the digits; and the word that somebody is there."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as close_session
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import kept_forms, screen_lock
from portal.second_factor import StaffRequest
from portal.staff_forms import ChoosePinForm, PinForm
from requests_app.desk.desk import Desk

View = Callable[..., HttpResponse]
LOCKED_STATUS = 423
# How long after the lock the other tabs may still say what was typed in them.
LAST_TABS_SECONDS = 30


def while_locked(view: View) -> View:
    """Mark a view that a locked session may reach."""
    view.open_while_locked = True  # type: ignore[attr-defined]
    return view


@while_locked
@sensitive_post_parameters("kept")
@require_POST
def lock(request: StaffRequest) -> HttpResponse:
    """Lock the screen; the digits lead back to the page one came from, with what was typed there."""
    if screen_lock.LOCKED not in request.session:
        kept_forms.keep(request.session, _next(request), request.POST.get("kept", ""))
    screen_lock.lock(request)
    return redirect_to_lock(request)


@while_locked
@sensitive_post_parameters("kept")
@require_POST
def keep(request: StaffRequest) -> HttpResponse:
    """What was typed in another tab of the screen that was locked just now. Nothing is ever read here."""
    since = int(time.time()) - request.session.get(screen_lock.LOCKED, 0)
    if since <= LAST_TABS_SECONDS:
        kept_forms.keep_beside(request.session, request.POST.get("page", ""), request.POST.get("kept", ""))
    return HttpResponse(status=204)


@require_POST
def kept(request: StaffRequest) -> HttpResponse:
    """What was typed on `page` before the screen was locked, given back once to the person who typed it."""
    return JsonResponse({"forms": kept_forms.give_back(request.session, request.POST.get("page", ""))})


@while_locked
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
def unlock(request: StaffRequest) -> HttpResponse:
    """The lock page: six digits, or another person logs in."""
    if screen_lock.LOCKED not in request.session:
        return redirect(_next(request))
    form = PinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if screen_lock.unlock(request, form.cleaned_data["pin"]):
                return redirect(_next(request))
            form.add_error("pin", _wrong(request))
        except screen_lock.TriesUsedUp:
            return _closed(request)
    return lock_page(request, form, back_to=_next(request))


@sensitive_post_parameters("pin", "again", "password")
@require_http_methods(["GET", "POST"])
def pin(request: StaffRequest) -> HttpResponse:
    """Choose the six digits, against the password, in a session that gave its second factor."""
    form = ChoosePinForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        screen_lock.choose(request.user, form.cleaned_data["pin"])
        messages.success(request, _("Votre code court est enregistré. Il rouvre un écran que vous avez verrouillé."))
        return redirect("desk:queue")
    context = {"form": form, "has_pin": screen_lock.has_pin(request.user), "desk": Desk(request.user)}
    return render(request, "staff/pin.html", context, status=422 if form.errors else 200)


@require_safe
def awake(request: StaffRequest) -> HttpResponse:
    """Nothing to say: the server is there, and somebody is at the screen (`guard.js`)."""
    return HttpResponse(status=204)


def lock_page(request: HttpRequest, form: PinForm | None = None, *, back_to: str = "") -> HttpResponse:
    """What a locked session reads wherever it goes."""
    context = {
        "form": form or PinForm(),
        "has_pin": screen_lock.has_pin(request.user),
        "next": back_to or _here(request),
    }
    return render(request, "staff/screen_locked.html", context, status=LOCKED_STATUS)


def redirect_to_lock(request: HttpRequest) -> HttpResponse:
    """From a press of the button to the lock page, which then is an address one may reload."""
    return redirect(f"{resolve_url('staff:unlock')}?{urlencode({'next': _next(request)})}")


def _wrong(request: StaffRequest) -> str:
    left = screen_lock.tries_left(request.user)
    return ngettext(
        "Ce code n’est pas le bon. Il reste %(left)d essai.",
        "Ce code n’est pas le bon. Il reste %(left)d essais.",
        left,
    ) % {"left": left}


def _closed(request: StaffRequest) -> HttpResponse:
    close_session(request)
    messages.error(request, _("Trop de codes faux : la session est fermée. Entrez avec votre mot de passe."))
    return redirect(settings.LOGIN_URL)


def _here(request: HttpRequest) -> str:
    return request.get_full_path() if request.method == "GET" else resolve_url(settings.LOGIN_REDIRECT_URL)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)
