"""Identity papers as staff see them: across every page, the number of the request and the only use allowed.

A copy that leaves the office says where it comes from. The marked file is made once, beside the original, and goes
away with it; the original never leaves for the desk.
"""

import io
from functools import lru_cache
from pathlib import Path
from typing import IO

import pikepdf
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image, ImageChops, ImageDraw, ImageFont

from civil_status import documents
from civil_status.documents.rendering import write_whole
from requests_app.catalogue.evidence import attachable
from requests_app.models import Evidence

FONT = Path(documents.__file__).parent / "fonts" / "NotoSans-Bold.ttf"
ANGLE = 30  # degrees
# Of the diagonal, between two lines of words and between two repetitions on a line.
LINE_STEP, GAP = 0.11, 0.05
INK = (150, 16, 16)
HALO = (255, 255, 255)  # a step aside, for what is dark
OPACITY = 0.4  # readable over a dark photo and a white page, and lets the paper be read through
JPEG_QUALITY = 80
DRAWN_SIDE = 1600  # pixels
PDF_MARK_SIDE = 1200
# When the drawing changes, so does this number: files marked before are drawn again.
DRAWING = 1


def concerns(evidence: Evidence) -> bool:
    """Whether staff see this file marked: its piece is an identity paper."""
    piece = attachable(evidence.case.version, evidence.piece)
    return bool(piece and piece.get("identity"))


def words_for(reference: str) -> str:
    """What is written across the paper, in French like the papers of the town hall. A draft has no `reference`."""
    with override("fr"):
        if not reference:
            return _("%(town_hall)s – demande non déposée – usage exclusif : instruction de la demande") % {
                "town_hall": settings.TOWN_HALL
            }
        return _("%(town_hall)s – demande %(reference)s – usage exclusif : instruction de la demande") % {
            "town_hall": settings.TOWN_HALL,
            "reference": reference,
        }


def marked_file(evidence: Evidence) -> IO[bytes]:
    """The marked file, for reading; drawn the first time. That of a draft is not kept: its number is yet to come."""
    if not evidence.case.reference:
        return io.BytesIO(_drawn(evidence))
    storage, name = evidence.file.storage, marked_name(evidence)
    if not storage.exists(name):
        write_whole(storage, name, _drawn(evidence))
    file: IO[bytes] = storage.open(name, "rb")
    return file


def marked_name(evidence: Evidence) -> str:
    """Where the marked file lies; erased together with the original (`erasing`)."""
    return f"{evidence.file.name}.marked-{DRAWING}"


def marked(content: bytes, media_type: str, words: str) -> bytes:
    """A picture (JPEG or PNG, of the same kind) or a PDF with `words` across each page."""
    return _marked_pdf(content, words) if media_type == "application/pdf" else _marked_picture(content, words)


def _drawn(evidence: Evidence) -> bytes:
    with evidence.file.open("rb") as original:
        content = original.read()
    return marked(content, evidence.media_type, words_for(evidence.case.shown_reference))


def _marked_picture(content: bytes, words: str) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        kind = image.format or "JPEG"
        paper = image.convert("RGB" if kind == "JPEG" else "RGBA")
    mask = _mask(paper.size, words)
    for colour, shift in ((HALO, max(1, max(paper.size) // 800)), (INK, 0)):
        paper.paste(Image.new(paper.mode, paper.size, colour), mask=ImageChops.offset(mask, shift))
    out = io.BytesIO()
    if kind == "JPEG":
        paper.save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        paper.save(out, kind, compress_level=3)
    return out.getvalue()


def _mask(size: tuple[int, int], words: str) -> Image.Image:
    """Where the ink goes. Drawn no larger than needed, then stretched: ten times cheaper on a large photo."""
    scale = min(1.0, DRAWN_SIDE / max(size))
    drawn = _rows_of_words((max(1, int(size[0] * scale)), max(1, int(size[1] * scale))), words)
    return drawn if drawn.size == size else drawn.resize(size, Image.Resampling.BILINEAR)


def _rows_of_words(size: tuple[int, int], words: str) -> Image.Image:
    """Rows of words on a square that covers the picture, turned, then cut to its size."""
    width, height = size
    side = int((width**2 + height**2) ** 0.5) + 1
    square = Image.new("L", (side, side), 0)
    pen, font = ImageDraw.Draw(square), _font(max(10, int(side * LINE_STEP * 0.3)))
    step, gap = max(24, int(side * LINE_STEP)), int(side * GAP)
    length = int(pen.textlength(words, font=font)) + gap
    for row, top in enumerate(range(0, side, step)):
        for left in range(-(row % 2) * length // 2, side, length):
            pen.text((left, top), words, fill=int(255 * OPACITY), font=font)
    turned = square.rotate(ANGLE, Image.Resampling.BILINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    return turned.crop((left, top, left + width, top + height))


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def _marked_pdf(content: bytes, words: str) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        marks: dict[tuple[int, int], list[pikepdf.Stream]] = {}
        for page in pdf.pages:
            left, bottom, right, top = (float(side) for side in page.mediabox)
            size = (max(1, round(abs(right - left))), max(1, round(abs(top - bottom))))
            if size not in marks:
                marks[size] = _marks(pdf, size, words)
            # Whatever the page did to its own coordinates ends before the mark is laid.
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\nQ")
            for mark, shift in zip(marks[size], (1, 0), strict=True):
                name = page.add_resource(mark, pikepdf.Name.XObject)
                place = b"%d 0 0 %d %.2f %.2f cm" % (*size, min(left, right) + shift, min(bottom, top) - shift)
                page.contents_add(b"q %s %s Do Q" % (place, str(name).encode()))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _marks(pdf: pikepdf.Pdf, size: tuple[int, int], words: str) -> list[pikepdf.Stream]:
    """The words as transparent pictures, halo and ink: no font to embed, nothing to select and delete."""
    scale = PDF_MARK_SIDE / max(size)
    mask = _mask((max(1, int(size[0] * scale)), max(1, int(size[1] * scale))), words)
    alpha = pdf.make_indirect(_stream(pdf, mask.tobytes(), mask.size, pikepdf.Name.DeviceGray))
    marks = [_stream(pdf, bytes(colour), (1, 1), pikepdf.Name.DeviceRGB) for colour in (HALO, INK)]
    for mark in marks:
        mark.SMask = alpha
    return marks


def _stream(pdf: pikepdf.Pdf, pixels: bytes, size: tuple[int, int], colours: pikepdf.Name) -> pikepdf.Stream:
    return pikepdf.Stream(
        pdf,
        pixels,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=colours,
        BitsPerComponent=8,
    )
