"""What is asked follows from what was answered; who cannot be helped here is told why, and not too early."""

import datetime
from typing import Any

from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from requests_app.catalogue.asking import Asked, asked, refusal
from requests_app.catalogue.models import ServiceVersion
from tests.requests_app.catalogue.conftest import field, text

TODAY = datetime.date(2026, 11, 24)


def when(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": name, "is": operator} | ({} if value is None else {"value": value})


STEPS = [
    {
        "title": text("Vous"),
        "fields": [
            field("minor", "yes_no"),
            field("birth", "date", when=when("minor", "equals", True)),
            field("guardian", "name", when=when("birth", "age_below", 18)),
        ],
    },
    {
        "title": text("Le tuteur"),
        "when": when("guardian", "answered"),
        "fields": [field("about", "explanation"), field("phone", "phone"), field("note", "text", required=False)],
    },
    {"title": text("La demande"), "fields": [field("urgent", "yes_no", when=when("phone", "answered"))]},
    {"title": text("Pour tous"), "fields": [field("declaration", "declaration")]},
]
CHILD = {"minor": True, "birth": "2015-06-01", "guardian": "AGBO", "phone": "+2290197000000", "urgent": True}


def of(answers: dict[str, Any]) -> Asked:
    return Asked(STEPS, answers, today=TODAY)


def test_what_is_asked_follows_from_what_was_answered():
    assert of({}).steps == [0, 3]
    assert of({"minor": True}).steps == [0, 3]
    assert of(CHILD).steps == [0, 1, 2, 3]
    assert [one["key"] for one in of({"minor": True}).fields(0)] == ["minor", "birth"]


def test_the_answer_to_a_hidden_question_counts_as_empty_along_the_chain():
    changed = CHILD | {"minor": False}
    assert of(changed).steps == [0, 3]
    assert of(changed).answers == {"minor": False}
    # Nothing was lost meanwhile: the answers come back with the question.
    assert of(changed | {"minor": True}).answers == CHILD


def test_a_layout_has_no_answer():
    assert "about" not in of(CHILD | {"about": "x"}).answers


def test_a_step_without_anything_to_ask_is_not_shown():
    assert not of(CHILD | {"phone": ""}).step(2)
    assert of(CHILD).step(2)


def test_a_child_grows_up_between_two_days():
    answers = {"minor": True, "birth": "2008-11-25"}
    assert Asked(STEPS, answers, today=TODAY).field("guardian")
    assert not Asked(STEPS, answers, today=TODAY + datetime.timedelta(1)).field("guardian")


def test_a_circle_that_slipped_through_asks_nothing_and_ends():
    fields = [field("a", "text", when=when("b", "answered")), field("b", "text", when=when("a", "answered"))]
    looping = Asked([{"fields": fields}], {"a": "x", "b": "y"}, today=TODAY)
    assert not looping.field("a")
    assert looping.answers == {}


def test_an_item_of_a_group_has_only_the_answers_asked_of_it():
    children = field(
        "children",
        "group",
        fields=[
            field("first_name", "name"),
            field("school", "yes_no"),
            field("class", "text", when=when("school", "equals", True)),
        ],
    )
    items = [
        {"first_name": "Koffi", "school": True, "class": "CP"},
        {"first_name": "Afi", "school": False, "class": "CM2"},
    ]
    kept = Asked([{"fields": [children]}], {"children": items}, today=TODAY).answers
    assert kept == {"children": [items[0], {"first_name": "Afi", "school": False}]}


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "minor": st.sampled_from([True, False, None]),
        "birth": st.sampled_from(["2015-06-01", "1990-01-01", "2008", None]),
        "guardian": st.sampled_from(["AGBO", "", None]),
        "phone": st.sampled_from(["+2290197000000", None]),
        "urgent": st.sampled_from([True, False]),
        "intruder": st.just("x"),
    },
)


@given(ANSWERS)
def test_relevant_answers_ask_the_same_questions_again(answers):
    first = of(answers)
    again = of(first.answers)
    assert again.answers == first.answers
    assert again.steps == first.steps


@given(ANSWERS)
def test_only_what_is_asked_has_an_answer(answers):
    here = of(answers)
    asked_keys = {one["key"] for index in here.steps for one in here.fields(index)}
    assert here.answers.keys() <= asked_keys & answers.keys()


# -- Eligibility -------------------------------------------------------------------------------


def version(*rules: dict[str, Any]) -> ServiceVersion:
    said = {"message": text("Vous êtes majeur.", "You are of age."), "where": text("À l’ANIP.", "At ANIP."), "url": "/"}
    return ServiceVersion(form={"steps": STEPS}, eligibility=[said | {"when": rule} for rule in rules])


def stopped(answers: dict[str, Any], *rules: dict[str, Any]) -> bool:
    return refusal(version(*rules), answers, today=TODAY) is not None


def test_a_rule_says_why_and_where_in_the_language_of_the_reader():
    rule = when("birth", "age_below", 12)
    with override("en"):
        said = refusal(version(rule), {"minor": True, "birth": "2020"}, today=TODAY)
    assert said
    assert (said.message, said.where, said.url, said.fields) == ("You are of age.", "At ANIP.", "/", ("birth",))


def test_nobody_is_stopped_by_what_was_not_said():
    for rule in (
        when("guardian", "differs", "AGBO"),
        when("guardian", "not_in", ["AGBO"]),
        when("birth", "age_below", 99),
    ):
        assert not stopped({}, rule)
        assert not stopped({"minor": False, "guardian": "ZINSOU", "birth": "2020"}, rule), "hidden answers are unsaid"
    assert stopped(CHILD | {"guardian": "ZINSOU"}, when("guardian", "differs", "AGBO"))


def test_an_empty_answer_stops_only_once_the_question_was_seen():
    rule = when("note", "empty")
    assert not stopped(CHILD, rule)
    assert stopped(CHILD | {"note": None}, rule)
    assert not stopped(CHILD | {"note": "x"}, rule)


def test_any_stops_at_the_first_reason_and_all_waits_for_the_last():
    late, early = when("urgent", "equals", True), when("minor", "equals", True)
    assert stopped({"minor": True}, {"any": [late, early]})
    assert not stopped({"minor": True}, {"all": [late, early]})
    assert stopped(CHILD, {"all": [late, early]})


def test_the_first_rule_that_stops_is_the_one_told():
    two = version(when("minor", "equals", False), when("minor", "equals", True))
    two.eligibility[1]["message"] = text("Second", "Second")
    said = refusal(two, {"minor": True}, today=TODAY)
    assert said
    assert said.message == "Second"


def test_a_version_without_rules_stops_nobody():
    assert refusal(version(), CHILD, today=TODAY) is None
    assert asked(version(), CHILD, today=TODAY).answers == CHILD
