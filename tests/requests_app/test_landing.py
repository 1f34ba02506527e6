"""Whatever the rules and whatever is closed or full, a request lands in exactly one open office, or stays a draft.

Filed by the real act, day after day, and compared with the law written here a second time, in the plainest way.
"""

import copy
import datetime
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrondissements.models import JournalEntry, Office, OutboxMessage, User
from requests_app import admission, filing, queues, workflow
from requests_app.catalogue.models import Restriction, Service, ServiceVersion
from requests_app.catalogue.publishing import new_version, publish
from requests_app.models import ServiceRequest
from tests.requests_app.catalogue.conftest import DEFINITION, field, text

pytestmark = pytest.mark.django_db
DAYS = 4  # one files on the first days; what is closed or full may begin before them and end after them
OFFICES = ("arrondissement-5", "arrondissement-13", "affaires-funeraires", "secretariat-executif")
HOMES = {"5:Gbéto": "arrondissement-5", "13:Agla-Akplomey": "arrondissement-13", None: ""}
URGENT = {"field": "urgent", "is": "equals", "value": True}
FORM = [field("home", "quartier", required=False), field("born_at", "registration_office", required=False)]


@dataclass(frozen=True)
class Asks:
    """One person: the day she files, counted from the first, and her answers."""

    day: int
    home: str | None
    born_at: str | None
    urgent: bool


@dataclass(frozen=True)
class Rule:
    """One rule of routing; `office` is that of a rule without a question."""

    by: str
    office: str
    only_urgent: bool

    def data(self) -> dict[str, Any]:
        named = {"arrondissement_of": {"field": "home"}, "office_of": {"field": "born_at"}}
        when = {"when": URGENT} if self.only_urgent else {}
        return {"by": self.by, "reason": text("x"), **named.get(self.by, {"office": self.office}), **when}

    def finds(self, asks: Asks) -> str:
        if self.only_urgent and not asks.urgent:
            return ""
        return {"arrondissement_of": HOMES[asks.home], "office_of": asks.born_at or ""}.get(self.by, self.office)


@dataclass(frozen=True)
class Limit:
    """A closure (no cap) or a cap, in days from the first; `office` None is every office."""

    office: str | None
    starts: int
    ends: int | None
    cap: int | None
    per: str

    def stops(self, office: str, day: int, filed: list[tuple[int, str]]) -> bool:
        if self.office not in (None, office) or day < self.starts or (self.ends is not None and day > self.ends):
            return False
        first = day if self.per == "DAY" else self.starts
        taken = [one for one in filed if first <= one[0] <= day and self.office in (None, one[1])]
        return self.cap is None or len(taken) >= self.cap


PEOPLE = st.builds(
    Asks,
    day=st.integers(0, DAYS - 1),
    home=st.sampled_from(list(HOMES)),
    born_at=st.sampled_from([None, *OFFICES[:2]]),
    urgent=st.booleans(),
)
RULES = st.builds(
    Rule,
    by=st.sampled_from(["arrondissement_of", "office_of", "central"]),
    office=st.sampled_from(OFFICES),
    only_urgent=st.booleans(),
)
LIMITS = st.builds(
    lambda office, starts, lasts, cap, per: Limit(office, starts, None if lasts is None else starts + lasts, cap, per),
    office=st.sampled_from([None, *OFFICES]),
    starts=st.integers(-2, DAYS),
    lasts=st.sampled_from([None, 0, 1, 3]),
    cap=st.sampled_from([None, None, 0, 1, 2, 3]),
    per=st.sampled_from(["DAY", "PERIOD"]),
)


@pytest.fixture
def service(catalogue: None) -> Service:
    return Service.objects.create(slug="sortie", life_event="PAPERS")


def published(service: Service, rules: list[Rule]) -> ServiceVersion:
    definition = copy.deepcopy(DEFINITION) | {
        "mode": "PREPARED_HERE",
        "document": {},
        "document_template": "",
        "signatory_role": "",
        "evidence": [],
        "form": {"steps": [{"title": text("x"), "fields": [*FORM, field("urgent", "yes_no")]}]},
        "routing": {"rules": [rule.data() for rule in rules], "default": "secretariat-executif"},
    }
    return publish(new_version(service, definition))


def begun(version: ServiceVersion, number: int, asks: Asks) -> ServiceRequest:
    case = filing.start(version.service, language="fr", version=version)
    filing.save_step(case, 0, {"home": asks.home, "born_at": asks.born_at, "urgent": asks.urgent})
    filing.save_contact(case, name="Awa Dossou", phone=f"+22901970000{number:02d}")
    return case


def closes(service: Service, limits: list[Limit], first: datetime.date) -> None:
    named = {office.code: office for office in Office.objects.all()}
    for number, limit in enumerate(limits):
        Restriction.objects.create(
            service=service,
            office=named[limit.office] if limit.office else None,
            starts=first + datetime.timedelta(limit.starts),
            ends=None if limit.ends is None else first + datetime.timedelta(limit.ends),
            cap=limit.cap,
            per=limit.per,
            message_fr=f"Raison {number}.",
            message_en=f"Reason {number}.",
        )
    admission.forget()


def everybody_files(service: Service, rules: list[Rule], limits: list[Limit], people: list[Asks]) -> list[str]:
    """Where each landed, "" for who was refused; fails as soon as one lands where she must not."""
    now = timezone.now().replace(hour=11)
    filed: list[tuple[int, str]] = []
    landed = []
    version = published(service, rules)
    people = sorted(people, key=lambda asks: asks.day)
    cases = [begun(version, number, asks) for number, asks in enumerate(people)]
    closes(service, limits, timezone.localdate(now))
    for case, asks in zip(cases, people, strict=True):
        expected = next((office for rule in rules if (office := rule.finds(asks))), "secretariat-executif")
        reasons = {f"Raison {n}." for n, one in enumerate(limits) if one.stops(expected, asks.day, filed)}
        before = traces_of(case)
        with time_machine.travel(now + datetime.timedelta(asks.day)):
            refusal = refused(case)
        if refusal:
            assert refusal in reasons, "refused for a reason that is not in force there"
            assert traces_of(case) == before, "refused, and not as if nothing had been sent"
            assert offices_that_see(case) == []
            landed.append("")
            continue
        assert not reasons, "filed where it was closed or full"
        assert offices_that_see(case) == [expected]
        filed.append((asks.day, expected))
        landed.append(expected)
    return landed


def refused(case: ServiceRequest) -> str:
    """File by the real act: why it is refused, "" when it is filed."""
    try:
        workflow.submit(case)
    except workflow.NotOpen as refusal:
        return str(refusal)
    return ""


def traces_of(case: ServiceRequest) -> tuple[dict[str, Any], int, int]:
    """All that filing would have written: the row of the case, the journal, the messages."""
    row = ServiceRequest.objects.filter(pk=case.pk).values().get()
    return row, JournalEntry.objects.count(), OutboxMessage.objects.count()


def offices_that_see(case: ServiceRequest) -> list[str]:
    """The offices in whose queue the case is."""
    looked = queues.Looked()
    return [
        office.code
        for office in Office.objects.all()
        if queues.cases_of(office, looked, User()).filter(pk=case.pk).exists()
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rules=st.lists(RULES, max_size=4),
    limits=st.lists(LIMITS, max_size=4),
    people=st.lists(PEOPLE, min_size=1, max_size=6),
)
def test_any_request_lands_in_exactly_one_open_office_or_is_refused_and_kept(service, rules, limits, people):
    with transaction.atomic():
        everybody_files(service, rules, limits, people)
        transaction.set_rollback(True)


NEAR = Asks(0, "5:Gbéto", None, False)
BY_HOME = Rule("arrondissement_of", "", False)


def test_two_places_a_day_in_one_office_are_two_and_the_other_office_goes_on(service):
    elsewhere = Asks(0, "13:Agla-Akplomey", None, False)
    people = [NEAR, NEAR, NEAR, elsewhere, Asks(1, "5:Gbéto", None, False)]
    limits = [Limit("arrondissement-5", 0, None, 2, "DAY")]
    fifth, thirteenth = OFFICES[:2]
    assert everybody_files(service, [BY_HOME], limits, people) == [fifth, fifth, "", thirteenth, fifth]


def test_a_rule_never_looks_for_an_office_that_is_open(service):
    limits = [Limit("arrondissement-5", 0, 1, None, "DAY")]
    rules = [BY_HOME, Rule("central", "affaires-funeraires", False)]
    assert everybody_files(service, rules, limits, [NEAR, Asks(2, "5:Gbéto", None, False)]) == ["", "arrondissement-5"]


def test_without_the_admission_the_property_does_not_hold(service, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(admission, "why_not_file", lambda case, office: "")
    with pytest.raises(AssertionError, match="closed or full"):
        everybody_files(service, [BY_HOME], [Limit("arrondissement-5", 0, 0, None, "DAY")], [NEAR])


def test_with_another_office_the_property_does_not_hold(service, monkeypatch):
    """Negative control: the request goes, in silence, to an office that is open."""
    funerals = Office.objects.get(code="affaires-funeraires")
    told = workflow._filing_facts
    monkeypatch.setattr(workflow, "_filing_facts", lambda *facts: told(*facts) | {"office": funerals})
    with pytest.raises(AssertionError, match="closed or full"):
        everybody_files(service, [BY_HOME], [Limit("arrondissement-5", 0, 0, None, "DAY")], [NEAR])
