"""Names used twice, options that do not belong to a type, lists and groups that cannot be filled in."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext

from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.faults.questions import Questions
from requests_app.catalogue.field_types import RESERVED_NAMES, TYPES, Definition
from requests_app.catalogue.patterns import LONGEST_ANSWER, pattern_fault
from requests_app.catalogue.vocabulary import box, value_in_words

LAID_OUT = {"key", "type", "label", "help", "when"}
COMMON_OPTIONS = LAID_OUT | {"required", "soft_required", "personal", "retention_days"}


def form_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """What cannot be asked."""
    yield from _name_faults(data, questions)
    for question in questions.all:
        yield from _field_faults(question.place, question.field)
        yield from _group_faults(question.place, question.field)


def posted_names(field: Definition) -> set[str]:
    """The names the browser posts for a question: a date takes three more."""
    return set(TYPES[field["type"]].posted_names(field))


def _name_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    named = [(question.place, posted_names(question.field)) for question in questions.all]
    yield from _twice(named)
    files = [(q.place, {q.field["key"]}) for q in questions.all if q.field["type"] in FILE_TYPES]
    yield from _twice([*files, *((f"evidence[{n}]", {piece["key"]}) for n, piece in enumerate(data["evidence"]))])


def _twice(named: Iterable[tuple[str, set[str]]]) -> Iterator[Fault]:
    """Each name that was taken before, at the later place."""
    taken = set(RESERVED_NAMES)
    for place, names in named:
        for name in sorted(names & taken):
            sentence = (
                gettext("Le nom « %(name)s » est réservé : donnez une autre clé.")
                if name in RESERVED_NAMES
                else gettext("Le nom « %(name)s » est utilisé deux fois : donnez une autre clé.")
            )
            yield Fault(f"{place}.key", sentence % {"name": name})
        taken |= names


def _field_faults(place: str, field: Definition) -> Iterator[Fault]:
    allowed = TYPES[field["type"]].options | (LAID_OUT if field["type"] in SILENT_TYPES else COMMON_OPTIONS)
    for option in sorted(field.keys() - allowed):
        sentence = gettext("« %(option)s » n’existe pas pour une question de la sorte « %(type)s ».")
        words = {"option": box(option, ["fields"]), "type": value_in_words("type", field["type"])}
        yield Fault(f"{place}.{option}", sentence % words)
    yield from _limit_faults(place, field)
    yield from _choice_faults(place, field)
    yield from _pattern_faults(place, field)


def _limit_faults(place: str, field: Definition) -> Iterator[Fault]:
    for least, most in (("min", "max"), ("min_length", "max_length"), ("min_items", "max_items")):
        if least in field and most in field and field[least] > field[most]:
            yield Fault(f"{place}.{least}", gettext("Le minimum dépasse le maximum."))


def _choice_faults(place: str, field: Definition) -> Iterator[Fault]:
    if "choices" in TYPES[field["type"]].options and "choices" not in field:
        yield Fault(f"{place}.choices", gettext("Il manque la liste des réponses."))
    if field["type"] == "linked_choice" and not any(choice.get("choices") for choice in field.get("choices", [])):
        yield Fault(f"{place}.choices", gettext("Aucune de ces réponses n’a de second niveau."))
    yield from _repeated_choices(f"{place}.choices", field.get("choices", []))
    for index, choice in enumerate(field.get("choices", [])):
        here = f"{place}.choices[{index}].choices"
        if field["type"] != "linked_choice" and "choices" in choice:
            yield Fault(here, gettext("Seules les listes liées ont un second niveau."))
        yield from _repeated_choices(here, choice.get("choices", []))


def _repeated_choices(place: str, choices: list[Definition]) -> Iterator[Fault]:
    for value, times in Counter(choice["value"] for choice in choices).items():
        if times > 1:
            yield Fault(place, gettext("La réponse « %(name)s » est écrite deux fois.") % {"name": value})


def _pattern_faults(place: str, field: Definition) -> Iterator[Fault]:
    if "pattern_message" in field and "pattern" not in field:
        yield Fault(f"{place}.pattern_message", gettext("Il manque le modèle que ce message explique."))
    if "pattern" not in field:
        return
    if "pattern_message" not in field:
        yield Fault(
            f"{place}.pattern_message", gettext("Un modèle est expliqué par un message à la personne qui se trompe.")
        )
    sentence = pattern_fault(field["pattern"])
    if sentence:
        yield Fault(f"{place}.pattern", sentence)
    if field.get("max_length", 0) > LONGEST_ANSWER:
        sentence = gettext("Avec un modèle, la réponse a %(most)d signes au plus.")
        yield Fault(f"{place}.max_length", sentence % {"most": LONGEST_ANSWER})


def _group_faults(place: str, field: Definition) -> Iterator[Fault]:
    if field["type"] != "group":
        return
    if "fields" not in field:
        yield Fault(f"{place}.fields", gettext("Un groupe pose au moins une question."))
    inside = [(f"{place}.fields[{index}]", inner) for index, inner in enumerate(field.get("fields", []))]
    for here, inner in inside:
        if not TYPES[inner["type"]].in_group:
            sentence = gettext("Un groupe ne contient pas de question de la sorte « %(type)s ».")
            yield Fault(f"{here}.type", sentence % {"type": value_in_words("type", inner["type"])})
        else:
            yield from _field_faults(here, inner)
    yield from _twice((here, posted_names(inner)) for here, inner in inside if TYPES[inner["type"]].in_group)
