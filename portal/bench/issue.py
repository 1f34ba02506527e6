"""One worker issuing documents: number, seal, journal, commit, then the PDF in the private storage.

The floor is WeasyPrint as one would first write it: the style sheet inside the page, a font of the system, the QR
as SVG from the `qrcode` package, no number, no seal, no database, nothing written. Its page is ready-made.
"""

import base64
import dataclasses
import itertools
import re
import time
from collections.abc import Callable

from django.utils import timezone

from arrondissements.models import Office
from civil_status.documents import document_codes, issuance, rendering, seal
from civil_status.documents.content import DocumentContent
from civil_status.documents.models import IssuedDocument
from civil_status.documents.press import STYLESHEET
from portal.bench import crowd
from portal.bench.results import Result
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale

TARGET = 2.0
SYSTEM_FONT = '"Noto Sans", sans-serif'


def run(scale: Scale, port: int) -> Result:
    """Documents a second by one worker. `port` is that of the site, which has no part in it."""
    draft, office, who = crowd.paper(), Office.objects.get(code=crowd.OFFICE), crowd.registrar()
    ranks = itertools.count(1)

    def issue() -> IssuedDocument:
        holder = dataclasses.replace(draft.holder, given_names=f"{draft.holder.given_names} {next(ranks)}")
        mine = dataclasses.replace(draft, holder=holder)
        document = issuance.issue(mine, kind=crowd.KIND, office=office, signatory=who, on=timezone.localdate())
        rendering.render(document)
        return document

    naive = _naive(issue())
    measured, floors = in_turns(scale.rounds, lambda: _rate(scale, issue), lambda: _rate(scale, naive))
    rendered = IssuedDocument.objects.exclude(file_name="").count()
    return Result(
        name="issue",
        unit="documents/s",
        subject=measured,
        floor=floors,
        target=TARGET,
        facts={"issued and rendered": rendered},
    )


def _rate(scale: Scale, act: Callable[[], object]) -> float:
    """How many times a second `act` is done."""
    start, done = time.perf_counter(), 0
    while done == 0 or time.perf_counter() - start < scale.seconds:
        act()
        done += 1
    return done / (time.perf_counter() - start)


def _naive(document: IssuedDocument) -> Callable[[], bytes]:
    import weasyprint

    page, segments = rendering.issued_html(document), _segments(document)
    style = re.sub(r"@font-face \{.*?\}", "", STYLESHEET.read_text()).replace("Paper", SYSTEM_FONT)
    page = page.replace("</head>", f"<style>{style}</style></head>")

    def print_page() -> bytes:
        html = re.sub(r"data:image/png;base64,[^\"]+", _symbol(segments), page)
        pdf: bytes = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-3a")
        return pdf

    return print_page


def _segments(document: IssuedDocument) -> list[str]:
    site = DocumentContent.from_canonical(document.content).site
    return seal.segments(site, document_codes.unlock(document.code_locked), bytes(document.seal))


def _symbol(segments: list[str]) -> str:
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.image.svg import SvgPathImage
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data("".join(segments))
    code.make(fit=True)
    picture = code.make_image(image_factory=SvgPathImage).to_string()
    return "data:image/svg+xml;base64," + base64.b64encode(picture).decode()
