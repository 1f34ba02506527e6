"""What every template may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Names and addresses shown on every page."""
    return {
        "TOWN_HALL": settings.TOWN_HALL,
        "DEMO": settings.DEMO,
        "SITE_BASE_URL": settings.SITE_BASE_URL,
        "LOCK_MINUTES": settings.LOCK_AFTER_MINUTES,
        # A page without scripts asks for itself again when its session has locked itself.
        "LOCK_SECONDS": settings.LOCK_AFTER_MINUTES * 60 + 5,
    }
