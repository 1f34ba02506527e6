"""The waiting room: each number once, each person called once, and nothing said that was not measured."""

import datetime
import re
import time

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements.models import JournalEntry
from requests_app import workflow
from requests_app.catalogue.models import Service
from requests_app.models import Purpose, Ticket, TicketState
from requests_app.walk_ins import tickets
from tests.requests_app.desk import text_of
from tests.together import all_at_once

pytestmark = pytest.mark.django_db

ROOM = "/agent/salle/arrondissement-1/"
SCREEN = "/salle/arrondissement-1/"


@pytest.fixture
def kiosk(cast):
    return f"/salle/arrondissement-1/borne/{tickets.kiosk_key(cast.first)}/"


def taken(cast, count=1, purpose=Purpose.ASK):
    return [tickets.take(cast.first, purpose) for _ in range(count)]


def measured(cast, count, minutes):
    """People served yesterday, each in so many minutes."""
    day = timezone.localdate() - datetime.timedelta(days=1)
    at = timezone.now() - datetime.timedelta(days=1)
    Ticket.objects.bulk_create(
        Ticket(
            office=cast.first, day=day, number=number, state=TicketState.SERVED, called_by=cast.sena,
            called_at=at, ended_at=at + datetime.timedelta(minutes=minutes), window="1",
        )
        for number in range(1, count + 1)
    )  # fmt: skip


# -- The kiosk ----------------------------------------------------------------------------------


def test_one_touch_gives_the_next_number_without_a_name(kiosk, cast, client):
    for expected in (1, 2):
        answer = client.post(kiosk, {"raison": "COLLECT"})
        assert answer.url == f"{kiosk}{expected}/"
    page = client.get(answer.url)
    assert "1 personne avant vous" in text_of(page)
    assert page.headers["Refresh"].endswith(f"url={kiosk}")
    assert {field.name for field in Ticket._meta.fields}.isdisjoint({"name", "phone", "applicant_name"})


def test_a_service_is_chosen_under_its_moment_of_life(kiosk, catalogue, client):
    page = text_of(client.get(kiosk, {"raison": "FILE"}))
    assert "Décès et funérailles" in page
    client.post(kiosk, {"raison": "FILE", "demarche": "permis-inhumer"})
    assert Ticket.objects.get().service.slug == "permis-inhumer"


def test_who_does_not_know_the_service_gets_a_number_all_the_same(kiosk, catalogue, client):
    client.post(kiosk, {"raison": "FILE", "demarche": ""})
    client.post(kiosk, {"raison": "FILE", "demarche": "nulle-part"})
    assert Ticket.objects.filter(service=None, purpose=Purpose.FILE).count() == 2


def test_the_kiosk_opens_with_the_key_of_its_office_only(kiosk, cast, client):
    key = tickets.kiosk_key(cast.first)
    assert client.get(f"/salle/arrondissement-5/borne/{key}/").status_code == 404
    assert client.post(f"/salle/arrondissement-1/borne/{'0' * 20}/", {"raison": "ASK"}).status_code == 404
    assert client.post(kiosk, {"raison": "AUTRE"}).status_code == 404
    assert not Ticket.objects.exists()


def test_a_finger_that_plays_is_stopped_after_twenty_numbers_in_a_minute(kiosk, cast, client):
    answers = [client.post(kiosk, {"raison": "ASK"}).status_code for _ in range(22)]
    assert answers.count(302) == 20
    assert "Attendez une minute" in text_of(client.post(kiosk, {"raison": "ASK"}))


def test_numbers_begin_again_each_day_and_in_each_office(cast):
    assert [ticket.number for ticket in taken(cast, 3)] == [1, 2, 3]
    assert tickets.take(cast.fifth, Purpose.ASK).number == 1
    with time_machine.travel(time.time() + 24 * 3600):
        assert tickets.take(cast.first, Purpose.ASK).number == 1


# -- The window ---------------------------------------------------------------------------------


