"""What every template may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Names and addresses shown on every page."""
    return {"TOWN_HALL": settings.TOWN_HALL, "DEMO": settings.DEMO, "SITE_BASE_URL": settings.SITE_BASE_URL}
