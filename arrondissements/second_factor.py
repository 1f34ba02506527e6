"""The second factor of a member of staff, asked when he comes in and when he signs: phone (TOTP) or recovery code."""

import time
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from arrondissements.models import User

DIGITS = 6


class WrongCode(Exception):
    """The code does not fit; the message says how long to wait, or is empty."""


def verified(user: User, code: str) -> tuple[Any, str]:
    """The device of `user` that accepts `code`, and which factor it is ("phone", "recovery"). Raises `WrongCode`.

    A code serves once. Each wrong one doubles the wait before the next (django-otp), for the phone and the paper
    apart; the row is locked so that two tries count as two.
    """
    code = "".join(code.split()).replace("-", "").lower()
    kind = TOTPDevice if code.isdecimal() and len(code) == DIGITS else StaticDevice
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        allowed, why = device.verify_is_allowed() if device else (False, None)
        accepted = allowed and device.verify_token(code)
    if not accepted:
        raise WrongCode(_wait(why))
    return device, "phone" if kind is TOTPDevice else "recovery"


def _wait(why: dict[str, Any] | None) -> str:
    if not why or "locked_until" not in why:
        return ""
    seconds = max(1, round(why["locked_until"].timestamp() - time.time()))
    return ngettext(
        "Trop d’essais : attendez %(count)d seconde avant le prochain.",
        "Trop d’essais : attendez %(count)d secondes avant le prochain.",
        seconds,
    ) % {"count": seconds}
