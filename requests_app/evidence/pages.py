"""The pages of a PDF as pictures, for the staff: a paper is looked at, not saved on a shared PC.

Each page is drawn when somebody first asks for it, by a process of its own (`raster`), and kept beside the piece as
private as it is; it goes away with it (`erasing`). The pages of an identity paper are drawn from the marked file.
"""

import io
import subprocess
import sys
from pathlib import Path
from typing import IO

import pikepdf

from civil_status.documents.rendering import write_whole
from requests_app.evidence import watermark
from requests_app.models import Evidence

# Never imported here: the library in C++ is loaded by the other process alone.
RASTER = Path(__file__).with_name("raster.py")
LONGEST_SIDE = 2200  # pixels: A4 at 190 dpi, four times what a screen shows at once
MOST_SECONDS = 15
MOST_BYTES = 12 * 1024 * 1024
# When the drawing changes, so does this number: pages drawn before are drawn again.
DRAWING = 1


class UnreadablePage(Exception):
    """The page cannot be drawn: the file is broken, or asks for more time or memory than a page may."""


def has_pages(evidence: Evidence) -> bool:
    """Whether this piece is shown page by page."""
    return evidence.media_type == "application/pdf"


def page_file(evidence: Evidence, number: int) -> IO[bytes]:
    """The JPEG of page `number` (from 1), for reading; drawn the first time. Raises `UnreadablePage`.

    The pages of a draft are not kept: the mark of its identity papers is yet to get its number.
    """
    if not 1 <= number <= evidence.pages:
        raise UnreadablePage
    if not evidence.case.reference:
        return io.BytesIO(_drawn(evidence, number))
    storage, name = evidence.file.storage, page_name(evidence, number)
    if not storage.exists(name):
        write_whole(storage, name, _drawn(evidence, number))
    file: IO[bytes] = storage.open(name, "rb")
    return file


def page_name(evidence: Evidence, number: int) -> str:
    """Where the picture of a page lies."""
    return f"{evidence.file.name}.page-{DRAWING}-{watermark.DRAWING}-{number}"


def page_names(evidence: Evidence) -> list[str]:
    """Every picture that may lie beside this piece, to be erased with it."""
    return [page_name(evidence, number) for number in range(1, evidence.pages + 1)] if has_pages(evidence) else []


def _drawn(evidence: Evidence, number: int) -> bytes:
    try:
        with watermark.marked_file(evidence) if watermark.concerns(evidence) else evidence.file.open("rb") as file:
            return drawn(file.read(), number)
    except (OSError, pikepdf.PdfError) as fault:  # it is not there, or is too broken to be marked
        raise UnreadablePage from fault


def drawn(pdf: bytes, number: int, *, longest: int = LONGEST_SIDE, seconds: float = MOST_SECONDS) -> bytes:
    """Page `number` of `pdf` as a JPEG, drawn by another process. Raises `UnreadablePage`."""
    # -I: nothing of our environment nor of the folder we stand in reaches it.
    command = [sys.executable, "-I", str(RASTER), str(number), str(longest)]
    try:
        done = subprocess.run(command, input=pdf, capture_output=True, timeout=seconds, check=True, env={})
    except (subprocess.SubprocessError, OSError) as fault:
        raise UnreadablePage from fault
    if not done.stdout.startswith(b"\xff\xd8") or len(done.stdout) > MOST_BYTES:
        raise UnreadablePage
    return done.stdout
