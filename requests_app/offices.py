"""The offices by code, kept a few minutes: filing reads them at every request."""

from django.core.cache import cache

from arrondissements.models import Office

KEPT = 300  # seconds


def office_named() -> dict[str, Office]:
    """Every office by its code."""
    offices: dict[str, Office] | None = cache.get("offices_by_code")
    if not offices:
        offices = {office.code: office for office in Office.objects.all()}
        cache.set("offices_by_code", offices, KEPT)
    return offices
