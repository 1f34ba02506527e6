"""Which office is competent: a pure function of the service's rule and the citizen's answers.

A rule is data: {"rules": [{"by": …, …}], "default": office code}; the first rule that finds an
office wins. `by` is one of
- `arrondissement_of` + `field`: the borough of a quartier ("5:Gbéto") or arrondissement ("5") answer;
- `office_of` + `field`: the office named by the answer (place of registration);
- `central` + `office`: always that office.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

BOROUGH_CODE = "arrondissement-{number}"


@dataclass(frozen=True)
class Competence:
    """The competent office (its code) and why: the reason as the rule gives it, "default" when no rule fits."""

    office: str
    reason: Any


def competent_office(rule: Mapping[str, Any], answers: Mapping[str, Any], offices: Collection[str]) -> Competence:
    """The one competent office among `offices` (codes), with the reason; the default when no rule fits."""
    for step in rule.get("rules", ()):
        office = _found(step, answers)
        if office in offices:
            return Competence(office, step.get("reason") or f"{step['by']}:{step.get('field', step.get('office', ''))}")
    return Competence(rule["default"], "default")


def _found(step: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    if step["by"] == "central":
        return str(step["office"])
    answer = str(answers.get(step["field"]) or "")
    if step["by"] == "office_of":
        return answer
    number = answer.split(":", 1)[0]
    return BOROUGH_CODE.format(number=number) if number.isdecimal() else ""
