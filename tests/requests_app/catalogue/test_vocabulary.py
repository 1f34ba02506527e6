"""No fault prints the short name of a property: it names the box that an editor sees, and every box has its name."""

import copy
import json
import re
from typing import Any

import pytest
from wagtail import blocks

from requests_app.catalogue.builder.blocks.common import PairBlock
from requests_app.catalogue.builder.blocks.conditions import ConditionBlock
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.schema import definition_faults
from requests_app.catalogue.shape import DEFINITION as SHAPE
from requests_app.catalogue.vocabulary import BOXES, CHOICES, WITHIN, box, place_in_words, value_in_words
from tests.requests_app.catalogue.conftest import DEFINITION, field, text

pytestmark = pytest.mark.usefixtures("places")

# Short names that are French words too.
ALSO_FRENCH = {"document", "en", "formats", "message", "mode", "on", "question", "silence", "sources"}
NEVER = {"field": "nobody", "is": "answered"}
AGED = {"all": [{"field": "birth", "is": "age_at_least", "value": 18, "on": "birth"}, {"any": [NEVER]}]}


def everything() -> dict[str, Any]:
    """A definition that says something of every property of the shape, whether or not it could be published."""
    whole = copy.deepcopy(DEFINITION)
    asked = {"help": text("x"), "required": False, "soft_required": True, "when": AGED, "personal": "none"}
    strange = field(
        "strange", "linked_choice", **asked, pattern="x", pattern_message=text("x"), retention_days=1, max_length=9,
        min_length=1, min=1, max=2, decimals=1, unit="m", limit="past", max_days=1, year_alone=True,
        autocomplete="bday", max_files=1, formats=["pdf"], min_items=0, max_items=1, item_label=text("x"),
        fields=[field("inner", "text")],
        choices=[{"value": f"c{n}", "label": text("x"), "choices": [{"value": "d", "label": text("x")}]} for n in "ab"],
    )  # fmt: skip
    whole["form"]["steps"][0] |= {"intro": text("x"), "when": NEVER}
    whole["form"]["steps"][0]["fields"].append(strange)
    piece = asked | {"max_files": 1, "example": text("x"), "formats": ["pdf"], "reuse": True, "identity": True}
    piece.pop("soft_required")
    whole["evidence"] = [{"key": "piece", "label": text("x"), "retention_days": 1, **piece}]
    whole["eligibility"] = [{"when": NEVER, "message": text("x"), "where": text("x"), "url": "/x"}]
    dated = {"legal_basis": text("x"), "from": "2026-01-01", "until": "2026-12-31", "when": NEVER}
    whole["fees"] = [
        {
            "key": "fee", "label": text("x"), "kind": "slab", "amount": 5, "quantity": "birth", **dated,
            "slabs": [{"up_to": 3, "amount": 5}], "exemptions": [{"reason": text("x"), **dated}],
            "shares": [{"beneficiary": text("x"), "percent": 100}],
        }
    ]  # fmt: skip
    rule = {"by": "central", "reason": text("x"), "field": "birth", "office": "mairie", "when": NEVER}
    whole["routing"] |= {"rules": [rule], "samples": [{"answers": {}, "office": "mairie"}]}
    opinion = {"office": "mairie", "question": text("x"), "days": 5, "required": True, "when": NEVER}
    whole["flow"] = {
        "four_eyes": True, "opinions": [opinion], "appointment": True, "appointment_note": text("x"),
        "silence": {"after_days": 5, "effect": "nothing", "legal_basis": text("x")}, "delivery": ["download"],
        "overflow": {"basis": text("x"), "after_days": 3},
    }  # fmt: skip
    whole["document"] |= {"legal_basis": ["x"], "validity_days": 3}
    whole["document"]["body"].append({"text": "x", "when": NEVER})
    whole["document"]["holder"] |= {"birth": "birth", "birth_place": "birth"}
    # No question has the short name of a property: a key is the editor's own word, and may be printed.
    renamed: dict[str, Any] = json.loads(
        re.sub(r'(: "|\{)(surname|given_names|birth)(["}])', r"\1q_\2\3", json.dumps(whole))
    )
    return renamed


def ways(thing: Any, way: tuple = ()) -> list[tuple]:
    """The path of every part."""
    inside = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    return [way, *(below for name, part in inside for below in ways(part, (*way, name)))]


def names_in(shape: Any) -> set[str]:
    """Every property of the schema."""
    parts = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    own = set(shape.get("properties", {})) if isinstance(shape, dict) else set()
    return own.union(*map(names_in, parts)) - {"$ref"}


