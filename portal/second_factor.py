"""The second factor of the staff: a phone application (TOTP), and recovery codes on paper."""

import base64
import io
import time
from binascii import unhexlify
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.http import urlencode
from django_otp import login as remember_device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from arrondissements import journal
from arrondissements.models import User
from arrondissements.second_factor import DIGITS, WrongCode, verified
from portal import screen_lock

RECOVERY_CODES = 10
SECRET_BYTES = 20  # RFC 4226: as long as the SHA-1 it feeds
ENROLMENT_KEY = "enrolment_key"


class StaffRequest(HttpRequest):
    """A request of somebody who gave at least his password."""

    user: User


def is_verified(request: HttpRequest) -> bool:
    """Whether this session gave its second factor (django-otp puts the answer on the user)."""
    user: Any = request.user
    return bool(user.is_verified())


def is_enrolled(user: User) -> bool:
    """Whether a phone is already bound to this account."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def check(request: StaffRequest, code: str) -> None:
    """Open the session with a code of the phone (six figures) or a recovery code. Raises `WrongCode`."""
    _enter(request, *verified(request.user, code))


def enrolment_secret(request: StaffRequest) -> str:
    """The secret offered to the phone, in hexadecimal.

    It lives in this session until a code confirms it: whoever opened the page before the owner of the
    account knows another secret.
    """
    if ENROLMENT_KEY not in request.session:
        request.session[ENROLMENT_KEY] = random_hex(SECRET_BYTES)
    return str(request.session[ENROLMENT_KEY])


def enrol(request: StaffRequest, code: str) -> list[str]:
    """Bind the phone that made `code` in the place of any other; return fresh recovery codes. Raises `WrongCode`."""
    totp = TOTP(unhexlify(enrolment_secret(request)), drift=0)
    totp.time = time.time()
    code = "".join(code.split())
    if not (code.isascii() and code.isdecimal() and totp.verify(int(code), tolerance=1)):
        raise WrongCode
    with transaction.atomic():
        device = _bind(request.user, request.session.pop(ENROLMENT_KEY), last_step=totp.t())
        codes = _fresh_codes(request.user)
        journal.record("staff.enrolled", obj=f"user:{request.user.pk}", by=request.user)
    _enter(request, device, "phone")
    return codes


def renew_codes(user: User) -> list[str]:
    """Make ten new recovery codes; the old ones no longer open anything."""
    with transaction.atomic():
        codes = _fresh_codes(user)
        journal.record("staff.codes_renewed", obj=f"user:{user.pk}", by=user)
    return codes


def codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return StaticToken.objects.filter(device__user=user).count()


def secret_in_words(secret: str) -> str:
    """The secret as an application asks to type it: base 32 in groups of four."""
    text = base64.b32encode(unhexlify(secret)).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def secret_as_picture(user: User, secret: str) -> str:
    """The QR an authenticator application scans, as a data: address."""
    import qrcode

    issuer = settings.OTP_TOTP_ISSUER
    facts = {
        "secret": secret_in_words(secret).replace(" ", ""),
        "issuer": issuer,
        "digits": str(DIGITS),
        "period": "30",
    }
    label = urlencode({"": f"{issuer}:{user.get_username()}"}).removeprefix("=").replace("+", "%20")
    file = io.BytesIO()
    qrcode.make(f"otpauth://totp/{label}?{urlencode(facts)}", box_size=5).save(file)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _enter(request: StaffRequest, device: Any, factor: str) -> None:
    remember_device(request, device)
    request.session.cycle_key()
    screen_lock.opened(request.session)
    screen_lock.forget_tries(request.user)
    journal.record("staff.login", obj=f"user:{request.user.pk}", by=request.user, details={"factor": factor})


def _bind(user: User, key: str, *, last_step: int) -> TOTPDevice:
    TOTPDevice.objects.filter(user=user).delete()
    # last_t: the code that confirmed the phone does not open a second session.
    return TOTPDevice.objects.create(user=user, name="phone", key=key, confirmed=True, last_t=last_step)


def _fresh_codes(user: User) -> list[str]:
    device, _created = StaticDevice.objects.get_or_create(user=user, name="recovery", defaults={"confirmed": True})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    device.token_set.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]
