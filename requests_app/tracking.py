"""One-time codes: six figures, ten minutes, once, five tries; asking again resets nothing.

The limits are single UPDATE statements on the one row of the case or of the phone, so that two answers at
once count as two, and a database that is away opens nothing. A code says what it is for: the one that lets
a relay agent file does not open the citizen's space.
"""

import datetime
import secrets

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from requests_app.messaging import notices
from requests_app.models import OneTimeCode, PhoneCode, ServiceRequest, TrackingCode

FIGURES = 6
SPACE = "space"


def send_code(case: ServiceRequest, *, phone: str = "") -> bool:
    """Send a new code for a case to `phone`, or to all it tells; False when the hour's share is used up."""
    code = new_code()
    digest = digest_of(case, code)
    with transaction.atomic():
        TrackingCode.objects.bulk_create([TrackingCode(case=case)], ignore_conflicts=True)
        sent = _renewed(TrackingCode.objects.filter(pk=case.pk), digest)
        if sent:
            phones = [phone] if phone else None
            notices.tell(case, "code", key=f"code:{case.pk}:{digest[:24]}", phones=phones, code=code)
    return sent


def redeem(case: ServiceRequest, code: str) -> bool:
    """Use the code of a case: true once. The try is counted before it is judged."""
    return _used(TrackingCode.objects.filter(pk=case.pk), digest_of(case, code))


def send_phone_code(
    phone: str, *, language: str, known: bool, purpose: str = SPACE, event: str = "phone_code", **context: object
) -> bool:
    """Send a code to a phone (+229…), in the words of `event`; False when the hour's share is used up.

    A phone that is not `known` is counted all the same, takes as long, and receives nothing.
    """
    code = new_code()
    digest = phone_digest_of(phone, code, purpose)
    with transaction.atomic():
        sent = _renewed(_row_of(phone), digest)
        if sent and known:
            key = f"phone-code:{digest[:24]}"
            notices.tell_phone(phone, event, language=language, key=key, code=code, **context)
    return sent


def redeem_phone_code(phone: str, code: str, *, purpose: str = SPACE) -> bool:
    """Use the code of a phone: true once, and for what it was sent for."""
    return _used(PhoneCode.objects.filter(pk=phone), phone_digest_of(phone, code, purpose))


def forget_old() -> int:
    """The chore: forget the phones whose hour has passed since a day; known or not, nothing is kept of them."""
    passed = PhoneCode.objects.filter(window_from__lt=timezone.now() - datetime.timedelta(days=1))
    return passed.delete()[0]


def new_code() -> str:
    return f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"


def digest_of(case: ServiceRequest, code: str) -> str:
    """What is stored of a code: keyed, so that a leaked table of six-figure codes tells nothing."""
    return salted_hmac("requests_app.tracking", f"{case.pk}:{code}", algorithm="sha256").hexdigest()


def phone_digest_of(phone: str, code: str, purpose: str) -> str:
    """What is stored of the code of a phone."""
    return salted_hmac("requests_app.tracking.phone", f"{purpose}:{phone}:{code}", algorithm="sha256").hexdigest()


def _row_of(phone: str) -> QuerySet[PhoneCode]:
    PhoneCode.objects.bulk_create([PhoneCode(phone=phone)], ignore_conflicts=True)
    return PhoneCode.objects.filter(pk=phone)


def _renewed(row: QuerySet, digest: str) -> bool:
    """Whether the row took a new code: the share of the hour was not used up."""
    now = timezone.now()
    row.filter(window_from__lte=now - OneTimeCode.WINDOW).update(window_from=now, tries=0, sends=0)
    sendable = row.filter(sends__lt=OneTimeCode.MOST_SENDS, tries__lt=OneTimeCode.MOST_TRIES)
    return bool(sendable.update(digest=digest, expires_at=now + OneTimeCode.LIFETIME, sends=F("sends") + 1))


def _used(row: QuerySet, digest: str) -> bool:
    """Whether `digest` was the code, used now. The try is counted before it is judged."""
    if not row.filter(tries__lt=OneTimeCode.MOST_TRIES).update(tries=F("tries") + 1):
        return False
    right = row.filter(digest=digest, expires_at__gt=timezone.now())
    return bool(right.update(digest="", expires_at=None))
