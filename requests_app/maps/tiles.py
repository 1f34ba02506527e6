"""The squares a map is made of, asked of the tile server of the town hall and kept a few days.

Only our server asks, with whole numbers of its own in the address of the settings: nobody else's phone is seen by the
tile server, and no visitor chooses where we ask. A server that is slow, away, sends us elsewhere or sends something
else than a picture is a missing square, and is left in peace for a while.
"""

import http.client
import io
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.cache import caches
from PIL import Image, UnidentifiedImageError

SIDE = 256  # pixels
LARGEST = 300_000  # bytes of one tile
PATIENCE = 2.0  # seconds for one tile, and for whatever a connection waits for
TOGETHER = 4  # tiles asked at once
BLOCK = 16 * 1024
# How long a server that failed is not asked again.
LEFT_IN_PEACE = 20  # seconds
AWAY = "map-away"
FAULTS = (
    OSError,
    http.client.HTTPException,
    urllib.error.URLError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
)

Tile = tuple[int, int, int]
log = logging.getLogger("pole.maps")


class NotATile(ValueError):
    """What came is too long, too slow, or no picture of a tile."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A tile server answers itself: it sends us nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def is_on() -> bool:
    """Whether the town hall has said where its tiles are."""
    return bool(settings.MAP_TILES_URL)


def pictures(wanted: Iterable[Tile]) -> dict[Tile, Image.Image]:
    """The tiles (zoom, column, row) that could be had, those kept here without asking anybody."""
    wanted = list(wanted)
    kept = {tile: raw for tile in wanted if (raw := _cache().get(_key(tile)))}
    asked = [tile for tile in wanted if tile not in kept]
    if asked and not caches["default"].get(AWAY):
        with ThreadPoolExecutor(TOGETHER) as pool:
            came = dict(zip(asked, pool.map(_fetched, asked), strict=True))
        for tile, raw in came.items():
            if raw:
                _cache().set(_key(tile), raw, settings.MAP_TILES_DAYS * 86_400)
        kept |= {tile: raw for tile, raw in came.items() if raw}
        if not any(came.values()):
            caches["default"].set(AWAY, 1, LEFT_IN_PEACE)
    return {tile: Image.open(io.BytesIO(raw)).convert("RGB") for tile, raw in kept.items()}


def _fetched(tile: Tile) -> bytes:
    """The tile as a PNG of ours, or b""."""
    zoom, column, row = tile
    address = settings.MAP_TILES_URL.format(z=zoom, x=column, y=row)
    # Whose portal asks, as tile servers want to know; nothing of who looks.
    headers = {"User-Agent": f"Pole-Cotonou ({settings.SITE_BASE_URL})"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 – http(s), by `Environment.tiles`
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=PATIENCE) as answer:
            return _drawn_again(_read(answer))
    except FAULTS as fault:
        log.warning("map.tile_missing", extra={"reason": type(fault).__name__})
        return b""


def _read(answer: Any) -> bytes:
    """The body, read while there is time. Raises `NotATile`."""
    limit = time.monotonic() + PATIENCE
    body = b""
    while block := answer.read1(BLOCK):
        body += block
        if len(body) > LARGEST or time.monotonic() > limit:
            raise NotATile
    return body


def _drawn_again(body: bytes) -> bytes:
    """A picture of the size of a tile, rebuilt by us. Raises `NotATile` and what Pillow raises."""
    try:
        picture = Image.open(io.BytesIO(body), formats=("PNG", "JPEG", "WEBP"))
    except UnidentifiedImageError:
        raise NotATile from None
    if picture.size != (SIDE, SIDE):
        raise NotATile
    out = io.BytesIO()
    # Few enough colours to keep thousands of them; a map has no more.
    picture.convert("RGB").quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def _cache() -> Any:
    return caches["tiles"]


def _key(tile: Tile) -> str:
    return "-".join(map(str, tile))
