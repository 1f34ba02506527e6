"""What leaves the database waits there until it has left, and leaves once."""

import datetime

import pytest
from django.utils import timezone

from arrondissements import outbox
from arrondissements.models import OutboxMessage, OutboxState

pytestmark = pytest.mark.django_db
DELIVERED: list[dict] = []


def accepting(payload):
    """A handler that takes everything."""
    DELIVERED.append(payload)


def refusing(payload):
    """A handler whose other side is down."""
    raise ConnectionRefusedError("nobody listens")


@pytest.fixture(autouse=True)
def _handlers(settings):
    settings.OUTBOX_HANDLERS = {"good": f"{__name__}.accepting", "bad": f"{__name__}.refusing"}
    DELIVERED.clear()


def the_message():
    return OutboxMessage.objects.get()


def test_a_message_leaves_once_and_its_words_are_not_kept():
    outbox.put("good", {"to": "x"}, key="a")
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    assert DELIVERED == [{"to": "x"}]
    assert (the_message().state, the_message().payload) == (OutboxState.SENT, {})


def test_the_same_key_is_the_same_message():
    outbox.put("good", {"n": 1}, key="a")
    outbox.put("good", {"n": 2}, key="a")
    outbox.deliver_due()
    assert DELIVERED == [{"n": 1}]


def test_a_failure_is_visible_and_tried_again_later():
    outbox.put("bad", {"to": "x"}, key="a")
    assert outbox.deliver_due() == 0
    message = the_message()
    assert (message.state, message.attempts) == (OutboxState.FAILED, 1)
    assert "nobody listens" in message.error
    assert message.next_at > timezone.now()
    assert outbox.deliver_due() == 0
    assert the_message().attempts == 1


def test_a_failure_that_passes_is_delivered(settings):
    outbox.put("bad", {"to": "x"}, key="a")
    outbox.deliver_due()
    settings.OUTBOX_HANDLERS = {"bad": f"{__name__}.accepting"}
    OutboxMessage.objects.update(next_at=timezone.now())
    assert outbox.deliver_due() == 1
    assert the_message().state == OutboxState.SENT


def test_in_the_end_it_is_given_up_and_stays_visible():
    outbox.put("bad", {}, key="a")
    OutboxMessage.objects.update(attempts=outbox.MOST_ATTEMPTS - 1)
    outbox.deliver_due()
    assert the_message().state == OutboxState.GIVEN_UP
    OutboxMessage.objects.update(next_at=timezone.now())
    assert outbox.deliver_due() == 0


def test_what_a_dead_worker_held_is_found_again():
    outbox.put("good", {}, key="a")
    held = {"state": OutboxState.SENDING, "attempts": 1}
    OutboxMessage.objects.update(**held, lease_until=timezone.now() + datetime.timedelta(minutes=1))
    assert outbox.deliver_due() == 0
    OutboxMessage.objects.update(**held, lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert outbox.deliver_due() == 1


def test_one_bad_message_does_not_hold_the_others():
    outbox.put("bad", {}, key="a")
    outbox.put("good", {"n": 2}, key="b")
    outbox.deliver_due()
    assert DELIVERED == [{"n": 2}]


def test_the_health_page_learns_how_long_something_waits():
    assert outbox.waiting_since() is None
    outbox.put("bad", {}, key="a")
    outbox.deliver_due()
    assert outbox.waiting_since() == the_message().created_at
