"""A document nobody fetches is recalled twice, then told to its office; each once, by day, and never after it left."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements import chores
from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import workflow
from requests_app.messaging.sms import segments
from requests_app.models import ServiceRequest, UnclaimedNotice
from requests_app.states import State
from requests_app.walk_ins import unclaimed
from tests.cast import HANDED
from tests.requests_app.desk import text_of

pytestmark = pytest.mark.django_db

LIST = "/agent/non-reclames/arrondissement-1/"


@pytest.fixture
def ready(filed_case):
    return filed_case(state=State.READY)


def after(days, hour=10):
    """The clock so many days from now, at this hour of Cotonou."""
    day = timezone.localdate() + datetime.timedelta(days=days)
    at = datetime.datetime.combine(day, datetime.time(hour), tzinfo=timezone.get_current_timezone())
    return time_machine.travel(at, tick=False)


def told(case):
    return sorted(OutboxMessage.objects.filter(key__startswith=f"unclaimed:{case.pk}:").values_list("key", flat=True))


def steps(case):
    return list(UnclaimedNotice.objects.filter(case=case).order_by("pk").values_list("step", flat=True))


def test_two_reminders_then_the_office_each_once(ready, cast):
    cast.first.email = "bureau@example.org"
    cast.first.save()
    for days, expected in [(9, []), (11, ["FIRST"]), (12, ["FIRST"]), (31, ["FIRST", "SECOND"])]:
        with after(days):
            unclaimed.tend()
            assert steps(ready) == expected
    with after(47):
        assert unclaimed.tend() == "0 reminded, 0 again, 1 listed"
        assert unclaimed.tend() == "0 reminded, 0 again, 0 listed"
    ways = ["email", "sms"] if ready.email else ["sms"]
    assert told(ready) == [f"unclaimed:{ready.pk}:{step}:{way}" for step in ("FIRST", "SECOND") for way in ways]
    letter = OutboxMessage.objects.get(key__startswith="unclaimed-office:")
    assert letter.payload["to"] == "bureau@example.org"
    assert ready.applicant_name not in letter.payload["body"]
    assert JournalEntry.objects.filter(obj=ready.obj, act="case.unclaimed_reminded").count() == 2


def test_an_office_that_could_not_be_told_has_nothing_listed_and_is_told_the_next_time(ready, cast, monkeypatch):
    cast.first.email = "bureau@example.org"
    cast.first.save()
    for days in (11, 31):
        with after(days):
            unclaimed.tend()

    def fails(*_args):
        raise OSError

    with after(47):
        with monkeypatch.context() as broken, pytest.raises(OSError):
            broken.setattr(unclaimed, "_tell", fails)
            unclaimed.tend()
        assert steps(ready) == ["FIRST", "SECOND"]
        unclaimed.tend()
        assert steps(ready) == ["FIRST", "SECOND", "LISTED"]
    assert OutboxMessage.objects.filter(key__startswith="unclaimed-office:").count() == 1


def test_the_reminder_is_one_sms(ready):
    with after(11):
        unclaimed.tend()
    text = OutboxMessage.objects.get(key=f"unclaimed:{ready.pk}:FIRST:sms").payload["text"]
    assert segments(text) == 1
    assert re.search(r"depuis 1[01] jours", text)


def test_the_chore_first_run_long_after_does_not_send_both_reminders_at_once(ready):
    with after(60):
        unclaimed.tend()
        assert steps(ready) == ["FIRST"]
    with after(81):
        unclaimed.tend()
        assert steps(ready) == ["FIRST", "SECOND"]


def test_nobody_is_woken_at_night(ready):
    with after(11, hour=3):
        assert unclaimed.tend() == "asleep"
    assert not told(ready)


def test_what_was_fetched_or_is_only_downloaded_is_not_recalled(ready, filed_case, cast):
    workflow.deliver(ready, by=cast.fifame, handed=HANDED)
    other = filed_case(state=State.READY, surname="AUTRE")
    version = other.version
    assert version.circuit.at_counter
    with after(11):
        unclaimed.tend()
    assert not told(ready)
    assert told(other)  # the near miss


def test_the_chore_is_named_and_says_what_it_did(ready, settings):
    assert "recall-unclaimed" in settings.CHORES
    with after(11):
        assert chores.run_now("recall-unclaimed")
    assert steps(ready) == ["FIRST"]


# -- The list -----------------------------------------------------------------------------------


def test_the_list_shows_who_to_call_and_since_when(ready, signed_in, cast):
    ServiceRequest.objects.update(ready_at=timezone.now() - datetime.timedelta(days=33))
    page = text_of(signed_in(cast.fifame).get(LIST))
    assert ready.shown_reference in page
    assert "33 jours" in page
    assert "export.csv" not in page  # the counter takes no list of names away
    assert signed_in(cast.fifame).get(f"{LIST}export.csv").status_code == 404


def test_the_filters_leave_what_was_asked(ready, signed_in, cast):
    client = signed_in(cast.sena)
    assert ready.shown_reference not in text_of(client.get(LIST))  # ready today
    assert ready.shown_reference in text_of(client.get(LIST, {"jours": "0"}))
    assert ready.shown_reference not in text_of(client.get(LIST, {"jours": "0", "service": "permis-inhumer"}))
    assert "Rien n’attend" in text_of(client.get(LIST, {"jours": "45"}))


def test_another_office_sees_nothing_of_it(ready, signed_in, cast):
    assert signed_in(cast.codjo).get(LIST).status_code == 404
    page = text_of(signed_in(cast.codjo).get("/agent/non-reclames/arrondissement-5/", {"jours": "0"}))
    assert ready.shown_reference not in page


def test_the_table_leaves_with_the_clerk(ready, signed_in, cast):
    client = signed_in(cast.sena)
    lines = b"".join(client.get(f"{LIST}export.csv?jours=0").streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert ready.shown_reference in lines[1]
    assert b"".join(client.get(f"{LIST}export.xlsx?jours=0").streaming_content).startswith(b"PK")
    taken_away = JournalEntry.objects.filter(obj="unclaimed:arrondissement-1", by=cast.sena, reason="export")
    assert taken_away.count() == 2


def test_the_list_asks_no_more_with_more_documents(ready, filed_case, signed_in, cast):
    client = signed_in(cast.sena)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            client.get(LIST, {"jours": "0"})
        return len(seen)

    asked()
    before = asked()
    for name in ("AUTRE", "TIERCE"):
        filed_case(state=State.READY, surname=name)
    assert asked() == before <= 14
