"""Routing rules that read nothing, name an office that does not exist, or miss the samples."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from arrondissements.routing import competent_office
from requests_app.catalogue.asking import Asked
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.faults.conditions import when_faults
from requests_app.catalogue.faults.questions import Questions

ROUTED_BY = {
    "arrondissement_of": {"quartier", "arrondissement", "place"},
    "office_of": {"registration_office"},
}


def routing_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """Each rule reads a question that names a place or an office, or names an office that exists."""
    routing = data["routing"]
    if not routing:
        return
    named = [("routing.default", routing["default"])]
    faults: list[Fault] = []
    for index, rule in enumerate(routing["rules"]):
        here = f"routing.rules[{index}]"
        faults += when_faults(here, rule, questions)
        if rule["by"] == "central":
            named.append((f"{here}.office", rule.get("office", "")))
            continue
        read = questions.at(rule.get("field", ""))
        if read is None or read["type"] not in ROUTED_BY[rule["by"]]:
            sentence = gettext("Cette règle a besoin d’une question qui désigne un lieu ou un bureau.")
            faults.append(Fault(f"{here}.field", sentence))
    named += [(f"routing.samples[{n}].office", sample["office"]) for n, sample in enumerate(routing.get("samples", []))]
    for place, code in named:
        if code not in questions.offices:
            sentence = gettext("Le bureau « %(code)s » n’existe pas ici : choisissez-en un autre.")
            faults.append(Fault(place, sentence % {"code": code} if code else gettext("Choisissez un bureau.")))
    yield from faults or _sample_faults(routing, questions)


def landing(data: dict[str, Any], answers: dict[str, Any], offices: set[str]) -> str:
    """The code of the office where a request with these answers lands today, among `offices`."""
    asked = Asked(data["form"]["steps"], answers, today=timezone.localdate())
    return competent_office(data["routing"], asked.answers, offices, holds=asked.holds).office


def _sample_faults(routing: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    for index, sample in enumerate(routing.get("samples", [])):
        here = f"routing.samples[{index}]"
        unknown = sorted(sample["answers"].keys() - questions.by_key.keys())
        if unknown:
            sentence = gettext("« %(name)s » n’est pas une question de ce formulaire.") % {"name": unknown[0]}
            yield Fault(f"{here}.answers", sentence)
            continue
        found = landing({"form": {"steps": questions.steps}, "routing": routing}, sample["answers"], questions.offices)
        if found != sample["office"]:
            sentence = gettext("Avec ces réponses, la demande va au bureau « %(found)s » et non « %(wished)s ».")
            yield Fault(f"{here}.office", sentence % {"found": found, "wished": sample["office"]})
