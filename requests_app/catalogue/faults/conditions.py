"""Conditions that read what is not there, compare what cannot be compared, or turn in a circle."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from requests_app.catalogue.conditions import BARE, BY_AGE, DEEPEST, Condition, fields_named, span_of
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.faults.questions import Question, Questions
from requests_app.catalogue.kinds import NATURES, Definition, definition_at, operators_of
from requests_app.catalogue.vocabulary import box, value_in_words

Scope = Mapping[str, Definition]
OLDEST = 150  # years


def condition_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """Those of steps, questions, pieces and eligibility rules; fees, routing and papers ask for theirs."""
    for index, step in enumerate(questions.steps):
        yield from when_faults(f"form.steps[{index}]", step, questions, questions.until(index - 1))
        yield from _circles(f"form.steps[{index}]", step["fields"])
    for question in questions.all:
        yield from when_faults(question.place, question.field, questions, questions.until(question.step))
        yield from _group_faults(question, questions)
    for part in ("evidence", "eligibility"):
        for index, thing in enumerate(data.get(part, [])):
            yield from when_faults(f"{part}[{index}]", thing, questions)


def _group_faults(group: Question, questions: Questions) -> Iterator[Fault]:
    """In a group, a condition reads the other questions about the same item."""
    siblings = {field["key"]: field for field in group.field.get("fields", [])}
    for position, field in enumerate(group.field.get("fields", [])):
        yield from when_faults(f"{group.place}.fields[{position}]", field, questions, siblings)
    yield from _circles(group.place, group.field.get("fields", []))


def when_faults(place: str, thing: Definition, questions: Questions, scope: Scope | None = None) -> Iterator[Fault]:
    """What is wrong with the `when` of a thing that may read the questions of `scope`, or all of them."""
    scope = questions.fields if scope is None else scope
    if thing.get("when"):
        yield from _faults(f"{place}.when", thing["when"], questions, scope)
        if _depth(thing["when"]) > DEEPEST:
            sentence = ngettext(
                "Cette condition a trop d’étages : %(limit)d au plus.",
                "Cette condition a trop d’étages : %(limit)d au plus.",
                DEEPEST,
            )
            yield Fault(f"{place}.when", sentence % {"limit": DEEPEST})


def _faults(place: str, condition: Condition, questions: Questions, scope: Scope) -> Iterator[Fault]:
    for word in ("all", "any"):
        for index, part in enumerate(condition.get(word, ())):
            yield from _faults(f"{place}.{word}[{index}]", part, questions, scope)
    if "field" not in condition:
        return
    read = definition_at(condition["field"], scope)
    if read is None:
        yield Fault(f"{place}.field", _unreadable(condition["field"], questions, scope))
        return
    operator = condition["is"]
    if operator not in operators_of(read):
        yield Fault(f"{place}.is", _misfit(condition["field"], read))
        return
    yield from _operand_faults(place, condition, read, questions, scope)


def _operand_faults(
    place: str, condition: Condition, read: Definition, questions: Questions, scope: Scope
) -> Iterator[Fault]:
    """The value, or the other date, that an operator needs, and no more."""
    operator = condition["is"]
    if "on" in condition:
        other = definition_at(condition["on"], scope)
        if operator not in BY_AGE:
            sentence = gettext("« %(box)s » ne sert qu’à calculer un âge : laissez cette case vide.")
            yield Fault(f"{place}.on", sentence % {"box": box("on")})
        elif other is None or NATURES.get(other["type"]) != "date":
            yield Fault(
                f"{place}.on", gettext("« %(name)s » n’est pas une question de date.") % {"name": condition["on"]}
            )
    if operator in BARE:
        if "value" in condition:
            yield Fault(f"{place}.value", gettext("« est vide » et « est rempli » se passent de valeur."))
    elif "value" not in condition:
        yield Fault(f"{place}.value", gettext("Il manque la valeur à comparer."))
    else:
        sentence = _value_fault(operator, condition["value"], read, questions)
        if sentence:
            yield Fault(f"{place}.value", sentence)


def _value_fault(operator: str, value: Any, read: Definition, questions: Questions) -> str:
    if operator in BY_AGE:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= OLDEST
        return "" if fits else gettext("Un âge s’écrit en années, par un nombre entier.")
    if operator in ("in", "not_in"):
        if not isinstance(value, list) or not value:
            return gettext("Il faut une liste de réponses.")
        sentences = [_one_value_fault(one, read, questions) for one in value]
        return next((sentence for sentence in sentences if sentence), "")
    return _one_value_fault(value, read, questions)


def _one_value_fault(value: Any, read: Definition, questions: Questions) -> str:
    nature = NATURES[read["type"]]
    if nature in ("choice", "several"):
        possible = questions.values.get(read["type"]) or {choice["value"] for choice in read.get("choices", [])}
        if isinstance(value, list | bool) or value not in possible:
            if read["type"] == "registration_office" and value in questions.offices:
                return gettext(
                    "Le bureau « %(value)s » ne tient pas de registre : cette question n’offre que les bureaux "
                    "d’arrondissement."
                ) % {"value": value}
            return gettext("« %(value)s » n’est pas une réponse possible à cette question.") % {"value": value}
        return ""
    if _FITS[nature](value):
        return ""
    sentence = gettext("« %(value)s » n’est pas une réponse à une question de la sorte « %(type)s ».")
    return sentence % {"value": value, "type": value_in_words("type", read["type"])}


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and ":" not in value and span_of(value) is not None


def _is_hour(value: Any) -> bool:
    hour, colon, minute = value.partition(":") if isinstance(value, str) else ("", "", "")
    return bool(colon) and len(value) == 5 and hour.isdecimal() and minute.isdecimal() and hour < "24" and minute < "60"


_FITS = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "date": _is_date,
    "time": _is_hour,
    "yes_no": lambda value: isinstance(value, bool),
}


def _unreadable(path: str, questions: Questions, scope: Scope) -> str:
    key, _dot, part = path.partition(".")
    if key in scope:
        return gettext("La réponse à « %(key)s » n’a pas de partie « %(part)s ».") % {"key": key, "part": part}
    if key in questions.by_key:
        return gettext("« %(name)s » ne se lit pas ici : une condition lit la même étape ou une étape d’avant.") % {
            "name": key
        }
    return gettext("« %(name)s » n’est pas une question de ce formulaire.") % {"name": key}


def _misfit(path: str, read: Definition) -> str:
    possible = operators_of(read)
    if not possible:
        return gettext("« %(name)s » n’attend pas de réponse.") % {"name": path}
    return gettext("Cette comparaison ne va pas avec « %(name)s ». Possible : %(possible)s.") % {
        "name": path,
        "possible": ", ".join(f"« {value_in_words('is', operator)} »" for operator in possible),
    }


def _depth(condition: Condition) -> int:
    return 1 + max((_depth(part) for part in (*condition.get("all", ()), *condition.get("any", ()))), default=0)


def _circles(place: str, fields: list[Definition]) -> Iterator[Fault]:
    """Each circle of questions that wait for one another, named once, at the first of them."""
    reads = {field["key"]: fields_named(field.get("when")) for field in fields}
    settled: set[str] = set()
    for key in reads:
        circle = _circle(key, reads, [], settled)
        if circle:
            words = " → ".join(f"« {name} »" for name in circle)
            sentence = gettext("Ces questions s’attendent l’une l’autre : %(circle)s.") % {"circle": words}
            yield Fault(f"{place}.fields[{list(reads).index(circle[0])}].when", sentence)


def _circle(key: str, reads: Mapping[str, set[str]], way: list[str], settled: set[str]) -> list[str]:
    if key in way:
        return [*way[way.index(key) :], key]
    if key in settled or key not in reads:
        return []
    settled.add(key)
    for other in sorted(reads[key]):
        circle = _circle(other, reads, [*way, key], settled)
        if circle:
            return circle
    return []
