"""`/healthz` says what works, and what is late."""

import datetime

import pytest
from django.utils import timezone

from arrondissements import outbox
from arrondissements.models import OutboxMessage
from tests.real_parts import free_port

pytestmark = pytest.mark.django_db


def test_everything_is_well(client, private_files, settings):
    settings.REDIS_URL = ""
    answer = client.get("/healthz")
    assert answer.status_code == 200
    parts = {"database": "ok", "storage": "ok", "broker": "embedded", "outbox": "ok", "chores": "ok"}
    assert answer.json() == {"status": "ok", **parts}


def test_a_message_that_waits_too_long_degrades(client, private_files):
    outbox.put("sms", {}, key="old")
    OutboxMessage.objects.update(created_at=timezone.now() - datetime.timedelta(hours=1))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["outbox"]) == (200, "degraded", "late")


def test_a_broker_that_is_away_degrades_and_no_more(client, private_files, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["broker"]) == (200, "degraded", "down")


def test_a_storage_that_cannot_be_written_is_down(client, private_files):
    private_files.parent.mkdir(exist_ok=True)
    private_files.write_text("a file where the folder should be")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["storage"]) == (503, "down", "down")
