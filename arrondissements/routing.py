"""Which office is competent: a pure function of the service's rule and the citizen's answers.

A rule is data: {"rules": [{"by": …, …}], "default": office code}; the first rule that applies and finds an
office wins. `by` is one of
- `arrondissement_of` + `field`: the borough of a quartier ("5:Gbéto") or arrondissement ("5") answer;
- `office_of` + `field`: the office named by the answer (place of registration);
- `central` + `office`: always that office.
`field` is the key of a question, or one part of its answer ("home.quartier"). A rule with `when` applies only
when its condition holds, which is judged by the caller: conditions are not of this room.

The competent office is the one the law and the rules name, open or not: when it takes no request of this
service, filing refuses with its message and never sends the request elsewhere in silence.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

BOROUGH_CODE = "arrondissement-{number}"


@dataclass(frozen=True)
class Competence:
    """The competent office (its code) and why: the reason as the rule gives it, "default" when no rule fits."""

    office: str
    reason: Any


def applies_without_condition(step: Mapping[str, Any]) -> bool:
    """The judge of who knows no conditions: a rule that has one never applies."""
    return not step.get("when")


def competent_office(
    rule: Mapping[str, Any],
    answers: Mapping[str, Any],
    offices: Collection[str],
    *,
    holds: Callable[[Mapping[str, Any]], bool] = applies_without_condition,
) -> Competence:
    """The one competent office among `offices` (codes), with the reason; the default when no rule fits.

    `holds` says whether the `when` of a rule holds for these answers.
    """
    for step in rule.get("rules", ()):
        office = _found(step, answers) if holds(step) else ""
        if office in offices:
            return Competence(office, step.get("reason") or f"{step['by']}:{step.get('field', step.get('office', ''))}")
    return Competence(rule["default"], "default")


def _found(step: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    if step["by"] == "central":
        return str(step["office"])
    answer = _answer(step["field"], answers)
    if step["by"] == "office_of":
        return answer
    number = answer.split(":", 1)[0]
    return BOROUGH_CODE.format(number=number) if number.isdecimal() else ""


def _answer(path: str, answers: Mapping[str, Any]) -> str:
    key, _dot, part = path.partition(".")
    given = answers.get(key)
    if part:
        given = given.get(part) if isinstance(given, Mapping) else None
    return str(given or "")
