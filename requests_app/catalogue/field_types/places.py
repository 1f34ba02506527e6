"""Places: quarters, arrondissements, offices that hold registers, an address by its landmark, a point of the map."""

import time
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Arrondissement, Office, OfficeKind, Quartier
from requests_app.catalogue.field_types.base import NOT_IN_LIST, Definition, FieldType, Typed, register, register_part
from requests_app.catalogue.field_types.choices import Listed, TwoDropDowns, listed
from requests_app.catalogue.field_types.composites import Composite, part
from requests_app.catalogue.inputs import CoordinateField

PLACES_KEPT = 300  # seconds; every filing asks, and they change once in years
Pairs = list[tuple[str, str]]
Groups = list[tuple[str, Pairs]]


def grouped_quartiers() -> Groups:
    """The quarters under their arrondissement, ready for a drop-down; read every few minutes."""
    return _read_quartiers(get_language(), _period())


def named_arrondissements() -> Pairs:
    """(number, name) of the arrondissements, in order; kept as the quarters are."""
    return _read_arrondissements(get_language(), _period())


def named_registration_offices() -> Pairs:
    """(code, name) of the borough offices, in order; kept as the quarters are."""
    return _read_offices(get_language(), _period())


def forget_places() -> None:
    """Read the places again next time."""
    for kept in (_read_quartiers, _read_arrondissements, _read_offices):
        kept.cache_clear()


def _period() -> float:
    return time.monotonic() // PLACES_KEPT


@lru_cache(maxsize=4)
def _read_quartiers(_language: str | None, _period: float) -> Groups:
    groups: dict[int, Pairs] = {}
    for quartier in Quartier.objects.order_by("arrondissement_id", "name").only("arrondissement_id", "name"):
        groups.setdefault(quartier.arrondissement_id, []).append((quartier.key, quartier.name))
    return [(str(Arrondissement(number=number)), quartiers) for number, quartiers in groups.items()]


@lru_cache(maxsize=4)
def _read_arrondissements(_language: str | None, _period: float) -> Pairs:
    return [(str(place.number), str(place)) for place in Arrondissement.objects.order_by("number")]


@lru_cache(maxsize=4)
def _read_offices(_language: str | None, _period: float) -> Pairs:
    offices = Office.objects.filter(kind=OfficeKind.BOROUGH).order_by("arrondissement_id")
    return [(office.code, office.name) for office in offices]


def quartier_in_words(stored: str) -> str:
    """ "5:Gbéto" → "Gbéto (5e arrondissement)"."""
    number, _colon, quartier = stored.partition(":")
    return f"{quartier} ({Arrondissement(number=int(number))})"


