"""The questions of a definition with their places: what every other check reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from arrondissements.models import Arrondissement, Office, OfficeKind, Quartier
from requests_app.catalogue.kinds import Definition, definition_at


@dataclass(frozen=True)
class Question:
    """A question, its place, and the step it is in (0 is the first)."""

    place: str
    step: int
    field: Definition


class Questions:
    """All that a form asks, and the names of the town, read once when somebody needs them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.steps: list[Definition] = data["form"].get("steps", [])
        self.all = list(_questions(self.steps))
        self.by_key: dict[str, Question] = {}
        for question in self.all:
            self.by_key.setdefault(question.field["key"], question)

    @cached_property
    def fields(self) -> dict[str, Definition]:
        """The definitions by key."""
        return {key: question.field for key, question in self.by_key.items()}

    def at(self, path: str) -> Definition | None:
        """The definition of the question or part of answer `path`, or None."""
        return definition_at(path, self.fields)

    def until(self, step: int) -> dict[str, Definition]:
        """The questions of the steps up to `step`, itself included: what a condition there may read."""
        return {key: question.field for key, question in self.by_key.items() if question.step <= step}

    @cached_property
    def offices(self) -> set[str]:
        """The codes of the offices that exist. 1 query."""
        return set(Office.objects.values_list("code", flat=True))

    @cached_property
    def registration_offices(self) -> set[str]:
        """The codes of the offices that hold registers, which such a question offers. 1 query."""
        return set(Office.objects.filter(kind=OfficeKind.BOROUGH).values_list("code", flat=True))

    @cached_property
    def values(self) -> dict[str, set[Any]]:
        """The answers of the lists the town keeps, by type of question. 3 queries."""
        quartiers = {quartier.key for quartier in Quartier.objects.only("arrondissement_id", "name")}
        return {
            "quartier": quartiers,
            "place": quartiers,
            "arrondissement": set(Arrondissement.objects.values_list("number", flat=True)),
            "registration_office": self.registration_offices,
        }


def _questions(steps: list[Definition]) -> Iterator[Question]:
    for index, step in enumerate(steps):
        for position, field in enumerate(step["fields"]):
            yield Question(f"form.steps[{index}].fields[{position}]", index, field)
