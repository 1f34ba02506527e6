"""The shape of a service definition, as JSON Schema; what a schema cannot say is in `schema`."""

from typing import Any

from arrondissements.models import SIGNATORY_ROLES
from requests_app.catalogue.conditions import OPERATORS
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.models import DocumentTemplate, FeeStatus, Mode, ProcessingStatus

KEY = {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,39}$"}
# A question, or one part of its answer: "child" or "child.birth".
PATH = {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,39}(\.[a-z_]{1,20})?$"}
SENTENCE = {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"\S"}
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
OFFICE = {"type": "string", "minLength": 1, "maxLength": 60}
ROUTING_WAYS = ("arrondissement_of", "office_of", "central")
MOST_FIELDS = 200
# Classes of personal data, from the least to the most delicate; the lint counts all but the first.
PERSONAL_CLASSES = ("none", "contact", "identity", "family", "location", "financial", "sensitive")
FILE_FORMATS = ("photo", "pdf")
DELIVERIES = ("download", "counter")
SILENCES = ("nothing", "reminder", "escalation")
FEE_KINDS = ("base", "per_copy", "slab")


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


def empty_or(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "if": {"minProperties": 1}, "then": shape}


TEXT = record({"fr": SENTENCE, "en": SENTENCE})
TEXT_OR_NOTHING = empty_or(TEXT)
AMOUNT = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
COUNT = {"type": "integer", "minimum": 1, "maximum": 60_000}

VALUE = {"type": ["string", "number", "boolean", "array"], "maxLength": 200, "maxItems": 60}
COMPARISON = record({"field": PATH, "is": one_of(OPERATORS)}, {"value": VALUE, "on": PATH})
# Told apart by their own word, so that a fault is said of the comparison and not of three possible shapes.
CONDITION = {
    "type": "object",
    "if": {"required": ["all"]},
    "then": record({"all": several({"$ref": "#/$defs/condition"}, least=1, most=12)}),
    "else": {
        "if": {"required": ["any"]},
        "then": record({"any": several({"$ref": "#/$defs/condition"}, least=1, most=12)}),
        "else": COMPARISON,
    },
}
WHEN = {"$ref": "#/$defs/condition"}

