"""What the stored answer of each type of question is made of: what may be compared with it, and its parts.

Beside `field_types`, which knows how a question is asked; a type that is not here cannot be read by a condition.
"""

from collections.abc import Mapping
from typing import Any

from requests_app.catalogue.asking import FILE_TYPES
from requests_app.catalogue.conditions import BARE, BY_AGE
from requests_app.catalogue.field_types import TYPES

Definition = dict[str, Any]

_SAME = ("equals", "differs", *BARE)
_LISTED = (*_SAME, "in", "not_in")
_ORDERED = (*_LISTED, "greater", "at_least", "less", "at_most")
# Nature of an answer → the operators that fit it.
OPERATORS_OF: dict[str, tuple[str, ...]] = {
    "text": _LISTED,
    "number": _ORDERED,
    "date": (*_ORDERED, *BY_AGE),
    "time": _ORDERED,
    "yes_no": _SAME,
    "choice": _LISTED,
    "several": ("contains", "in", "not_in", *BARE),
    "whole": BARE,
}
# Type of a question → nature of its answer; "whole" is only empty or answered.
NATURES: dict[str, str] = {
    **dict.fromkeys(("text", "name", "long_text", "phone", "email", "npi", "ifu", "rccm"), "text"),
    **dict.fromkeys(("integer", "amount", "decimal"), "number"),
    **dict.fromkeys(("date", "approximate_date"), "date"),
    **dict.fromkeys(("yes_no", "declaration"), "yes_no"),
    **dict.fromkeys(("choice", "quartier", "place", "arrondissement", "registration_office"), "choice"),
    **dict.fromkeys(("linked_choice", "address", "record_reference", "person", "map_point", "group"), "whole"),
    **dict.fromkeys(FILE_TYPES, "whole"),
    "choices": "several",
    "time": "time",
}
# Parts of an answer → the type that reads each.
PARTS_OF: dict[str, dict[str, str]] = {
    "linked_choice": {"first": "choice", "second": "choice"},
    "address": {"quartier": "quartier", "street": "text", "house": "text", "landmark": "text"},
    "record_reference": {"office": "registration_office", "year": "integer", "register": "text", "number": "text"},
    "person": {"surname": "name", "given_names": "name", "birth": "approximate_date"},
    "map_point": {"lat": "decimal", "lng": "decimal", "words": "text"},
}


def part_of(definition: Definition, part: str) -> Definition | None:
    """The definition of one part of an answer, as if it were a question; None when there is no such part."""
    kind = PARTS_OF.get(definition["type"], {}).get(part)
    if kind is None:
        return None
    choices = definition.get("choices", [])
    if part == "second":
        choices = [second for first in choices for second in first.get("choices", [])]
    return {"key": part, "type": kind, "label": definition["label"], "choices": choices}


def definition_at(path: str, fields: Mapping[str, Definition]) -> Definition | None:
    """The definition of the question or part `path` ("child", "child.birth") among `fields` by key, or None."""
    key, _dot, part = path.partition(".")
    definition = fields.get(key)
    return part_of(definition, part) if definition and part else definition


def operators_of(definition: Definition) -> tuple[str, ...]:
    """The operators a condition may use on the answer to this question; none for what is never answered."""
    nature = NATURES.get(definition["type"])
    return OPERATORS_OF[nature] if nature else ()


def can_be_missing(path: str, definition: Definition) -> bool:
    """Whether a required question leaves this part of its answer possibly empty."""
    part = path.partition(".")[2]
    return bool(part) and not TYPES[definition["type"]].parts.get(part, False)
