"""Whatever a town hall asks, a plausible answer exists, is taken by the form, and comes back from storage as it was."""

import datetime
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrondissements.routing import competent_office
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES, asked
from requests_app.catalogue.conditions import is_empty
from requests_app.catalogue.faults.conditions import definition_at
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.forms import clean_answers
from requests_app.catalogue.kinds import NATURES, PARTS_OF
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.samples import sample_answers
from tests.requests_app.catalogue.conftest import field, text, version_with

pytestmark = pytest.mark.usefixtures("places")
LISTED = [{"value": value, "label": text(value)} for value in ("a", "b", "c")]
LINKED = [LISTED[0] | {"choices": LISTED[1:]}, LISTED[1]]
NEEDED: dict[str, dict[str, Any]] = {
    "choice": {"choices": LISTED},
    "choices": {"choices": LISTED},
    "linked_choice": {"choices": LINKED},
    "group": {"fields": [field("name", "name"), field("born", "approximate_date"), field("home", "place")]},
}
ANSWERED = sorted(TYPES.keys() - FILE_TYPES - SILENT_TYPES - {"coordinate"})


def taken(version: ServiceVersion, answers: dict[str, Any]) -> dict[str, Any]:
    """What filing keeps of these answers once they went through storage."""
    return clean_answers(version, json.loads(json.dumps(answers)))


@pytest.mark.parametrize("kind", ANSWERED)
def test_a_sample_of_each_kind_is_taken_as_it_is(kind):
    version = version_with(field("q", kind, **NEEDED.get(kind, {})))
    for seed in range(12):
        answers = sample_answers(version, seed)
        assert not is_empty(answers["q"])
        assert taken(version, answers) == answers


@pytest.mark.parametrize("kind", sorted(TYPES.keys() - {"coordinate"}))
def test_each_kind_says_what_may_be_compared_with_it_and_its_parts(kind):
    assert (kind in NATURES) is (kind not in SILENT_TYPES)
    assert set(PARTS_OF.get(kind, ())) == set(TYPES[kind].parts)
    definition = field("q", kind, **NEEDED.get(kind, {}))
    for part in TYPES[kind].parts:
        read = definition_at(f"q.{part}", {"q": definition})
        assert read
        assert read["type"] in NATURES


@pytest.mark.parametrize(
    "limits",
    [
        {"type": "integer", "min": 5, "max": 6},
        {"type": "integer", "min": -3, "max": -1},
        {"type": "integer", "max": 0},
        {"type": "decimal", "min": 0.5, "max": 1.5},
        {"type": "decimal", "min": 0.5, "max": 0.9},
        {"type": "amount", "min": 100_000},
        {"type": "text", "min_length": 120},
        {"type": "text", "max_length": 3},
        {"type": "long_text", "min_length": 300, "max_length": 400},
        {"type": "name", "max_length": 4},
        {"type": "date", "limit": "future", "max_days": 2},
        {"type": "date", "limit": "past", "max_days": 1},
        {"type": "approximate_date", "limit": "past"},
        {"type": "group", "min_items": 4, "max_items": 4, "fields": [field("n", "integer")]},
        {"type": "text", "pattern": r"[A-Z]{2}\d{4}", "pattern_message": text("x"), "max_length": 6},
        {"type": "choices", "choices": LISTED, "max": 1},
    ],
)
def test_a_sample_keeps_to_the_limits(limits):
    version = version_with(field("q", limits.pop("type"), **limits))
    for seed in range(8):
        answers = sample_answers(version, seed)
        assert taken(version, answers) == answers


# -- Any form --------------------------------------------------------------------------------------

KINDS = st.sampled_from(ANSWERED)
EQUALS = {"yes_no": True, "choice": "a", "integer": 3}


@st.composite
def forms(draw: Any) -> dict[str, Any]:
    """A form of one to three steps whose questions may depend on those before."""
    steps: list[dict[str, Any]] = []
    known: list[tuple[str, str]] = []
    for number in range(draw(st.integers(1, 3))):
        fields = []
        for index in range(draw(st.integers(1, 5))):
            kind, key = draw(KINDS), f"q{number}_{index}"
            options: dict[str, Any] = dict(NEEDED.get(kind, {}))
            if known and draw(st.booleans()):
                name, other = draw(st.sampled_from(known))
                compared = {"is": "equals", "value": EQUALS[other]} if other in EQUALS else {"is": "answered"}
                options["when"] = {"field": name} | compared
            fields.append(field(key, kind, **options))
            known.append((key, kind))
        steps.append({"title": text(f"Étape {number}"), "fields": fields})
    return {"steps": steps}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=forms(), seed=st.integers(0, 1000))
def test_any_form_takes_a_sample_and_keeps_exactly_what_was_answered(form, seed):
    version = ServiceVersion(form=form)
    answers = sample_answers(version, seed)
    assert taken(version, answers) == answers
    # What a browser sends beside what is asked is dropped.
    noise = {key: sample for key, sample in sample_answers(version, seed + 1).items() if key not in answers}
    assert (
        taken(version, answers | noise | {"intruder": "x"}).keys()
        == asked(version, answers | noise, today=datetime.date(2026, 11, 24)).answers.keys()
    )


OFFICES = {"etat-civil", "arrondissement-5", "arrondissement-13"}
RULES = st.lists(
    st.sampled_from(
        [
            {"by": "arrondissement_of", "field": "home", "reason": text("x")},
            {"by": "arrondissement_of", "field": "where.quartier", "reason": text("x")},
            {"by": "office_of", "field": "born_at", "reason": text("x")},
            {"by": "central", "office": "arrondissement-5", "reason": text("x")},
            {"by": "central", "office": "la-lune", "reason": text("x")},
        ]
    ).flatmap(
        lambda rule: st.sampled_from([rule, rule | {"when": {"field": "urgent", "is": "equals", "value": True}}])
    ),
    max_size=5,
)
ROUTED = version_with(
    field("home", "place"),
    field("where", "address"),
    field("born_at", "registration_office"),
    field("urgent", "yes_no"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=RULES, seed=st.integers(0, 100), silent=st.sets(st.sampled_from(["home", "where", "born_at", "urgent"])))
def test_any_request_lands_in_exactly_one_office_that_exists(rules, seed, silent):
    routing = {"rules": rules, "default": "etat-civil"}
    answers = {key: value for key, value in sample_answers(ROUTED, seed).items() if key not in silent}
    judged = asked(ROUTED, answers, today=datetime.date(2026, 11, 24))
    found = competent_office(routing, judged.answers, OFFICES, holds=judged.holds)
    assert found.office in OFFICES
    assert found == competent_office(routing, judged.answers, OFFICES, holds=judged.holds)
    # The first rule that applies and finds an office by itself is the one; none: the default.
    alone = [
        competent_office({"rules": [rule], "default": ""}, judged.answers, OFFICES, holds=judged.holds)
        for rule in rules
    ]
    assert found.office == next((one.office for one in alone if one.office), "etat-civil")
