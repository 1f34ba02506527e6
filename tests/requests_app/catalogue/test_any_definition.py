"""Any definition that can be published renders, is filled in page by page, and stores exactly what was answered."""

import json
import re
from random import Random
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES, asked
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.forms import InvalidAnswers, StepForm, answer_rows, as_posted, clean_answers, form_for_step
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.samples import Sampler
from requests_app.catalogue.schema import validate_definition
from requests_app.citizen import keeping
from tests.requests_app.catalogue.conftest import DEFINITION, field, text
from tests.requests_app.catalogue.definitions import definitions

pytestmark = pytest.mark.usefixtures("places")
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
JUNK: list[Any] = [
    None,
    "",
    "x",
    7,
    -1.5,
    True,
    [],
    ["x"],
    [1, {}],
    {"a": 1},
    {"first": []},
    [{"g0": []}],
    "5:Missité",
    "1962-99",
]


# In an item of a group: a declaration shown until a question that appears beside it is answered.
IN_DOUBT = [
    field("g0", "text"),
    field("g1", "text", when={"field": "g0", "is": "answered"}),
    field("g2", "declaration", when={"field": "g1", "is": "empty"}),
]
CHILDREN = field("children", "group", fields=IN_DOUBT, when={"field": "surname", "is": "answered"})
TAKEN_AWAY = DEFINITION | {
    "form": {
        "steps": [
            {"title": text("Tout"), "fields": [*DEFINITION["form"]["steps"][0]["fields"], CHILDREN]},
            DEFINITION["form"]["steps"][1],
        ]
    }
}


def browser(form, wanted: dict[str, Any]) -> QueryDict:
    """What a browser posts when somebody fills in a page as `wanted`: the boxes it holds, its marks, one button."""
    html = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in form.marks) + str(form)
    posted = QueryDict(mutable=True)
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html):
        posted[name] = value
    boxes = set(re.findall(r'name="([^"]+)"', html)) - {"add", "drop"}
    for name, value in as_posted(form.definitions.values(), wanted).items():
        if name in boxes and not name.endswith("-count"):
            posted.setlist(name, value if isinstance(value, list) else [value])
    for key, definition in form.definitions.items():
        if definition["type"] == "group" and int(posted[f"{key}-count"]) < len(wanted.get(key) or []):
            posted["add"] = key
            break
    return posted


def answered(version, seed: int) -> dict[str, Any]:
    """Answers to every question, asked or not, of somebody who leaves out some of what may be left out."""
    random, sampler = Random(seed), Sampler(seed, timezone.localdate())
    answers: dict[str, Any] = {}
    for step in version.steps:
        for question in step["fields"]:
            key, kind = question["key"], question["type"]
            answers[key] = sampler.answer(question)
            if kind in FILE_TYPES:
                answers[key] = [random.randint(1, 99)]
            if kind not in SILENT_TYPES and not question.get("required", True) and random.random() < 0.4:
                answers[key] = None
    return answers


@SLOW
@given(definitions(), st.integers(0, 1000))
def test_it_can_be_published_and_keeps_exactly_what_was_answered(definition, seed):
    validate_definition(definition)
    version = ServiceVersion(form=definition["form"])
    answers = answered(version, seed)
    kept = clean_answers(version, json.loads(json.dumps(answers)))
    now_asked = asked(version, answers, today=timezone.localdate())
    expected = {key for key in now_asked.answers if answers.get(key) is not None}
    assert {key: value for key, value in kept.items() if value is not None} == {key: answers[key] for key in expected}
    assert clean_answers(version, kept) == kept
    for language in ("fr", "en"):
        with override(language):
            for _title, rows in answer_rows(version, kept):
                assert all(label and words for label, words, _key in rows), rows


@SLOW
@given(definitions(), st.integers(0, 1000))
@example(TAKEN_AWAY, 0)
def test_it_is_filled_in_page_by_page_without_a_script(definition, seed):
    version = ServiceVersion(form=definition["form"])
    wanted = answered(version, seed)
    files = {field["key"] for step in version.steps for field in step["fields"] if field["type"] in FILE_TYPES}
    answers = {key: value for key, value in wanted.items() if key in files}
    for index in range(len(version.steps)):
        if not asked(version, answers, today=timezone.localdate()).step(index):
            continue
        form = form_for_step(version, index, answers=answers)
        for _press in range(60):
            data = browser(form, wanted)
            form = form_for_step(version, index, rearranged(data), answers=answers)
            form.judged = "add" not in data
            assert form.is_valid(), (form.errors, wanted)
            if form.settled:
                break
            assert form.has_appeared or form.insists or "add" in data
        assert form.settled
        answers |= form.answers()
    final = asked(version, wanted, today=timezone.localdate()).answers
    assert {key: value for key, value in clean_answers(version, answers).items() if value is not None} == {
        key: value for key, value in final.items() if value is not None
    }


