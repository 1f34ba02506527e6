"""Some questions as one form: those that are asked, those that have just appeared, those left empty for the first time.

Conditions are read on the server only: what a person posts decides what is asked, and a question that appears because
of it comes back on the page before anything is judged.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import ngettext

from requests_app.catalogue.asking import Asked
from requests_app.catalogue.conditions import fields_named, is_empty
from requests_app.catalogue.field_types.base import Definition, as_posted, kind_of, typed_before
from requests_app.catalogue.inputs import HeldFilesField
from requests_app.catalogue.plain_text import one_line

Answers = dict[str, Any]
AskedUnder = Callable[[Answers], list[Definition]]
# Posted beside the answers: which questions the page held, and which it insisted on. No key begins with "_".
SHOWN, INSISTED = "_shown", "_insisted"


@dataclass(frozen=True)
class Posted:
    """What a browser posted; `name` begins the names that matter."""

    data: Mapping[str, Any]
    files: Mapping[str, Any] | None = None
    name: str = ""

    def words(self, name: str) -> frozenset[str] | None:
        """The words of the hidden input of this name, or None when there was none."""
        found = self.data.get(f"{self.name}-{name}" if self.name else name)
        return None if found is None else frozenset(str(found).split())


@dataclass(frozen=True)
class Question:
    """A question as a page shows it: whether it has just appeared, and whether the page insists on it."""

    field: forms.BoundField
    fresh: bool
    insisted: bool


class StepForm(forms.Form):
    """Some questions of a version; `answers()` gives what to store once it is valid.

    `appeared` holds the keys of the questions that the answers have just called for: they are shown and not judged.
    Nor are those `waiting`, which were there and which the answer to one that appeared may take away.
    """

    # The browser's own bubbles are not translated and hide the summary; the server answers in plain words.
    use_required_attribute = False

    def __init__(
        self,
        definitions: Iterable[Definition],
        posted: Posted | None = None,
        saved: Mapping[str, Any] | None = None,
        *,
        prefix: str | None = None,
        appeared: Iterable[str] = (),
        waiting: Iterable[str] = (),
        deciding: Iterable[str] = (),
        has_conditions: bool = False,
        title: str = "",
        intro: str = "",
    ) -> None:
        self.definitions = {definition["key"]: definition for definition in definitions}
        self.saved, self.posted, self.appeared = saved or {}, posted, frozenset(appeared)
        self.unjudged = self.appeared.union(waiting)
        data, files = (posted.data, posted.files) if posted else (None, None)
        super().__init__(data, cast(Any, files), prefix=prefix)
        self.title, self.intro, self.has_conditions = title, intro, has_conditions
        self.judged = True
        for key, definition in self.definitions.items():
            kind = kind_of(definition)
            field = self.fields[key] = kind.form_field(definition)
            if isinstance(field, HeldFilesField):
                # Never what a browser says: files are attached one by one and their ids kept by the server.
                held = self.saved.get(key)
                field.held = held if isinstance(held, list) else []
            if key in deciding:
                field.widget.attrs["data-portal-decides"] = True

    @classmethod
    def of(
        cls,
        definitions: list[Definition],
        posted: Posted | None,
        saved: Mapping[str, Any],
        *,
        asked_under: AskedUnder | None = None,
        **more: Any,
    ) -> Self:
        """The form of what is asked among `definitions`, given what was posted or else what is saved.

        `asked_under` says what other answers decide (default: these questions among themselves, as in a group).
        """
        if asked_under is None:
            if not any("when" in definition for definition in definitions):
                return cls(definitions, posted, saved, **more)
            asked_under = _among(definitions)
        deciding = {key for definition in definitions for key in fields_named(definition.get("when"))}
        more["has_conditions"] = any("when" in definition for definition in definitions)
        if posted is None:
            return cls(asked_under(dict(saved)), None, saved, deciding=deciding, **more)
        shown = posted.words(SHOWN)
        given, doubtful = _given(definitions, deciding, posted, saved, shown, more.get("prefix"))
        asked = {definition["key"] for definition in asked_under({**saved, **given})}
        asked |= (shown or frozenset()) & _hanging_on(doubtful, definitions)
        asked_now = [definition for definition in definitions if definition["key"] in asked]
        # A page that says nothing of what it held (no mark) is judged whole.
        appeared = {one["key"] for one in asked_now if "when" in one} - shown if shown is not None else set()
        if appeared:
            posted = _with_saved(posted, asked_now, appeared, saved, more.get("prefix"))
            more["waiting"] = _hanging_on(appeared, asked_now)
        return cls(asked_now, posted, saved, appeared=appeared, deciding=deciding, **more)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """What was saved, as it was typed; only when somebody looks, for a filing does not."""
        definition = self.definitions.get(field_name)
        if definition is None:
            return super().get_initial_for_field(field, field_name)
        return typed_before([definition], self.saved)[field_name]

    def full_clean(self) -> None:
        """Judge everything but what has just appeared or hangs on it; nothing at all on a page that only shows."""
        everything = self.fields
        left = everything if not self.judged else self.unjudged
        self.fields = {key: field for key, field in everything.items() if key not in left}
        try:
            super().full_clean()
        finally:
            self.fields = everything

    def answers(self) -> Answers:
        """The JSON to store of each question that was judged; one left empty is stored as None."""
        return {
            key: kind_of(definition).stored(self.cleaned_data.get(key))
            for key, definition in self.definitions.items()
            if not kind_of(definition).layout and key not in self.unjudged
        }

    def answers_that_hold(self) -> Answers:
        """Of a bound form, valid or not: the JSON to store for each question answered well."""
        wrong = self.errors
        return {
            key: stored
            for key, stored in self.answers().items()
            # A question that will be insisted on is not let go because a page kept itself.
            if key not in wrong and not (self.definitions[key].get("soft_required") and is_empty(stored))
        }

    @property
    def holds(self) -> bool:
        """Whether it was posted to be judged, and nothing in it is wrong."""
        return self.judged and self.is_valid()

    @property
    def settled(self) -> bool:
        """Whether the answers hold, no question has appeared and none is insisted on: the step may be left."""
        return self.holds and not self.has_appeared and not self.insists

    @property
    def has_appeared(self) -> bool:
        """Whether a question has just appeared, here or in a group."""
        return self.how_many_appeared > 0

    @property
    def how_many_appeared(self) -> int:
        """How many questions have just appeared, here and in the groups."""
        return len(self.appeared) + sum(inner.how_many_appeared for inner in self.inner_forms)

    @property
    def word_of_appeared(self) -> str:
        """What the page says of the questions that have just appeared."""
        count = self.how_many_appeared
        return ngettext(
            "Votre réponse appelle une question de plus.", "Vos réponses appellent %(count)d questions de plus.", count
        ) % {"count": count}

    @property
    def insists(self) -> bool:
        """Whether a question that should be answered was left empty for the first time, here or in a group."""
        return bool(self.left_empty) or any(inner.insists for inner in self.inner_forms)

    @cached_property
    def left_empty(self) -> frozenset[str]:
        """The keys of the soft-required questions left empty for the first time. Asked of a valid form."""
        soft = {key for key, definition in self.definitions.items() if definition.get("soft_required")}
        if not soft or not self.is_bound or not self.judged:
            return frozenset()
        answers = self.answers()
        # A question saved as None was asked twice already.
        let_go = {key for key in soft if key in self.saved and self.saved[key] is None} | self._insisted
        return frozenset(key for key in soft if key in answers and is_empty(answers[key])) - let_go

    @property
    def inner_forms(self) -> "list[StepForm]":
        """The forms of the composite answers and of the items of the groups, once they were judged."""
        return [inner for field in self.fields.values() for inner in getattr(field.widget, "forms", None) or ()]

    @property
    def questions(self) -> list[Question]:
        """The questions as a page shows them, in order."""
        insisted = self._to_insist
        return [
            Question(field=self[key], fresh=key in self.appeared, insisted=key in insisted) for key in self.definitions
        ]

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(name, value) of the hidden inputs that let the server know what this page held; none when it need not."""
        marks = [(self.add_prefix(SHOWN), " ".join(self.definitions))] if self.has_conditions else []
        if insisted := self._to_insist | self._insisted:
            marks.append((self.add_prefix(INSISTED), " ".join(sorted(insisted))))
        return marks

    def is_blank(self) -> bool:
        """Whether nothing at all was posted in it."""
        return all(self.is_left_empty(key) for key in self.fields)

    def is_left_empty(self, key: str) -> bool:
        """Whether nothing was posted for the question `key`."""
        field = self.fields[key]
        return _is_blank(field, field.widget.value_from_datadict(self.data, self.files, self.add_prefix(key)))

    def sentences(self) -> list[str]:
        """Its errors, each after the label of its question."""
        return [f"{self.fields[key].label} : {sentence}" for key in self.errors for sentence in self.errors[key]]

    @property
    def _to_insist(self) -> frozenset[str]:
        return self.left_empty if self.is_bound and self.judged and not self.errors else frozenset()

    @property
    def _insisted(self) -> frozenset[str]:
        return (self.posted.words(INSISTED) if self.posted else None) or frozenset()


