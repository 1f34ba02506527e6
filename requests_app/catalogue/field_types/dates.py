"""Days, days known roughly, hours."""

from typing import Any

from django import forms

from requests_app.catalogue.dates import PARTS, DatePartsField, date_in_words, parts_of
from requests_app.catalogue.field_types.base import Definition, FieldType, register
from requests_app.catalogue.inputs import ClockField, clock_in_words


@register
class Date(FieldType):
    """A day, or a year alone when the definition says `"year_alone": true`."""

    name = "date"
    options = frozenset({"limit", "max_days", "year_alone"})

    def form_field(self, definition: Definition) -> forms.Field:
        return DatePartsField(
            limit=definition.get("limit", "any"),
            max_days=definition.get("max_days"),
            year_alone=definition.get("year_alone", False),
            **self.common(definition),
        )

    def typed(self, definition: Definition, stored: Any) -> dict[str, Any]:
        return {f"{definition['key']}_{part}": text for part, text in zip(PARTS, parts_of(stored), strict=True)}

    def in_words(self, definition: Definition, stored: str) -> str:
        return date_in_words(stored)


@register
class ApproximateDate(Date):
    """A day, a month or a year, as far as it is known: "3 mai 1962", "mai 1962", "vers 1962"."""

    name = "approximate_date"
    options = frozenset({"limit"})

    def form_field(self, definition: Definition) -> forms.Field:
        limit = definition.get("limit", "any")
        return DatePartsField(limit=limit, year_alone=True, month_alone=True, **self.common(definition))


@register
class Time(FieldType):
    """An hour of the day, stored "14:30"."""

    name = "time"

    def form_field(self, definition: Definition) -> forms.Field:
        widget = forms.TextInput(attrs={"autocomplete": "off", "class": "short"})
        return ClockField(widget=widget, **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        return clock_in_words(stored)
