"""Charts drawn on the server as SVG, each with the table that says the same: no script, and no colour without words.

A drawing has a title and a description for those who do not see it; its colours are classes of `desk.css`, so that
they follow the light or dark of the screen.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 480  # units of the drawing: a narrow screen shrinks it by a third at most
LABEL, AFTER = 176, 130  # room for the words before and after a bar
ROW = 30
PLOT = 170  # height of a trend
TILE, TILES_A_ROW = 92, 5
# The classes of two or three series, which also differ by their line.
TONES = ("one", "two", "three")
LONGEST_LABEL = 22  # letters

_ids = itertools.count(1)


@dataclass(frozen=True)
class Chart:
    """A drawing and its table. `rows`: the heading of the row, then its cells, as words."""

    title: str
    svg: SafeString
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length, the words at its end, and a tone (good, warn, bad; "" for the usual)."""

    label: str
    value: float
    words: str
    tone: str = ""


@dataclass(frozen=True)
class Tile:
    """One square: a short name, a figure in words, and a level from 0 (nothing to say) to 4 (the best)."""

    name: str
    words: str
    level: int


def bars(title: str, description: str, drawn: Sequence[Bar], headings: Sequence[str]) -> Chart:
    """Bars lying one under the other, from 0."""
    most = max((bar.value for bar in drawn), default=0) or 1
    room = WIDTH - LABEL - AFTER
    parts = format_html_join(
        "",
        '<text class="of-bar" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="bar {}" x="{}" y="{}" width="{}" height="18" rx="3"></rect>'
        '<text class="value" x="{}" y="{}">{}</text>',
        (
            (
                LABEL - 8, i * ROW + 19, shortened(bar.label),
                bar.tone, LABEL, i * ROW + 6, _said(max(room * bar.value / most, 1)),
                _said(LABEL + max(room * bar.value / most, 1) + 6), i * ROW + 19, bar.words,
            )
            for i, bar in enumerate(drawn)
        ),
    )  # fmt: skip
    svg = _drawing(title, description, WIDTH, max(len(drawn), 1) * ROW + 6, parts)
    return Chart(title, svg, headings, [(bar.label, bar.words) for bar in drawn])


def lines(
    title: str, description: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], heading: str
) -> Chart:
    """Up to three lines over the same labels (weeks), each named at its end and drawn in its own way."""
    most = max((value for _name, values in series for value in values), default=0) or 1
    left, right, top = 40, WIDTH - 90, 12
    step = (right - left) / max(len(labels) - 1, 1)

    def place(i: int, value: int) -> tuple[str, str]:
        return _said(left + i * step), _said(top + PLOT - PLOT * value / most)

    parts = [_scale(left, right, top, most), _under(labels, left, step, top + PLOT + 18)]
    ends: list[float] = []
    for tone, (name, values) in zip(TONES, series, strict=False):
        points = [place(i, value) for i, value in enumerate(values)]
        parts.append(
            format_html(
                '<polyline class="line {}" points="{}"></polyline>', tone, " ".join(",".join(p) for p in points)
            )
        )
        parts.append(
            format_html_join("", '<circle class="dot {}" cx="{}" cy="{}" r="3"></circle>', ((tone, *p) for p in points))
        )
        if points:
            y = _apart(float(points[-1][1]), ends)
            parts.append(
                format_html('<text class="name {}" x="{}" y="{}">{}</text>', tone, right + 8, _said(y + 4), name)
            )
    svg = _drawing(title, description, WIDTH, PLOT + top + 30, _joined(parts))
    headings = [heading, *(name for name, _values in series)]
    rows = [(label, *(values[i] for _name, values in series)) for i, label in enumerate(labels)]
    return Chart(title, svg, headings, rows)


def tiles(title: str, description: str, drawn: Sequence[Tile], headings: Sequence[str]) -> Chart:
    """Squares in the order given, a few in a row; the darker, the better, and the figure is written on each."""
    parts = format_html_join(
        "",
        '<rect class="tile level-{}" x="{}" y="{}" width="{}" height="{}" rx="6"></rect>'
        '<text class="tile-name" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="tile-words" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                tile.level, x + 2, y + 2, TILE - 4, TILE - 4,
                x + TILE // 2, y + 38, tile.name, x + TILE // 2, y + 66, tile.words,
            )
            for tile, x, y in (
                (tile, (i % TILES_A_ROW) * TILE, (i // TILES_A_ROW) * TILE) for i, tile in enumerate(drawn)
            )
        ),
    )  # fmt: skip
    height = -(-len(drawn) // TILES_A_ROW) * TILE
    svg = _drawing(title, description, TILES_A_ROW * TILE, height, parts)
    return Chart(title, svg, headings, [(tile.name, tile.words) for tile in drawn])


def shortened(label: str) -> str:
    """The label as it fits before a bar; the table says it whole."""
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def _drawing(title: str, description: str, width: int, height: int, parts: SafeString) -> SafeString:
    number = next(_ids)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="chart-{}-t chart-{}-d">'
        '<title id="chart-{}-t">{}</title><desc id="chart-{}-d">{}</desc>{}</svg>',
        width, height, number, number, number, title, number, description, parts,
    )  # fmt: skip


def _scale(left: int, right: int, top: int, most: int) -> SafeString:
    """Three lines across, with what they stand for."""
    marks = [(top + PLOT, 0), (top + PLOT / 2, most / 2), (top, most)]
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"></line>'
        '<text class="mark" x="{}" y="{}" text-anchor="end">{}</text>',
        ((left, right, _said(y), _said(y), left - 6, _said(y + 4), _said(value)) for y, value in marks),
    )


def _under(labels: Sequence[str], left: int, step: float, y: int) -> SafeString:
    """The labels under a trend: the first, the last, and every third between."""
    kept = [(i, label) for i, label in enumerate(labels) if (len(labels) - 1 - i) % 3 == 0]
    return format_html_join(
        "",
        '<text class="mark" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((_said(left + i * step), y, label) for i, label in kept),
    )


def _apart(y: float, taken: list[float]) -> float:
    """Where a name is written so that it covers no other."""
    while any(abs(y - other) < 16 for other in taken):
        y -= 16
    taken.append(y)
    return y


def _said(number: float) -> str:
    """A number of a drawing, without needless decimals."""
    return f"{number:.1f}".removesuffix(".0")


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
