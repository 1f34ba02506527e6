"""What several tests of the desk say."""

import base64
import io
import re

from django_otp.oath import totp
from PIL import Image

from tests.cast import TOTP_KEY

EVERYBODY = [
    "sena", "other_clerk", "mahugnon", "fifame", "rekia", "codjo", "afiavi", "koffi", "secretary", "ines",
]  # fmt: skip


def code_now():
    """The six digits that the phone of whoever `signed_in` let in shows now."""
    return f"{totp(TOTP_KEY):06d}"


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def drawn_signature():
    """What the signature drawn on the screen sends: a picture in a `data:` address."""
    out = io.BytesIO()
    Image.new("RGB", (600, 240), "white").save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def read_by(client, case, reason="check"):
    """The page of a case that is not on one's desk, once the reason was given."""
    client.post(f"/agent/demande/{case.reference}/ouvrir/", {"reason": reason})
    return client.get(f"/agent/demande/{case.reference}/")
