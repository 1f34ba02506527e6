"""The door of the staff: password, second factor, enrolment, recovery codes, way out."""

from collections.abc import Callable
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from arrondissements import journal
from arrondissements.models import User
from portal import screen_lock, second_factor
from portal.demo import people
from portal.lock_views import while_locked
from portal.second_factor import StaffRequest
from portal.staff_forms import CodeForm, ConfirmPhoneForm, OwnPasswordForm, PasswordForm
from requests_app.desk.desk import Desk

View = Callable[..., HttpResponse]
get_or_post = require_http_methods(["GET", "POST"])


def before_the_second_factor(view: View) -> View:
    """Mark a view that a password alone opens: the steps of the login itself."""
    view.second_factor_not_required = True  # type: ignore[attr-defined]
    return view


@login_not_required
@sensitive_post_parameters("password")
@get_or_post
def login(request: HttpRequest) -> HttpResponse:
    """Name and password. An account is locked for a while after too many wrong ones (axes)."""
    if request.user.is_authenticated and second_factor.is_verified(request):
        return redirect(_next(request))
    form = PasswordForm(request, request.POST or None)
    locked_before = request.method == "POST" and _is_locked(request)
    if request.method == "POST" and form.is_valid():
        screen_lock.leave(request, coming=form.get_user())
        open_session(request, form.get_user())
        return _redirect_keeping_next(request, "staff:second-factor")
    if not locked_before and getattr(request, "axes_locked_out", False):
        _record_lock(request)
    return render(request, "staff/login.html", {"form": form, "next": _next(request)})


@before_the_second_factor
@sensitive_post_parameters("code")
@get_or_post
def second_factor_code(request: StaffRequest) -> HttpResponse:
    """The code of the phone or a recovery code; whoever has no phone bound yet is sent to enrol."""
    if second_factor.is_verified(request):
        return redirect(_next(request))
    if not second_factor.is_enrolled(request.user):
        return _redirect_keeping_next(request, "staff:enrol")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            second_factor.check(request, form.cleaned_data["code"])
            return redirect(_next(request))
        except second_factor.WrongCode as wrong:
            form.add_error("code", str(wrong) or _("Ce code n’est pas le bon. Attendez le suivant et réessayez."))
    context = {
        "form": form,
        "next": _next(request),
        "demo_code": people.code_now(request.user) if settings.DEMO else "",
    }
    return render(request, "staff/second_factor.html", context)


@before_the_second_factor
@sensitive_post_parameters("code", "password")
@get_or_post
def enrol(request: StaffRequest) -> HttpResponse:
    """Bind a phone; a bound account needs its second factor (and its password) to change phone."""
    replacing = second_factor.is_enrolled(request.user)
    if replacing and not second_factor.is_verified(request):
        return _redirect_keeping_next(request, "staff:second-factor")
    form = ConfirmPhoneForm(request.POST or None, user=request.user, replacing=replacing)
    if form.is_valid():
        try:
            codes = second_factor.enrol(request, form.cleaned_data["code"])
            return render(request, "staff/codes_shown.html", {"codes": codes, "next": _next(request)})
        except second_factor.WrongCode:
            form.add_error("code", _("Ce code ne correspond pas. Vérifiez l’heure du téléphone, puis réessayez."))
    secret = second_factor.enrolment_secret(request)
    context = {
        "form": form,
        "next": _next(request),
        "replacing": replacing,
        "picture": second_factor.secret_as_picture(request.user, secret),
        "secret": second_factor.secret_in_words(secret),
    }
    return render(request, "staff/enrol.html", context)


@sensitive_post_parameters("password")
@get_or_post
def recovery_codes(request: StaffRequest) -> HttpResponse:
    """How many recovery codes are left; new ones against the password, shown once."""
    form = OwnPasswordForm(request.POST or None, user=request.user)
    if form.is_valid():
        codes = second_factor.renew_codes(request.user)
        return render(request, "staff/codes_shown.html", {"codes": codes, "next": _next(request)})
    return render(request, "staff/recovery_codes.html", _account(request, form))


def _account(request: StaffRequest, form: OwnPasswordForm) -> dict[str, Any]:
    return {"form": form, "left": second_factor.codes_left(request.user), "desk": Desk(request.user)}


@while_locked
@before_the_second_factor
@require_POST
def logout(request: StaffRequest) -> HttpResponse:
    """Close the session."""
    close_session(request)
    messages.success(request, _("Vous êtes déconnecté. À bientôt."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this very site, otherwise the queue."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _redirect_keeping_next(request: HttpRequest, name: str) -> HttpResponse:
    return redirect(f"{resolve_url(name)}?{urlencode({'next': _next(request)})}")


def _is_locked(request: HttpRequest) -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": request.POST.get("username", "")})


def _record_lock(request: HttpRequest) -> None:
    """One line when the account gets locked; a name that is nobody's leaves none."""
    user = User.objects.filter(username=request.POST.get("username", "")).first()
    if user:
        journal.record("staff.locked", obj=f"user:{user.pk}", by=None)
