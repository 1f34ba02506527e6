"""The QR symbol: one segment per part, level M, a fixed mask, 4 pixels per module.

One pixel per module cannot be read back from a scan at 150 dpi. A fixed mask saves `qrcode` from trying all eight,
which is most of its time; no reader minds.
"""

import base64
import io
import re

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData, mode_sizes_for_version

MASK = 3
QUIET_ZONE = 4
PIXELS_PER_MODULE = 4
LARGEST_VERSION = 40
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")


def version_for(segments: list[str]) -> int:
    """The smallest QR version (its size: 17 + 4 × version modules) that holds `segments` at level M.

    Raises `ValueError` when none does.
    """
    for version in range(1, LARGEST_VERSION + 1):
        if fits(segments, version):
            return version
    raise ValueError("too long for a QR code")


def fits(segments: list[str], version: int) -> bool:
    """Whether `version` holds `segments` at level M."""
    return _bits(segments, version) <= BIT_LIMIT_TABLE[ERROR_CORRECT_M][version]


def _bits(segments: list[str], version: int) -> int:
    counts = mode_sizes_for_version(version)
    return sum(4 + counts[mode] + _body_bits(mode, len(text)) for mode, text in _modes(segments))


def _modes(segments: list[str]) -> list[tuple[int, str]]:
    return [(MODE_ALPHA_NUM if _ALPHANUMERIC.fullmatch(text) else MODE_8BIT_BYTE, text) for text in segments]


def _body_bits(mode: int, length: int) -> int:
    return 8 * length if mode == MODE_8BIT_BYTE else 11 * (length // 2) + 6 * (length % 2)


def png(segments: list[str]) -> bytes:
    """A 1-bit PNG of the symbol, its quiet zone inside. The same segments give the same bytes."""
    code = QRCode(version_for(segments), ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    for mode, text in _modes(segments):
        code.add_data(QRData(text.encode(), mode=mode, check_data=False))
    code.make(fit=False)
    side = code.modules_count
    dark = Image.frombytes("L", (side, side), bytes(0 if module else 255 for row in code.modules for module in row))
    framed = Image.new("L", (side + 2 * QUIET_ZONE,) * 2, 255)
    framed.paste(dark, (QUIET_ZONE, QUIET_ZONE))
    pixels = framed.width * PIXELS_PER_MODULE
    out = io.BytesIO()
    framed.resize((pixels, pixels), Image.Resampling.NEAREST).convert("1").save(out, "PNG")
    return out.getvalue()


def data_uri(segments: list[str]) -> str:
    """The PNG as a `data:` address, the only kind the rendering may fetch besides its own assets."""
    return "data:image/png;base64," + base64.b64encode(png(segments)).decode()
