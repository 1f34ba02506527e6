"""What every answer carries, the second factor of the staff, and the screen it locked."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from portal import screen_lock
from portal.lock_views import lock_page

GetResponse = Callable[[HttpRequest], HttpResponse]

# Wagtail 7's admin pages carry inline scripts and styles (wagtail issue 1288).
ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)


class PrivateByDefault:
    """No answer is kept by a cache unless its view says so; the Wagtail admin has its own policy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if request.path.startswith("/admin/"):
            response.headers["Content-Security-Policy"] = ADMIN_POLICY
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


class SecondFactorRequired:
    """No staff page without the second factor; enrolment is forced at the first login.

    Only views marked `second_factor_not_required` (the login's own steps) and public views pass.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        user: Any = request.user  # with `is_verified`, added by django_otp's middleware
        if not getattr(view, "login_required", True) or not user.is_authenticated:
            return None
        if user.is_verified() or getattr(view, "second_factor_not_required", False):
            return None
        return redirect(f"{reverse('staff:second-factor')}?{urlencode({'next': request.get_full_path()})}")


class LockedScreen:
    """A locked session reads its lock page at every address of the staff, and is nobody on the public ones.

    Only views marked `open_while_locked` pass (unlock, leave). Public pages pay nothing until they ask who is there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        user: Any = request.user
        if not getattr(view, "login_required", True):
            request.user = cast(Any, SimpleLazyObject(lambda: _nobody_when_locked(request, user)))
            return None
        if not user.is_authenticated or not user.is_verified() or not screen_lock.is_locked(request):
            return None
        if getattr(view, "open_while_locked", False):
            return None
        return lock_page(request)


def _nobody_when_locked(request: HttpRequest, user: Any) -> Any:
    return AnonymousUser() if user.is_authenticated and screen_lock.LOCKED in request.session else user
