"""CTN1, the seal inside the QR: claims signed once, read by any phone without asking the registry.

`HTTPS://<HOST>/V/<CODE>#<Base41(COSE_Sign1)>`. The format is frozen: paper outlives programs. COSE_Sign1 untagged,
ES256, deterministic signature (RFC 6979); protected header {alg, kid}; the code is bound as external data.
Claims are canonical CBOR with integer keys: 0 type, 1 number, 2 issue day and 3 last valid day (days since 1900-01-01),
4 issuing arrondissement (0 central), 5 surname, 6 given names, 7 birth day or negative birth year, 8 birth place,
9 sex (1 M, 2 F: ISO 5218), 10 and 11 parents or spouses, 12 act reference, 13 digest of all that is printed,
14 a free line. Never a personal number, a phone or an address.
"""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.conf import settings

from civil_status.documents import base41, qr
from civil_status.documents.content import DocumentContent
from civil_status.documents.kinds import seal_type

EPOCH = datetime.date(1900, 1, 1)
ALG, KID, ES256 = 1, 4, -7
TYPE, NUMBER, ISSUED, LAST_DAY, OFFICE, SURNAME, GIVEN_NAMES, BIRTH, BIRTH_PLACE, SEX = range(10)
PARENT_1, PARENT_2, ACT, DIGEST, ESSENTIAL = range(10, 15)
SEX_CODES = {"M": 1, "F": 2}
COMFORTABLE_VERSION, LARGEST_VERSION = 13, 15
Claims = dict[int, Any]
Lighten = Callable[[Claims], Claims]


class Altered(Exception):
    """The seal's bytes do not belong together: not a seal, another code, another key or changed claims."""


@dataclass(frozen=True)
class Seal:
    """A seal read from bytes, its signature not yet checked."""

    protected: bytes
    payload: bytes
    signature: bytes
    kid: str


def sign(claims: Claims, *, code: str, key: ec.EllipticCurvePrivateKey, kid: str) -> bytes:
    """Return the COSE_Sign1 bytes of `claims` for the document that bears `code`."""
    protected = cbor2.dumps({ALG: ES256, KID: bytes.fromhex(kid)}, canonical=True)
    payload = cbor2.dumps(claims, canonical=True)
    to_sign = _to_be_signed(protected, payload, code)
    r, s = decode_dss_signature(key.sign(to_sign, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return cbor2.dumps([protected, {}, payload, r.to_bytes(32, "big") + s.to_bytes(32, "big")], canonical=True)


def read(data: bytes) -> Seal:
    """Take a seal apart without trusting it. Raises `Altered` when it is not one."""
    try:
        protected, unprotected, payload, signature = cbor2.loads(data)
        header = cbor2.loads(protected)
        kid = header[KID]
        well_formed = unprotected == {} and header == {ALG: ES256, KID: kid} and len(signature) == 64 and len(kid) == 4
        if not well_formed or cbor2.dumps([protected, {}, payload, signature], canonical=True) != data:
            raise Altered
        return Seal(protected, payload, signature, kid.hex())
    except (cbor2.CBORDecodeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Altered from error


def check(data: bytes, *, code: str, key: ec.EllipticCurvePublicKey) -> Claims:
    """Return the claims of a seal that `key` signed for `code`. Raises `Altered` otherwise."""
    seal = read(data)
    r, s = int.from_bytes(seal.signature[:32], "big"), int.from_bytes(seal.signature[32:], "big")
    try:
        key.verify(
            encode_dss_signature(r, s), _to_be_signed(seal.protected, seal.payload, code), ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature as error:
        raise Altered from error
    return cbor2.loads(seal.payload)


def _to_be_signed(protected: bytes, payload: bytes, code: str) -> bytes:
    bound = f"{settings.DOCUMENT_CODE_PREFIX}/doc/1:{code}".encode()
    return cbor2.dumps(["Signature1", protected, bound, payload], canonical=True)


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """The first 4 bytes of the key's COSE thumbprint (RFC 9679), in hexadecimal."""
    point = key.public_numbers()
    required = {1: 2, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    return hashlib.sha256(cbor2.dumps(required, canonical=True)).digest()[:4].hex()


def days(day: datetime.date) -> int:
    """Days since 1900-01-01, as the claims count them."""
    return (day - EPOCH).days


def claims_of(content: DocumentContent, digest: bytes) -> Claims:
    """All that the seal would like to say about this document; `digest` is `document_codes.salted_digest`."""
    draft, holder = content.draft, content.draft.holder
    kind = seal_type(content.kind, draft.template)
    parents = (*draft.parents, "", "")
    claims: Claims = {
        TYPE: kind,
        NUMBER: content.number,
        ISSUED: days(content.issued_on),
        LAST_DAY: days(content.valid_until) if content.valid_until else None,
        OFFICE: content.office_number,
        SURNAME: holder.surname,
        GIVEN_NAMES: holder.given_names,
        BIRTH: days(holder.birth_date) if holder.birth_date else -holder.birth_year if holder.birth_year else None,
        BIRTH_PLACE: holder.birth_place,
        SEX: SEX_CODES.get(holder.sex),
        PARENT_1: parents[0],
        PARENT_2: parents[1],
        ACT: draft.act_reference,
        DIGEST: digest,
        ESSENTIAL: draft.essential or (draft.type_label if kind <= 3 else ""),
    }
    return {claim: value for claim, value in claims.items() if value not in (None, "")}


def address(site: str, code: str) -> str:
    """What the QR opens, without the seal: upper case, so that it packs as alphanumeric."""
    return f"{site}/V/{code}".upper()


def segments(site: str, code: str, seal: bytes) -> list[str]:
    """The three segments of the QR: address (alphanumeric), # (byte), Base41 seal (alphanumeric)."""
    return [address(site, code), "#", base41.encode(seal)]


def seal_content(
    content: DocumentContent, *, digest: bytes, code: str, key: ec.EllipticCurvePrivateKey, kid: str
) -> bytes:
    """Seal `content`, giving up the least useful claims first so that the QR stays easy to scan.

    Above version 13 the digest goes, then the parents' names shorten; above version 15 the remaining
    long lines are cut, the surname last: a seal always fits.
    """
    claims = claims_of(content, digest)
    for version, lighten in _LIGHTER:
        data = sign(claims, code=code, key=key, kid=kid)
        if qr.fits(segments(content.site, code, data), version):
            return data
        claims = lighten(claims)
    return sign(claims, code=code, key=key, kid=kid)


def _without(*keys: int) -> Lighten:
    return lambda claims: {key: value for key, value in claims.items() if key not in keys}


def _shortened(length: int, *keys: int) -> Lighten:
    return lambda claims: {key: value[:length] if key in keys else value for key, value in claims.items()}


_LIGHTER: list[tuple[int, Lighten]] = [
    (COMFORTABLE_VERSION, _without(DIGEST)),
    (COMFORTABLE_VERSION, _shortened(24, PARENT_1, PARENT_2)),
    (LARGEST_VERSION, _without(PARENT_1, PARENT_2)),
    (LARGEST_VERSION, _shortened(40, ESSENTIAL, BIRTH_PLACE, ACT)),
    (LARGEST_VERSION, _shortened(40, GIVEN_NAMES)),
    (LARGEST_VERSION, _without(ESSENTIAL, BIRTH_PLACE, ACT)),
    (LARGEST_VERSION, _shortened(40, SURNAME)),
]
