"""The code on each document: 16 symbols that open its verification, kept so that a leaked table opens none.

The table holds an HMAC of the code (to find it) and the code encrypted (to print it again); both keys
derive from `DOCUMENT_CODE_KEY`, which is not in the database.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from arrondissements.codes import MalformedCode, clean_code, new_code, show_code

SYMBOLS = 16


def new_document_code() -> str:
    """A random code (74 bits and a check symbol)."""
    return new_code(SYMBOLS)


def read_document_code(text: str) -> str:
    """The canonical code somebody typed or scanned. Raises `MalformedCode` before any query."""
    return clean_code(text[:64], SYMBOLS)


def shown(code: str) -> str:
    """The code as printed: XXXX-XXXX-XXXX-XXXX."""
    return show_code(code)


def index_of(code: str) -> str:
    """What the table is searched by: 128 bits of HMAC-SHA256, in hexadecimal."""
    return hmac.digest(_derived(settings.DOCUMENT_CODE_KEY, b"index"), code.encode(), "sha256").hex()[:32]


def lock(code: str) -> str:
    """The code encrypted for the table."""
    return _fernet().encrypt(code.encode()).decode()


def unlock(locked: str) -> str:
    """The code of a row, to print it. Raises `cryptography.fernet.InvalidToken` under another key."""
    return _fernet().decrypt(locked.encode()).decode()


def salted_digest(code: str, canonical: str) -> bytes:
    """Claim 13: 16 bytes tying the seal to everything printed; the code, known from the paper only, is the salt."""
    return hashlib.sha256(code.encode() + b"\0" + canonical.encode()).digest()[:16]


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(settings.DOCUMENT_CODE_KEY, b"code")))


@lru_cache
def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"pole-cotonou/documents/" + purpose).derive(secret.encode())


__all__ = [
    "SYMBOLS",
    "MalformedCode",
    "index_of",
    "lock",
    "new_document_code",
    "read_document_code",
    "salted_digest",
    "shown",
    "unlock",
]
