"""When nobody answers: counted in working days without the pauses, told once at each stage, and nothing decided."""

import copy
import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import workflow
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import definition_of, publish_definition
from requests_app.models import ServiceRequest
from requests_app.promises import silence
from requests_app.states import State
from tests.requests_app.citizen import LIFE
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db
# A Monday without a public holiday in the five weeks that follow.
MONDAY = datetime.datetime(2026, 9, 7, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clock(db):
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def silent(catalogue, clock, cast, filed_case):
    """`silent("reminder", 3)`: a case filed that Monday on a version with this silence."""

    def _silent(effect, days=3, **options):
        service = Service.objects.select_related("current").get(slug=LIFE)
        flow = {"silence": {"after_days": days, "effect": effect}}
        definition = copy.deepcopy(definition_of(service.current)) | {"flow": flow}
        if definition_of(service.current) != definition:
            publish_definition(service, definition)
        cast.mahugnon.email = "chef@example.bj"
        cast.mahugnon.save()
        cast.secretary.email = "secretariat@example.bj"
        cast.secretary.save()
        return filed_case(**options)

    return _silent


def on(clock, day):
    clock.move_to(MONDAY + day * DAY)


def fresh(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def letters():
    return [row.payload["to"] for row in OutboxMessage.objects.filter(key__startswith="silence:").order_by("id")]


def test_the_office_has_the_whole_of_the_last_day(silent, clock):
    case = silent("reminder", 3)
    on(clock, 3)  # Thursday, the third working day
    assert silence.sweep() == 0
    assert fresh(case).silence_at is None
    on(clock, 4)
    assert silence.sweep() == 1
    assert fresh(case).silence_at is not None


def test_the_head_is_told_once_and_nothing_is_decided(silent, clock):
    case = silent("reminder")
    on(clock, 4)
    silence.sweep()
    silence.sweep()
    on(clock, 30)
    silence.sweep()
    assert letters() == ["chef@example.bj"]
    assert (fresh(case).state, fresh(case).motive) == (State.SUBMITTED, None)
    letter = OutboxMessage.objects.get(key__startswith="silence:").payload
    assert case.shown_reference in letter["subject"]
    assert case.applicant_name not in letter["body"]
    assert JournalEntry.objects.filter(obj=case.obj, act="case.silence").count() == 1


@pytest.mark.parametrize("effect", ["nothing"])
def test_a_service_that_foresees_nothing_is_left_alone(silent, clock, effect):
    case = silent(effect)
    on(clock, 30)
    assert silence.sweep() == 0
    assert fresh(case).silence_at is None


def test_weekends_and_holidays_do_not_count(silent, clock):
    case = silent("reminder", 5)
    on(clock, 7)  # the Monday after: the fifth working day
    assert silence.sweep() == 0
    on(clock, 8)
    assert silence.sweep() == 1
    assert fresh(case).silence_at


def test_the_days_the_applicant_took_do_not_count(silent, clock, cast):
    case = silent("reminder", 3)
    on(clock, 1)
    workflow.take(case, by=cast.sena)
    workflow.ask_information(case, by=cast.sena, fields=["birth_place"], pieces=[], message="Illisible.")
    on(clock, 9)  # six working days later
    assert silence.sweep() == 0
    workflow.answer(fresh(case), answers={"birth_place": "Cotonou"})
    on(clock, 11)  # 1 + 2 working days are the office's
    assert silence.sweep() == 0
    on(clock, 14)
    assert silence.sweep() == 1


def test_while_the_applicant_is_asked_nobody_is_told(silent, clock, cast):
    case = silent("reminder", 1)
    workflow.take(case, by=cast.sena)
    workflow.ask_information(case, by=cast.sena, fields=["birth_place"], pieces=[], message="Illisible.")
    on(clock, 30)
    assert silence.sweep() == 0


def test_a_case_that_was_decided_is_not_silent(silent, clock):
    case = silent("reminder", state=State.READY)
    on(clock, 30)
    assert silence.sweep() == 0
    assert fresh(case).silence_at is None


def test_an_escalation_tells_the_head_then_the_secretary(silent, clock):
    case = silent("escalation")
    on(clock, 4)
    silence.sweep()
    assert letters() == ["chef@example.bj"]
    on(clock, 11)  # five working days after the head was told
    assert silence.sweep() == 0
    on(clock, 14)
    assert (silence.sweep(), silence.sweep()) == (1, 0)
    assert letters() == ["chef@example.bj", "secretariat@example.bj"]
    assert JournalEntry.objects.filter(obj=case.obj, act="case.silence_escalated").count() == 1


def test_a_reminder_never_reaches_the_secretary(silent, clock):
    """The near miss."""
    silent("reminder")
    on(clock, 4)
    silence.sweep()
    on(clock, 30)
    silence.sweep()
    assert "secretariat@example.bj" not in letters()


def test_those_not_reached_yet_keep_nobody_waiting(silent, clock, cast, monkeypatch):
    """A slow service filed first, then a quick one: the quick one is told of, however few are told of at once."""
    monkeypatch.setattr(silence, "MOST_AT_ONCE", 1)
    slow = silent("escalation", 20, surname="Lent")
    clock.move_to(MONDAY + datetime.timedelta(minutes=1))
    quick = silent("escalation", 1, surname="Vif")
    on(clock, 2)
    silence.sweep()
    assert fresh(quick).silence_at is not None
    assert fresh(slow).silence_at is None


def test_those_escalated_already_keep_nobody_waiting(silent, clock, monkeypatch):
    monkeypatch.setattr(silence, "MOST_AT_ONCE", 1)
    first, second = silent("escalation", 1), silent("escalation", 1, surname="Autre")
    on(clock, 2)
    assert (silence.sweep(), silence.sweep()) == (1, 1)
    on(clock, 14)
    assert (silence.sweep(), silence.sweep(), silence.sweep()) == (1, 1, 0)
    escalated = JournalEntry.objects.filter(act="case.silence_escalated").values_list("obj", flat=True)
    assert set(escalated) == {first.obj, second.obj}


def test_the_sweep_costs_the_same_for_three_cases_told_of_already(silent, clock, django_assert_num_queries):
    cases = [silent("escalation", 1, surname=name) for name in ("Un", "Deux", "Trois")]
    on(clock, 2)
    silence.sweep()
    on(clock, 14)
    silence.sweep()
    assert all(fresh(case).silence_at for case in cases)
    with django_assert_num_queries(4):  # the versions and the cases of each stage
        assert silence.sweep() == 0


def test_a_head_without_address_is_told_by_the_mark(silent, clock, cast, signed_in, site):
    case = silent("reminder")
    cast.mahugnon.email = ""
    cast.mahugnon.save()
    queue = reverse("desk:queue", args=[cast.first.code])
    assert "silence dépassé" not in signed_in(cast.sena).get(queue).text
    on(clock, 4)
    assert silence.sweep() == 0
    assert fresh(case).silence_at
    client = signed_in(cast.sena)
    assert "silence dépassé" in client.get(queue).text
    assert "Le silence ne décide rien" in read_by(client, case).text


def test_a_trial_is_never_complained_of(silent, clock):
    case = silent("reminder")
    ServiceRequest.objects.filter(pk=case.pk).update(is_trial=True)
    on(clock, 30)
    assert silence.sweep() == 0


def test_the_sweep_costs_a_little_more_for_each_silent_case_only(silent, clock, django_assert_max_num_queries):
    silent("reminder")
    with django_assert_max_num_queries(6):
        silence.sweep()
    assert timezone.localdate() == MONDAY.date()
