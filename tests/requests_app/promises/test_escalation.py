"""Promises that come near or are broken: the right people, once each, and an apology that says a new day."""

import datetime
import threading

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from arrondissements.models import Absence, JournalEntry, OutboxMessage
from requests_app import moving, workflow
from requests_app.messaging.sms import segments
from requests_app.models import Capacity, Escalation, EscalationRule, ServiceRequest, Told
from requests_app.promises import digests, escalation
from tests.together import all_at_once

# A Tuesday without a public holiday in the three weeks that follow.
TUESDAY = datetime.datetime(2026, 11, 17, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
USUAL = [(-1, Told.CLERK), (1, Told.SUPERVISOR), (1, Told.APPLICANT), (5, Told.SECRETARY)]


@pytest.fixture
def clock(db):
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def promised(clock, cast, filed_case):
    """A certificate filed on Tuesday, promised for Thursday; everybody has an address; the usual rules."""
    EscalationRule.objects.all().delete()
    EscalationRule.objects.bulk_create(EscalationRule(days=days, tells=tells) for days, tells in USUAL)
    for person in ("sena", "other_clerk", "mahugnon", "secretary"):
        user = getattr(cast, person)
        user.email = f"{person}@example.bj"
        user.save()
    return filed_case("certificat-vie")


def on(clock, days):
    clock.move_to(TUESDAY + days * DAY)
    return escalation.sweep()


def stored(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def letters():
    return [row.payload["to"] for row in OutboxMessage.objects.filter(key__startswith="reminder:").order_by("id")]


def apologies(case):
    return OutboxMessage.objects.filter(key__startswith=f"apology:{case.pk}")


@pytest.mark.django_db
def test_the_migrations_write_the_usual_rules():
    assert set(EscalationRule.objects.filter(service=None).values_list("days", "tells")) == set(USUAL)


@pytest.mark.django_db
def test_the_clerk_then_the_head_then_the_secretary_are_told_each_once(promised, clock, cast):
    workflow.take(promised, by=cast.sena)
    assert on(clock, 0) == 0
    assert on(clock, 1) == 1  # Wednesday: tomorrow
    assert letters() == ["sena@example.bj"]
    assert on(clock, 2) == 0  # the whole of Thursday is the office's
    assert on(clock, 3) == 2
    assert letters() == ["sena@example.bj", "mahugnon@example.bj"]
    assert (on(clock, 3), on(clock, 8)) == (0, 0)
    assert on(clock, 9) == 1  # five working days after
    assert letters()[-1] == "secretary@example.bj"
    assert (on(clock, 30), len(letters())) == (0, 3)
    assert JournalEntry.objects.filter(obj=promised.obj, act="case.reminder").count() == 3


@pytest.mark.django_db
def test_what_nobody_has_is_told_to_the_head(promised, clock):
    on(clock, 1)
    assert letters() == ["mahugnon@example.bj"]


@pytest.mark.django_db
def test_whoever_is_away_is_replaced(promised, clock, cast):
    workflow.take(promised, by=cast.sena)
    Absence.objects.create(
        user=cast.sena, substitute=cast.other_clerk, noted_by=cast.mahugnon, starts="2026-11-18", ends="2026-11-18"
    )
    on(clock, 1)
    assert letters() == ["other_clerk@example.bj"]


@pytest.mark.django_db
def test_the_applicant_receives_an_apology_in_one_segment_and_nothing_before(promised, clock):
    on(clock, 2)
    assert not apologies(promised)
    on(clock, 3)
    sms, email = apologies(promised).order_by("-kind")
    assert segments(sms.payload["text"]) == 1
    assert promised.shown_reference in sms.payload["text"]
    assert "jeudi 19 novembre 2026" in email.payload["body"]
    assert "Nous ne savons pas encore dire un nouveau jour" in email.payload["body"]
    assert JournalEntry.objects.filter(obj=promised.obj, act="case.apology").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_apology_says_the_day_now_expected_still_in_one_segment(promised, clock, language):
    pace = {"minutes": 30.0, "signing": 0.0, "a_day": 30.0, "due": 2, "days": 1}
    Capacity.objects.create(
        office=promised.office, at=TUESDAY + 3 * DAY, ahead=[0.0, 0.0, *[120.0] * 20],
        services={str(promised.version.service_id): pace},
    )  # fmt: skip
    ServiceRequest.objects.filter(pk=promised.pk).update(language=language)
    on(clock, 3)  # Friday: nobody is there today nor on Monday
    sms, email = apologies(promised).order_by("-kind")
    assert "24/11/2026" in sms.payload["text"]
    assert segments(sms.payload["text"]) == 1
    assert "24" in email.payload["body"]


@pytest.mark.django_db
def test_a_second_apology_that_the_table_foresees_is_sent_and_not_only_written_down(promised, clock):
    EscalationRule.objects.create(days=3, tells=Told.APPLICANT)
    on(clock, 3)
    assert apologies(promised).count() == 2  # an SMS and an e-mail
    on(clock, 7)
    assert apologies(promised).count() == 4
    assert JournalEntry.objects.filter(obj=promised.obj, act="case.apology").count() == 2


@pytest.mark.django_db
def test_the_letters_to_the_staff_name_nobody(promised, clock):
    on(clock, 3)
    body = OutboxMessage.objects.filter(key__startswith="reminder:").first().payload["body"]
    assert promised.applicant_name not in body
    assert promised.reference in body


@pytest.mark.django_db
def test_while_the_citizen_is_asked_nobody_is_told(promised, clock, cast):
    workflow.take(promised, by=cast.sena)
    workflow.ask_information(promised, by=cast.sena, fields=["birth_place"], pieces=[], message="Illisible.")
    assert on(clock, 20) == 0


@pytest.mark.django_db
def test_a_promise_moved_by_a_pause_may_be_broken_in_its_turn(promised, clock, cast):
    assert on(clock, 3) == 2
    workflow.take(stored(promised), by=cast.sena)
    workflow.ask_information(stored(promised), by=cast.sena, fields=["birth_place"], pieces=[], message="Illisible.")
    clock.move_to(TUESDAY + 6 * DAY)
    workflow.answer(stored(promised), answers={"birth_place": "Ouidah"})
    assert stored(promised).due_on == datetime.date(2026, 11, 24)
    on(clock, 8)
    assert Escalation.objects.filter(case=promised, tells=Told.APPLICANT).count() == 2


@pytest.mark.django_db
def test_a_decided_or_a_trial_case_is_left_alone(promised, clock, filed_case):
    ServiceRequest.objects.filter(pk=promised.pk).update(is_trial=True)
    workflow.withdraw(filed_case("certificat-vie", surname="AUTRE"))
    assert on(clock, 20) == 0


@pytest.mark.django_db
def test_a_service_with_a_rule_of_its_own_follows_only_its_own(promised, clock):
    EscalationRule.objects.create(service=promised.version.service, days=3, tells=Told.SECRETARY)
    assert on(clock, 3) == 0
    assert on(clock, 7) == 1
    assert letters() == ["secretary@example.bj"]


@pytest.mark.django_db
def test_a_rule_no_longer_in_force_tells_nobody(promised, clock):
    EscalationRule.objects.update(is_active=False)
    assert on(clock, 20) == 0


@pytest.mark.django_db
def test_a_sweep_over_told_cases_costs_one_query_a_rule(promised, clock, filed_case, django_assert_max_num_queries):
    for name in ("UN", "DEUX", "TROIS"):
        filed_case("certificat-vie", surname=name)
    on(clock, 9)
    with django_assert_max_num_queries(2 + len(USUAL)):
        assert escalation.sweep() == 0


# -- One letter for each person, and no apology for what is old -----------------------------------


@pytest.mark.django_db
def test_one_letter_a_run_lists_the_oldest_promise_first(promised, clock, filed_case, cast):
    others = [filed_case("certificat-vie", surname=name) for name in ("UN", "DEUX")]
    ServiceRequest.objects.filter(pk=others[1].pk).update(due_on=datetime.date(2026, 11, 18))
    on(clock, 3)
    letter = OutboxMessage.objects.get(key__startswith="reminder:", payload__to="mahugnon@example.bj").payload
    assert letter["subject"] == "3 demandes promises à suivre"
    places = [letter["body"].index(f"/agent/demande/{case.reference}/") for case in (others[1], promised, others[0])]
    assert places == sorted(places)
    assert letter["body"].count("promesse dépassée") == 3
    assert "autre" not in letter["body"]
    assert JournalEntry.objects.filter(act="case.reminder").count() == 3


@pytest.mark.django_db
def test_a_letter_stops_at_so_many_lines_and_says_how_many_are_left(promised, clock, filed_case, monkeypatch):
    monkeypatch.setattr(digests, "MOST_LINES", 1)
    for name in ("UN", "DEUX"):
        filed_case("certificat-vie", surname=name)
    on(clock, 3)
    body = OutboxMessage.objects.get(key__startswith="reminder:").payload["body"]
    assert body.count("/agent/demande/") == 1
    assert promised.reference in body
    assert "et 2 autres" in body


@pytest.mark.django_db
def test_two_rules_that_reach_a_case_together_name_it_once(promised, clock, cast):
    EscalationRule.objects.create(days=2, tells=Told.SUPERVISOR)
    on(clock, 6)  # Monday: two working days after
    body = OutboxMessage.objects.get(key__startswith="reminder:").payload["body"]
    assert body.count(promised.reference) == 1
    assert Escalation.objects.filter(tells=Told.SUPERVISOR).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "sent"), [(3, True), (10, True), (13, False), (200, False)])
