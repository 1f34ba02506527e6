"""Questions answered by files: a paper, a photo, a signature. The answer is the list of ids of the files kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.field_types.base import Definition, FieldType, Typed, register
from requests_app.catalogue.inputs import HeldFilesField

FORMATS = ("photo", "pdf")


@register
class File(FieldType):
    """A paper: a photo of it, or a PDF."""

    name = "file"
    options = frozenset({"max_files", "formats"})
    holds_files = True
    in_group = False
    formats: tuple[str, ...] = FORMATS

    def form_field(self, definition: Definition) -> forms.Field:
        formats = tuple(definition.get("formats") or self.formats)
        return HeldFilesField(formats=formats, most=definition.get("max_files", 1), **self.common(definition))

    def typed(self, definition: Definition, stored: Any) -> Typed:
        return {}

    def in_words(self, definition: Definition, stored: list[int]) -> str:
        count = len(stored)
        return ngettext("%(count)d fichier joint", "%(count)d fichiers joints", count) % {"count": count}


@register
class Photo(File):
    """A picture: of a place, of a thing, of a person."""

    name = "photo"
    options = frozenset({"max_files"})
    formats = ("photo",)


@register
class Signature(Photo):
    """A signature, drawn on the screen or photographed on paper."""

    name = "signature"
    options = frozenset()

    def form_field(self, definition: Definition) -> forms.Field:
        field = HeldFilesField(formats=self.formats, most=1, **self.common(definition))
        field.drawn = True
        field.help_text = field.help_text or _("Signez sur une feuille blanche et prenez-la en photo.")
        return field

    def posted_names(self, definition: Definition) -> list[str]:
        return [definition["key"], f"{definition['key']}_drawn"]

    def in_words(self, definition: Definition, stored: list[int]) -> str:
        return gettext("Signature jointe")
