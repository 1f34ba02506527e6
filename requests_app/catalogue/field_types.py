"""The kinds of fields a form may have: one small class each, found by the name written in the definition.

A type turns its definition into a Django field, the cleaned value into the JSON that is stored, and the
stored JSON back into what the person typed or into words. A new type is one more class with `@register`.
"""

import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from arrondissements.models import Arrondissement, Office, OfficeKind, Quartier
from requests_app.catalogue.dates import DatePartsField, date_in_words, parts_of
from requests_app.catalogue.inputs import (
    BeninPhoneField,
    NpiField,
    TextField,
    WholeNumberField,
    looks_like_a_name,
    phone_in_words,
)
from requests_app.catalogue.plain_text import paragraphs
from requests_app.catalogue.translated import in_active_language

Definition = dict[str, Any]
TYPES: dict[str, "FieldType"] = {}
REQUIRED = _("Répondez à cette question.")
NOT_IN_LIST = _("Choisissez une réponse de la liste.")
PLACES_KEPT = 300  # seconds


def register(cls: type["FieldType"]) -> type["FieldType"]:
    """Make a type known under its `name`."""
    TYPES[cls.name] = cls()
    return cls


class FieldType:
    """What every type does; the defaults fit a value stored as text."""

    name = ""
    # What a definition of this type may say beside key, type, label, help and required.
    options: frozenset[str] = frozenset()

    def form_field(self, definition: Definition) -> forms.Field:
        """The Django field that asks for it and cleans to what is stored."""
        raise NotImplementedError

    def common(self, definition: Definition) -> dict[str, Any]:
        """Label, help, required and the sentence for an empty answer."""
        return {
            "label": in_active_language(definition["label"]),
            "help_text": in_active_language(definition.get("help")),
            "required": definition.get("required", True),
            "error_messages": {"required": REQUIRED},
        }

    def stored(self, value: Any) -> Any:
        """The JSON kept of a cleaned value; None for no answer."""
        return value or None

    def typed(self, key: str, stored: Any) -> dict[str, str]:
        """What a browser would post for a stored answer, so that it can be checked again."""
        return {key: "" if stored is None else str(stored)}

    def in_words(self, definition: Definition, stored: Any) -> str:
        """The answer as people read it, in the active language."""
        return str(stored)


@register
class Text(FieldType):
    """One line."""

    name = "text"
    options = frozenset({"max_length", "min_length", "autocomplete"})
    longest = 200

    def form_field(self, definition: Definition) -> forms.Field:
        return TextField(
            longest=definition.get("max_length", self.longest),
            shortest=definition.get("min_length"),
            widget=forms.TextInput(attrs=autocomplete(definition)),
            **self.common(definition),
        )


@register
class Name(FieldType):
    """A surname or given names, kept as on the act: no forced capitals, any letter and tone."""

    name = "name"
    options = frozenset({"max_length", "autocomplete"})

    def form_field(self, definition: Definition) -> forms.Field:
        attrs = {"autocapitalize": "words", "spellcheck": "false"} | autocomplete(definition)
        field = TextField(
            longest=definition.get("max_length", 100),
            widget=forms.TextInput(attrs=attrs),
            **self.common(definition),
        )
        field.validators.append(looks_like_a_name)
        return field


@register
class LongText(FieldType):
    """Several lines."""

    name = "long_text"
    options = frozenset({"max_length", "min_length"})

    def form_field(self, definition: Definition) -> forms.Field:
        return TextField(
            clean=paragraphs,
            longest=definition.get("max_length", 2000),
            shortest=definition.get("min_length"),
            widget=forms.Textarea(attrs={"rows": 4}),
            **self.common(definition),
        )


@register
class Integer(FieldType):
    """A whole number; spaces between the figures are forgiven."""

    name = "integer"
    options = frozenset({"min", "max"})

    def form_field(self, definition: Definition) -> forms.Field:
        field = WholeNumberField(
            min_value=definition.get("min", 0),
            max_value=definition.get("max", 999_999_999),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **self.common(definition),
        )
        field.error_messages["invalid"] = _("Écrivez un nombre entier, en chiffres.")
        return field

    def stored(self, value: int | None) -> int | None:
        return value

    def in_words(self, definition: Definition, stored: int) -> str:
        # Four figures stay together: most of them are years.
        return f"{stored:,}".replace(",", "\u202f") if abs(stored) > 9999 else str(stored)


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

    def typed(self, key: str, stored: Any) -> dict[str, str]:
        return {f"{key}_{part}": text for part, text in zip(("day", "month", "year"), parts_of(stored), strict=True)}

    def in_words(self, definition: Definition, stored: str) -> str:
        return date_in_words(stored)


@register
class YesNo(FieldType):
    """Yes or no, neither chosen beforehand."""

    name = "yes_no"

    def form_field(self, definition: Definition) -> forms.Field:
        field = forms.ChoiceField(
            choices=[("yes", _("Oui")), ("no", _("Non"))], widget=forms.RadioSelect, **self.common(definition)
        )
        field.error_messages["invalid_choice"] = NOT_IN_LIST
        return field

    def stored(self, value: str) -> bool | None:
        return {"yes": True, "no": False}.get(value)

    def typed(self, key: str, stored: Any) -> dict[str, str]:
        return {key: {True: "yes", False: "no"}.get(stored, "") if isinstance(stored, bool) else ""}

    def in_words(self, definition: Definition, stored: bool) -> str:
        return gettext("Oui") if stored else gettext("Non")


