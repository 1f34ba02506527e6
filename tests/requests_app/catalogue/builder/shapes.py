"""Anything that has the shape of a definition, drawn from the JSON Schema itself: complete, whatever it says."""

from typing import Any

from hypothesis import strategies as st

from requests_app.catalogue.asking import SILENT_TYPES
from requests_app.catalogue.builder.blocks.fields import NOT_IN_GROUPS
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.shape import DAY, DEFINITION, KEY, OFFICE, PATH, SENTENCE

WORDS = st.text("aéɖZ9 -’'{},:.json\"", min_size=1, max_size=24).filter(str.strip)
KEYS = st.sampled_from(["a", "nom", "date_2", "oui", "x9"])
KNOWN: list[tuple[dict[str, Any], st.SearchStrategy[Any]]] = [
    (KEY, KEYS),
    (PATH, KEYS | KEYS.map(lambda key: f"{key}.birth")),
    (DAY, st.dates().map(lambda day: day.isoformat())),
    (SENTENCE, WORDS),
    (OFFICE, st.sampled_from(["arrondissement-5", "ailleurs"])),
]
SCALARS = (
    st.booleans() | st.integers(-5, 10**12) | st.floats(-9, 9) | WORDS | st.sampled_from(["", "oui", "12", "1.50"])
)
ALWAYS = frozenset({"type", "key", "label", "help", "when"})
ASKED = ALWAYS | {"required", "soft_required", "personal", "retention_days"}


def of(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of this part of the schema."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return conditions(depth) if name == "condition" else questions(depth)
    for known, drawn in KNOWN:
        if schema == known:
            return drawn
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("if") == {"minProperties": 1}:
        return st.just({}) | of(schema["then"], depth)
    if schema.get("if") == {"type": "string"}:
        return of(schema["then"], depth) | of(schema["else"], depth)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([of_kind(kind, schema, depth) for kind in kinds])


def of_kind(kind: str, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if kind == "object":
        return records(schema, depth) if "properties" in schema else st.dictionaries(KEYS, answers(), max_size=2)
    if kind == "array":
        most = min(schema.get("maxItems", 2), schema.get("minItems", 0) + 2)
        return st.lists(of(schema["items"], depth), min_size=schema.get("minItems", 0), max_size=most)
    if kind == "string":
        return st.sampled_from(["", "https://exemple.bj"]) if "https" in schema.get("pattern", "") else WORDS
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    least, most = schema.get("minimum", -50), schema.get("maximum", 10**6)
    whole = st.integers(least, most)
    return whole if kind == "integer" else whole | st.floats(least, most, allow_nan=False)


@st.composite
def records(draw: Any, schema: dict[str, Any], depth: int) -> dict[str, Any]:
    needed = set(schema["required"])
    return {
        name: draw(of(part, depth))
        for name, part in schema["properties"].items()
        if name in needed or draw(st.integers(0, 2)) == 0
    }


@st.composite
def questions(draw: Any, depth: int) -> dict[str, Any]:
    """A question with the options of its type only: others are refused beside the shape."""
    shape = DEFINITION["$defs"]["field"]
    kinds = sorted(TYPES.keys() - NOT_IN_GROUPS) if depth else sorted(TYPES)
    kind = draw(st.sampled_from(kinds))
    allowed = TYPES[kind].options | (ALWAYS if kind in SILENT_TYPES else ASKED)
    question = {"type": kind, "key": draw(KEYS), "label": draw(of(shape["properties"]["label"]))}
    for name in sorted(allowed - question.keys()):
        if name in ("choices", "fields") or draw(st.integers(0, 3)) == 0:
            question[name] = draw(of(shape["properties"][name], depth + 1))
    if kind != "linked_choice":
        for choice in question.get("choices", []):
            choice.pop("choices", None)
    return question


@st.composite
def conditions(draw: Any, depth: int) -> dict[str, Any]:
    """Up to four storeys, as deep as publishing allows."""
    if depth < 4 and draw(st.integers(0, 2)) == 0:
        parts = draw(st.lists(conditions(depth + 1), min_size=1, max_size=3))
        return {draw(st.sampled_from(["all", "any"])): parts}
    shape = DEFINITION["$defs"]["condition"]["else"]["else"]
    compared = {"field": draw(of(PATH)), "is": draw(of(shape["properties"]["is"]))}
    if draw(st.booleans()):
        compared["value"] = draw(SCALARS | st.lists(SCALARS, max_size=3))
    if draw(st.integers(0, 4)) == 0:
        compared["on"] = draw(of(PATH))
    return compared


def answers() -> st.SearchStrategy[Any]:
    return SCALARS | st.none() | st.lists(WORDS, max_size=2) | st.dictionaries(KEYS, WORDS, max_size=2)


def definitions() -> st.SearchStrategy[dict[str, Any]]:
    """Whole definitions."""
    return of(DEFINITION)