def test_the_button_pressed_twice_calls_one_person(signed_in, cast):
    taken(cast, 3)
    fifame = signed_in(cast.fifame)
    for served in ("", ""):  # the same page sent twice, before the first answer came
        fifame.post(f"{ROOM}appeler/", {"window": "2", "serving": served})
    assert list(Ticket.objects.values_list("state", flat=True)) == ["CALLED", "WAITING", "WAITING"]
    page = fifame.get(ROOM)
    [seen] = re.findall(r'name="serving" value="(\d+)"', page.text)
    for _press in range(2):
        fifame.post(f"{ROOM}appeler/", {"window": "2", "serving": seen})
    assert list(Ticket.objects.values_list("state", flat=True)) == ["SERVED", "CALLED", "WAITING"]


def test_a_clerk_calls_the_next_one_and_the_screen_says_where_to_go(signed_in, cast, client):
    taken(cast, 2)
    fifame = signed_in(cast.fifame)
    page = fifame.post(f"{ROOM}appeler/", {"window": "Guichet 2"}, follow=True)
    assert "Vous servez le n° 1" in text_of(page)
    shown = client.get(SCREEN)
    assert re.search(r'hall-number">1<', shown.text)
    assert "au guichet 2" in shown.text
    assert shown.headers["Refresh"] == "5"
    assert "1 personne attend" in text_of(shown)


def test_calling_the_next_one_ends_the_one_before_and_the_window_is_remembered(signed_in, cast):
    first, second = taken(cast, 2)
    fifame = signed_in(cast.fifame)
    fifame.post(f"{ROOM}appeler/", {"window": "A"})
    fifame.post(f"{ROOM}appeler/")
    states = dict(Ticket.objects.values_list("number", "state"))
    assert states == {1: TicketState.SERVED, 2: TicketState.CALLED}
    assert Ticket.objects.get(number=2).window == "A"
    assert "Personne n’attend" in text_of(fifame.post(f"{ROOM}appeler/", follow=True))
    acts = JournalEntry.objects.filter(act__startswith="ticket.").order_by("seq").values_list("act", flat=True)
    assert list(acts) == ["ticket.called", "ticket.served", "ticket.called", "ticket.served"]


def test_a_window_without_a_name_calls_nobody(signed_in, cast):
    taken(cast)
    page = signed_in(cast.fifame).post(f"{ROOM}appeler/", {"window": " "}, follow=True)
    assert "Écrivez d’abord le nom de votre guichet" in text_of(page)
    assert Ticket.objects.get().state == TicketState.WAITING


def test_again_nobody_came_and_served(signed_in, cast):
    taken(cast, 2)
    fifame = signed_in(cast.fifame)
    fifame.post(f"{ROOM}appeler/", {"window": "A"})
    ticket = Ticket.objects.get(number=1)
    fifame.post(f"{ROOM}rappeler/", {"ticket": ticket.pk})
    fifame.post(f"{ROOM}absent/", {"ticket": ticket.pk})
    ticket.refresh_from_db()
    assert (ticket.calls, ticket.state) == (2, TicketState.NO_SHOW)
    page = fifame.post(f"{ROOM}servi/", {"ticket": ticket.pk}, follow=True)  # too late
    assert "n’est plus appelé" in text_of(page)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.NO_SHOW


def test_a_called_ticket_opens_the_page_of_its_service(signed_in, cast, catalogue):
    tickets.take(cast.first, Purpose.FILE, Service.objects.get(slug="certificat-vie"))
    page = signed_in(cast.fifame).post(f"{ROOM}appeler/", {"window": "A"}, follow=True)
    assert re.search(r'href="/agent/guichet/certificat-vie/"[^>]*autofocus', page.text)


def test_another_office_and_another_clerk_do_not_touch_my_ticket(signed_in, cast):
    taken(cast)
    tickets.call_next(cast.first, by=cast.fifame, window="A")
    ticket = Ticket.objects.get()
    assert signed_in(cast.codjo).post(f"{ROOM}appeler/", {"window": "B"}).status_code == 404
    assert signed_in(cast.sena).post(f"{ROOM}servi/", {"ticket": ticket.pk}).status_code == 404
    assert Client().get(ROOM).status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == TicketState.CALLED


# -- What is said of the wait -------------------------------------------------------------------


