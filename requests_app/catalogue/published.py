"""The versions in force and those before, as filing reads them: published, hence frozen by the database, hence kept."""

import time
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import QuerySet
from django.utils import timezone

from requests_app.catalogue.models import Mode, Service, ServiceVersion

KEPT = 300  # seconds; only the name of its service in addresses may change
MOST_TITLES = 2000
_TITLED: dict[int, ServiceVersion] = {}


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


def titled(pks: Iterable[int]) -> dict[int, ServiceVersion]:
    """The versions of these ids with their titles and nothing more, for a list. At most 1 query, none for those known.

    A published title is frozen: what this process read once is kept; a trial's is read each time.
    """
    wanted = set(pks)
    found = {pk: _TITLED[pk] for pk in wanted if pk in _TITLED}
    if missing := wanted - found.keys():
        read = ServiceVersion.objects.only("title_i18n", "published_at").in_bulk(missing)
        found |= read
        if len(_TITLED) < MOST_TITLES:
            _TITLED.update({pk: version for pk, version in read.items() if version.is_published})
    return found


def filed_here() -> QuerySet[Service]:
    """The services one may file today, with their version in force, as the public list orders them."""
    filed = Service.objects.exclude(current=None).exclude(current__mode=Mode.ORIENTATION)
    filed = filed.exclude(retired_on__lt=timezone.localdate())
    return filed.select_related("current").order_by("order", "slug")


def forget() -> None:
    """Read everything again."""
    _read.cache_clear()
    _TITLED.clear()
