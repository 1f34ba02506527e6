"""How many codes one address, and everybody together, may look up in a minute.

A comfort limit: when the cache is away, verification goes on (74 random bits are the real protection).
"""

from django.conf import settings
from django.http import HttpRequest

from arrondissements import limits


def may_look_up(request: HttpRequest) -> bool:
    """Count one look-up; False when the minute's share of the address or of everybody is used up."""
    return limits.allows(
        request, "verify", each=settings.VERIFY_PER_MINUTE, together=settings.VERIFY_TOGETHER_PER_MINUTE
    )
