"""How many codes one address, and everybody together, may look up in a minute.

A comfort limit: when the cache is away, verification goes on (74 random bits are the real protection).
"""

import hashlib
import logging
import time

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

logger = logging.getLogger("pole.documents")


def may_look_up(request: HttpRequest) -> bool:
    """Count one look-up; False when the minute's share of the address or of everybody is used up."""
    minute = int(time.time() // 60)
    try:
        return _within(f"verify:{minute}:{_address(request)}", settings.VERIFY_PER_MINUTE) and _within(
            f"verify:{minute}", settings.VERIFY_TOGETHER_PER_MINUTE
        )
    except Exception:  # any cache back end, any failure: open
        logger.warning("document.limit_unavailable", exc_info=True)
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