def test_the_wait_is_said_only_when_it_was_measured(cast, client, kiosk):
    taken(cast, 6)
    measured(cast, tickets.FEWEST_MEASURED - 1, minutes=8)
    assert tickets.wait_of(cast.first, 5) is None
    assert "environ" not in client.get(SCREEN).text
    measured_once_more = Ticket.objects.filter(day__lt=timezone.localdate()).latest("number")
    measured_once_more.pk, measured_once_more.number = None, 99
    measured_once_more.save(force_insert=True)
    assert tickets.wait_of(cast.first, 5) == 40
    assert "Attente : environ 40 minutes" in text_of(client.get(f"{kiosk}6/"))


def test_two_windows_at_work_share_the_wait(cast):
    measured(cast, tickets.FEWEST_MEASURED, minutes=8)
    taken(cast, 3)
    tickets.call_next(cast.first, by=cast.fifame, window="A")
    assert tickets.wait_of(cast.first, 5) == 40
    tickets.call_next(cast.first, by=cast.sena, window="B")
    assert tickets.wait_of(cast.first, 5) == 20


def test_a_window_forgotten_open_at_night_measures_nothing(cast):
    measured(cast, tickets.FEWEST_MEASURED, minutes=600)
    assert tickets.minutes_each(cast.first) is None


def test_the_day_in_figures(cast):
    with time_machine.travel(time.time() - 600, tick=False):
        taken(cast, 3)
    tickets.call_next(cast.first, by=cast.fifame, window="A")
    tickets.call_next(cast.first, by=cast.sena, window="B")
    tickets.no_show(Ticket.objects.get(number=2), by=cast.sena)
    found = tickets.figures(cast.first)
    assert (found.taken, found.waiting, found.served, found.no_show, found.wait_minutes) == (3, 1, 0, 1, 10)


def test_the_screens_ask_no_more_with_more_people(signed_in, cast, client):
    fifame = signed_in(cast.fifame)

    def asked():
        found = []
        for one, address in ((client, SCREEN), (fifame, ROOM)):
            with CaptureQueriesContext(connection) as seen:
                one.get(address)
            found.append(len(seen))
        return found

    taken(cast, 2)
    tickets.call_next(cast.first, by=cast.fifame, window="A")
    asked()
    before = asked()
    taken(cast, 15)
    tickets.call_next(cast.first, by=cast.sena, window="B")
    assert asked() == before
    assert before[0] <= 6
    assert before[1] <= 11


# -- Everybody at once --------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_fingers_at_once_get_twenty_numbers(cast):
    results = all_at_once(20, lambda _: tickets.take(cast.first, Purpose.ASK).number)
    assert sorted(results) == list(range(1, 21))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_fingers_would_want_one_number(cast):
    """Negative control: the last number read without the lock of the office."""

    def unlocked(_):
        with transaction.atomic():
            last = tickets.today_in(cast.first).aggregate(last=Max("number"))["last"] or 0
            return Ticket.objects.create(office=cast.first, number=last + 1).number

    assert any(isinstance(result, IntegrityError) for result in all_at_once(12, unlocked))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_six_clerks_who_call_at_once_call_six_people(cast):
    taken(cast, 4)
    clerks = [cast.sena, cast.other_clerk, cast.mahugnon, cast.fifame, cast.rekia, cast.koffi]
    called = all_at_once(6, lambda i: tickets.call_next(cast.first, by=clerks[i], window=f"{i}"))
    numbers = [ticket.number for ticket in called if ticket is not None]
    assert sorted(numbers) == [1, 2, 3, 4]
    assert not any(isinstance(result, workflow.Refused) for result in called)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_clerk_who_presses_four_times_at_once_calls_one_person(cast):
    taken(cast, 4)
    called = all_at_once(4, lambda _: tickets.call_next(cast.first, by=cast.fifame, window="1", after=""))
    assert {ticket.number for ticket in called} == {1}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_row_lock_two_clerks_would_call_the_same_person(cast):
    """Negative control: read, then written."""
    taken(cast, 4)

    def unlocked(i):
        ticket = tickets.today_in(cast.first).filter(state=TicketState.WAITING).order_by("number").first()
        time.sleep(0.05)
        facts = {"state": TicketState.CALLED, "called_at": timezone.now(), "called_by": cast.sena}
        Ticket.objects.filter(pk=ticket.pk).update(**facts)
        return ticket.number

    numbers = all_at_once(4, unlocked)
    assert len(set(numbers)) < 4