@register
class QuartierType(FieldType):
    """A quarter, stored "5:Gbéto": the same name exists in several arrondissements."""

    name = "quartier"

    def form_field(self, definition: Definition) -> forms.Field:
        return listed(grouped_quartiers(), **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        return quartier_in_words(stored)


@register
class Place(FieldType):
    """An arrondissement, then one of its quarters; stored as a quarter. The quarter alone is enough."""

    name = "place"

    def form_field(self, definition: Definition) -> forms.Field:
        return PlaceField(**self.common(definition))

    def typed(self, definition: Definition, stored: Any) -> Typed:
        key, quartier = definition["key"], str(stored or "")
        return {f"{key}_arrondissement": quartier.partition(":")[0], f"{key}_quartier": quartier}

    def in_words(self, definition: Definition, stored: str) -> str:
        return quartier_in_words(stored)


class PlaceWidget(TwoDropDowns):
    """The two drop-downs of a place, `<field>_arrondissement` and `<field>_quartier`."""

    def __init__(self) -> None:
        super().__init__({"arrondissement": _("Arrondissement"), "quartier": _("Quartier")}, "data-portal-place")

    def decompress(self, value: Any) -> list[str]:
        quartier = str(value or "")
        return [quartier.partition(":")[0], quartier]


class PlaceField(forms.Field):
    """Cleans to "5:Gbéto"; a quarter of another arrondissement than the chosen one is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=PlaceWidget(), **kwargs)
        empty = ("", _("Choisissez…"))
        self.quartiers = grouped_quartiers()
        self.widget.widgets[0].choices = Listed([empty, *named_arrondissements()])
        self.widget.widgets[1].choices = Listed([empty, *self.quartiers])

    def to_python(self, value: Any) -> str:
        number, quartier = (str(part or "") for part in (value or ("", "")))
        if not quartier:
            if number:
                raise ValidationError(gettext("Choisissez aussi le quartier."), code="incomplete")
            return ""
        if not any(quartier == key for _label, keys in self.quartiers for key, _name in keys):
            raise ValidationError(NOT_IN_LIST, code="invalid_choice")
        if number and number != quartier.partition(":")[0]:
            sentence = gettext("Ce quartier n’est pas dans l’arrondissement choisi. Choisissez-le à nouveau.")
            raise ValidationError(sentence, code="elsewhere")
        return quartier


@register
class ArrondissementType(FieldType):
    """An arrondissement, stored as its number."""

    name = "arrondissement"

    def form_field(self, definition: Definition) -> forms.Field:
        return listed(named_arrondissements(), **self.common(definition))

    def stored(self, value: str) -> int | None:
        return int(value) if value else None

    def in_words(self, definition: Definition, stored: int) -> str:
        return str(Arrondissement(number=stored))


@register
class RegistrationOffice(FieldType):
    """The borough office that holds a register, stored as its code."""

    name = "registration_office"

    def form_field(self, definition: Definition) -> forms.Field:
        return listed(named_registration_offices(), **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        return dict(named_registration_offices()).get(stored, stored)


@register
class Address(Composite):
    """Where somebody lives, as people say it in Cotonou: the quarter and a landmark, the street when it has a name."""

    name = "address"
    parts = {"quartier": True, "street": False, "house": False, "landmark": False}

    def part_definitions(self, definition: Definition) -> list[Definition]:
        landmark = _("Ce qui aide à trouver : « derrière l’école », « face à la pharmacie ».")
        return [
            part("quartier", "quartier", _("Quartier")),
            part("landmark", "text", _("Repère"), landmark, required=False),
            part("street", "text", _("Rue ou von"), required=False),
            part("house", "text", _("Maison, lot ou carré"), required=False),
        ]

    def faults(self, stored: dict[str, Any]) -> dict[str, str]:
        if stored["landmark"] or stored["street"]:
            return {}
        return {"landmark": gettext("Donnez un repère, ou le nom de la rue.")}

    def in_words(self, definition: Definition, stored: dict[str, Any]) -> str:
        order = ("house", "street", "landmark", "quartier")
        return ", ".join(filter(None, (self.part_in_words(definition, stored, name) for name in order)))


# The country with a margin: latitudes, then longitudes, in degrees.
BENIN = {"lat": (6.0, 12.6), "lng": (0.6, 4.0)}


@register
class MapPoint(Composite):
    """A point of the map, or where it is in words; one of the two is enough."""

    name = "map_point"
    parts = {"lat": False, "lng": False, "words": False}
    hook = "data-portal-map"

    def part_definitions(self, definition: Definition) -> list[Definition]:
        how = _("Dites où c’est : « le terrain derrière le marché, après le caniveau ».")
        return [
            part("words", "text", _("L’endroit en quelques mots"), how, required=False),
            part("lat", "coordinate", _("Latitude"), _("Si vous la connaissez. Exemple : 6,3703."), required=False)
            | {"min": BENIN["lat"][0], "max": BENIN["lat"][1]},
            part("lng", "coordinate", _("Longitude"), _("Si vous la connaissez. Exemple : 2,3912."), required=False)
            | {"min": BENIN["lng"][0], "max": BENIN["lng"][1]},
        ]

    def faults(self, stored: dict[str, Any]) -> dict[str, str]:
        if (stored["lat"] is None) != (stored["lng"] is None):
            missing = "lat" if stored["lat"] is None else "lng"
            return {missing: gettext("Donnez la latitude et la longitude, ou seulement l’endroit en quelques mots.")}
        return {}

    def in_words(self, definition: Definition, stored: dict[str, Any]) -> str:
        point = "" if stored["lat"] is None else f"{stored['lat']:.5f}, {stored['lng']:.5f}"
        return " – ".join(filter(None, (stored["words"], point)))


@register_part
class Coordinate(FieldType):
    """Degrees of a map; a part of a point, never a question by itself."""

    name = "coordinate"

    def form_field(self, definition: Definition) -> forms.Field:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "medium"})
        return CoordinateField(definition["min"], definition["max"], widget=widget, **self.common(definition))

    def stored(self, value: float | None) -> float | None:
        return value
