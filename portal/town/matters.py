"""What the town asks for: the services that go to the office of an arrondissement, and one set of answers for each."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from arrondissements import calendar
from requests_app.catalogue.asking import asked
from requests_app.catalogue.fees import quote
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.reasons import recorded_reason
from requests_app.catalogue.samples import sample_answers

# How a rule finds an arrondissement in an answer.
BY_PLACE = ("arrondissement_of", "office_of")
WITHOUT_PROMISE = 7  # days that a matter without promise takes


@dataclass(frozen=True)
class Matter:
    """One service: what changes from person to person are the answers named here."""

    version: ServiceVersion
    place: str
    by_office: bool
    surname: str
    given_names: str

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What somebody who answers everything says."""
        return sample_answers(self.version)

    def row(self, number: int) -> tuple[object, ...]:
        """What the database needs to make its cases: see `matters` in `functions.sql`."""
        version = self.version
        relevant = asked(version, self.answers, today=timezone.localdate())
        cost = quote(version, self.answers, timezone.localdate(), relevant=relevant)
        rules = version.routing["rules"]
        pieces = [piece["key"] for piece in version.evidence] or ["identity"]
        return (
            number, version.pk, version.service_id, version.service.slug, version.number, json.dumps(self.answers),
            json.dumps(cost.frozen() if cost else {}), self.place, self.by_office, self.surname, self.given_names,
            pieces[0], recorded_reason(rules[0]["reason"]), not version.document_template,
        )  # fmt: skip


def matters() -> list[Matter]:
    """The published services that an arrondissement decides and that ask for a name; at best three of the catalogue."""
    services = Service.objects.exclude(current=None).select_related("current__service").order_by("slug")
    found = [_matter(service.current) for service in services if service.current is not None]
    return [matter for matter in found if matter is not None]


def promises(known: list[Matter], first: datetime.date, last: datetime.date) -> Iterator[tuple[object, ...]]:
    """Rows (matter, day, promised day): what filing on each day promises; no row where nothing is promised."""
    for number, matter in enumerate(known):
        if (days := matter.version.processing_days) is None:
            continue
        for offset in range((last - first).days + 1):
            day = first + datetime.timedelta(days=offset)
            yield (number, day, calendar.add_working_days(day, days))


def _matter(version: ServiceVersion) -> Matter | None:
    rule = next((rule for rule in (version.routing or {}).get("rules", ()) if rule.get("by") in BY_PLACE), None)
    names = [field["key"] for step in version.steps for field in step["fields"] if field["type"] == "name"]
    surname = next((key for key in names if key.endswith("surname")), "")
    given = next((key for key in names if key.endswith("given_names")), "")
    if rule is None or not (surname and given):
        return None
    return Matter(version, rule["field"], rule["by"] == "office_of", surname, given)
