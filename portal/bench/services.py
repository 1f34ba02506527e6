"""Services to fill in: one of 60 questions in 8 steps, one of 5 questions in one, and drafts of them."""

import itertools
import uuid
from typing import Any

from portal.bench import crowd
from requests_app.catalogue.models import Mode, Service
from requests_app.catalogue.publishing import new_version, publish
from requests_app.models import ServiceRequest

BIG, SMALL = (60, 8), (5, 1)
# The step that is measured: its questions are answered in the same way as those of the others.
STEP = {BIG: 4, SMALL: 1}
KINDS: tuple[dict[str, Any], ...] = (
    {"type": "text"},
    {"type": "date", "limit": "past"},
    {"type": "choice", "choices": [{"value": v, "label": {"fr": v, "en": v}} for v in ("one", "two", "three", "four")]},
    {"type": "integer", "max": 1000},
    {"type": "yes_no"},
    {"type": "name"},
    {"type": "phone"},
    {"type": "long_text"},
)
TYPED = {
    "text": "Derrière l’école",
    "date": "2001-05-03",
    "choice": "two",
    "integer": "12",
    "yes_no": "yes",
    "name": "Sènan",
    "phone": "01 97 00 00 00",
    "long_text": "Une maison bleue.\nUn portail vert.",
}


def words(text: str) -> dict[str, str]:
    return {"fr": text, "en": text}


def definition(size: tuple[int, int]) -> dict[str, Any]:
    """A definition of `size` = (questions, steps); in each long step one question depends on another."""
    count, steps = size
    kinds = itertools.cycle(KINDS)
    questions = [_question(number, next(kinds)) for number in range(1, count + 1)]
    share = -(-count // steps)
    parts = [questions[start : start + share] for start in range(0, count, share)]
    return {
        "title": words(f"Demande de {count} questions"),
        "summary": words("Pour mesurer."),
        "mode": Mode.PREPARED_HERE,
        "issuing_authority": words("La mairie"),
        "fee_amount": None,
        "fee_status": "TO_CONFIRM",
        "fee_note": {},
        "processing_days": 2,
        "processing_status": "TO_CONFIRM",
        "processing_note": {},
        "legal_basis": [],
        "confidence_note": {},
        "sources": [{"text": "Une mesure", "confidence": "low"}],
        "signatory_role": "",
        "document_template": "",
        "document": {},
        "routing": {"rules": [], "default": crowd.OFFICE},
        "form": {"steps": [_step(number, part) for number, part in enumerate(parts, 1)]},
        "evidence": [],
        "what_to_bring": [],
        "where_to_go": {},
        "external_url": "",
    }


def published(size: tuple[int, int]) -> Service:
    """The service of this size, published once."""
    slug = f"bench-{size[0]}"
    service, _created = Service.objects.get_or_create(slug=slug, defaults={"life_event": "PAPERS"})
    if service.current is None:
        publish(new_version(service, definition(size)))
        service.refresh_from_db()
    return service


def drafts(size: tuple[int, int], count: int) -> list[uuid.UUID]:
    """The tokens of `count` drafts in which every step is answered."""
    version = published(size).current
    assert version is not None  # noqa: S101 - just published
    fields = [field for step in version.steps for field in step["fields"]]
    answers = {field["key"]: _stored(field["type"]) for field in fields}
    made = [ServiceRequest(version=version, answers=answers) for _ in range(count)]
    ServiceRequest.objects.bulk_create(made)
    return [case.token for case in made]


def answers_of(token: uuid.UUID) -> dict[str, Any]:
    """What a draft holds now."""
    answers: dict[str, Any] = ServiceRequest.objects.values_list("answers", flat=True).get(token=token)
    return answers


def step_of(size: tuple[int, int]) -> list[dict[str, Any]]:
    """The questions of the step that is measured."""
    fields: list[dict[str, Any]] = definition(size)["form"]["steps"][STEP[size] - 1]["fields"]
    return fields


def typed(size: tuple[int, int]) -> dict[str, str]:
    """What a browser posts for the step that is measured."""
    form: dict[str, str] = {}
    for field in step_of(size):
        key, text = field["key"], TYPED[field["type"]]
        if field["type"] == "date":
            year, month, day = text.split("-")
            form |= {f"{key}_day": day, f"{key}_month": month, f"{key}_year": year}
        else:
            form[key] = text
    return form


def _question(number: int, kind: dict[str, Any]) -> dict[str, Any]:
    key = f"q{number}"
    help_text = words("Comme sur le papier que vous avez reçu.") if number % 3 == 0 else None
    return kind | {"key": key, "label": words(f"Question {number}")} | ({"help": help_text} if help_text else {})


def _step(number: int, fields: list[dict[str, Any]]) -> dict[str, Any]:
    deciding = next((field["key"] for field in fields if field["type"] == "yes_no"), None)
    if deciding and fields[-1]["key"] != deciding:
        fields[-1]["when"] = {"field": deciding, "is": "equals", "value": True}
    return {"title": words(f"Partie {number}"), "fields": fields}


def _stored(kind: str) -> Any:
    return {"integer": 12, "yes_no": True, "phone": "+2290197000000"}.get(kind, TYPED[kind])
