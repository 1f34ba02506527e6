"""A draft and a definition say the same thing, in both directions."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings

from requests_app.catalogue.builder import convert
from requests_app.catalogue.builder.conditions_on_screen import condition_of, raw_condition, same, text_of, value_of
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.management.commands.load_catalogue import DATA
from requests_app.catalogue.publishing import complete
from tests.requests_app.catalogue.builder.shapes import definitions

SHIPPED = sorted((DATA / "services").glob("*.json"))


def read(file):
    data = json.loads(file.read_text(encoding="utf-8"))
    return complete({name: part for name, part in data.items() if name not in ("life_event", "order", "is_listed")})


def there_and_back(data):
    draft = ServiceDraft()
    convert.fill(draft, copy.deepcopy(data))
    for field in ServiceDraft._meta.get_fields():
        if hasattr(field, "stream_block"):
            list(getattr(draft, field.name))  # through the values that forms show, not only the JSON that is stored
    return convert.definition_of(draft)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_service_survives_unchanged(file):
    data = read(file)
    assert same(there_and_back(data), data)


# What goes without saying may be left out of a definition.
UNSAID = [("soft_required", False), ("reuse", False), ("identity", False), ("year_alone", False)]
UNSAID += [("four_eyes", False), ("appointment", False)]


def plain(thing):
    """The same definition without what goes without saying."""
    if isinstance(thing, list):
        return [plain(one) for one in thing]
    if not isinstance(thing, dict):
        return thing
    if thing.keys() == {"text"}:  # a paragraph without a condition
        return thing["text"]
    parts = {name: plain(part) if name not in ("answers", "value") else part for name, part in thing.items()}
    return {name: part for name, part in parts.items() if not goes_without_saying(thing, name, part)}


def goes_without_saying(thing, name, part):
    if name == "required":  # an opinion is not awaited, everything else is needed
        return part is ("question" not in thing)
    if name in ("answers", "value"):
        return False
    return any(part == empty and type(part) is type(empty) for empty in ("", [], {}, None)) or (name, part) in UNSAID


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=definitions())
def test_whatever_has_the_shape_of_a_definition_survives_unchanged(data):
    data = complete(data)
    assert plain(there_and_back(data)) == plain(data)


def test_a_condition_deeper_than_the_screen_is_kept_as_it_is():
    deep = {"any": [{"all": [{"any": [{"field": "a", "is": "empty"}]}, {"field": "b", "is": "answered"}]}]}
    assert condition_of(raw_condition(deep, {}), {}) == deep


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "age", "is": "at_least", "value": 18},
        {"field": "kind", "is": "in", "value": ["a", "b"]},
        {"all": [{"field": "kind", "is": "equals", "value": "oui"}]},
        {"any": [{"field": "kind", "is": "equals", "value": "a"}]},
        {"all": [{"field": "a", "is": "empty"}, {"any": [{"field": "b", "is": "equals", "value": True}]}]},
        {"field": "child.birth", "is": "age_below", "value": 18, "on": "trip"},
    ],
)
def test_a_condition_survives_whatever_its_shape(condition):
    kinds = {"age": "integer", "kind": "choice", "b": "yes_no"}
    raw = raw_condition(condition, kinds)
    assert condition_of(raw, kinds) == condition
    assert "other" not in json.dumps([part["type"] for part in raw["parts"]])


@pytest.mark.parametrize(
    ("value", "operator", "kind"),
    [
        (True, "equals", "yes_no"),
        ("oui", "equals", "choice"),
        ("12", "equals", "text"),
        (12, "equals", "integer"),
        (12, "equals", "text"),
        (2.5, "greater", "decimal"),
        ("a, b", "equals", "text"),
        (["a, b", "c"], "in", "text"),
        ([], "in", "choice"),
        (["1", 1], "in", ""),
        ("json:x", "equals", "text"),
        (" à côté ", "equals", "text"),
        ("", "equals", "text"),
        (1e30, "less", "integer"),
        ({"first": "a", "second": "b"}, "equals", "linked_choice"),
        (None, "", "text"),
    ],
)
def test_a_value_written_in_words_reads_back_the_same(value, operator, kind):
    assert same(value_of(text_of(value, operator, kind), operator, kind), value)


def test_an_editor_writes_plain_words():
    assert value_of("oui", "equals", "yes_no") is True
    assert value_of("oui", "equals", "choice") == "oui"
    assert value_of("5", "equals", "arrondissement") == 5
    assert value_of("0123456789", "equals", "npi") == "0123456789"
    assert value_of("a, b", "in", "choice") == ["a", "b"]
    assert value_of("18", "age_below", "date") == 18


def test_a_new_draft_says_nothing_it_was_not_told():
    data = convert.definition_of(ServiceDraft())
    assert data["form"] == data["routing"] == data["document"] == data["flow"] == {}
    assert data["title"] == {"fr": "", "en": ""}
