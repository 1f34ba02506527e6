"""Which pieces are asked of somebody, which are still missing, and which files they take."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from requests_app.catalogue.asking import FILE_TYPES, Asked, asked
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import in_active_language

Piece = dict[str, Any]
# The proof that one may act for somebody else: asked by the request, whatever the service.
MANDATE = "mandate"


def mandate_piece() -> Piece:
    """The proof, as `ServiceVersion.evidence` describes a piece (active language)."""
    return {
        "key": MANDATE,
        "label": gettext("La preuve que vous pouvez agir pour cette personne"),
        "help": gettext("Procuration signée, ou papier qui montre que vous représentez l’association ou l’entreprise."),
        "example": "",
        "required": True,
        "max_files": 3,
        "formats": [],
        "reuse": False,
        "identity": False,
        "when": None,
    }


def all_pieces(version: ServiceVersion, *, mandate: bool) -> list[Piece]:
    """The pieces of a version whatever was answered; with the proof when somebody acts for another."""
    pieces = version.evidence
    if mandate and all(piece["key"] != MANDATE for piece in pieces):
        pieces.append(mandate_piece())
    return pieces


def asked_pieces(
    version: ServiceVersion,
    answers: Mapping[str, Any],
    *,
    today: datetime.date | None = None,
    relevant: Asked | None = None,
    mandate: bool = False,
) -> list[Piece]:
    """The pieces asked of who gave these answers, as `version.evidence` describes them, in order.

    `today` is the day of filing for a filed request; `relevant` spares judging again what is asked; `mandate`
    adds the proof that one may act for another.
    """
    pieces = all_pieces(version, mandate=mandate)
    if not any(piece["when"] for piece in pieces):
        return pieces
    relevant = relevant or asked(version, answers, today=today or timezone.localdate())
    return [piece for piece in pieces if relevant.holds(piece)]


def names_asked(
    version: ServiceVersion, answers: Mapping[str, Any], *, today: datetime.date, mandate: bool = False
) -> set[str]:
    """The keys of the pieces and of the questions answered by files that are asked of who gave these answers."""
    relevant = asked(version, answers, today=today)
    fields = (field["key"] for step in version.steps for field in step["fields"] if field["type"] in FILE_TYPES)
    pieces = asked_pieces(version, answers, relevant=relevant, mandate=mandate)
    return {*(piece["key"] for piece in pieces), *(key for key in fields if relevant.field(key))}


def names_of_files(version: ServiceVersion) -> dict[str, str]:
    """What every question answered by files and every piece is called, in order; the proof that one may act, last."""
    questions = (field for step in version.steps for field in step["fields"] if field["type"] in FILE_TYPES)
    names: dict[str, str] = {}
    for thing in [*questions, *version.evidence_i18n, mandate_piece()]:
        names.setdefault(thing["key"], in_active_language(thing["label"]))
    return names


def depends_on_answers(version: ServiceVersion) -> bool:
    """Whether some file is asked of some people only."""
    files = [(step, field) for step in version.steps for field in step["fields"] if field["type"] in FILE_TYPES]
    return any(thing.get("when") for thing in (*version.evidence_i18n, *(thing for pair in files for thing in pair)))


def missing_pieces(pieces: Iterable[Piece], given: Collection[str]) -> list[Piece]:
    """The required pieces whose key is not among `given`."""
    return [piece for piece in pieces if piece["required"] and piece["key"] not in given]


def attachable(version: ServiceVersion, key: str) -> dict[str, Any] | None:
    """The piece, or the question answered by files, named `key`; None when nothing of this name takes files."""
    questions = (field for step in version.steps for field in step["fields"] if field["type"] in FILE_TYPES)
    named = (thing for thing in [*version.evidence_i18n, *questions] if thing["key"] == key)
    return next(named, mandate_piece() if key == MANDATE else None)


def is_asked(version: ServiceVersion, key: str, answers: Mapping[str, Any], *, today: datetime.date) -> bool:
    """Whether a file may come under the name `key`, given these answers.

    A question answered by files always takes them: what makes it asked may be on the same page, not saved yet.
    """
    thing = attachable(version, key)
    if thing is None or "type" in thing or not thing.get("when"):
        return thing is not None
    return asked(version, answers, today=today).holds(thing)


def most_files(version: ServiceVersion, key: str) -> int:
    """How many files the piece or the question `key` takes; 0 when it takes none."""
    thing = attachable(version, key)
    return thing.get("max_files", 1) if thing else 0


def format_fault(version: ServiceVersion, key: str, media_type: str) -> str:
    """The sentence that refuses a file of this type for the piece or question `key`; "" when it is taken."""
    thing = attachable(version, key) or {}
    formats = ["photo"] if thing.get("type") in ("photo", "signature") else thing.get("formats")
    given = "pdf" if media_type == "application/pdf" else "photo"
    if not formats or given in formats:
        return ""
    if given == "pdf":
        return gettext("Il faut une photo ici, pas un PDF. Photographiez le papier, ou choisissez une image.")
    return gettext("Il faut un PDF ici, pas une photo.")
