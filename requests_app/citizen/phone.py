"""Prove that one holds a phone: the number, then a one-time code. The pages are the same for an unknown phone."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from arrondissements import limits
from requests_app import access, phone_session, tracking
from requests_app.citizen.fill_in import SeeOther, page
from requests_app.citizen.forms import CodeForm, PhoneForm
from requests_app.citizen.track import ASKED as CASE_ASKED

# Session key: the phone that waits for its code, whether or not it is known, and where to go afterwards.
ASKED = "phone_asked"
TOO_MANY = _("Trop de codes ont été demandés d’ici. Attendez une minute, puis réessayez.")


@login_not_required
@page
def ask(request: HttpRequest) -> HttpResponse:
    """The phone; a code leaves when something is kept under that number."""
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not _allowed(request):
        form.add_error(None, TOO_MANY)
        return _page(request, form, status=429)
    if form.is_valid():
        request.session[ASKED] = {"phone": form.cleaned_data["phone"].as_e164, "next": _next(request)}
        _send(request.session[ASKED]["phone"])
        return SeeOther(reverse("requests:phone-code"))
    return _page(request, form, status=422 if form.errors else 200)


@login_not_required
@page
def code(request: HttpRequest) -> HttpResponse:
    """The one-time code; the right one opens the space of the phone in this browser, for a while."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("requests:phone")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if tracking.redeem_phone_code(asked["phone"], form.cleaned_data["code"]):
            phone_session.remember(request.session, asked["phone"])
            del request.session[ASKED]
            return SeeOther(asked["next"])
        form.add_error("code", gettext("Ce code n’est pas le bon, ou il n’est plus valable."))
    context = {"form": form, "phone": asked["phone"], "again": "encore" in request.GET}
    return render(request, "requests_app/phone_code.html", context, status=422 if form.errors else 200)


@login_not_required
@require_POST
def new_code(request: HttpRequest) -> HttpResponse:
    """Ask for another code; the tries already made still count."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("requests:phone")
    if not _allowed(request):
        messages.error(request, TOO_MANY)
        return SeeOther(reverse("requests:phone-code"))
    _send(asked["phone"])
    return SeeOther(reverse("requests:phone-code") + "?encore=1")


@login_not_required
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Forget the phone and the requests opened in this browser: the next person finds nothing."""
    phone_session.forget(request.session, ASKED, CASE_ASKED, access.TRACKED)
    messages.success(request, gettext("Ce téléphone est oublié : cet appareil n’ouvre plus vos demandes."))
    return SeeOther(reverse("requests:phone"))


def _send(phone: str) -> None:
    tracking.send_phone_code(phone, language=(get_language() or "fr")[:2], known=access.knows(phone))


def _next(request: HttpRequest) -> str:
    """The page of this very site that asked for the phone; otherwise the space."""
    wanted = request.POST.get(phone_session.NEXT) or request.GET.get(phone_session.NEXT, "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("requests:space")


def _allowed(request: HttpRequest) -> bool:
    return limits.allows(
        request,
        "phone-code",
        each=settings.PHONE_CODES_PER_MINUTE,
        together=settings.PHONE_CODES_TOGETHER_PER_MINUTE,
    )


def _page(request: HttpRequest, form: PhoneForm, *, status: int) -> HttpResponse:
    context = {"form": form, "next": _next(request), "minutes": settings.PHONE_SESSION_MINUTES}
    return render(request, "requests_app/phone.html", context, status=status)
