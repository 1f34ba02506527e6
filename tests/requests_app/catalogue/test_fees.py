"""What a request costs: never guessed, exempted by the text in force that day, shared to the last franc."""

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.catalogue.fees import Quote, quote, split, thawed
from requests_app.catalogue.models import ServiceVersion
from tests.requests_app.catalogue.conftest import field, text

DAY = datetime.date(2026, 11, 24)
FIELDS = [field("copies", "integer"), field("student", "yes_no"), field("surface", "integer", required=False)]
BASE = {
    "key": "file",
    "label": text("Dossier"),
    "kind": "base",
    "legal_basis": text("Délibération A"),
    "from": "2026-01-01",
}
STAMP = BASE | {"key": "stamp", "label": text("Timbre"), "kind": "per_copy", "quantity": "copies", "amount": 500}
SLABS = [{"up_to": 10, "amount": 1000}, {"up_to": 50, "amount": 3000}, {"up_to": None, "amount": 9000}]
PLACE = BASE | {"key": "place", "kind": "slab", "quantity": "surface", "slabs": SLABS}
STUDENTS = {
    "when": {"field": "student", "is": "equals", "value": True},
    "reason": text("Étudiant"),
    "legal_basis": text("Délibération B"),
    "from": "2026-09-01",
    "until": "2026-12-31",
}


def priced(*fees: dict[str, Any], status: str = "CONFIRMED", on: datetime.date = DAY, **answers: Any) -> Quote:
    version = ServiceVersion(
        form={"steps": [{"title": text("x"), "fields": FIELDS}]}, fees=list(fees), fee_status=status
    )
    computed = quote(version, answers, on)
    assert computed
    return computed


def test_a_version_without_fee_lines_computes_nothing():
    assert quote(ServiceVersion(form={}, fees=[], fee_status="FREE", fee_amount=0), {}, DAY) is None
    assert thawed({}) is None


def test_lines_add_up():
    computed = priced(BASE | {"amount": 2000}, STAMP, copies=3)
    assert [(line.key, line.amount, line.quantity) for line in computed.lines] == [
        ("file", 2000, None),
        ("stamp", 1500, 3),
    ]
    assert (computed.total, computed.to_confirm, computed.on) == (3500, False, "2026-11-24")


@pytest.mark.parametrize(
    ("surface", "amount"), [(0, 1000), (10, 1000), (11, 3000), (50, 3000), (51, 9000), (10_000, 9000)]
)
def test_a_slab_holds_up_to_its_bound(surface, amount):
    assert priced(PLACE, surface=surface).total == amount


def test_an_amount_that_nobody_gave_is_never_guessed():
    unknown = priced(BASE, STAMP, status="TO_CONFIRM", copies=2)
    assert unknown.total is None
    assert unknown.to_confirm
    assert [line.amount for line in unknown.lines] == [None, 1000]
    assert priced(STAMP).total is None, "how many copies was not said"
    assert priced(PLACE).total is None
    assert priced(STAMP, copies=True).total is None


def test_a_known_amount_may_still_be_to_confirm():
    computed = priced(BASE | {"amount": 2000}, status="TO_CONFIRM")
    assert (computed.total, computed.to_confirm) == (2000, True)


def test_a_line_is_due_only_when_its_condition_holds():
    urgent = BASE | {"amount": 700, "when": {"field": "student", "is": "equals", "value": False}}
    assert priced(urgent, student=False).total == 700
    assert priced(urgent, student=True).total == 0
    assert priced(urgent, student=True).lines == ()


@pytest.mark.parametrize(
    ("day", "total"),
    [("2026-08-31", 500), ("2026-09-01", 0), ("2026-12-31", 0), ("2027-01-01", 500)],
)
def test_an_exemption_is_that_of_the_day(day, total):
    computed = priced(STAMP | {"exemptions": [STUDENTS]}, on=datetime.date.fromisoformat(day), copies=1, student=True)
    assert computed.total == total
    assert [line.exempted for line in computed.lines] == ["Étudiant" if total == 0 else ""]
    assert computed.lines[0].legal_basis == ("Délibération B" if total == 0 else "Délibération A")


def test_who_is_not_exempted_pays():
    assert priced(STAMP | {"exemptions": [STUDENTS]}, copies=1, student=False).total == 500


def test_an_exemption_is_known_even_of_an_unknown_amount():
    assert priced(BASE | {"exemptions": [STUDENTS]}, status="TO_CONFIRM", student=True).total == 0


def test_a_tariff_replaces_another_on_its_day():
    old, new = BASE | {"amount": 1000, "until": "2026-11-23"}, BASE | {"amount": 1500, "from": "2026-11-24"}
    assert priced(old, new).total == 1500
    assert priced(old, new, on=DAY - datetime.timedelta(1)).total == 1000
    assert priced(old, on=DAY).total is None, "no tariff that day: not free, unknown"


TOWN, STATE = text("Mairie", "Town hall"), text("État", "State")
SHARED = BASE | {
    "amount": 1001,
    "shares": [{"beneficiary": TOWN, "percent": 50}, {"beneficiary": STATE, "percent": 50}],
}


def test_shares_are_whole_francs_that_sum_to_the_total(settings):
    settings.TOWN_HALL = "La mairie"
    computed = priced(SHARED, STAMP, copies=1)
    assert [(share.beneficiary, share.amount) for share in computed.shares] == [
        ("Mairie", 501),
        ("État", 500),
        ("La mairie", 500),
    ]
    assert priced(BASE | {"amount": 1001}).shares == ()
    assert priced(SHARED, BASE, status="TO_CONFIRM").shares == ()


PERCENTS = st.lists(st.integers(1, 100), min_size=1, max_size=6).map(
    lambda weights: [weight * 100 // sum(weights) or 1 for weight in weights]
)


@given(st.integers(0, 10**12), PERCENTS)
def test_a_split_never_makes_or_loses_a_franc(amount, percents):
    percents = [100 - sum(percents[1:]), *percents[1:]]
    parts = split(amount, percents)
    assert sum(parts) == amount
    for part, percent in zip(parts, percents, strict=True):
        assert abs(part - amount * percent / 100) <= 1 + amount * 1e-15


@given(st.integers(0, 1000), st.integers(0, 60), st.booleans())
def test_what_is_frozen_is_read_back_the_same(copies, surface, student):
    computed = priced(
        SHARED, STAMP | {"exemptions": [STUDENTS]}, PLACE, copies=copies, surface=surface, student=student
    )
    assert thawed(json.loads(json.dumps(computed.frozen()))) == computed
    assert sum(share.amount for share in computed.shares) == computed.total
