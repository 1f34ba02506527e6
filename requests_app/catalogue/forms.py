"""From a version's data to the form a citizen fills in, and from the answers to words.

Answers are plain JSON, `{field key: value}`: they can be saved after each step, checked again as a whole,
and read years later with the version they were given to. What was not asked has no answer.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from requests_app.catalogue.asking import Asked, asked
from requests_app.catalogue.conditions import Condition
from requests_app.catalogue.field_types import TYPES, Definition
from requests_app.catalogue.field_types.base import as_posted, in_words
from requests_app.catalogue.field_types.groups import NOTHING_ERASED, Group
from requests_app.catalogue.field_types.step_form import Answers, Posted, StepForm
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import in_active_language

__all__ = [
    "Answers",
    "InvalidAnswers",
    "Row",
    "StepForm",
    "answer_rows",
    "as_posted",
    "clean_answers",
    "definitions_of",
    "field_labels",
    "flat_definitions",
    "form_for_fields",
    "form_for_step",
    "in_words",
    "rows_by_step",
]

Row = tuple[str, str, str]


class InvalidAnswers(Exception):
    """Some answers do not hold. `errors` maps a field key to its sentences, `step` is the first step concerned."""

    def __init__(self, errors: dict[str, list[str]], step: int) -> None:
        super().__init__(", ".join(errors))
        self.errors, self.step = errors, step


def form_for_step(
    version: ServiceVersion,
    step_index: int,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    *,
    today: datetime.date | None = None,
) -> StepForm:
    """The form of one step (0 is the first), bound when `data` is given, else filled with saved `answers`.

    It asks what is asked under the saved answers and what was just posted. Raises IndexError when the version has
    no such step.
    """
    if step_index < 0:
        raise IndexError(step_index)
    step, day = version.steps[step_index], today or timezone.localdate()
    return StepForm.of(
        step["fields"],
        None if data is None else Posted(data, files),
        answers or {},
        asked_under=lambda given: asked(version, given, today=day).fields(step_index),
        title=in_active_language(step["title"]),
        intro=in_active_language(step.get("intro")),
    )


def form_for_fields(
    version: ServiceVersion,
    keys: Iterable[str],
    data: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
) -> StepForm:
    """A form of some named fields only, in the order of the version: what an office asked to correct.

    They are asked whatever the other answers say; a field of files takes its ids from `answers`.
    """
    wanted = set(keys)
    definitions = [definition for definition in definitions_of(version) if definition["key"] in wanted]
    return StepForm(definitions, None if data is None else Posted(data), answers or {})


def definitions_of(version: ServiceVersion) -> list[Definition]:
    """All fields of a version, in order, headings and explanations included."""
    return [definition for step in version.steps for definition in step["fields"]]


def flat_definitions(version: ServiceVersion) -> list[Definition]:
    """`definitions_of`, each under the condition of its step too: all the questions on one page."""
    return [
        definition if not step.get("when") else definition | {"when": _both(step["when"], definition.get("when"))}
        for step in version.steps
        for definition in step["fields"]
    ]


def _both(first: Condition, second: Condition | None) -> Condition:
    return {"all": [first, second]} if second else first


def field_labels(version: ServiceVersion) -> dict[str, str]:
    """Key → label in the active language of each question, in order (for instance to choose what to ask again)."""
    return {
        definition["key"]: in_active_language(definition["label"])
        for definition in definitions_of(version)
        if not TYPES[definition["type"]].layout
    }


def clean_answers(version: ServiceVersion, answers: Answers, *, today: datetime.date | None = None) -> Answers:
    """Check all answers to what is asked with the version's own fields; return them cleaned, without anything else.

    Raises InvalidAnswers.
    """
    cleaned: Answers = {}
    errors: dict[str, list[str]] = {}
    first_wrong = None
    questions = asked(version, answers, today=today or timezone.localdate())
    for index in range(len(version.steps)):
        definitions = questions.fields(index)
        form = StepForm(definitions, Posted(as_posted(definitions, answers)), answers)
        if form.is_valid():
            cleaned |= form.answers()
            continue
        first_wrong = index if first_wrong is None else first_wrong
        errors |= {key: [str(sentence) for sentence in sentences] for key, sentences in form.errors.items()}
    if first_wrong is not None:
        raise InvalidAnswers(errors, first_wrong)
    return cleaned


def answer_rows(
    version: ServiceVersion, answers: Answers, *, today: datetime.date | None = None
) -> list[tuple[str, list[Row]]]:
    """What was asked, for reading: [(step title, [(label, answer in words, field key)])], active language.

    `today` is the day of filing for a filed request. A group has a row for each of its items.
    """
    return [(title, rows) for _index, title, rows in rows_by_step(version, answers, today=today)]


def rows_by_step(
    version: ServiceVersion, answers: Answers, *, today: datetime.date | None = None
) -> list[tuple[int, str, list[Row]]]:
    """`answer_rows`, each step with its index (0 is the first): steps that are not asked are left out."""
    questions: Asked = asked(version, answers, today=today or timezone.localdate())
    return [
        (index, in_active_language(version.steps[index]["title"]), rows)
        for index in questions.steps
        if (rows := [row for definition in questions.fields(index) for row in _rows(definition, answers)])
    ]


def kept_rows(
    version: ServiceVersion, answers: Answers, erased: Mapping[str, str] = NOTHING_ERASED
) -> list[tuple[str, list[Row]]]:
    """`answer_rows` of all that is kept, whether it is still asked or not, and of nothing else.

    `erased` has the words that stand in place of what was kept, by "question" or "group.question".
    """
    steps = [
        (
            in_active_language(step["title"]),
            [
                row
                for definition in step["fields"]
                if definition["key"] in erased or answers.get(definition["key"]) not in (None, "", [])
                for row in _rows(definition, answers, erased)
            ],
        )
        for step in version.steps
    ]
    return [(title, rows) for title, rows in steps if rows]


def _rows(definition: Definition, answers: Answers, erased: Mapping[str, str] = NOTHING_ERASED) -> list[Row]:
    kind, key, stored = TYPES[definition["type"]], definition["key"], answers.get(definition["key"])
    if kind.layout:
        return []
    if isinstance(kind, Group) and stored:
        return [(title, words, key) for title, words in kind.items_in_words(definition, stored, erased)]
    return [(in_active_language(definition["label"]), erased.get(key) or in_words(definition, answers), key)]
