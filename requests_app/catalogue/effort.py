"""How long a form takes to fill in: an estimate from weights, to compare forms, never a promise to the citizen.

The weights are seconds on a phone with a keyboard on the screen, question read aside: set by the project, not
measured on people; the town hall may correct them after watching a few. Questions asked under a condition and
questions that may stay empty count for half; a group counts for two items.
"""

from collections.abc import Mapping
from typing import Any

from requests_app.catalogue.readability import WORD
from requests_app.catalogue.wording import every_field

SECONDS: dict[str, int] = {
    "yes_no": 4, "choice": 6, "choices": 10, "linked_choice": 12, "arrondissement": 6, "quartier": 10, "place": 12,
    "registration_office": 10, "declaration": 6, "integer": 8, "decimal": 10, "amount": 10, "date": 15,
    "approximate_date": 15, "time": 8, "name": 10, "text": 15, "long_text": 60, "phone": 15, "email": 25, "npi": 25,
    "ifu": 30, "rccm": 30, "address": 45, "record_reference": 60, "person": 35, "file": 90, "photo": 60,
    "signature": 30, "map_point": 45, "heading": 0, "explanation": 0, "group": 0,
}  # fmt: skip
USUAL = 15
PIECE_SECONDS = 90
CONTACT_AND_REVIEW_SECONDS = 90
ITEMS_OF_A_GROUP = 2
# Words read in a minute by a reader of twelve, on a small screen.
READ_A_MINUTE = 120


def minutes_to_fill_in(definition: Mapping[str, Any]) -> int:
    """Whole minutes from the first question to the receipt, rounded up; 0 for a service that has no form."""
    steps = definition.get("form", {}).get("steps", [])
    if not steps:
        return 0
    seconds = sum(_share(step) * _field_seconds(field) for step in steps for field in step.get("fields", []))
    seconds += sum(_share(piece) * PIECE_SECONDS for piece in definition.get("evidence", []))
    seconds += CONTACT_AND_REVIEW_SECONDS + 60 * _words_to_read(definition) / READ_A_MINUTE
    return int(-(-seconds // 60))


def _field_seconds(field: Mapping[str, Any]) -> float:
    if field.get("type") == "group":
        each = sum(_field_seconds(inner) for inner in field.get("fields", []))
        return _share(field) * ITEMS_OF_A_GROUP * each
    return _share(field) * SECONDS.get(field.get("type", ""), USUAL)


def _share(thing: Mapping[str, Any]) -> float:
    return 0.5 if thing.get("when") or not thing.get("required", True) else 1.0


def _words_to_read(definition: Mapping[str, Any]) -> int:
    texts = [step.get("intro") for step in definition["form"]["steps"]]
    for thing in (*every_field(definition), *definition.get("evidence", [])):
        texts += [thing.get("label"), thing.get("help")]
    return sum(len(WORD.findall(text.get("fr") or "")) for text in texts if isinstance(text, Mapping))
