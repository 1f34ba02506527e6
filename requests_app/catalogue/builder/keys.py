"""Keys made from French labels, for whoever does not want to think of them.

A key is written once: it stays when the label changes, since conditions, answers and papers name it.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.text import slugify

LONGEST = 40
Raw = dict[str, Any]


def suggested(label: str, taken: set[str], *, otherwise: str) -> str:
    """A free key that sounds like the label: "Nom de l’enfant" → "nom_de_l_enfant"."""
    words = slugify(label.replace("’", " ").replace("'", " ")).replace("-", "_").strip("_")
    start = (words if words[:1].isalpha() else f"{otherwise}_{words}".strip("_"))[:LONGEST].strip("_")
    key, times = start, 1
    while key in taken:
        times += 1
        key = f"{start[: LONGEST - len(str(times)) - 1]}_{times}"
    return key


def name_all(things: Iterable[Raw], attribute: str, *, otherwise: str) -> None:
    """Give a key to those that have none, in place."""
    things = list(things)
    taken = {thing[attribute] for thing in things if thing.get(attribute)}
    for thing in things:
        if not thing.get(attribute):
            label = (thing.get("label") or {}).get("fr") or ""
            thing[attribute] = suggested(label, taken, otherwise=otherwise)
            taken.add(thing[attribute])


def name_questions(steps: list[Raw]) -> None:
    """Give keys to the questions and the answers of a form (what its StreamField stores), in place."""
    questions = [field["value"] for step in steps for field in step["value"].get("fields") or []]
    questions += [one["value"] for question in questions for one in in_group(question)]
    name_all(questions, "key", otherwise="question")
    for question in questions:
        name_answers(question)


def in_group(question: Raw) -> list[Raw]:
    """What a group asks of each item; nothing for another question."""
    return question.get("fields") or []


def name_answers(question: Raw) -> None:
    answers = [one["value"] for one in question.get("choices") or []]
    name_all(answers, "value", otherwise="reponse")
    for answer in answers:
        name_answers(answer)


def name_things(things: list[Raw], *, otherwise: str) -> None:
    """Give keys to pieces or fees (what their StreamField stores), in place."""
    name_all([thing["value"] for thing in things], "key", otherwise=otherwise)
