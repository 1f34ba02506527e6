"""What an expert sees of a case: what the clerk ticked, and nothing else.

Kept with the question as {"identity": bool, "fields": [keys], "files": [ids of evidence]}; the name of who asks is
shown only when "identity" was ticked, and an answer or a file only when it was itself.
"""

from dataclasses import dataclass
from typing import Any

from requests_app import corrections
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.evidence import all_pieces
from requests_app.catalogue.forms import in_words
from requests_app.catalogue.translated import in_active_language
from requests_app.models import Evidence, FileState, Opinion, ServiceRequest


@dataclass(frozen=True)
class Shareable:
    """One thing that may be ticked: `value` is "field:key" or "file:id"."""

    value: str
    label: str


def shareable(case: ServiceRequest) -> list[Shareable]:
    """The answers and the checked files of a case, each to tick by itself. 1 query."""
    answers = [
        Shareable(f"field:{definition['key']}", f"{in_active_language(definition['label'])} : {words}")
        for definition in _questions(case)
        if (words := in_words(definition, case.answers))
    ]
    labels = {piece["key"]: piece["label"] for piece in all_pieces(case.version, mandate=case.needs_mandate)}
    files = case.evidence.filter(message=None, opinion=None, state=FileState.AVAILABLE).order_by("pk")
    return answers + [
        Shareable(f"file:{file.pk}", f"{labels.get(file.piece, file.piece)} : {file.original_name}") for file in files
    ]


def as_kept(values: list[str], *, identity: bool) -> dict[str, Any]:
    """What was ticked, as it is kept with the question."""
    pairs = [value.partition(":") for value in values]
    return {
        "identity": identity,
        "fields": [key for kind, _colon, key in pairs if kind == "field"],
        "files": [int(key) for kind, _colon, key in pairs if kind == "file" and key.isdecimal()],
    }


def answers_of(opinion: Opinion) -> list[tuple[str, str]]:
    """The label and the words of each answer that was shared."""
    case, keys = opinion.case, opinion.shared.get("fields", [])
    return [
        (in_active_language(definition["label"]), in_words(definition, case.answers))
        for definition in _questions(case)
        if definition["key"] in keys
    ]


def files_of(opinion: Opinion) -> list[Evidence]:
    """The files that were shared and still stand. 1 query, none when nothing was shared."""
    ids = opinion.shared.get("files", [])
    if not ids:
        return []
    return list(opinion.case.evidence.filter(pk__in=ids, state=FileState.AVAILABLE).order_by("pk"))


def _questions(case: ServiceRequest) -> list[dict[str, Any]]:
    said = corrections.asked_of(case)
    fields = [definition for index in said.steps for definition in said.fields(index)]
    return [one for one in fields if one["type"] not in SILENT_TYPES and one["type"] not in FILE_TYPES]
