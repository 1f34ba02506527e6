"""The keys of the seal: created once, current or not on a given day, published for whoever verifies.

The private half is one file per key, readable by the signer alone, under `DOCUMENT_KEY_DIR`; previews never come here.
"""

import base64
import datetime
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from civil_status.documents import base41, seal
from civil_status.documents.kinds import NAMES
from civil_status.documents.models import KeyStatus, SealKey

KEY_LIFE = datetime.timedelta(days=365)
LIST_LIFE = datetime.timedelta(days=7)


class NoCurrentKey(ImproperlyConfigured):
    """There is no key to seal with today; the message says which command creates one."""


@dataclass(frozen=True)
class Signer:
    """A key that may seal, and its identifier."""

    kid: str
    key: ec.EllipticCurvePrivateKey


def current(on: datetime.date) -> Signer:
    """The key that seals documents issued `on`: in service, inside its window, its file present.

    The most recent when two overlap. Raises `NoCurrentKey`.
    """
    for kid in _in_service(on).order_by("-issue_from").values_list("kid", flat=True):
        if (path := key_file(kid)).exists():
            return Signer(kid, _load(path, path.stat().st_mtime_ns))
    raise NoCurrentKey(
        _("Aucune clé de cachet n’est en service : créez-en une avec « manage.py create_seal_key » avant de délivrer.")
    )


def create(issue_from: datetime.date) -> tuple[SealKey, bool]:
    """Make sure a key with its file can seal on `issue_from`; return it and whether it is new.

    The file is on disk before the row exists: a row without its key would stop issuing.
    """
    for row in _in_service(issue_from):
        if key_file(row.kid).exists():
            return row, False
    private = ec.generate_private_key(ec.SECP256R1())
    kid = seal.key_id(private.public_key())
    _write(key_file(kid), private)
    point = private.public_key().public_numbers()
    with transaction.atomic():
        row = SealKey.objects.create(
            kid=kid, x=_b64(point.x), y=_b64(point.y), issue_from=issue_from, issue_to=issue_from + KEY_LIFE
        )
    return row, True


def public_list() -> dict[str, Any]:
    """What `/.well-known/documents/keys.json` publishes: a JWKS with each key's window and state, the types' names."""
    return {
        "valid_until": (timezone.now() + LIST_LIFE).isoformat(timespec="seconds"),
        "bound": f"{settings.DOCUMENT_CODE_PREFIX}/doc/1:",
        "types": {str(number): name for number, name in NAMES.items()},
        "keys": [_jwk(row) for row in SealKey.objects.all()],
    }


def verify_seal(code: str, text: str) -> seal.Claims:
    """Return the claims of a seal read from a QR for `code`.

    Raises `seal.Altered` when the signature is wrong, the key unknown or the day outside what the key may seal.
    """
    try:
        data = base41.decode(text)
    except ValueError as error:
        raise seal.Altered from error
    row = SealKey.objects.filter(kid=seal.read(data).kid).first()
    if row is None:
        raise seal.Altered
    claims = seal.check(data, code=code, key=_public(row))
    if not trusts(row, claims.get(seal.ISSUED)):
        raise seal.Altered
    return claims


def trusts(row: SealKey, issue_day: Any) -> bool:
    """Whether a seal of this key dated `issue_day` (days since 1900-01-01) is to be believed."""
    if not isinstance(issue_day, int) or not seal.days(row.issue_from) <= issue_day <= seal.days(row.issue_to):
        return False
    if row.status != KeyStatus.COMPROMISED:
        return True
    return row.trust_before is not None and issue_day < seal.days(row.trust_before)


def key_file(kid: str) -> Path:
    """Where the private half of a key is."""
    return Path(settings.DOCUMENT_KEY_DIR) / f"{kid}.pem"


def _in_service(on: datetime.date) -> QuerySet[SealKey]:
    return SealKey.objects.filter(status=KeyStatus.ACTIVE, issue_from__lte=on, issue_to__gte=on)


@lru_cache(maxsize=4)
def _load(path: Path, _changed_at: int) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NoCurrentKey(_("Le fichier de la clé de cachet ne contient pas une clé P-256."))
    return key


def _write(path: Path, private: ec.EllipticCurvePrivateKey) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def _public(row: SealKey) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicNumbers(_number(row.x), _number(row.y), ec.SECP256R1()).public_key()


def _jwk(row: SealKey) -> dict[str, Any]:
    return {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
        "kid": row.kid,
        "x": row.x,
        "y": row.y,
        "status": row.status.lower(),
        "issue_from": row.issue_from.isoformat(),
        "issue_to": row.issue_to.isoformat(),
        "trust_before": row.trust_before.isoformat() if row.trust_before else None,
    }


def _b64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "="), "big")
