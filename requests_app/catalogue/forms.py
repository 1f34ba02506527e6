"""From a version's data to the form a citizen fills in, and from the answers to words.

Answers are plain JSON, `{field key: value}`: they can be saved after each step, checked again as a whole,
and read years later with the version they were given to.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext

from requests_app.catalogue.field_types import TYPES, Definition
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import in_active_language

Answers = dict[str, Any]
Row = tuple[str, str, str]


class InvalidAnswers(Exception):
    """Some answers do not hold. `errors` maps a field key to its sentences, `step` is the first step concerned."""

    def __init__(self, errors: dict[str, list[str]], step: int) -> None:
        super().__init__(", ".join(errors))
        self.errors, self.step = errors, step


class StepForm(forms.Form):
    """Some fields of a version as one form; `answers()` gives what to store once it is valid."""

    # The browser's own bubbles are not translated and hide the summary; the server answers in plain words.
    use_required_attribute = False

    def __init__(
        self, definitions: Iterable[Definition], *args: Any, title: str = "", intro: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definitions = {definition["key"]: definition for definition in definitions}
        self.title, self.intro = title, intro
        for key, definition in self.definitions.items():
            self.fields[key] = TYPES[definition["type"]].form_field(definition)

    def answers(self) -> Answers:
        """The JSON to store; a question left empty is stored as None."""
        return {
            key: TYPES[definition["type"]].stored(self.cleaned_data.get(key))
            for key, definition in self.definitions.items()
        }

    def answers_that_hold(self) -> Answers:
        """Of a bound form, valid or not: the JSON to store for each question answered well."""
        return {
            key: TYPES[definition["type"]].stored(self.cleaned_data.get(key))
            for key, definition in self.definitions.items()
            if key not in self.errors
        }


def form_for_step(
    version: ServiceVersion,
    step_index: int,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
) -> StepForm:
    """The form of one step (0 is the first), bound when `data` is given, else filled with saved `answers`.

    Raises IndexError when the version has no such step.
    """
    if step_index < 0:
        raise IndexError(step_index)
    step = version.steps[step_index]
    return StepForm(
        step["fields"],
        data,
        files,
        title=in_active_language(step["title"]),
        intro=in_active_language(step.get("intro")),
        initial=typed_before(step["fields"], answers or {}),
    )


def form_for_fields(
    version: ServiceVersion,
    keys: Iterable[str],
    data: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
) -> StepForm:
    """A form of some named fields only, in the order of the version: what an office asked to correct."""
    wanted = set(keys)
    definitions = [definition for definition in definitions_of(version) if definition["key"] in wanted]
    return StepForm(definitions, data, initial=typed_before(definitions, answers or {}))


def definitions_of(version: ServiceVersion) -> list[Definition]:
    """All fields of a version, in order."""
    return [definition for step in version.steps for definition in step["fields"]]


def field_labels(version: ServiceVersion) -> dict[str, str]:
    """Field key → label in the active language, in order (for instance to choose what to ask again)."""
    return {definition["key"]: in_active_language(definition["label"]) for definition in definitions_of(version)}


def clean_answers(version: ServiceVersion, answers: Answers) -> Answers:
    """Check all answers again with the version's own fields and return them cleaned, unknown keys dropped.

    Raises InvalidAnswers.
    """
    cleaned: Answers = {}
    errors: dict[str, list[str]] = {}
    first_wrong = None
    for index, step in enumerate(version.steps):
        form = StepForm(step["fields"], as_posted(step["fields"], answers))
        if form.is_valid():
            cleaned |= form.answers()
            continue
        first_wrong = index if first_wrong is None else first_wrong
        errors |= {key: [str(sentence) for sentence in sentences] for key, sentences in form.errors.items()}
    if first_wrong is not None:
        raise InvalidAnswers(errors, first_wrong)
    return cleaned


def answer_rows(version: ServiceVersion, answers: Answers) -> list[tuple[str, list[Row]]]:
    """What was answered, for reading: [(step title, [(label, answer in words, field key)])], active language."""
    return [
        (
            in_active_language(step["title"]),
            [
                (in_active_language(definition["label"]), in_words(definition, answers), definition["key"])
                for definition in step["fields"]
            ],
        )
        for step in version.steps
    ]


def in_words(definition: Definition, answers: Answers) -> str:
    """One answer as people read it, or "Non renseigné"."""
    stored = answers.get(definition["key"])
    if stored is None or stored == "":
        return gettext("Non renseigné")
    return TYPES[definition["type"]].in_words(definition, stored)


def as_posted(definitions: Iterable[Definition], answers: Answers) -> dict[str, str]:
    """Stored answers as a browser would post them."""
    posted: dict[str, str] = {}
    for definition in definitions:
        posted |= TYPES[definition["type"]].typed(definition["key"], answers.get(definition["key"]))
    return posted


def typed_before(definitions: Iterable[Definition], answers: Answers) -> dict[str, Any]:
    """Initial values: what the widgets show for stored answers."""
    initial: dict[str, Any] = {}
    for definition in definitions:
        key, stored = definition["key"], answers.get(definition["key"])
        posted = TYPES[definition["type"]].typed(key, stored)
        initial[key] = posted.get(key, stored)
    return initial
