"""Plausible answers to any form, always the same: to preview a paper, to try fees and routing, to test."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import ceil
from random import Random
from typing import Any

from django.utils import timezone

from arrondissements.models import Arrondissement, Office, OfficeKind, Quartier
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES, Asked
from requests_app.catalogue.kinds import Definition
from requests_app.catalogue.patterns import LONGEST_ANSWER, example_of

SURNAMES = ("AGBO", "DOSSOU-YOVO", "HOUNKPATIN", "ADJOVI", "AKPLOGAN", "ZINSOU")
GIVEN_NAMES = ("Awa", "Koffi Gérard", "Sènan", "Afiavi", "Mawunyo", "Grâce")
WORDS = "La maison bleue derrière l’école, près du marché"
TRIES = 50


def sample_answers(version: Any, seed: int = 0, *, today: datetime.date | None = None) -> dict[str, Any]:
    """Answers to all that is asked of somebody who answers everything; `seed` gives another somebody.

    `version` is a ServiceVersion or a definition. Files have no answer: nothing is attached. 2 to 4 queries when the
    form asks for a place or an office.
    """
    steps = version["form"].get("steps", []) if isinstance(version, Mapping) else version.steps
    sampler = Sampler(seed, today or timezone.localdate())
    answers = {field["key"]: sampler.answer(field) for step in steps for field in step["fields"]}
    given = {key: answer for key, answer in answers.items() if answer is not None}
    return Asked(steps, given, today=sampler.today).answers


class Sampler:
    """Draws answers, the same for the same seed."""

    def __init__(self, seed: int, today: datetime.date) -> None:
        self.random, self.today = Random(seed), today  # noqa: S311 - nothing secret is drawn

    def answer(self, field: Definition) -> Any:
        """A stored answer that the question takes; None for a file or for layout."""
        if field["type"] in FILE_TYPES or field["type"] in SILENT_TYPES:
            return None
        draw: Callable[[Sampler, Definition], Any] = _DRAWN[field["type"]]
        return draw(self, field)

    def text(self, field: Definition) -> str:
        least, most = field.get("min_length", 1), field.get("max_length", 200)
        if field.get("pattern"):
            return self._fitting(field["pattern"], least, min(most, LONGEST_ANSWER))
        repeated = WORDS * (least // len(WORDS) + 1)
        return repeated[: max(least, min(most, len(WORDS)))].strip().ljust(least, "e")

    def _fitting(self, pattern: str, least: int, most: int) -> str:
        examples = (example_of(pattern, self.random) for _ in range(TRIES))
        return next((text for text in examples if least <= len(text) <= most), example_of(pattern, self.random))

    def name(self, field: Definition) -> str:
        return self.text(field) if field.get("pattern") else self._surname(field)

    def _surname(self, field: Definition) -> str:
        given = "given" in field["key"] or "first" in field["key"]
        return self.random.choice(GIVEN_NAMES if given else SURNAMES)[: field.get("max_length", 100)].strip()

    def number(self, field: Definition) -> int:
        # Without limits: a number of copies, of months, of square metres.
        least = field.get("min", 0)
        most = field.get("max", max(12, least + 12))
        first, last = -int(-least // 1), int(most // 1)
        return self.random.randint(max(first, min(1, last)), min(last, max(first, 1) + 11))

    def decimal(self, field: Definition) -> str:
        least, most = Decimal(str(field.get("min", 0))), Decimal(str(field.get("max", 10**12)))
        # Between 0.5 and 0.9 there is no whole number.
        return f"{self.number(field)}" if ceil(least) <= most else f"{least:f}"

    def day(self, field: Definition) -> str:
        limit, most = field.get("limit", "any"), field.get("max_days")
        if limit == "future":
            return (self.today + datetime.timedelta(min(self.random.randint(3, 30), most or 30))).isoformat()
        # Somebody's birth, unless the question is about what just happened.
        back = self.random.randint(1, min(most, 300)) if most else self.random.randint(25 * 365, 60 * 365)
        return (self.today - datetime.timedelta(back)).isoformat()

    def choice(self, field: Definition) -> str:
        return str(self.random.choice(field["choices"])["value"])

    def several(self, field: Definition) -> list[str]:
        values = [choice["value"] for choice in field["choices"]]
        count = min(max(2, int(field.get("min", 0))), int(field.get("max", len(values))), len(values))
        return sorted(self.random.sample(values, count), key=values.index)

    def linked(self, field: Definition) -> dict[str, Any]:
        first = self.random.choice(field["choices"])
        seconds = first.get("choices") or [{"value": None}]
        return {"first": first["value"], "second": self.random.choice(seconds)["value"]}

    def figures(self, count: int) -> str:
        return "".join(self.random.choice("123456789") for _ in range(count))

    def quartier(self, _field: Definition) -> str | None:
        keys = Quartier.objects.order_by("arrondissement_id", "name").only("arrondissement_id", "name")
        found = list(keys)
        return self.random.choice(found).key if found else None

    def arrondissement(self, _field: Definition) -> int | None:
        numbers = list(Arrondissement.objects.order_by("number").values_list("number", flat=True))
        return self.random.choice(numbers) if numbers else None

    def office(self, _field: Definition) -> str | None:
        offices = Office.objects.filter(kind=OfficeKind.BOROUGH).order_by("arrondissement_id")
        codes = list(offices.values_list("code", flat=True))
        return self.random.choice(codes) if codes else None

    def group(self, field: Definition) -> list[dict[str, Any]]:
        least, most = field.get("min_items", 0), field.get("max_items", 20)
        count = max(least, min(2, most))
        items = [{inner["key"]: self.answer(inner) for inner in field["fields"]} for _ in range(count)]
        return [Asked([{"fields": field["fields"]}], item, today=self.today).answers for item in items]


_DRAWN: dict[str, Callable[[Sampler, Definition], Any]] = {
    "text": Sampler.text,
    "name": Sampler.name,
    "long_text": Sampler.text,
    "integer": Sampler.number,
    "decimal": Sampler.decimal,
    "amount": Sampler.number,
    "date": Sampler.day,
    "approximate_date": lambda sampler, field: sampler.day(field)[: sampler.random.choice((4, 7, 10))],
    "time": lambda sampler, _field: f"{sampler.random.randint(8, 17):02d}:{sampler.random.choice((0, 15, 30, 45)):02d}",
    "yes_no": lambda sampler, _field: sampler.random.random() < 0.5,
    "choice": Sampler.choice,
    "choices": Sampler.several,
    "linked_choice": Sampler.linked,
    "phone": lambda sampler, _field: "+22901970000" + sampler.figures(2),
    "email": lambda _sampler, _field: "awa@exemple.bj",
    "npi": lambda sampler, _field: sampler.figures(10),
    "ifu": lambda sampler, _field: sampler.figures(13),
    "rccm": lambda sampler, _field: f"RB/COT/25 A {sampler.figures(6)}",
    "quartier": Sampler.quartier,
    "place": Sampler.quartier,
    "arrondissement": Sampler.arrondissement,
    "registration_office": Sampler.office,
    "declaration": lambda _sampler, _field: True,
    "address": lambda sampler, field: {
        "quartier": sampler.quartier(field),
        "street": None,
        "house": None,
        "landmark": "Derrière l’école",
    },
    "record_reference": lambda sampler, field: {
        "office": sampler.office(field),
        "year": sampler.today.year - 20,
        "register": "1",
        "number": sampler.figures(3),
    },
    "person": lambda sampler, _field: {
        "surname": sampler.random.choice(SURNAMES),
        "given_names": sampler.random.choice(GIVEN_NAMES),
        "birth": sampler.day({}),
    },
    "map_point": lambda _sampler, _field: {"lat": 6.37, "lng": 2.39, "words": "Derrière l’école"},
    "group": Sampler.group,
}