def test_only_a_fresh_breach_is_excused_after_a_long_stop(promised, clock, day, sent):
    """Promised for Thursday 19: up to Friday 27 (six working days after) and no later."""
    on(clock, day)
    assert apologies(promised).exists() is sent
    assert Escalation.objects.filter(tells=Told.SUPERVISOR).count() == 1  # the office reads of it whatever its age


@pytest.mark.django_db
def test_rules_reached_together_after_a_stop_make_one_apology(promised, clock):
    EscalationRule.objects.create(days=3, tells=Told.APPLICANT)
    for day in range(7, 12):  # Tuesday: three working days after
        on(clock, day)
    assert apologies(promised).count() == 2  # an SMS and an e-mail
    assert JournalEntry.objects.filter(obj=promised.obj, act="case.apology").count() == 1


# -- At once, on PostgreSQL ---------------------------------------------------------------------


@pytest.fixture
def late(filed_case):
    case = filed_case("certificat-vie")
    ServiceRequest.objects.update(due_on=timezone.localdate() - 4 * DAY)  # a working day at least, five at most
    EscalationRule.objects.all().delete()
    EscalationRule.objects.create(days=1, tells=Told.APPLICANT)
    return stored(case)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_sweeps_at_once_apologise_once(late):
    results = all_at_once(6, lambda _: escalation.sweep())
    assert sum(results) == 1
    assert JournalEntry.objects.filter(obj=late.obj, act="case.apology").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_without_the_row_written_once_two_sweeps_would_apologise_twice(late):
    """Negative control: everybody looks first, then everybody writes to the citizen."""
    seen = threading.Barrier(2)

    def look_then_tell(_):
        told = Escalation.objects.filter(case=late).exists()
        seen.wait()
        if not told:
            with transaction.atomic():
                moving.log(late, "apology", by=None)
        return told

    assert all_at_once(2, look_then_tell) == [False, False]
    assert JournalEntry.objects.filter(obj=late.obj, act="case.apology").count() == 2
