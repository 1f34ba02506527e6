"""Random definitions that a town hall could publish, over every kind of question, conditions included; and answers."""

import copy
from typing import Any

from hypothesis import strategies as st

from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.conditions import BARE, BY_AGE
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.kinds import operators_of
from tests.requests_app.catalogue.conftest import DEFINITION, text

ANSWERED = sorted(TYPES.keys() - FILE_TYPES - SILENT_TYPES)
GROUPED = [kind for kind in ANSWERED if TYPES[kind].in_group]
VALUES = ("first", "second", "third", "other")
WORDS = st.text("aàɖɛ́ Zz9-'’", min_size=1, max_size=30).filter(str.strip)
# What a condition may compare an answer of these kinds with.
NAMED = {
    "date": "2001-05-03",
    "approximate_date": "1962",
    "time": "12:00",
    "quartier": "5:Missité",
    "place": "13:Missité",
    "registration_office": "arrondissement-5",
}
LIMITS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "text": st.sampled_from(
        [
            {},
            {"max_length": 12},
            {"min_length": 3},
            {"pattern": r"[A-Z]{2} ?\d{2,4}", "pattern_message": text("Ex. AB 12")},
        ]
    ),
    "long_text": st.sampled_from([{}, {"min_length": 40, "max_length": 60}]),
    "integer": st.sampled_from([{}, {"min": -5, "max": 5}, {"max": 3, "unit": "m"}]),
    "decimal": st.sampled_from([{}, {"decimals": 4, "max": 9.5}, {"unit": "m²"}]),
    "amount": st.sampled_from([{}, {"min": 500, "max": 50_000}]),
    "date": st.sampled_from([{}, {"limit": "past"}, {"limit": "future", "max_days": 60}, {"year_alone": True}]),
    "approximate_date": st.sampled_from([{}, {"limit": "past"}]),
    "file": st.sampled_from([{}, {"formats": ["pdf"], "max_files": 3}]),
    "photo": st.sampled_from([{}, {"max_files": 2}]),
}


@st.composite
def choices(draw: Any, *, linked: bool = False) -> list[dict[str, Any]]:
    """Two to eight answers of a list, each with its own second list when it is linked."""
    count = draw(st.integers(2, 8))
    listed: list[dict[str, Any]] = [{"value": f"c{number}", "label": text(draw(WORDS))} for number in range(count)]
    for one in listed if linked else []:
        one["choices"] = [{"value": value, "label": text(value)} for value in VALUES[: draw(st.integers(1, 4))]]
    return listed


@st.composite
def questions(draw: Any, key: str, kinds: list[str], known: list[dict[str, Any]]) -> dict[str, Any]:
    """One question; it may depend on those already `known`."""
    kind = draw(st.sampled_from(kinds))
    question: dict[str, Any] = {"key": key, "type": kind, "label": text(draw(WORDS))}
    question |= draw(LIMITS.get(kind, st.just({})))
    if kind in ("choice", "choices"):
        question["choices"] = draw(choices())
    elif kind == "linked_choice":
        question["choices"] = draw(choices(linked=True))
    elif kind == "group":
        question |= draw(groups())
    if kind not in SILENT_TYPES:
        question |= draw(st.sampled_from([{}, {}, {"required": False}, {"required": False, "soft_required": True}]))
    if draw(st.booleans()):
        question["help"] = text(draw(WORDS))
    if known and draw(st.booleans()):
        question["when"] = draw(conditions(known))
    return question


@st.composite
def groups(draw: Any) -> dict[str, Any]:
    """What a group asks of each item; a question of the item may depend on the others."""
    inside: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        inside.append(draw(questions(f"g{number}", [kind for kind in GROUPED if kind != "group"], inside)))
    least = draw(st.integers(0, 2))
    return {"fields": inside, "min_items": least, "max_items": least + draw(st.integers(1, 3))}


@st.composite
def conditions(draw: Any, known: list[dict[str, Any]], depth: int = 0) -> dict[str, Any]:
    """A condition on some of the `known` questions, at most three storeys high."""
    if depth < 2 and draw(st.integers(0, 3)) == 0:
        return {draw(st.sampled_from(["all", "any"])): [draw(conditions(known, depth + 1)) for _n in range(2)]}
    question = draw(st.sampled_from(known))
    operator = draw(st.sampled_from(sorted(operators_of(question)) or ["answered"]))
    compared = {"field": question["key"], "is": operator}
    return compared if operator in BARE else compared | {"value": draw(_value(question, operator))}


def _value(question: dict[str, Any], operator: str) -> st.SearchStrategy[Any]:
    kind, options = question["type"], [one["value"] for one in question.get("choices", [])]
    if operator in BY_AGE:
        return st.integers(0, 99)
    if operator in ("in", "not_in"):
        return st.lists(_value(question, "equals"), min_size=1, max_size=2)
    if options:
        return st.sampled_from(options)
    if kind in ("yes_no", "declaration"):
        return st.booleans()
    if kind in ("integer", "amount", "decimal", "arrondissement"):
        return st.integers(1, 13)
    return st.sampled_from([NAMED.get(kind, "Awa")])


@st.composite
def definitions(draw: Any) -> dict[str, Any]:
    """A whole definition: the small certificate with up to four steps of random questions before its own."""
    definition = copy.deepcopy(DEFINITION)
    known: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 4))):
        step: dict[str, Any] = {"title": text(f"Étape {number}")}
        if known and draw(st.integers(0, 3)) == 0:
            step["when"] = draw(conditions(known))
        fields: list[dict[str, Any]] = []
        for index in range(draw(st.integers(1, 5))):
            question = draw(questions(f"q{number}_{index}", sorted(TYPES), known))
            fields.append(question)
            if operators_of(question):
                known.append(question)
        steps.append(step | {"fields": fields})
    definition["form"]["steps"] = steps + definition["form"]["steps"]
    return definition
