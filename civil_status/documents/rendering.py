"""Put documents on paper: the file of an issued document, and the specimen shown before signing."""

import base64
import contextlib
import datetime
import hashlib
import logging
import mimetypes
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dates import MONTHS

from civil_status.documents import document_codes, qr, seal
from civil_status.documents.content import DocumentContent
from civil_status.documents.models import IssuedDocument
from civil_status.documents.press import press

logger = logging.getLogger("pole.documents")
# Written across a paper that is not a document: shown before signing, or given at the end of a trial.
SPECIMEN = "SPÉCIMEN"
TRIAL = "ESSAI – SANS VALEUR"
PAPERS = {
    "permit": "documents/permit.html",
    "certificate": "documents/certificate.html",
    "attestation": "documents/attestation.html",
    "letter": "documents/letter.html",
}


def render(document: IssuedDocument) -> None:
    """Write the document's PDF to the private storage, once: an existing file is left alone.

    Called by the worker, as often as it likes. The bytes depend on the frozen content only, so two
    workers at once write the same file.
    """
    storage = private()
    if document.file_name and storage.exists(document.file_name):
        return
    pdf = press().print(issued_html(document), identifier=document.content_sha256[:32].encode())
    name = f"documents/{document.year}/{document.code_index}.pdf"
    write_whole(storage, name, pdf)
    digest = hashlib.sha256(pdf).hexdigest()
    if document.file_sha256 not in ("", digest):
        logger.warning("document.rendered_differently", extra={"document": document.pk})
    document.file_name, document.file_sha256, document.rendered_at = name, digest, timezone.now()
    document.save(update_fields=["file_name", "file_sha256", "rendered_at"])


def open_pdf(document: IssuedDocument) -> File:
    """The document's file, for reading. Raises `FileNotFoundError` before it is rendered."""
    if not document.file_name:
        raise FileNotFoundError(f"document {document.pk} is not rendered yet")
    return private().open(document.file_name)


def issued_html(document: IssuedDocument) -> str:
    """The page of an issued document, with its code and its seal."""
    content = DocumentContent.from_canonical(document.content)
    code = document_codes.unlock(document.code_locked)
    return _html(
        content,
        stamp=document.issued_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        code=document_codes.shown(code),
        qr=qr.data_uri(seal.segments(content.site, code, bytes(document.seal))),
    )


def preview_html(content: DocumentContent, mark: str = SPECIMEN) -> str:
    """What will be printed, with `mark` across it: no number, no code, no seal; the key is out of reach from here."""
    return _html(content, stamp=f"{content.issued_on}T00:00:00Z", specimen=mark)


def preview_pdf(content: DocumentContent, mark: str = SPECIMEN) -> bytes:
    """The specimen as a PDF."""
    return press().print(preview_html(content, mark), identifier=content.digest()[:32].encode())


def _html(content: DocumentContent, **facts: Any) -> str:
    draft = content.draft
    *state, town = content.letterhead
    title = draft.title or draft.type_label
    context = {
        "content": content,
        "draft": draft,
        "title": title,
        "state": state,
        "town": town,
        "issued_on": long_date(content.issued_on),
        "valid_until": long_date(content.valid_until) if content.valid_until else "",
        "verify_at": f"{content.site}/v/".removeprefix("https://"),
        "logo": _logo(),
        "demo": settings.DEMO,
        **facts,
    }
    with translation.override("fr"):
        return render_to_string(PAPERS[draft.template], context)


def long_date(day: datetime.date) -> str:
    """Return "23 novembre 2026", "1er décembre 2026": as French papers write it."""
    with translation.override("fr"):
        return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month]} {day.year}"


def _logo() -> str:
    """The town hall's own logo, a PNG or SVG file it provides (`TOWN_HALL_LOGO`); nothing by default."""
    if not settings.TOWN_HALL_LOGO:
        return ""
    path = Path(settings.TOWN_HALL_LOGO)
    kind = mimetypes.guess_type(path.name)[0] or "image/png"
    return f"data:{kind};base64," + base64.b64encode(path.read_bytes()).decode()


def private() -> Storage:
    """Where files live that no address serves."""
    return storages["private"]


def write_whole(storage: Storage, name: str, data: bytes) -> None:
    """Write a file that is either whole or absent, whatever the power does."""
    try:
        path = Path(storage.path(name))
    except NotImplementedError:  # remote storages write whole objects
        storage.delete(name)
        storage.save(name, ContentFile(data))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise
