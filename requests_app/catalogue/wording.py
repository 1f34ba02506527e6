"""The parts of a definition said in words, for whoever edits, compares or checks it. Pure functions of data."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from requests_app.catalogue.asking import SILENT_TYPES
from requests_app.catalogue.models import FeeStatus, Mode, ProcessingStatus
from requests_app.catalogue.translated import in_active_language

# How a question is called in a sentence, by its key.
Labels = Mapping[str, str]

COMPARISONS = {
    "equals": gettext_lazy("« %(name)s » est « %(value)s »"),
    "differs": gettext_lazy("« %(name)s » n’est pas « %(value)s »"),
    "in": gettext_lazy("« %(name)s » est parmi %(value)s"),
    "not_in": gettext_lazy("« %(name)s » n’est pas parmi %(value)s"),
    "contains": gettext_lazy("« %(name)s » comprend « %(value)s »"),
    "greater": gettext_lazy("« %(name)s » dépasse %(value)s"),
    "at_least": gettext_lazy("« %(name)s » vaut %(value)s ou plus"),
    "less": gettext_lazy("« %(name)s » est en dessous de %(value)s"),
    "at_most": gettext_lazy("« %(name)s » vaut %(value)s ou moins"),
    "age_at_least": gettext_lazy("l’âge d’après « %(name)s » est de %(value)s ans ou plus"),
    "age_below": gettext_lazy("l’âge d’après « %(name)s » est de moins de %(value)s ans"),
    "empty": gettext_lazy("« %(name)s » est vide"),
    "answered": gettext_lazy("« %(name)s » est rempli"),
}
ROUTES = {
    "arrondissement_of": gettext_lazy("le bureau de l’arrondissement répondu à « %(name)s »"),
    "office_of": gettext_lazy("le bureau choisi à « %(name)s »"),
    "central": gettext_lazy("le bureau « %(office)s »"),
}
# Values that are codes, and what they mean.
CODES: dict[str, Mapping[str, Any]] = {
    "mode": dict(Mode.choices),
    "fee_status": dict(FeeStatus.choices),
    "processing_status": dict(ProcessingStatus.choices),
    "effect": {
        "nothing": gettext_lazy("rien"),
        "reminder": gettext_lazy("un rappel au chef de bureau"),
        "escalation": gettext_lazy("une alerte jusqu’au secrétaire exécutif"),
    },
    "delivery": {"download": gettext_lazy("téléchargement"), "counter": gettext_lazy("guichet")},
}


def every_field(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions of a definition in order, those of its groups after each group."""
    found = []
    for step in definition.get("form", {}).get("steps", []):
        for field in step["fields"]:
            found += [field, *field.get("fields", [])]
    return found


def asks(field: Mapping[str, Any]) -> bool:
    """Whether something is answered: a heading and an explanation ask nothing."""
    return field["type"] not in SILENT_TYPES


def labels_of(definition: Mapping[str, Any]) -> dict[str, str]:
    """{key: label} of every question, in the active language."""
    return {field["key"]: in_active_language(field["label"]) for field in every_field(definition)}


def condition_in_words(condition: Mapping[str, Any] | None, labels: Labels) -> str:
    """ "« Âge » dépasse 18 et (…)"; "" when there is no condition."""
    if not condition:
        return ""
    for word, joined in (("all", gettext(" et ")), ("any", gettext(" ou "))):
        if word in condition:
            return joined.join(_part_in_words(part, labels) for part in condition[word])
    key, _dot, part = condition["field"].partition(".")
    name = labels.get(key, key) + (f" ({part})" if part else "")
    return str(COMPARISONS[condition["is"]]) % {"name": name, "value": in_words(condition.get("value"))}


def rule_in_words(rule: Mapping[str, Any], labels: Labels) -> str:
    """Where a rule of routing sends a request, and when."""
    key = rule.get("field", "").partition(".")[0]
    words = str(ROUTES[rule["by"]]) % {"name": labels.get(key, key), "office": rule.get("office", "")}
    condition = condition_in_words(rule.get("when"), labels)
    return gettext("%(what)s si %(condition)s") % {"what": words, "condition": condition} if condition else words


def in_words(value: Any, name: str = "") -> str:
    """A value of a definition; `name` is the option it belongs to."""
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if value is None or value in ("", {}, []):
        return gettext("rien")
    if isinstance(value, Mapping):
        return in_active_language(value) if value.keys() <= {"fr", "en"} else " – ".join(_parts(value))
    if isinstance(value, list):
        return " ; ".join(in_words(one, name) for one in value)
    return str(CODES.get(name, {}).get(value, value))


def amount_in_words(amount: int | None) -> str:
    """Whole francs, or that the town hall still has to say."""
    if amount is None:
        return gettext("à confirmer")
    return gettext("%(amount)s F CFA") % {"amount": f"{amount:,}".replace(",", "\u202f")}


def days_in_words(days: int | None) -> str:
    if days is None:
        return gettext("aucun délai")
    return ngettext("%(days)d jour ouvré", "%(days)d jours ouvrés", days) % {"days": days}


def _part_in_words(condition: Mapping[str, Any], labels: Labels) -> str:
    words = condition_in_words(condition, labels)
    return words if "field" in condition else f"({words})"


def _parts(value: Mapping[str, Any]) -> list[str]:
    return [in_words(part, name) for name, part in value.items()]
