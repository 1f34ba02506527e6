"""What is done regularly is done once, when its time has come, and says so when it could not be done."""

import datetime
import io
import threading

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from arrondissements import chores
from arrondissements.models import Chore

pytestmark = pytest.mark.django_db
DONE: list[str] = []
HOUR = datetime.timedelta(hours=1)


def sweeping():
    """A chore that does its work."""
    DONE.append("swept")
    return 3


def stumbling():
    """A chore whose tool is broken."""
    raise FileNotFoundError("no broom")


@pytest.fixture(autouse=True)
def _chores(settings):
    settings.CHORES = {"sweep": (f"{__name__}.sweeping", 60)}
    DONE.clear()


def the_chore():
    return Chore.objects.get()


def test_a_chore_is_done_when_its_time_has_come_and_not_before():
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        assert (chores.run_due(), chores.run_due()) == (1, 0)
        clock.shift(HOUR - datetime.timedelta(seconds=1))
        assert chores.run_due() == 0
        clock.shift(1)
        assert chores.run_due() == 1
    assert DONE == ["swept", "swept"]
    assert (the_chore().report, the_chore().error) == ("3", "")


def test_a_chore_that_fails_says_so_and_is_tried_again_soon(settings):
    settings.CHORES = {"sweep": (f"{__name__}.stumbling", 60)}
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        assert chores.run_due() == 0
        assert chores.failing() == ["sweep"]
        assert the_chore().error == "FileNotFoundError: no broom"
        settings.CHORES = {"sweep": (f"{__name__}.sweeping", 60)}
        clock.shift(chores.AFTER_A_FAILURE)
        assert chores.run_due() == 1
    assert chores.failing() == []


def test_a_chore_that_fails_does_not_stop_the_others(settings):
    settings.CHORES = {"a": (f"{__name__}.stumbling", 60), "b": (f"{__name__}.sweeping", 60)}
    assert chores.run_due() == 1
    assert DONE == ["swept"]


def test_a_chore_held_elsewhere_is_left_alone_until_its_holder_is_dead():
    now = timezone.now()
    Chore.objects.create(name="sweep", lease_until=now + HOUR)
    with time_machine.travel(now, tick=False) as clock:
        assert chores.run_due() == 0
        clock.shift(HOUR + datetime.timedelta(seconds=1))
        assert chores.run_due() == 1


def test_a_chore_that_left_the_settings_is_no_longer_done_nor_complained_of(settings):
    Chore.objects.create(name="old", error="broken")
    assert chores.failing() == []
    chores.run_due()
    assert Chore.objects.get(pk="old").done_at is None


def test_nothing_due_costs_two_queries(django_assert_num_queries):
    chores.run_due()
    with django_assert_num_queries(2):
        chores.run_due()


def test_the_command_does_a_named_chore_at_once_and_says_how_it_went():
    chores.run_due()
    said = io.StringIO()
    call_command("chores", "sweep", stdout=said)
    assert DONE == ["swept", "swept"]
    assert said.getvalue() == "sweep: 3\n"
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("chores", "dust")


def test_the_relay_does_the_chores_too():
    call_command("relay", "--once", stdout=io.StringIO())
    assert DONE == ["swept"]


def test_every_chore_of_the_town_hall_can_be_found():
    from portal import settings as real

    for path, minutes in real.CHORES.values():
        assert callable(chores._function(path))
        assert minutes > 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_do_a_chore_once():
    start = threading.Barrier(10)

    def work() -> None:
        try:
            start.wait(10)
            chores.run_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert DONE == ["swept"]