NAMES = names_in(SHAPE)
RAW = re.compile(r"(?<![\w’-])(" + "|".join(sorted(NAMES - ALSO_FRENCH)) + r")(?![\w’-])")
WRONG: list[Any] = ["Zz !", -3, None, ["Zz"] * 300, {"zzz": 1}]


def without(whole: dict[str, Any], way: tuple) -> dict[str, Any]:
    changed = copy.deepcopy(whole)
    place = changed
    for part in way[:-1]:
        place = place[part]
    del place[way[-1]]
    return changed


def changed_at(whole: dict[str, Any], way: tuple, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(whole)
    place = changed
    for part in way[:-1]:
        place = place[part]
    place[way[-1]] = value
    return changed


def test_the_definition_of_these_tests_says_something_of_every_property():
    said = {part for way in ways(everything()) for part in way if isinstance(part, str)}
    assert NAMES - said == set()


def test_a_property_that_lacks_or_is_wrong_is_said_without_its_short_name():
    whole = everything()
    found: list[Fault] = []
    # One of a kind is enough: the French of one label stands for that of all.
    alike = {tuple(part for part in way if isinstance(part, str))[-2:]: way for way in ways(whole)[1:]}
    for way in alike.values():
        found += definition_faults(without(whole, way))
        for value in WRONG:
            found += definition_faults(changed_at(whole, way, value))
        if isinstance(way[-1], str):
            found += definition_faults(changed_at(whole, (*way[:-1], "zzz"), 1))
    sentences = {fault.sentence for fault in found}
    assert len(sentences) > 100
    assert {sentence for sentence in sentences if RAW.search(sentence)} == set()
    assert {fault.in_words for fault in found if RAW.search(fault.in_words)} == set()


def test_the_search_for_short_names_finds_them():
    """The near misses: the French word is none of them."""
    assert RAW.search("Il manque : value.")
    assert RAW.search("« four_eyes » ne sert à rien.")
    assert not RAW.search("Il manque : « valeur ». Le document est là.")


def test_every_property_and_every_value_of_a_list_has_its_words():
    assert NAMES - BOXES.keys() == set()
    assert {name for _holder, name in WITHIN} <= NAMES
    for way in ways(SHAPE):
        if way[-1:] == ("enum",):
            name = next(part for part in reversed(way) if part in NAMES)
            listed = SHAPE
            for part in way:
                listed = listed[part]
            assert set(listed) - {""} <= CHOICES[name].keys(), name


def boxes_of(block: blocks.Block, holder: str) -> list[tuple[str, str, str]]:
    """(holder, property, label of the box) of everything in a block."""
    if isinstance(block, PairBlock | ConditionBlock):
        return []
    if isinstance(block, blocks.ListBlock):
        return boxes_of(block.child_block, holder)
    if isinstance(block, blocks.StreamBlock):
        return [one for child in block.child_blocks.values() for one in boxes_of(child, holder)]
    if not isinstance(block, blocks.StructBlock):
        return []
    found = []
    for name, child in block.child_blocks.items():
        name = name.rstrip("_")
        found.append((holder, name, str(child.label)))
        found += boxes_of(child, name)
    return found


HOLDERS = {
    "steps": "steps", "eligibility": "eligibility", "evidence": "evidence", "fees": "fees", "sources": "sources",
    "routing_rules": "rules", "routing_samples": "samples", "opinions": "opinions", "document_body": "body",
    "document_printed": "printed",
}  # fmt: skip


def test_a_fault_names_a_box_as_the_screen_does():
    shown = set()
    for column, holder in HOLDERS.items():
        shown |= set(boxes_of(ServiceDraft._meta.get_field(column).stream_block, holder))
    assert len(shown) > 60
    # The first of two linked lists has a name of its own, and an answer of a sample is a question and its value.
    known = {("fields", "choices", "première liste"), ("answers", "value", "réponse")}
    assert {one for one in shown - known if box(one[1], [one[0]]) != one[2]} == set()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("form.steps[0].fields[2].help.fr", "formulaire › étape 1 › question 3 › aide › français"),
        ("evidence[1].label", "pièce 2 › pièce"),
        ("routing.rules[0].when.all[1].value", "orientation › règle 1 › seulement si › comparaison 2 › valeur"),
        ("", ""),
    ],
)
def test_a_place_is_told_in_the_words_of_the_screen(place, words):
    assert place_in_words(Fault(place, "").path) == words


def test_a_name_or_a_value_nobody_knows_is_given_back_as_it_is():
    assert box("colour") == "colour"
    assert value_in_words("mode", "MAGIC") == "MAGIC"
