"""What the circuit of a version says when it says nothing, and when it does."""

import pytest

from requests_app.catalogue.circuit import Circuit


def test_a_version_that_says_nothing_is_downloaded_and_handed_over():
    circuit = Circuit({}, has_document=True)
    assert (circuit.downloads, circuit.at_counter) == (True, True)
    assert (circuit.four_eyes, circuit.appointment, circuit.silence_days, circuit.opinions) == (False, False, 0, [])


@pytest.mark.parametrize(
    ("delivery", "has_document", "expected"),
    [
        (["download"], True, (True, False)),
        (["counter"], True, (False, True)),
        (["download", "counter"], True, (True, True)),
        (["download"], False, (False, True)),
    ],
)
def test_delivery(delivery, has_document, expected):
    circuit = Circuit({"delivery": delivery}, has_document=has_document)
    assert (circuit.downloads, circuit.at_counter) == expected


def test_four_eyes_is_for_what_is_not_signed():
    assert Circuit({"four_eyes": True}, has_document=False).four_eyes
    assert not Circuit({"four_eyes": True}, has_document=True).four_eyes


def test_another_office_helps_only_when_the_service_says_so():
    helped = Circuit({"overflow": {"basis": {"fr": "Arrêté.", "en": "Order."}, "after_days": 3}}, has_document=True)
    assert (helped.may_overflow, helped.overflow_days, helped.overflow_basis) == (True, 3, "Arrêté.")
    assert not Circuit({}, has_document=True).may_overflow


@pytest.mark.parametrize(
    ("effect", "days", "escalates"), [("nothing", 0, False), ("reminder", 8, False), ("escalation", 8, True)]
)
def test_silence(effect, days, escalates):
    circuit = Circuit({"silence": {"after_days": 8, "effect": effect}}, has_document=True)
    assert (circuit.silence_days, circuit.escalates) == (days, escalates)
