"""The papers that a page of the counter sent before its button was pressed: they wait for the filing.

Which pieces are asked depends on answers that are still on the screen of the clerk. So a file is judged as it comes,
kept with the draft of the page, and attached when the request is filed.
"""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import filing
from requests_app.bad_line import ahead
from requests_app.bad_line.ahead import Ahead
from requests_app.catalogue.evidence import format_fault, most_files
from requests_app.evidence import arriving
from requests_app.evidence.checks import CleanFile, RefusedFile
from requests_app.models import PartialUpload, ServiceRequest
from requests_app.states import State
from requests_app.workflow import Refused


def coming_ahead(draft: ServiceRequest) -> Ahead:
    """The files that the page of this draft may send ahead, by piece or question."""

    def check_room(piece: str) -> None:
        if draft.state != State.DRAFT:
            raise Refused(_("Cette demande est déjà déposée : elle ne peut plus être modifiée ici."))
        most = most_files(draft.version, piece)
        if not most:
            raise RefusedFile(_("Cette pièce n’est pas demandée."))
        here = len(arriving.arrived(draft, piece)) + draft.evidence.filter(piece=piece).count()
        if 1 < most <= here:
            raise RefusedFile(filing.full_sentence(most))

    def judge(piece: str, file: CleanFile) -> None:
        if refused := format_fault(draft.version, piece, file.media_type):
            raise RefusedFile(refused)

    label = gettext_lazy("reçue : elle est jointe au dépôt")
    return Ahead(takes=lambda piece: bool(piece), check_room=check_room, judge=judge, label=label)


def waiting(draft: ServiceRequest) -> dict[str, list[PartialUpload]]:
    """The files that came ahead, by piece, oldest first; the last one alone where one replaces another. 1 query."""
    came: dict[str, list[PartialUpload]] = {}
    for upload in arriving.arrived(draft):
        came.setdefault(upload.piece, []).append(upload)
    return {piece: files[-1:] if most_files(draft.version, piece) == 1 else files for piece, files in came.items()}


def join(draft: ServiceRequest, pieces: Collection[str]) -> dict[str, list[str]]:
    """Attach what came for these pieces and forget the rest; the sentences of what is refused, by piece.

    Raises `Refused` when the draft was filed meanwhile, or while a file is still being written.
    """
    refused: dict[str, list[str]] = {}
    wanted = [file for piece, files in waiting(draft).items() if piece in pieces for file in files]
    for upload in wanted:
        try:
            with ahead.opened([upload]) as [file]:
                arriving.finished(upload, filing.attach(draft, upload.piece, file))
        except RefusedFile as refusal:
            refused.setdefault(upload.piece, []).append(f"{upload.name} : {refusal}")
            arriving.forget(upload)
    for upload in arriving.arrived(draft):
        arriving.forget(upload)
    return refused


def remove(draft: ServiceRequest, named: Any) -> None:
    """Take back the file that a button names: one that came ahead, or one attached. A second press is harmless."""
    if not named.isdecimal():
        ahead.forget(arriving.arrived(draft), named)
    elif len(named) < 16 and (file := draft.evidence.filter(pk=named).first()):
        file.case = draft
        filing.detach(file)