def _among(definitions: list[Definition]) -> AskedUnder:
    steps = [{"fields": definitions}]
    return lambda answers: Asked(steps, answers, today=timezone.localdate()).fields(0)


def _given(
    definitions: list[Definition],
    deciding: set[str],
    posted: Posted,
    saved: Mapping[str, Any],
    shown: frozenset[str] | None,
    prefix: str | None,
) -> tuple[Answers, set[str]]:
    """The posted answers that decide of others, and the keys of those that do not hold."""
    given: Answers = {}
    doubtful: set[str] = set()
    for definition in definitions:
        key, kind = definition["key"], kind_of(definition)
        hidden = "when" in definition and shown is not None and key not in shown
        if key not in deciding or kind.holds_files or hidden:
            continue
        field = kind.form_field(definition)
        name = f"{prefix}-{key}" if prefix else key
        try:
            given[key] = kind.stored(field.clean(field.widget.value_from_datadict(posted.data, posted.files, name)))
        except ValidationError:
            given[key] = None
            doubtful.add(key)
    return given, doubtful


def _hanging_on(doubtful: set[str], definitions: list[Definition]) -> set[str]:
    """The questions that depend on an answer that is doubtful, or still to come, at any distance."""
    hanging: set[str] = set()
    while doubtful:
        doubtful = {
            definition["key"]
            for definition in definitions
            if fields_named(definition.get("when")) & doubtful and definition["key"] not in hanging
        }
        hanging |= doubtful
    return hanging


def _with_saved(
    posted: Posted, definitions: list[Definition], appeared: set[str], saved: Mapping[str, Any], prefix: str | None
) -> Posted:
    """As if the questions that appear had been posted as they were answered before."""
    start = f"{prefix}-" if prefix else ""
    back = [one | {"key": start + one["key"]} for one in definitions if one["key"] in appeared]
    data = QueryDict(mutable=True)
    for name, values in posted.data.lists() if hasattr(posted.data, "lists") else _lists(posted.data):
        data.setlist(name, values)
    before = as_posted(back, {start + key: saved.get(key) for key in appeared})
    for name, values in _lists(before):
        data.setlist(name, values)
    return Posted(data, posted.files, posted.name)


def _lists(data: Mapping[str, Any]) -> Iterable[tuple[str, list[Any]]]:
    return [(name, values if isinstance(values, list) else [values]) for name, values in data.items()]


def _is_blank(field: forms.Field, raw: Any) -> bool:
    if isinstance(raw, Posted):
        return all(form.is_blank() for form in field.widget.make(raw, None, raw.name))
    if isinstance(raw, list | tuple):
        return all(_is_blank(field, one) for one in raw)
    return raw in (None, False) or (isinstance(raw, str) and not one_line(raw))