@register
class Choice(FieldType):
    """One answer of a short list written in the definition: buttons up to six, a drop-down above."""

    name = "choice"
    options = frozenset({"choices"})

    def form_field(self, definition: Definition) -> forms.Field:
        choices = [(choice["value"], in_active_language(choice["label"])) for choice in definition["choices"]]
        return listed(choices, as_buttons=len(choices) <= 6, **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        labels = {choice["value"]: in_active_language(choice["label"]) for choice in definition["choices"]}
        return labels.get(stored, stored)


@register
class Phone(FieldType):
    """A phone number of Bénin or of the world, kept as +229…; old 8-figure numbers are completed with 01."""

    name = "phone"

    def form_field(self, definition: Definition) -> forms.Field:
        return BeninPhoneField(**self.common(definition))

    def stored(self, value: PhoneNumber | None) -> str | None:
        return value.as_e164 if value else None

    def in_words(self, definition: Definition, stored: str) -> str:
        return phone_in_words(stored)


@register
class Email(FieldType):
    """An e-mail address."""

    name = "email"

    def form_field(self, definition: Definition) -> forms.Field:
        field = forms.EmailField(max_length=254, **self.common(definition))
        field.widget.attrs.pop("maxlength", None)
        field.widget.attrs["autocomplete"] = "email"
        field.error_messages["invalid"] = _("Cette adresse n’est pas complète. Exemple : awa@exemple.bj.")
        return field


@register
class Npi(FieldType):
    """The 10 figures of the personal identification number; no check figure is published (benin.md §2.5)."""

    name = "npi"

    def form_field(self, definition: Definition) -> forms.Field:
        attrs = {"inputmode": "numeric", "autocomplete": "off"}
        return NpiField(widget=forms.TextInput(attrs=attrs), **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        return f"{stored[:4]}\u00a0{stored[4:7]}\u00a0{stored[7:]}"


@register
class QuartierType(FieldType):
    """A quarter, stored "5:Gbéto": the same name exists in several arrondissements."""

    name = "quartier"

    def form_field(self, definition: Definition) -> forms.Field:
        return listed(grouped_quartiers(), **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        number, _colon, quartier = stored.partition(":")
        return f"{quartier} ({Arrondissement(number=int(number))})"


Groups = list[tuple[str, list[tuple[str, str]]]]


def grouped_quartiers() -> Groups:
    """The quarters under their arrondissement, ready for a drop-down; kept a few minutes, since every filing asks."""
    return _read_quartiers(get_language(), time.monotonic() // PLACES_KEPT)


@lru_cache(maxsize=4)
def _read_quartiers(_language: str | None, _period: float) -> Groups:
    groups: dict[int, list[tuple[str, str]]] = {}
    for quartier in Quartier.objects.order_by("arrondissement_id", "name").only("arrondissement_id", "name"):
        groups.setdefault(quartier.arrondissement_id, []).append((quartier.key, quartier.name))
    return [(str(Arrondissement(number=number)), quartiers) for number, quartiers in groups.items()]


forget_quartiers = _read_quartiers.cache_clear


@register
class ArrondissementType(FieldType):
    """An arrondissement, stored as its number."""

    name = "arrondissement"

    def form_field(self, definition: Definition) -> forms.Field:
        choices = [(str(place.number), str(place)) for place in Arrondissement.objects.order_by("number")]
        return listed(choices, **self.common(definition))

    def stored(self, value: str) -> int | None:
        return int(value) if value else None

    def in_words(self, definition: Definition, stored: int) -> str:
        return str(Arrondissement(number=stored))


@register
class RegistrationOffice(FieldType):
    """The borough office that holds a register, stored as its code."""

    name = "registration_office"

    def form_field(self, definition: Definition) -> forms.Field:
        offices = Office.objects.filter(kind=OfficeKind.BOROUGH).order_by("arrondissement_id")
        return listed([(office.code, office.name) for office in offices], **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        office = Office.objects.filter(code=stored).first()
        return office.name if office else stored


@register
class Declaration(FieldType):
    """A sentence the person must tick."""

    name = "declaration"

    def form_field(self, definition: Definition) -> forms.Field:
        field = forms.BooleanField(**self.common(definition))
        field.error_messages["required"] = _("Cochez cette case pour continuer.")
        return field

    def typed(self, key: str, stored: Any) -> dict[str, str]:
        return {key: "on"} if stored is True else {}

    def in_words(self, definition: Definition, stored: bool) -> str:
        return gettext("Oui")


class Listed(BaseChoiceIterator):
    """Choices written as Django wants them, so that it does not walk 166 quarters three times at each filing."""

    def __init__(self, choices: list[Any]) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[Any]:
        return iter(self.choices)


def listed(choices: Iterable[Any], *, as_buttons: bool = False, **kwargs: Any) -> forms.ChoiceField:
    """A choice among `choices`; the drop-down begins with an empty line so that nothing is chosen by mistake."""
    widget = forms.RadioSelect if as_buttons else forms.Select
    empty = [] if as_buttons else [("", _("Choisissez…"))]
    field = forms.ChoiceField(choices=Listed([*empty, *choices]), widget=widget, **kwargs)
    field.error_messages["invalid_choice"] = NOT_IN_LIST
    return field


def autocomplete(definition: Definition) -> dict[str, str]:
    """The HTML `autocomplete` token of the definition; "off" by default, since phones are shared."""
    return {"autocomplete": definition.get("autocomplete", "off")}