def sent_at_once(version, index: int, wanted: dict[str, Any], saved: dict[str, Any]) -> StepForm:
    """The step as it stands once its button was pressed, without scripts, as often as it came back."""
    form = form_for_step(version, index, answers=saved)
    for _press in range(60):
        data = browser(form, wanted)
        form = form_for_step(version, index, rearranged(data), answers=saved)
        if form.settled and "add" not in data:
            return form
    raise AssertionError("it comes back for ever")


def kept_box_by_box(version, index: int, wanted: dict[str, Any], saved: dict[str, Any], random: Random) -> StepForm:
    """The step as it stands when its script kept it after each answer, in any order, other answers before these."""
    form, typed, saved = form_for_step(version, index, answers=saved), {}, dict(saved)
    form = form_for_step(version, index, rearranged(browser(form, typed)), answers=saved)  # a step may have no box
    others = answered(version, random.randint(0, 1000))
    boxes = [(key, answers[key]) for answers in (others, wanted) for key in random.sample(list(answers), len(answers))]
    for key, answer in [*boxes, *boxes[len(others) :]]:  # the last ones again: some boxes came in meanwhile
        if key not in form.definitions or form.definitions[key]["type"] in FILE_TYPES:
            continue
        typed[key] = answer
        for _add in range(20):
            data = browser(form, typed)
            form = form_for_step(version, index, rearranged(data), answers=saved)
            saved |= keeping.worth_keeping(form)
            if "add" not in data:
                break
    return form


@SLOW
@given(definitions(), st.integers(0, 1000), st.randoms(use_true_random=False))
def test_every_condition_asks_the_same_kept_box_by_box_or_sent_at_once(definition, seed, random):
    version = ServiceVersion(form=definition["form"])
    wanted = answered(version, seed)
    files = {field["key"] for step in version.steps for field in step["fields"] if field["type"] in FILE_TYPES}
    answers = {key: value for key, value in wanted.items() if key in files}
    for index in range(len(version.steps)):
        if asked(version, answers, today=timezone.localdate()).step(index):
            plain = sent_at_once(version, index, wanted, answers)
            scripted = kept_box_by_box(version, index, wanted, answers, random)
            assert list(scripted.definitions) == list(plain.definitions)
            assert scripted.answers_that_hold() == plain.answers_that_hold()
            answers |= plain.answers()


@SLOW
@given(definitions(), st.randoms(use_true_random=False))
def test_junk_is_an_error_beside_its_question_and_never_a_fault(definition, random):
    version = ServiceVersion(form=definition["form"])
    keys = [field["key"] for step in version.steps for field in step["fields"]]
    answers = {key: random.choice(JUNK) for key in keys}
    wrong: dict[str, list[str]] = {}
    try:
        answer_rows(version, clean_answers(version, answers))
    except InvalidAnswers as error:
        wrong = error.errors
    assert wrong.keys() <= set(keys)
    assert all(sentences for sentences in wrong.values())
    for index, step in enumerate(version.steps):
        names = [name for field in step["fields"] for name in as_posted([field], answers)]
        form = form_for_step(version, index, {name: str(random.choice(JUNK)) for name in names}, answers=answers)
        assert str(form).count("<form") == 0
        assert form.is_valid() or all(form.errors.values())


@SLOW
@given(definitions(), st.integers(0, 1000))
def test_a_part_of_an_answer_has_words_too(definition, seed):
    version = ServiceVersion(form=definition["form"])
    answers = answered(version, seed)
    for step in version.steps:
        for question in step["fields"]:
            kind, stored = TYPES[question["type"]], answers.get(question["key"])
            for part in kind.parts if stored else ():
                words = kind.part_in_words(question, stored, part)
                assert bool(words) == (stored[part] not in (None, "")), (part, stored, words)
                assert words or not kind.parts[part]