CHOICE = record({"value": KEY, "label": TEXT}, {"choices": several(record({"value": KEY, "label": TEXT}), most=60)})
OPTIONS: dict[str, Any] = {
    "help": TEXT,
    "required": {"type": "boolean"},
    # Asked a second time when it is left empty, then let go.
    "soft_required": {"type": "boolean"},
    "when": WHEN,
    "pattern": {"type": "string", "minLength": 1, "maxLength": 200},
    "pattern_message": TEXT,
    "personal": one_of(PERSONAL_CLASSES),
    # Days kept after the request has ended; none: as long as the request.
    "retention_days": COUNT,
    "max_length": {"type": "integer", "minimum": 1, "maximum": 10_000},
    "min_length": {"type": "integer", "minimum": 1, "maximum": 10_000},
    "min": {"type": "number"},
    "max": {"type": "number"},
    "decimals": {"type": "integer", "minimum": 1, "maximum": 6},
    "unit": {"type": "string", "maxLength": 12},
    "limit": one_of(["past", "future", "any"]),
    "max_days": COUNT,
    "year_alone": {"type": "boolean"},
    "autocomplete": {"type": "string", "pattern": r"^[a-z -]{2,40}$"},
    "choices": several(CHOICE, least=2, most=60),
    "max_files": {"type": "integer", "minimum": 1, "maximum": 10},
    "formats": several(one_of(FILE_FORMATS), most=2),
    "fields": several({"$ref": "#/$defs/field"}, least=1, most=20),
    "min_items": {"type": "integer", "minimum": 0, "maximum": 20},
    "max_items": {"type": "integer", "minimum": 1, "maximum": 20},
    "item_label": TEXT,
}
FIELD = record({"key": KEY, "type": one_of(sorted(TYPES)), "label": TEXT}, OPTIONS)
STEP = record(
    {"title": TEXT, "fields": several({"$ref": "#/$defs/field"}, least=1, most=MOST_FIELDS)},
    {"intro": TEXT, "when": WHEN},
)
ELIGIBILITY = record({"when": WHEN, "message": TEXT, "where": TEXT}, {"url": {"type": "string", "maxLength": 200}})
PIECE = record(
    {"key": KEY, "label": TEXT},
    {
        "help": TEXT,
        "required": {"type": "boolean"},
        "max_files": {"type": "integer", "minimum": 1, "maximum": 10},
        "when": WHEN,
        # What a good one looks like, in words.
        "example": TEXT,
        "formats": several(one_of(FILE_FORMATS), most=2),
        # May be taken, with consent, from an earlier request of the same person.
        "reuse": {"type": "boolean"},
        # An identity paper: staff see it with a watermark.
        "identity": {"type": "boolean"},
        "personal": one_of(PERSONAL_CLASSES),
        "retention_days": COUNT,
    },
)
EXEMPTION = record({"when": WHEN, "reason": TEXT, "legal_basis": TEXT, "from": DAY}, {"until": DAY})
SLAB = record({"up_to": {"type": ["integer", "null"], "minimum": 0}, "amount": AMOUNT})
SHARE = record({"beneficiary": TEXT, "percent": {"type": "integer", "minimum": 1, "maximum": 100}})
FEE = record(
    {"key": KEY, "label": TEXT, "kind": one_of(FEE_KINDS), "legal_basis": TEXT, "from": DAY},
    {
        "until": DAY,
        # Of a base, or of one copy; absent: to be confirmed by the town hall.
        "amount": AMOUNT,
        # The whole-number question that counts copies, or that a slab measures.
        "quantity": PATH,
        "slabs": several(SLAB, least=1, most=20),
        "when": WHEN,
        "exemptions": several(EXEMPTION, most=10),
        # Whole per cents whose sum is 100; none: all to the town hall.
        "shares": several(SHARE, most=6),
    },
)
RULE = record(
    {"by": one_of(ROUTING_WAYS), "reason": TEXT},
    {"field": PATH, "office": OFFICE, "when": WHEN},
)
# What publishing tries: with these answers the request must land there.
SAMPLE = record({"answers": {"type": "object"}, "office": OFFICE})
ROUTING = record({"rules": several(RULE), "default": OFFICE}, {"samples": several(SAMPLE, most=20)})
PARAGRAPH = {
    "type": ["string", "object"],
    "if": {"type": "string"},
    "then": SENTENCE,
    "else": record({"text": SENTENCE}, {"when": WHEN}),
}
DOCUMENT = record(
    {
        "series": {"type": "string", "pattern": r"^[A-Z][A-Z0-9-]{1,9}$"},
        "title": TEXT,
        "body": several(PARAGRAPH, least=1, most=12),
        "printed": several(record({"field": PATH, "label": TEXT}), most=30),
        "holder": record({"surname": PATH, "given_names": PATH}, {"birth": PATH, "birth_place": PATH}),
    },
    {
        "legal_basis": several(SENTENCE, most=8),
        "validity_days": {"type": ["integer", "null"], "minimum": 1, "maximum": 36_500},
    },
)
FLOW = record(
    {},
    {
        # A request without a document is decided by one person and completed by another.
        "four_eyes": {"type": "boolean"},
        "opinions": several(
            record(
                {"office": OFFICE, "question": TEXT, "days": {"type": "integer", "minimum": 1, "maximum": 60}},
                {"required": {"type": "boolean"}, "when": WHEN},
            ),
            most=6,
        ),
        "silence": record(
            {"after_days": {"type": "integer", "minimum": 1, "maximum": 365}, "effect": one_of(SILENCES)},
            {"legal_basis": TEXT},
        ),
        # Work that needs no presence may be offered to another office, after so many working days; `basis` is what
        # allows it. Absent: never.
        "overflow": record({"basis": TEXT, "after_days": {"type": "integer", "minimum": 0, "maximum": 60}}),
        "appointment": {"type": "boolean"},
        "appointment_note": TEXT,
        "delivery": several(one_of(DELIVERIES), least=1, most=2),
    },
)
SOURCE = record({"text": SENTENCE, "confidence": one_of(["high", "medium", "low"])})

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
        "signatory_role": one_of(["", *SIGNATORY_ROLES]),
        "document_template": one_of(["", *DocumentTemplate.values]),
        "document": empty_or(DOCUMENT),
        "routing": empty_or(ROUTING),
        "form": empty_or(record({"steps": several(STEP, least=1, most=20)})),
        "evidence": several(PIECE, most=20),
        "what_to_bring": several(TEXT),
        "where_to_go": TEXT_OR_NOTHING,
        "external_url": {"type": "string", "maxLength": 200, "pattern": r"^(https://\S+)?$"},
    },
    {"eligibility": several(ELIGIBILITY, most=12), "fees": several(FEE, most=12), "flow": FLOW},
) | {"$defs": {"condition": CONDITION, "field": FIELD}}
