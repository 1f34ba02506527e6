"""One-time codes: six figures, ten minutes, once, five tries; asking again resets nothing.

The limits are single UPDATE statements on the one row of the case, so that two answers at once count
as two, and a database that is away opens nothing.
"""

import secrets

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from requests_app.messaging import notices
from requests_app.models import ServiceRequest, TrackingCode

FIGURES = 6


def send_code(case: ServiceRequest) -> bool:
    """Send a new code for a case by SMS (and e-mail if any); False when the hour's share is used up."""
    code = f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"
    digest = digest_of(case, code)
    now = timezone.now()
    with transaction.atomic():
        TrackingCode.objects.bulk_create([TrackingCode(case=case)], ignore_conflicts=True)
        row = TrackingCode.objects.filter(pk=case.pk)
        row.filter(window_from__lte=now - TrackingCode.WINDOW).update(window_from=now, tries=0, sends=0)
        sendable = row.filter(sends__lt=TrackingCode.MOST_SENDS, tries__lt=TrackingCode.MOST_TRIES)
        sent = sendable.update(digest=digest, expires_at=now + TrackingCode.LIFETIME, sends=F("sends") + 1)
        if sent:
            notices.tell(case, "code", key=f"code:{case.pk}:{digest[:24]}", code=code)
    return bool(sent)


def redeem(case: ServiceRequest, code: str) -> bool:
    """Use the code of a case: true once. The try is counted before it is judged."""
    now = timezone.now()
    row = TrackingCode.objects.filter(pk=case.pk)
    if not row.filter(tries__lt=TrackingCode.MOST_TRIES).update(tries=F("tries") + 1):
        return False
    right = row.filter(digest=digest_of(case, code), expires_at__gt=now)
    return bool(right.update(digest="", expires_at=None))


def digest_of(case: ServiceRequest, code: str) -> str:
    """What is stored of a code: keyed, so that a leaked table of six-figure codes tells nothing."""
    return salted_hmac("requests_app.tracking", f"{case.pk}:{code}", algorithm="sha256").hexdigest()
