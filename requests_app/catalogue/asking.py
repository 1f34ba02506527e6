"""What is asked of somebody, given what he answered: steps, questions, eligibility. Pure functions of data."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from requests_app.catalogue.conditions import answer_at, fields_named, holds, is_empty, paths_named
from requests_app.catalogue.translated import in_active_language

Definition = dict[str, Any]
Step = dict[str, Any]
Answers = Mapping[str, Any]

# Laid out in a step and never answered.
SILENT_TYPES = frozenset({"heading", "explanation"})
# Answered by files kept beside the answers, whose ids are the answer.
FILE_TYPES = frozenset({"file", "photo", "signature"})


@dataclass(frozen=True)
class Refusal:
    """Why the town hall cannot take this request, and where to go instead (active language)."""

    message: str
    where: str
    url: str
    # The questions whose answers decided.
    fields: tuple[str, ...] = ()


class Asked:
    """What `steps` ask, given `answers`, on the day `today`.

    The answer to a question that is not asked counts as empty, and so on along the chain; a published
    definition has no circle (`faults.conditions`).
    """

    def __init__(self, steps: list[Step], answers: Answers, *, today: datetime.date) -> None:
        self._steps, self._answers, self.today = steps, answers, today
        self._known: dict[str, bool] = {}

    @cached_property
    def _places(self) -> dict[str, tuple[Step, Definition]]:
        return {field["key"]: (step, field) for step in self._steps for field in step["fields"]}

    def step(self, index: int) -> bool:
        """Whether the step `index` (0 is the first) is asked and has something to ask or to say."""
        return self._when(self._steps[index]) and any(
            self.field(field["key"]) for field in self._steps[index]["fields"]
        )

    @property
    def steps(self) -> list[int]:
        """The indexes of the steps that are asked, in order."""
        return [index for index in range(len(self._steps)) if self.step(index)]

    def field(self, key: str) -> bool:
        """Whether the question `key` is asked."""
        if key not in self._known:
            # A circle, which publishing refuses, would ask nothing rather than run for ever.
            self._known[key] = False
            step, field = self._places[key]
            self._known[key] = self._when(step) and self._when(field)
        return self._known[key]

    def fields(self, index: int) -> list[Definition]:
        """The definitions of the questions asked in the step `index`, in order."""
        return [field for field in self._steps[index]["fields"] if self.field(field["key"])]

    def holds(self, thing: Mapping[str, Any]) -> bool:
        """Whether the `when` of a piece, a fee, a rule or a paragraph holds."""
        return self._when(thing)

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The answers to what is asked, and to nothing else; layout has none."""
        return {
            key: self._within(field, self._answers[key])
            for key, (_step, field) in self._places.items()
            if key in self._answers and field["type"] not in SILENT_TYPES and self.field(key)
        }

    def _within(self, field: Definition, stored: Any) -> Any:
        """The answer; of a group, each item without what is not asked of it."""
        if field["type"] != "group" or not stored or not any("when" in inner for inner in field["fields"]):
            return stored
        return [Asked([{"fields": field["fields"]}], item, today=self.today).answers for item in stored]

    def _when(self, thing: Mapping[str, Any]) -> bool:
        condition = thing.get("when")
        if not condition:
            return True
        read = {
            key: self._answers.get(key) for key in fields_named(condition) if key in self._places and self.field(key)
        }
        return holds(condition, read, today=self.today)


def asked(version: Any, answers: Answers, *, today: datetime.date) -> Asked:
    """What a version asks, given these answers."""
    return Asked(version.steps, answers, today=today)


def refusal(version: Any, answers: Answers, *, today: datetime.date) -> Refusal | None:
    """The first eligibility rule that stops the person, or None.

    Nobody is refused for what was not said: a comparison counts only once its question is answered, whatever its
    operator; `empty` only once the question was seen and left so.
    """
    if not version.eligibility:
        return None
    relevant = asked(version, answers, today=today).answers
    for rule in version.eligibility:
        if _stops(rule["when"], relevant, today):
            return Refusal(
                message=in_active_language(rule["message"]),
                where=in_active_language(rule["where"]),
                url=rule.get("url", ""),
                fields=tuple(dict.fromkeys(path.partition(".")[0] for path in paths_named(rule["when"]))),
            )
    return None


def _stops(condition: Mapping[str, Any], relevant: Answers, today: datetime.date) -> bool:
    if "all" in condition:
        return all(_stops(part, relevant, today) for part in condition["all"])
    if "any" in condition:
        return any(_stops(part, relevant, today) for part in condition["any"])
    if condition["is"] == "empty":
        seen = condition["field"].partition(".")[0] in relevant
        return seen and holds(condition, relevant, today=today)
    said = not any(is_empty(answer_at(path, relevant)) for path in paths_named(condition))
    return said and holds(condition, relevant, today=today)
