"""Answers made of a few named parts, each a small question of its own inside one frame."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from requests_app.catalogue.field_types.base import Definition, FieldType, Typed, as_posted, in_words
from requests_app.catalogue.field_types.inner import InnerForms, Posted
from requests_app.catalogue.field_types.step_form import StepForm


def part(
    key: str, kind: str, label: str | Promise, help_text: str | Promise = "", *, required: bool = True
) -> Definition:
    """The definition of one part; its words are ours, not the town hall's."""
    return {"key": key, "type": kind, "label": label, "help": help_text, "required": required}


class Composite(FieldType):
    """Stored as {part: stored}; posted as `<key>-<part>`. Left wholly empty, it is no answer."""

    # The name of a script's hook on the frame.
    hook = ""

    def part_definitions(self, definition: Definition) -> list[Definition]:
        """The small questions, in the order of the page."""
        raise NotImplementedError

    def faults(self, stored: dict[str, Any]) -> dict[str, str]:
        """What the parts say of one another: {part: sentence}."""
        return {}

    def form_field(self, definition: Definition) -> forms.Field:
        return CompositeField(self, definition, **self.common(definition))

    def typed(self, definition: Definition, stored: Any) -> Typed:
        given = stored if isinstance(stored, dict) else {}
        key = definition["key"]
        prefixed = [one | {"key": f"{key}-{one['key']}"} for one in self.part_definitions(definition)]
        return as_posted(prefixed, {f"{key}-{name}": value for name, value in given.items()})

    def in_words(self, definition: Definition, stored: dict[str, Any]) -> str:
        return " ".join(filter(None, (self.part_in_words(definition, stored, name) for name in self.parts)))

    def part_in_words(self, definition: Definition, stored: dict[str, Any], part: str) -> str:
        if part not in self.parts:
            raise KeyError(part)
        if stored.get(part) in (None, ""):
            return ""
        return in_words(next(one for one in self.part_definitions(definition) if one["key"] == part), stored)


class CompositeField(forms.Field):
    """Cleans to {part: stored}, or None; the sentences of each part stand beside it."""

    widget = InnerForms

    def __init__(self, kind: Composite, definition: Definition, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind, self.definitions = kind, kind.part_definitions(definition)
        self.widget.hook = kind.hook
        self.widget.make = self.make

    def make(self, posted: Posted | None, stored: Any, name: str) -> list[StepForm]:
        """The one form of the parts: as posted, or as stored."""
        given = stored if isinstance(stored, dict) else {}
        form = StepForm.of(self.definitions, posted, given, prefix=name)
        return [form]

    def clean(self, value: Posted) -> dict[str, Any] | None:
        [form] = self.widget.forms = self.make(value, None, value.name)
        if form.is_blank() and not self.required:
            form.judged = False
            form.full_clean()
            return None
        if form.is_blank() and form.is_valid():
            raise ValidationError(self.error_messages["required"], code="required")
        if form.is_valid():
            for name, sentence in self.kind.faults(form.answers()).items():
                form.add_error(name, sentence)
        if form.errors:
            raise ValidationError(form.sentences())
        return form.answers()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return any(form.has_changed() for form in self.make(data, initial, data.name))
