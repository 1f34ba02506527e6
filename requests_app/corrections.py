"""Corrections field by field: what an office may mark, what the citizen is then asked, and both values kept.

Nothing here moves a case: `workflow.ask_information` and `workflow.answer` do, with these functions.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app import erased
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES, Asked, asked
from requests_app.catalogue.evidence import all_pieces
from requests_app.catalogue.forms import definitions_of, in_words
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import in_active_language
from requests_app.catalogue.wording import amount_in_words
from requests_app.models import Correction, Evidence, InformationRequest, ServiceRequest

Answers = Mapping[str, Any]
Piece = dict[str, Any]
Definition = dict[str, Any]
# Between the key of a piece and the id of its one wrong file, as a key of `InformationRequest.reasons`.
ONE_FILE = "#"
# The name of the applicant, which no question of the form asks, as `Correction.field`. No key begins with "_".
APPLICANT_NAME = "_applicant_name"
# What the request costs, which follows from the answers, as `Correction.field`: {"total": francs, "to_confirm": bool}.
FEE = "_fee"


@dataclass(frozen=True)
class Change:
    """One thing that was changed after the filing, in words of the active language.

    `old` and `new` are files for a piece, empty for an answer.
    """

    label: str
    before: str
    after: str
    at: datetime.datetime
    old: tuple[Evidence, ...] = ()
    new: tuple[Evidence, ...] = ()
    # Why the office corrected it; "" when the citizen did.
    reason: str = ""


def asked_of(case: ServiceRequest, answers: Answers | None = None) -> Asked:
    """What this citizen is asked with these answers (by default, those of the case), as on the day of filing."""
    day = timezone.localdate(case.submitted_at) if case.submitted_at else timezone.localdate()
    return asked(case.version, case.answers if answers is None else answers, today=day)


def questions_of(case: ServiceRequest, answers: Answers | None = None) -> list[Definition]:
    """The questions asked of this citizen and answered in words, in order: no layout, no file."""
    said = asked_of(case, answers)
    return [
        definition
        for definition in definitions_of(case.version)
        if definition["type"] not in SILENT_TYPES | FILE_TYPES and said.field(definition["key"])
    ]


def pieces_of(case: ServiceRequest, answers: Answers | None = None) -> list[Piece]:
    """The files asked of this citizen: those of the form, then the pieces."""
    return pieces_under(case.version, asked_of(case, answers), mandate=case.needs_mandate)


def pieces_under(version: ServiceVersion, said: Asked, *, mandate: bool = False) -> list[Piece]:
    """The files asked of somebody, as `ServiceVersion.evidence` describes them: those of the form, then the pieces."""
    files = [file_as_piece(definition) for definition in file_fields(version) if said.field(definition["key"])]
    return [*files, *(piece for piece in all_pieces(version, mandate=mandate) if said.holds(piece))]


def file_fields(version: ServiceVersion) -> list[Definition]:
    """The questions of the form that are answered by a file."""
    return [definition for definition in definitions_of(version) if definition["type"] in FILE_TYPES]


def file_as_piece(definition: Definition) -> Piece:
    """A file question, described as `ServiceVersion.evidence` describes a piece."""
    return {
        "key": definition["key"],
        "label": in_active_language(definition["label"]),
        "help": in_active_language(definition.get("help")),
        "example": "",
        "required": definition.get("required", True),
        "max_files": definition.get("max_files", 1),
        "formats": definition.get("formats", []),
        "reuse": False,
        "identity": False,
        "when": definition.get("when"),
    }


def questions_to_answer(case: ServiceRequest, wanted: InformationRequest, given: Answers) -> list[Definition]:
    """The marked questions, and those that the answers `given` to them call for, in order.

    What is `given` to any other question counts for nothing.
    """
    before = {definition["key"] for definition in questions_of(case)}
    heard = {key: value for key, value in given.items() if key in wanted.fields or key not in before}
    after = questions_of(case, {**case.answers, **heard})
    return [one for one in after if one["key"] in wanted.fields or one["key"] not in before]


def pieces_to_join(case: ServiceRequest, wanted: InformationRequest, given: Answers) -> list[Piece]:
    """The marked pieces, and those that the answers `given` call for."""
    before = {piece["key"] for piece in pieces_of(case)}
    after = pieces_of(case, {**case.answers, **given})
    return [piece for piece in after if piece["key"] in wanted.pieces or piece["key"] not in before]


def open_pieces(case: ServiceRequest, wanted: InformationRequest) -> set[str]:
    """The pieces that may receive a file while the office waits: the marked ones, and those not asked until now."""
    asked_before = {piece["key"] for piece in pieces_of(case)}
    known = {piece["key"] for piece in all_pieces(case.version, mandate=case.needs_mandate)} | {
        field["key"] for field in file_fields(case.version)
    }
    return set(wanted.pieces) | (known - asked_before)


def corrected(
    case: ServiceRequest, wanted: InformationRequest, given: Answers
) -> tuple[dict[str, Any], list[Correction]]:
    """All the answers once corrected, and the rows (not saved yet) that keep both values of what changed.

    What is no longer asked is dropped; a question answered by files names the new ones.
    """
    in_form = {field["key"] for field in file_fields(case.version)}
    old, new = files_before(case, wanted), files_after(case, wanted)
    named = {key: files for key, files in new.items() if key in in_form}
    before, after = case.answers, asked_of(case, {**case.answers, **given, **named}).answers
    changed = {key: (before.get(key), after.get(key)) for key in {**before, **after}}
    changed |= {key: (old.get(key), files) for key, files in new.items() if key not in in_form}
    return after, [
        Correction(case=case, asked=wanted, field=key, before=was, after=now)
        for key, (was, now) in changed.items()
        if was != now
    ]


def files_after(case: ServiceRequest, wanted: InformationRequest) -> dict[str, list[int]]:
    """By piece that received a file since the office asked: its new files, after those that were not marked."""
    fresh = case.evidence.filter(message=None, uploaded_at__gt=wanted.asked_at, piece__in=open_pieces(case, wanted))
    marked, old = marked_files(wanted), files_before(case, wanted)
    return {
        piece: [file for file in old.get(piece, []) if piece in marked and file not in marked[piece]] + files
        for piece, files in _by_piece(fresh).items()
    }


def files_before(case: ServiceRequest, wanted: InformationRequest) -> dict[str, list[int]]:
    """The files that stood when the office asked, by piece."""
    old = replaced(case)
    files = case.evidence.filter(message=None, uploaded_at__lte=wanted.asked_at)
    return _by_piece(file for file in files if file.pk not in old)


def marked_files(wanted: InformationRequest) -> dict[str, set[int]]:
    """The single files marked as wrong, by piece; a piece that is wrong as a whole has none."""
    found: dict[str, set[int]] = {}
    for key in wanted.reasons:
        piece, _sign, file = key.partition(ONE_FILE)
        if file:
            found.setdefault(piece, set()).add(int(file))
    return found


def replaced(case: ServiceRequest) -> set[int]:
    """The files a correction put others in place of: kept, and shown as old. 1 query."""
    keys = {piece["key"] for piece in all_pieces(case.version, mandate=case.needs_mandate)} | {
        field["key"] for field in file_fields(case.version)
    }
    old: set[int] = set()
    for row in case.corrections.all():
        if row.field in keys:
            old |= set(row.before or ()) - set(row.after or ())
    return old


def changes(case: ServiceRequest) -> list[Change]:
    """What was corrected since the filing, oldest first, in words of the active language. 2 queries."""
    return changes_of(case, case.corrections.all())


def changes_of(case: ServiceRequest, rows: Iterable[Correction]) -> list[Change]:
    """These corrections in words of the active language. 1 query, for the files."""
    definitions = {definition["key"]: definition for definition in definitions_of(case.version)}
    pieces = {piece["key"]: piece["label"] for piece in all_pieces(case.version, mandate=case.needs_mandate)}
    pieces |= {field["key"]: in_active_language(field["label"]) for field in file_fields(case.version)}
    files = {file.pk: file for file in case.evidence.all()}
    gone = {path.partition(".")[0]: words for path, words in erased.in_words(case).items()}
    found = []
    for row in rows:
        if row.field == APPLICANT_NAME:
            found.append(Change(_("Nom du demandeur"), str(row.before), str(row.after), row.at, reason=row.reason))
        elif row.field == FEE:
            found.append(Change(_("Droits à payer"), _fee(row.before), _fee(row.after), row.at, reason=row.reason))
        elif row.field in pieces:
            old, new = _named(files, row.before), _named(files, row.after)
            found.append(Change(pieces[row.field], _names(old), _names(new), row.at, old, new))
        elif row.field in definitions:
            definition = definitions[row.field]
            before, after = (
                in_words(definition, {row.field: value}) for value in _shortened(definition, row.before, row.after)
            )
            if row.before is None and row.after is None:  # `purging` empties both
                before = after = gone.get(row.field, "")
            label = in_active_language(definition["label"])
            found.append(Change(label, before, after, row.at, reason=row.reason))
    return found


def _shortened(definition: Definition, before: Any, after: Any) -> tuple[Any, Any]:
    """Of a group that keeps its number of items, only those that differ: nobody looks for the one in twenty."""
    if definition["type"] != "group" or not before or not after or len(before) != len(after):
        return before, after
    differ = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    return [was for was, _now in differ], [now for _was, now in differ]


def _fee(kept: Mapping[str, Any] | None) -> str:
    """An amount in words; "" for a request that costs nothing computed."""
    if kept is None:
        return ""
    words = amount_in_words(kept["total"])
    return f"{words} ({_('à confirmer')})" if kept["to_confirm"] and kept["total"] is not None else words


def _by_piece(files: Iterable[Evidence]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for file in files:
        found.setdefault(file.piece, []).append(file.pk)
    return found


def _named(files: Mapping[int, Evidence], keys: Collection[int] | None) -> tuple[Evidence, ...]:
    return tuple(files[key] for key in keys or () if key in files)


def _names(files: Iterable[Evidence]) -> str:
    return ", ".join(file.original_name for file in files)
