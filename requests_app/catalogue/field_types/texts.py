"""Words: one line, a name, several lines, an e-mail address, and the numbers that are read as texts."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from requests_app.catalogue.field_types.base import Definition, FieldType, register
from requests_app.catalogue.inputs import (
    BeninPhoneField,
    FiguresField,
    TextField,
    looks_like_a_name,
    phone_in_words,
)
from requests_app.catalogue.patterns import FitsPattern
from requests_app.catalogue.plain_text import paragraphs
from requests_app.catalogue.translated import in_active_language

NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}


def autocomplete(definition: Definition) -> dict[str, str]:
    """The HTML `autocomplete` token of the definition; "off" by default, since phones are shared."""
    return {"autocomplete": definition.get("autocomplete", "off")}


def with_pattern(field: forms.Field, definition: Definition) -> forms.Field:
    """The field with the pattern of its definition, if it has one."""
    if definition.get("pattern"):
        message = in_active_language(definition.get("pattern_message"))
        field.validators.append(FitsPattern(definition["pattern"], message))
    return field


@register
class Text(FieldType):
    """One line."""

    name = "text"
    options = frozenset({"max_length", "min_length", "autocomplete", "pattern", "pattern_message"})
    longest = 200

    def form_field(self, definition: Definition) -> forms.Field:
        field = TextField(
            longest=definition.get("max_length", self.longest),
            shortest=definition.get("min_length"),
            widget=forms.TextInput(attrs=autocomplete(definition)),
            **self.common(definition),
        )
        return with_pattern(field, definition)


@register
class Name(FieldType):
    """A surname or given names, kept as on the act: no forced capitals, any letter and tone."""

    name = "name"
    options = frozenset({"max_length", "autocomplete", "pattern", "pattern_message"})

    def form_field(self, definition: Definition) -> forms.Field:
        attrs = {"autocapitalize": "words", "spellcheck": "false"} | autocomplete(definition)
        field = TextField(
            longest=definition.get("max_length", 100),
            widget=forms.TextInput(attrs=attrs),
            **self.common(definition),
        )
        field.validators.append(looks_like_a_name)
        return with_pattern(field, definition)


@register
class LongText(FieldType):
    """Several lines."""

    name = "long_text"
    options = frozenset({"max_length", "min_length", "pattern", "pattern_message"})

    def form_field(self, definition: Definition) -> forms.Field:
        field = TextField(
            clean=paragraphs,
            longest=definition.get("max_length", 2000),
            shortest=definition.get("min_length"),
            widget=forms.Textarea(attrs={"rows": 4}),
            **self.common(definition),
        )
        return with_pattern(field, definition)


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
class Npi(FieldType):
    """The 10 figures of the personal identification number; no check figure is published (benin.md §2.5)."""

    name = "npi"

    def form_field(self, definition: Definition) -> forms.Field:
        sentence = _("Le NPI a 10 chiffres. Il est écrit sur votre carte ou votre CIP.")
        return FiguresField(10, sentence, widget=forms.TextInput(attrs=NUMERIC), **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        return f"{stored[:4]}\u00a0{stored[4:7]}\u00a0{stored[7:]}"


@register
class Ifu(FieldType):
    """The 13 figures of the single tax number; no check figure is published (benin.md)."""

    name = "ifu"

    def form_field(self, definition: Definition) -> forms.Field:
        sentence = _("L’IFU a 13 chiffres. Il est écrit sur votre attestation d’immatriculation fiscale.")
        return FiguresField(13, sentence, widget=forms.TextInput(attrs=NUMERIC), **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        return "\u00a0".join((stored[0], stored[1:5], stored[5:9], stored[9:]))


RCCM_LOOKS_LIKE = re.compile(r"(RB)\W{0,2}([A-Z]{2,4})\W{0,2}([0-9]{2,4})\W{0,2}([A-Z])\W{0,2}([0-9]{1,7})")
RCCM_LONGEST = 40


class RccmField(TextField):
    """Cleans `rb-cot 25A111231` to `RB/COT/25 A 111231`."""

    def to_python(self, value: str | None) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        found = RCCM_LOOKS_LIKE.fullmatch(text.upper()) if len(text) <= RCCM_LONGEST else None
        if not found:
            raise ValidationError(
                gettext("Recopiez le numéro RCCM comme sur l’extrait. Exemple : RB/COT/25 A 111231."), code="rccm"
            )
        return "{}/{}/{} {} {}".format(*found.groups())


@register
class Rccm(FieldType):
    """The number of the trade register, written the same way whoever copies it."""

    name = "rccm"

    def form_field(self, definition: Definition) -> forms.Field:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "medium"}
        return RccmField(widget=forms.TextInput(attrs=attrs), **self.common(definition))
