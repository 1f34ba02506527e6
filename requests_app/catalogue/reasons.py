"""Why an office is competent: recorded in French with the request, read in the reader's language."""

from typing import Any

from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import SOURCE_LANGUAGE, in_active_language

LONGEST = 200


def recorded_reason(reason: Any) -> str:
    """The reason of a rule as the request keeps it."""
    return (reason[SOURCE_LANGUAGE] if isinstance(reason, dict) else str(reason))[:LONGEST]


def reason_in_words(version: ServiceVersion, recorded: str) -> str:
    """A recorded reason in the active language; as it was recorded when no rule of the version says it."""
    for rule in version.routing.get("rules", ()):
        if recorded_reason(rule.get("reason", "")) == recorded:
            return in_active_language(rule["reason"])
    return recorded
