"""Services that only the browser tests ask: every kind of question, every way of depending on one, a long one.

`python manage.py shell -c "from tests.acceptance.services import publish_all; publish_all()"` on the site under test.
"""

from typing import Any

from portal.bench import services
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import new_version, publish

ALL, CONDITIONS, LONG = "tous-les-champs", "questions-liees", "longue-demande"
# Answered with scripts off too: a question that depends on another, a group, two photos.
WITNESSES = "avec-temoins"


def text(french: str) -> dict[str, str]:
    return {"fr": french, "en": f"{french} (en)"}


def ask(key: str, kind: str, label: str = "", **options: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": text(label or f"Question {key}")} | options


def lines(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": text(f"Choix {value}")} for value in values]


EVERY_KIND = [
    ask("part", "heading", "Des mots"),
    ask("why", "explanation", "Cette page montre une question de chaque sorte."),
    ask("short", "text", help=text("Comme sur le papier.")),
    ask("surname", "name"),
    ask("story", "long_text", required=False),
    ask("mail", "email", required=False),
    ask("phone", "phone"),
    ask("npi", "npi", required=False),
    ask("ifu", "ifu", required=False),
    ask("rccm", "rccm", required=False),
    ask("count", "integer", max=20),
    ask("length", "decimal", decimals=2, unit="m"),
    ask("price", "amount"),
    ask("day", "date", limit="past"),
    ask("about", "approximate_date", required=False),
    ask("hour", "time"),
    ask("sure", "yes_no"),
    ask("one", "choice", choices=lines("red", "green", "blue")),
    ask("some", "choices", choices=lines("red", "green", "blue"), required=False),
    ask("linked", "linked_choice", choices=[
        {"value": "fruit", "label": text("Fruits"), "choices": lines("mango", "papaya")},
        {"value": "fish", "label": text("Poissons"), "choices": lines("tilapia")},
        {"value": "nothing", "label": text("Rien")},
    ]),
    ask("borough", "arrondissement"),
    ask("home", "place"),
    ask("office", "registration_office"),
    ask("lives", "address"),
    ask("act", "record_reference", required=False),
    ask("father", "person", required=False),
    ask("spot", "map_point"),
    ask("paper", "file", required=False),
    ask("front", "photo", required=False),
    ask("signed", "signature"),
    ask("children", "group", item_label=text("Enfant"), required=False, max_items=3, fields=[
        ask("first_name", "name"),
        ask("at_school", "yes_no"),
        ask("school", "text", when={"field": "at_school", "is": "equals", "value": True}),
    ]),
    ask("honour", "declaration", "Je dis la vérité."),
]  # fmt: skip

# One question that appears for each operator, and one that depends on one that depends.
SHOWN_BY = {
    "eq": {"field": "colour", "is": "equals", "value": "red"},
    "ne": {"field": "colour", "is": "differs", "value": "red"},
    "isin": {"field": "colour", "is": "in", "value": ["red", "blue"]},
    "notin": {"field": "colour", "is": "not_in", "value": ["red", "blue"]},
    "has": {"field": "many", "is": "contains", "value": "green"},
    "gt": {"field": "age", "is": "greater", "value": 18},
    "ge": {"field": "age", "is": "at_least", "value": 18},
    "lt": {"field": "age", "is": "less", "value": 18},
    "le": {"field": "age", "is": "at_most", "value": 18},
    "adult": {"field": "born", "is": "age_at_least", "value": 18},
    "minor": {"field": "born", "is": "age_below", "value": 18},
    "void": {"field": "name", "is": "empty"},
    "given": {"field": "name", "is": "answered"},
    "both": {"all": [
        {"field": "sure", "is": "equals", "value": True}, {"field": "age", "is": "at_least", "value": 18},
    ]},
    "either": {"any": [
        {"field": "sure", "is": "equals", "value": False}, {"field": "colour", "is": "equals", "value": "blue"},
    ]},
    "chained": {"field": "eq", "is": "answered"},
}  # fmt: skip
LINKED = [
    ask("colour", "choice", choices=lines("red", "green", "blue"), required=False),
    ask("many", "choices", choices=lines("red", "green"), required=False),
    ask("age", "integer", required=False),
    ask("born", "date", limit="past", required=False),
    ask("name", "text", required=False),
    ask("sure", "yes_no", required=False),
    *(ask(key, "text", when=when, required=False) for key, when in SHOWN_BY.items()),
]

TESTIMONY = [
    {"title": text("Le fait"), "fields": [
        ask("travels", "yes_no", "Partez-vous ?"),
        ask("where_to", "text", "Où allez-vous ?", when={"field": "travels", "is": "equals", "value": True}),
    ]},
    {"title": text("Les témoins"), "fields": [
        ask("witnesses", "group", "Témoins", item_label=text("Témoin"), min_items=1, max_items=3, fields=[
            ask("full_name", "name", "Nom et prénoms"), ask("mobile", "phone", "Téléphone"),
        ]),
    ]},
]  # fmt: skip
TWO_PHOTOS = [
    {"key": "identity", "label": text("Une pièce d’identité"), "formats": ["photo"]},
    {"key": "place_photo", "label": text("Une photo du lieu"), "formats": ["photo"]},
]


def publish_all() -> None:
    """Put the four services in force."""
    _publish(ALL, steps=[{"title": text("Une question de chaque sorte"), "fields": EVERY_KIND}])
    _publish(CONDITIONS, steps=[{"title": text("Des questions qui dépendent"), "fields": LINKED}])
    _publish(WITNESSES, steps=TESTIMONY, evidence=TWO_PHOTOS)
    _publish(LONG, steps=services.definition(services.BIG)["form"]["steps"])


def _publish(slug: str, *, steps: list[dict[str, Any]], evidence: list[dict[str, Any]] | None = None) -> None:
    service, _created = Service.objects.get_or_create(slug=slug, defaults={"life_event": "PAPERS", "is_listed": False})
    definition = services.definition(services.SMALL) | {
        "title": text(slug.replace("-", " ").capitalize()),
        "form": {"steps": steps},
        "evidence": evidence or [],
    }
    publish(new_version(service, definition))
