"""The shape of a service definition, as JSON Schema; what a schema cannot say is in `schema`."""

from typing import Any

from arrondissements.models import Role
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.models import DocumentTemplate, FeeStatus, Mode, ProcessingStatus

KEY = {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,39}$"}
SENTENCE = {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"\S"}
ROUTING_WAYS = ("arrondissement_of", "office_of", "central")


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these properties and no other."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def several(items: dict[str, Any], *, least: int = 0, most: int = 40) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def one_of(values: Any) -> dict[str, Any]:
    return {"enum": list(values)}


TEXT = record({"fr": SENTENCE, "en": SENTENCE})
TEXT_OR_NOTHING = {"type": "object", "if": {"minProperties": 1}, "then": TEXT}
WHOLE = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}

FIELD = record(
    {"key": KEY, "type": one_of(sorted(TYPES)), "label": TEXT},
    {
        "help": TEXT,
        "required": {"type": "boolean"},
        "max_length": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "min_length": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "min": {"type": "integer"},
        "max": {"type": "integer"},
        "limit": one_of(["past", "future", "any"]),
        "max_days": {"type": "integer", "minimum": 1, "maximum": 60_000},
        "year_alone": {"type": "boolean"},
        "autocomplete": {"type": "string", "pattern": r"^[a-z -]{2,40}$"},
        "choices": several(record({"value": KEY, "label": TEXT}), least=2, most=60),
    },
)
STEP = record({"title": TEXT, "fields": several(FIELD, least=1, most=100)}, {"intro": TEXT})
PIECE = record(
    {"key": KEY, "label": TEXT},
    {"help": TEXT, "required": {"type": "boolean"}, "max_files": {"type": "integer", "minimum": 1, "maximum": 10}},
)
RULE = record(
    {"by": one_of(ROUTING_WAYS), "reason": TEXT},
    {"field": KEY, "office": {"type": "string", "minLength": 1}},
)
DOCUMENT = record(
    {
        "series": {"type": "string", "pattern": r"^[A-Z][A-Z0-9-]{1,9}$"},
        "title": TEXT,
        "body": several(SENTENCE, least=1, most=12),
        "printed": several(record({"field": KEY, "label": TEXT}), least=1, most=30),
        "holder": record({"surname": KEY, "given_names": KEY}, {"birth": KEY, "birth_place": KEY}),
    },
    {
        "legal_basis": several(SENTENCE, most=8),
        "validity_days": {"type": ["integer", "null"], "minimum": 1, "maximum": 36_500},
    },
)
SOURCE = record({"text": SENTENCE, "confidence": one_of(["high", "medium", "low"])})


def empty_or(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "if": {"minProperties": 1}, "then": shape}


DEFINITION = record(
    {
        "title": TEXT,
        "summary": TEXT,
        "mode": one_of(Mode.values),
        "issuing_authority": TEXT,
        "fee_amount": {"type": ["integer", "null"], "minimum": 0, "maximum": 1_000_000_000},
        "fee_status": one_of(FeeStatus.values),
        "fee_note": TEXT_OR_NOTHING,
        "processing_days": {"type": ["integer", "null"], "minimum": 1, "maximum": 365},
        "processing_status": one_of(ProcessingStatus.values),
        "processing_note": TEXT_OR_NOTHING,
        "legal_basis": several(TEXT),
        "confidence_note": TEXT_OR_NOTHING,
        "sources": several(SOURCE, least=1),
        "signatory_role": one_of(["", *Role.values]),
        "document_template": one_of(["", *DocumentTemplate.values]),
        "document": empty_or(DOCUMENT),
        "routing": empty_or(record({"rules": several(RULE), "default": {"type": "string", "minLength": 1}})),
        "form": empty_or(record({"steps": several(STEP, least=1, most=20)})),
        "evidence": several(PIECE, most=20),
        "what_to_bring": several(TEXT),
        "where_to_go": TEXT_OR_NOTHING,
        "external_url": {"type": "string", "maxLength": 200, "pattern": r"^(https://\S+)?$"},
    }
)
