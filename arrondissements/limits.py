"""Comfort limits of public pages: how often one address, and everybody together, may ask in a minute.

When the cache is away the page goes on: what must never give way (one-time codes, logins) is counted in the
database beside what it protects.
"""

import hashlib
import logging
import time

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

log = logging.getLogger("pole.limits")


def allows(request: HttpRequest, what: str, *, each: int, together: int) -> bool:
    """Count one `what`; False when the minute's share of the address or of everybody is used up."""
    minute = int(time.time() // 60)
    try:
        return _within(f"{what}:{minute}:{_address(request)}", each) and _within(f"{what}:{minute}", together)
    except Exception:  # any cache back end, any failure: open
        log.warning("limit.unavailable", exc_info=True)
        return True


def _within(key: str, most: int) -> bool:
    cache = caches["limits"]
    if cache.add(key, 1, timeout=90):
        return True
    try:
        return cache.incr(key) <= most
    except ValueError:  # it left the cache between the two calls
        return True


def _address(request: HttpRequest) -> str:
    """A short-lived digest of the caller's address, which is not kept as such even for a minute."""
    hops = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    address = forwarded[-hops] if 0 < hops <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    return hashlib.blake2s(address.strip().encode(), digest_size=8, key=settings.SECRET_KEY.encode()[:32]).hexdigest()
