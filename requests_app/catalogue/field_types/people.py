"""People and the papers that prove who they are."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.field_types.base import Definition, register
from requests_app.catalogue.field_types.composites import Composite, part

OLDEST_REGISTER = 1900
LATEST_REGISTER = 2100


@register
class Person(Composite):
    """Somebody named: some people have one name only, some do not know when they were born."""

    name = "person"
    parts = {"surname": True, "given_names": False, "birth": False}

    def part_definitions(self, definition: Definition) -> list[Definition]:
        roughly = _("Écrivez ce que vous savez : l’année seule suffit.")
        return [
            part("surname", "name", _("Nom de famille")),
            part("given_names", "name", _("Prénoms"), required=False),
            part("birth", "approximate_date", _("Date de naissance"), roughly, required=False) | {"limit": "past"},
        ]

    def in_words(self, definition: Definition, stored: dict[str, Any]) -> str:
        name = " ".join(filter(None, (stored["surname"], stored["given_names"])))
        birth = self.part_in_words(definition, stored, "birth")
        return gettext("%(name)s, naissance : %(birth)s") % {"name": name, "birth": birth} if birth else name


@register
class RecordReference(Composite):
    """Where an act of civil status is written: the register may be unknown, its office, year and number not."""

    name = "record_reference"
    parts = {"office": True, "year": True, "register": False, "number": True}

    def part_definitions(self, definition: Definition) -> list[Definition]:
        return [
            part("office", "registration_office", _("Bureau où l’acte a été dressé")),
            part("year", "integer", _("Année de l’acte")) | {"min": OLDEST_REGISTER, "max": LATEST_REGISTER},
            part("register", "text", _("Registre"), _("S’il est écrit sur l’acte."), required=False)
            | {"max_length": 30},
            part("number", "text", _("Numéro de l’acte")) | {"max_length": 30},
        ]

    def in_words(self, definition: Definition, stored: dict[str, Any]) -> str:
        office = self.part_in_words(definition, stored, "office")
        facts = {"number": stored["number"], "year": stored["year"], "office": office, "register": stored["register"]}
        if stored["register"]:
            return gettext("N° %(number)s de %(year)s, registre %(register)s – %(office)s") % facts
        return gettext("N° %(number)s de %(year)s – %(office)s") % facts
