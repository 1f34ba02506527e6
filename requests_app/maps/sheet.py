"""A sheet of the map: where it is, what it shows, where a click falls; and the picture of it, small and self-made."""

import io
import math
from dataclasses import dataclass, replace
from typing import Self

from django.conf import settings
from django.utils.translation import gettext
from PIL import Image, ImageDraw

from requests_app.catalogue.field_types.places import BENIN
from requests_app.maps import tiles

SIDE = 288  # pixels: all of it on a screen of 320
ZOOMS = (8, 18)
STEP = 0.6  # of a sheet, at each move
# Where somebody who gave no point begins: the point of the help of the question, in Cotonou.
COTONOU = (6.3703, 2.3912)
FIRST_ZOOM, CLOSE_ZOOM = 13, 16
LARGEST = 24_000  # bytes of the picture
COLOURS = (64, 32, 16)
QUALITIES = (60, 45, 30, 15)
GROUND, LINES = (238, 238, 234), (205, 205, 200)
INK, HALO = (176, 32, 32), (255, 255, 255)
Point = tuple[float, float]
MOVES = {"north": (0, -1), "south": (0, 1), "east": (1, 0), "west": (-1, 0)}


@dataclass(frozen=True)
class Sheet:
    """A square of the map around `centre` (latitude, longitude), with the chosen `mark`; always within the country."""

    centre: Point
    zoom: int
    mark: Point | None = None

    @classmethod
    def around(cls, mark: Point | None) -> Self:
        """The first sheet somebody sees: close to the point already given, or the town."""
        return cls(mark or COTONOU, CLOSE_ZOOM if mark else FIRST_ZOOM, mark).bounded()

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The sheet that `written` wrote, or None when it is no sheet."""
        try:
            zoom, *numbers = text[:120].split(" ")
            values = [float(number) for number in numbers]
        except ValueError:
            return None
        if not (zoom.isascii() and zoom.isdecimal() and len(values) in (2, 4) and all(map(math.isfinite, values))):
            return None
        mark = (values[2], values[3]) if len(values) == 4 else None
        return cls((values[0], values[1]), int(zoom), mark).bounded()

    def written(self) -> str:
        """What the page keeps of it in a hidden input."""
        return " ".join([str(self.zoom), *(f"{number:.6f}" for number in (*self.centre, *(self.mark or ())))])

    def bounded(self) -> Self:
        """The same within the country and the zooms that are drawn."""
        zoom = min(max(self.zoom, ZOOMS[0]), ZOOMS[1])
        return replace(self, centre=_within(self.centre), zoom=zoom, mark=_within(self.mark) if self.mark else None)

    def moved(self, way: str) -> Self:
        """Farther north, south, east or west."""
        right, down = MOVES[way]
        x, y = _pixel(self.centre, self.zoom)
        return replace(self, centre=_place(x + right * SIDE * STEP, y + down * SIDE * STEP, self.zoom)).bounded()

    def zoomed(self, by: int) -> Self:
        """Closer or farther, around the mark when it is on the sheet."""
        return replace(
            self, zoom=self.zoom + by, centre=self.mark if self.shows_mark and self.mark else self.centre
        ).bounded()

    def clicked(self, x: int, y: int) -> Self:
        """With the mark where somebody clicked, in pixels from the corner; a key pressed on it (0, 0) is the middle."""
        if (x, y) == (0, 0):
            return replace(self, mark=self.centre)
        left, top = self.corner()
        spot = _place(left + min(max(x, 0), SIDE), top + min(max(y, 0), SIDE), self.zoom)
        return replace(self, mark=spot).bounded()

    @property
    def shows_mark(self) -> bool:
        return self.mark is not None and all(0 <= part <= SIDE for part in self.on_sheet(self.mark))

    @property
    def at_closest(self) -> bool:
        return self.zoom == ZOOMS[1]

    @property
    def at_farthest(self) -> bool:
        return self.zoom == ZOOMS[0]

    def corner(self) -> Point:
        """Its north-west corner, in pixels of the world."""
        x, y = _pixel(self.centre, self.zoom)
        return round(x - SIDE / 2), round(y - SIDE / 2)

    def on_sheet(self, place: Point) -> Point:
        """Where a place falls, in pixels from the corner."""
        (left, top), (x, y) = self.corner(), _pixel(place, self.zoom)
        return x - left, y - top


def attribution() -> str:
    """What is said under every map: what the licence of the tiles wants, or that it is not known yet."""
    return settings.MAP_ATTRIBUTION or gettext("Source de la carte : à confirmer")


@dataclass(frozen=True)
class Picture:
    """A drawn sheet; `missing` says which part of its tiles did not come, 0 to 1."""

    bytes: bytes
    media_type: str
    missing: float


def picture(sheet: Sheet) -> Picture:
    """Draw a sheet with its mark; a tile that did not come is an empty square."""
    left, top = map(int, sheet.corner())
    side, most = tiles.SIDE, 2**sheet.zoom
    wanted = [
        (sheet.zoom, column, row)
        for column in range(left // side, (left + SIDE - 1) // side + 1)
        for row in range(top // side, (top + SIDE - 1) // side + 1)
        if 0 <= column < most and 0 <= row < most
    ]
    came = tiles.pictures(wanted)
    drawn = Image.new("RGB", (SIDE, SIDE), GROUND)
    pen = ImageDraw.Draw(drawn)
    for tile in wanted:
        corner = tile[1] * side - left, tile[2] * side - top
        if tile in came:
            drawn.paste(came[tile], corner)
        else:
            pen.rectangle((*corner, corner[0] + side, corner[1] + side), outline=LINES)
    _draw_middle(pen)
    if sheet.mark and sheet.shows_mark:
        _draw_mark(pen, *sheet.on_sheet(sheet.mark))
    raw, media_type = _small(drawn)
    return Picture(raw, media_type, 1 - len(came) / len(wanted))


def _draw_middle(pen: ImageDraw.ImageDraw) -> None:
    """A light cross: where the key "Entrée" points."""
    middle = SIDE // 2
    for width, colour in ((3, HALO), (1, (60, 60, 60))):
        pen.line((middle - 7, middle, middle + 7, middle), fill=colour, width=width)
        pen.line((middle, middle - 7, middle, middle + 7), fill=colour, width=width)


def _draw_mark(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    """A pin whose tip is the point."""
    for grow, colour in ((2, HALO), (0, INK)):
        pen.polygon([(x, y + grow), (x - 7 - grow, y - 16), (x + 7 + grow, y - 16)], fill=colour)
        pen.ellipse((x - 9 - grow, y - 28 - grow, x + 9 + grow, y - 10 + grow), fill=colour)
    pen.ellipse((x - 4, y - 23, x + 4, y - 15), fill=HALO)


def _small(drawn: Image.Image) -> tuple[bytes, str]:
    """The best picture that is light enough: few colours first, as maps are drawn, then a JPEG."""
    for colours in COLOURS:
        out = io.BytesIO()
        drawn.quantize(colours).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            return out.getvalue(), "image/png"
    for quality in QUALITIES:
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= LARGEST:
            break
    return out.getvalue(), "image/jpeg"


def _within(place: Point) -> Point:
    (south, north), (west, east) = BENIN["lat"], BENIN["lng"]
    return round(min(max(place[0], south), north), 6), round(min(max(place[1], west), east), 6)


def _pixel(place: Point, zoom: int) -> Point:
    """Pixels of the world at this zoom, from its north-west corner (web Mercator)."""
    world = tiles.SIDE * 2**zoom
    latitude = math.radians(place[0])
    return (place[1] + 180) / 360 * world, (1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * world


def _place(x: float, y: float, zoom: int) -> Point:
    world = tiles.SIDE * 2**zoom
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / world)))), x / world * 360 - 180
