"""A service on paper, to fill in by hand: every question with its boxes, the papers, the price, the offices.

Its QR code leads a member of staff to the page of the counter for this very version, and anybody else to the service.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from arrondissements.models import Office, OfficeKind
from civil_status.documents import qr
from civil_status.documents.press import press
from requests_app.catalogue import wording
from requests_app.catalogue.asking import FILE_TYPES
from requests_app.catalogue.field_types.groups import item_title
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import in_active_language
from requests_app.offices import office_named

Definition = dict[str, Any]
Row = dict[str, Any]
KEPT = 24 * 3600  # seconds: a published version never changes, an address of an office does
# A group is printed so many times when it may be filled in more often: the rest goes on another sheet.
MOST_REPEATS = 4
DAY_BOXES = (2, 2, 4)


def blank_pdf(version: ServiceVersion) -> bytes:
    """The blank form of a published version in the active language, A4. Kept a day: anybody may ask for it."""
    html = blank_html(version)
    digest = hashlib.sha256(html.encode()).hexdigest()[:32]
    if (known := cache.get(f"blank:{digest}")) is None:
        known = press().print(html, identifier=digest.encode())
        cache.set(f"blank:{digest}", known, KEPT)
    return known


def blank_html(version: ServiceVersion) -> str:
    """The page that is printed."""
    address = paper_address(version)
    context = {
        "version": version,
        "language": get_language() or "fr",
        "town_hall": settings.TOWN_HALL,
        "demo": settings.DEMO,
        "address": address.split("://", 1)[1],
        "qr": qr.data_uri([address]),
        "contact": [
            question(_("Nom et prénoms"), [line()]),
            question(_("Téléphone"), [boxes(2, 2, 2, 2, 2)]),
            question(_("Adresse électronique"), [line()], optional=True),
        ],
        "steps": _steps(version),
        "pieces": _pieces(version),
        "offices": _offices(version),
    }
    return render_to_string("requests_app/documents/blank_form.html", context)


def paper_address(version: ServiceVersion) -> str:
    """What the QR code says: the service and the number of its version, for as long as the paper lives."""
    with translation.override("fr"):
        return settings.SITE_BASE_URL + reverse("requests:paper", args=[version.service.slug, version.number])


# -- Boxes --------------------------------------------------------------------------------------


def question(label: str, rows: list[Row], *, help_text: str = "", when: str = "", optional: bool = False) -> Row:
    return {"label": label, "help": help_text, "when": when, "optional": optional, "rows": rows, "items": []}


def line(name: str = "", *, after: str = "") -> Row:
    """A line to write on, after its `name`."""
    return {"kind": "line", "name": name, "after": after}


def lines(count: int, name: str = "") -> Row:
    return {"kind": "lines", "name": name, "count": range(count)}


def boxes(*groups: int, name: str = "") -> Row:
    """One box for each sign, in groups."""
    return {"kind": "boxes", "name": name, "groups": [range(group) for group in groups]}


def ticks(labels: list[str], name: str = "") -> Row:
    return {"kind": "ticks", "name": name, "labels": labels}


def _choices(definition: Definition) -> list[Row]:
    return [ticks([in_active_language(choice["label"]) for choice in definition["choices"]])]


def _linked(definition: Definition) -> list[Row]:
    return [
        ticks(
            [in_active_language(second["label"]) for second in first.get("choices", [])] or [_("Oui")],
            name=in_active_language(first["label"]),
        )
        for first in definition["choices"]
    ]


def _date() -> list[Row]:
    return [boxes(*DAY_BOXES, name=_("Jour, mois, année"))]


def _person() -> list[Row]:
    return [line(_("Nom")), line(_("Prénoms")), boxes(*DAY_BOXES, name=_("Né(e) le"))]


def _address() -> list[Row]:
    return [line(_("Quartier")), line(_("Rue")), line(_("Maison, carré")), line(_("Repère proche"))]


def _record() -> list[Row]:
    return [line(_("Bureau")), boxes(4, name=_("Année")), line(_("Registre")), line(_("Numéro"))]


# What is drawn for each kind of question; a line to write on for the others.
DRAWN: dict[str, Callable[[Definition], list[Row]]] = {
    "long_text": lambda _one: [lines(4)],
    "date": lambda _one: _date(),
    "approximate_date": lambda _one: _date(),
    "time": lambda _one: [boxes(2, 2, name=_("Heure, minutes"))],
    "yes_no": lambda _one: [ticks([_("Oui"), _("Non")])],
    "choice": _choices,
    "choices": _choices,
    "linked_choice": _linked,
    "phone": lambda _one: [boxes(2, 2, 2, 2, 2)],
    "npi": lambda _one: [boxes(4, 3, 3)],
    "ifu": lambda _one: [boxes(13)],
    "amount": lambda _one: [line(after=_("F CFA"))],
    "decimal": lambda one: [line(after=one.get("unit", ""))],
    "integer": lambda one: [line(after=one.get("unit", ""))],
    "person": lambda _one: _person(),
    "place": lambda _one: [line(_("Arrondissement")), line(_("Quartier"))],
    "quartier": lambda _one: [line(_("Quartier")), line(_("Arrondissement"))],
    "address": lambda _one: _address(),
    "record_reference": lambda _one: _record(),
    "map_point": lambda _one: [lines(2, _("Décrivez l’endroit"))],
    "declaration": lambda _one: [ticks([_("Oui, je le déclare")])],
    "heading": lambda _one: [],
    "explanation": lambda _one: [],
    "signature": lambda _one: [{"kind": "signature", "name": ""}],
}


# -- The parts of the page ----------------------------------------------------------------------


def _steps(version: ServiceVersion) -> list[dict[str, Any]]:
    known = [field for step in version.steps for field in step["fields"]]
    return [
        {
            "title": in_active_language(step["title"]),
            "intro": in_active_language(step.get("intro")),
            "when": _if(step, known),
            "questions": [_question(definition, known) for definition in step["fields"]],
        }
        for step in version.steps
    ]


def _question(definition: Definition, known: list[Definition]) -> Row:
    kind = definition["type"]
    drawn = question(
        in_active_language(definition["label"]),
        _rows(definition),
        help_text=in_active_language(definition.get("help")),
        when=_if(definition, known),
        optional=not definition.get("required", True) and kind not in ("heading", "explanation"),
    )
    drawn["is_heading"] = kind == "heading"
    if kind == "group":
        count = min(max(definition.get("min_items", 1), 2), definition.get("max_items", MOST_REPEATS), MOST_REPEATS)
        drawn["items"] = [
            {
                "title": item_title(definition, number),
                "questions": [_question(one, definition["fields"]) for one in definition["fields"]],
            }
            for number in range(1, count + 1)
        ]
        drawn["more"] = definition.get("max_items", MOST_REPEATS + 1) > count
    return drawn


def _rows(definition: Definition) -> list[Row]:
    kind = definition["type"]
    if kind == "group":
        return []
    if kind in FILE_TYPES - {"signature"}:
        return [ticks([_("Joint à ce formulaire")])]
    draw = DRAWN.get(kind)
    return draw(definition) if draw else [line()]


def _if(thing: dict[str, Any], known: list[Definition]) -> str:
    """The condition of a step, a question or a piece in the words of the paper; "" when it always holds."""
    labels = {one["key"]: in_active_language(one["label"]) for one in known}
    words = wording.condition_in_words(_said(thing.get("when"), known), labels)
    return _("Seulement si %(condition)s") % {"condition": words} if words else ""


def _said(condition: Mapping[str, Any] | None, known: list[Definition]) -> Mapping[str, Any] | None:
    """The condition with the label of each choice in place of its code."""
    if not condition:
        return condition
    for both in ("all", "any"):
        if both in condition:
            return {both: [_said(part, known) for part in condition[both]]}
    asked = next((one for one in known if one["key"] == condition["field"]), {})
    names = {choice["value"]: in_active_language(choice["label"]) for choice in asked.get("choices", [])}
    value = condition.get("value")
    if isinstance(value, list):
        return {**condition, "value": [names.get(one, one) for one in value]}
    return {**condition, "value": names[value]} if isinstance(value, str) and value in names else condition


def _pieces(version: ServiceVersion) -> list[dict[str, Any]]:
    known = [field for step in version.steps for field in step["fields"]]
    return [{**piece, "only": _if(piece, known)} for piece in version.evidence]


def _offices(version: ServiceVersion) -> list[Office]:
    """Where the form may be brought: the offices its routing may choose."""
    known, rules = office_named(), version.routing.get("rules", [])
    codes = {version.routing.get("default", ""), *(rule.get("office", "") for rule in rules)}
    by_place = any(rule["by"] != "central" for rule in rules)
    return [
        office
        for code, office in sorted(known.items(), key=lambda item: (item[1].arrondissement_id or 99, item[0]))
        if code in codes or (by_place and office.kind == OfficeKind.BOROUGH)
    ]
