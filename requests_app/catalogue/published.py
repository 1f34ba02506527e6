"""The versions in force and those before, as filing reads them: published, hence frozen by the database, hence kept."""

import time
from functools import lru_cache

from requests_app.catalogue.models import ServiceVersion

KEPT = 300  # seconds; only the name of its service in addresses may change


def version_with_service(pk: int) -> ServiceVersion:
    """The version of this id with its service. No query when this process read it a few minutes ago.

    Most of a case's row is its version's form and prose: read once here, not at each filing, and shared: nobody
    writes on it. An unpublished version may still change and is read each time. Raises `ServiceVersion.DoesNotExist`.
    """
    version = _read(pk, time.monotonic() // KEPT)
    return version if version.is_published else _read.__wrapped__(pk, 0)


@lru_cache(maxsize=128)
def _read(pk: int, _period: float) -> ServiceVersion:
    return ServiceVersion.objects.select_related("service").get(pk=pk)


forget = _read.cache_clear
