"""Is this definition a service that can be published? Every fault is a sentence with its place."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from jsonschema import Draft202012Validator

from requests_app.catalogue.faults import Fault, place_of
from requests_app.catalogue.faults.conditions import condition_faults
from requests_app.catalogue.faults.document import document_faults
from requests_app.catalogue.faults.fees import fee_faults
from requests_app.catalogue.faults.form import form_faults
from requests_app.catalogue.faults.questions import Questions
from requests_app.catalogue.faults.routing import routing_faults
from requests_app.catalogue.faults.service import eligibility_faults, evidence_faults, flow_faults, mode_faults
from requests_app.catalogue.faults.wording import words_for
from requests_app.catalogue.shape import DEFINITION, MOST_FIELDS

MOST_SENTENCES = 50
# Lists and objects inside one another; the deepest good definition has about twenty.
DEEPEST = 40
CHECKS = (
    mode_faults,
    form_faults,
    condition_faults,
    eligibility_faults,
    evidence_faults,
    fee_faults,
    routing_faults,
    flow_faults,
    document_faults,
)


class DefinitionError(ValueError):
    """The definition cannot be published; `faults` say where and why, `sentences` the same in one text each."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.sentences = [str(fault) for fault in faults]
        super().__init__("\n".join(self.sentences))


def validate_definition(data: dict[str, Any]) -> None:
    """Check the shape first, then what the parts say of one another. Raises DefinitionError."""
    faults = definition_faults(data)
    if faults:
        raise DefinitionError(faults)


def definition_faults(data: dict[str, Any]) -> list[Fault]:
    """All that prevents this definition from being published, up to 50 faults; empty when it can be."""
    faults = list(shape_faults(data))
    if not faults:
        questions = Questions(data)
        faults = [fault for check in CHECKS for fault in check(data, questions)]
    return list(dict.fromkeys(faults))[:MOST_SENTENCES]


def shape_faults(data: dict[str, Any]) -> Iterator[Fault]:
    """What the JSON Schema refuses, said in words."""
    if _is_deeper(data, DEEPEST):
        yield Fault("", gettext("Cette définition a trop d’étages les uns dans les autres."))
        return
    too_many = list(size_faults(data))
    if too_many:
        yield from too_many
        return
    for error in Draft202012Validator(DEFINITION).iter_errors(data):
        yield Fault(place_of(error.absolute_path), words_for(error))


def size_faults(data: Any) -> Iterator[Fault]:
    """Too many questions, told before anything is looked at: the rest would be as long to read as to check."""
    form = data.get("form") if isinstance(data, dict) else None
    steps = form.get("steps") if isinstance(form, dict) else None
    counts = [sum(1 + len(_fields(field)) for field in _fields(step)) for step in _list(steps)]
    if sum(counts) > MOST_FIELDS:
        alone = next((index for index, count in enumerate(counts) if count > MOST_FIELDS), None)
        place = "form" if alone is None else f"form.steps[{alone}].fields"
        sentence = gettext("Ce formulaire a %(total)d questions : %(most)d au plus. Faites-en deux démarches.")
        yield Fault(place, sentence % {"total": sum(counts), "most": MOST_FIELDS})


def _fields(thing: Any) -> list[Any]:
    return _list(thing.get("fields")) if isinstance(thing, dict) else []


def _list(thing: Any) -> list[Any]:
    return thing if isinstance(thing, list) else []


def _is_deeper(data: Any, limit: int) -> bool:
    """Whether data nests deeper than `limit`; level by level, so that no depth overflows."""
    level: list[Any] = [data]
    for _ in range(limit):
        level = [
            part
            for thing in level
            if isinstance(thing, dict | list)
            for part in (thing.values() if isinstance(thing, dict) else thing)
        ]
    return bool(level)
