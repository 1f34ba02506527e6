"""What every template may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal import kept_forms


def site(request: HttpRequest) -> dict[str, Any]:
    """Names and addresses shown on every page."""
    return {
        "TOWN_HALL": settings.TOWN_HALL,
        "DEMO": settings.DEMO,
        "SITE_BASE_URL": settings.SITE_BASE_URL,
        "LOCK_MINUTES": settings.LOCK_AFTER_MINUTES,
        # A page without scripts asks for itself again when its session has locked itself.
        "LOCK_SECONDS": settings.LOCK_AFTER_MINUTES * 60 + 5,
        # Asked by the pages of the desk only: a public page reads no session for it.
        "KEPT_FORMS": lambda: kept_forms.has_kept(request.session),
    }
