"""Numbers: whole, decimal, francs."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.field_types.base import Definition, FieldType, register
from requests_app.catalogue.inputs import DecimalTextField, FrancsField, WholeNumberField

LARGEST = 999_999_999
THOUSANDS = "\u202f"
NO_BREAK = "\u00a0"


def grouped(number: int) -> str:
    """2500000 → "2 500 000", with spaces that do not break."""
    return f"{number:,}".replace(",", THOUSANDS)


def with_unit(words: str, definition: Definition) -> str:
    return f"{words}{NO_BREAK}{definition['unit']}" if definition.get("unit") else words


def naming_unit(common: dict[str, Any], unit: str | None) -> dict[str, Any]:
    """The label says in which unit one answers, unless the editor already wrote it there."""
    label = common["label"]
    return common if not unit or unit in label else common | {"label": f"{label} ({unit.replace(' ', NO_BREAK)})"}


@register
class Integer(FieldType):
    """A whole number; spaces between the figures are forgiven."""

    name = "integer"
    options = frozenset({"min", "max", "unit"})

    def form_field(self, definition: Definition) -> forms.Field:
        field = WholeNumberField(
            min_value=definition.get("min", 0),
            max_value=definition.get("max", LARGEST),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **naming_unit(self.common(definition), definition.get("unit")),
        )
        field.error_messages["invalid"] = _("Écrivez un nombre entier, en chiffres.")
        return field

    def stored(self, value: int | None) -> int | None:
        return value

    def in_words(self, definition: Definition, stored: int) -> str:
        # Four figures stay together: most of them are years.
        return with_unit(grouped(stored) if abs(stored) > 9999 else str(stored), definition)


@register
class DecimalType(FieldType):
    """A number with a comma, kept exactly as it was written: "2.50" is not "2.5"."""

    name = "decimal"
    options = frozenset({"min", "max", "decimals", "unit"})

    def form_field(self, definition: Definition) -> forms.Field:
        return DecimalTextField(
            least=definition.get("min", 0),
            most=definition.get("max", LARGEST),
            decimals=definition.get("decimals", 2),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "medium"}),
            **naming_unit(self.common(definition), definition.get("unit")),
        )

    def typed(self, definition: Definition, stored: Any) -> dict[str, Any]:
        return {definition["key"]: "" if stored is None else str(stored).replace(".", ",")}

    def in_words(self, definition: Definition, stored: str) -> str:
        whole, dot, rest = str(stored).partition(".")
        sign = "-" if whole.startswith("-") else ""
        mark = "." if get_language() == "en" else ","
        return with_unit(f"{sign}{grouped(abs(int(whole)))}{mark if dot else ''}{rest}", definition)


@register
class Amount(FieldType):
    """Whole francs CFA."""

    name = "amount"
    options = frozenset({"min", "max"})

    def form_field(self, definition: Definition) -> forms.Field:
        return FrancsField(
            least=definition.get("min", 0),
            most=definition.get("max", LARGEST),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **naming_unit(self.common(definition), "F CFA"),
        )

    def stored(self, value: int | None) -> int | None:
        return value

    def in_words(self, definition: Definition, stored: int) -> str:
        return francs(stored)


def francs(amount: int) -> str:
    """2500 → "2 500 F CFA"."""
    return f"{grouped(amount)}{NO_BREAK}F{NO_BREAK}CFA"


def shown(number: float | Decimal) -> str:
    """A limit as it is said in a sentence: no ".0", thousands apart."""
    text = f"{number:f}" if isinstance(number, Decimal) else f"{number:g}" if abs(number) < 1e6 else str(int(number))
    return grouped(int(text)) if text.lstrip("-").isdecimal() else text.replace(".", ",")
