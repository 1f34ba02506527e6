"""What a page says between its questions: a heading, an explanation."""

from typing import Any

from django import forms

from requests_app.catalogue.field_types.base import Definition, FieldType, Typed, register
from requests_app.catalogue.translated import in_active_language


class Said(forms.Widget):
    """Words, and nothing to fill in."""

    template_name = "catalogue/widgets/said.html"

    def __init__(self, kind: str, label: str, help_text: str) -> None:
        super().__init__()
        self.said = {"kind": kind, "label": label, "help": help_text}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs) | self.said


class LayoutField(forms.Field):
    """Takes its place among the questions; never in error, never an answer."""

    layout = True


class Layout(FieldType):
    """Words of the town hall in the middle of a step."""

    layout = True
    in_group = False

    def form_field(self, definition: Definition) -> forms.Field:
        label, help_text = in_active_language(definition["label"]), in_active_language(definition.get("help"))
        return LayoutField(required=False, label=label, widget=Said(self.name, label, help_text))

    def typed(self, definition: Definition, stored: Any) -> Typed:
        return {}

    def stored(self, value: Any) -> None:
        return None


@register
class Heading(Layout):
    """A title inside a step."""

    name = "heading"


@register
class Explanation(Layout):
    """A paragraph inside a step."""

    name = "explanation"
