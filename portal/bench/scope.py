"""Does it cost to see one office only? The pages of a clerk beside the same pages seen by the auditor, who reads all.

Not an absolute speed: whoever is narrowed to one office must not wait longer for it. The figures are those of the
head of the office, which a clerk does not see.
"""

import itertools
from collections.abc import Callable
from statistics import median
from urllib.parse import urlencode

from django.urls import reverse

from arrondissements.models import Office
from portal.bench import desks, load
from portal.bench.case_page import path
from portal.bench.results import Result
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from requests_app.models import ServiceRequest
from requests_app.states import State

TARGET = 1.3
NAME = "Adjovi"


def _queue(town: desks.Town, office: Office) -> str:
    return reverse("desk:queue", args=[office.code])


def _search(town: desks.Town, office: Office) -> str:
    return f"{_queue(town, office)}?{urlencode({'q': NAME})}"


def _case(town: desks.Town, office: Office) -> str:
    case = ServiceRequest.objects.filter(office=office, state=State.UNDER_REVIEW).order_by("-submitted_at")[0]
    desks.say_why(case, town.clerk(office), town.auditor)
    return path(case)


def _figures(town: desks.Town, office: Office) -> str:
    return reverse("desk:office-figures", args=[office.code])


FIGURES = "figures"
PAGES: dict[str, Callable[[desks.Town, Office], str]] = {
    "queue": _queue, "search": _search, "case": _case, FIGURES: _figures,
}  # fmt: skip


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which 95 pages of a clerk in 100 are shown; the floor is the auditor's."""
    town = desks.town(scale.cases)
    ratios, clerks, auditors = {}, [], []
    for name, address in PAGES.items():
        # An office without any case under review has no page to compare.
        addresses = {office.code: address(town, office) for office in town.offices if _has_cases(office)}
        people = town.heads if name == FIGURES else town.clerks
        own = [load.get(page, cookies=people[code]) for code, page in addresses.items()]
        seen = [load.get(page, cookies=town.eye) for page in addresses.values()]
        measured, floors = in_turns(scale.rounds, _drive(scale, port, own), _drive(scale, port, seen))
        clerks.append([sample.p95_ms for sample in measured])
        auditors.append([sample.p95_ms for sample in floors])
        ratios[name] = (median(clerks[-1]) / median(auditors[-1]), TARGET)
    return Result(
        name="scope",
        unit="ms (p95)",
        subject=[sum(round_) / len(PAGES) for round_ in zip(*clerks, strict=True)],
        floor=[sum(round_) / len(PAGES) for round_ in zip(*auditors, strict=True)],
        target=TARGET,
        at_most=True,
        limits=ratios,
        facts={"offices": len(town.offices), "pages": len(PAGES)},
    )


def _has_cases(office: Office) -> bool:
    return ServiceRequest.objects.filter(office=office, state=State.UNDER_REVIEW).exists()


def _drive(scale: Scale, port: int, pages: list[bytes]) -> Callable[[], load.Sample]:
    turns = itertools.cycle(pages)
    return lambda: load.drive(port, turns, seconds=scale.seconds, connections=1, status=200)
