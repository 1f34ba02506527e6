"""The offices by code, kept a few minutes in this process: filing reads them at every request."""

import time
from functools import lru_cache

from arrondissements.models import Office

KEPT = 300  # seconds


def office_named() -> dict[str, Office]:
    """Every office by its code; a town without offices yet is read again each time."""
    return _read(time.monotonic() // KEPT) or _read.__wrapped__(0)


@lru_cache(maxsize=1)
def _read(_period: float) -> dict[str, Office]:
    return {office.code: office for office in Office.objects.all()}


forget = _read.cache_clear
