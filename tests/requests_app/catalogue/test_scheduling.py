"""A publication takes place at its hour, and a fault at that hour is there to be read."""

import datetime
import threading

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from arrondissements.models import JournalEntry, Office, OutboxMessage, User
from requests_app.catalogue import scheduling
from requests_app.catalogue.models import ScheduledPublication, ServiceVersion
from requests_app.catalogue.publishing import publish_definition

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def ines(db) -> User:
    return User.objects.create_user("ines", email="ines@example.bj")


@pytest.fixture
def clock(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def second(definition):
    return definition | {"title": {"fr": "Autre titre", "en": "Another title"}}


def test_it_is_published_at_its_hour_and_not_before(clock, version, definition, ines):
    ahead = scheduling.schedule(version.service, second(definition), at=timezone.now() + HOUR, by=ines)
    assert scheduling.publish_due() == 0
    clock.shift(HOUR)
    assert (scheduling.publish_due(), scheduling.publish_due()) == (1, 0)
    version.service.refresh_from_db()
    ahead.refresh_from_db()
    assert version.service.current.title == "Autre titre"
    assert (ahead.version, ahead.has_failed) == (version.service.current, False)


def test_a_fault_at_that_hour_is_kept_written_told_and_changes_nothing(clock, version, definition, ines):
    scheduling.schedule(version.service, second(definition), at=timezone.now() + HOUR, by=ines)
    Office.objects.filter(code="etat-civil").delete()
    clock.shift(HOUR)
    assert scheduling.publish_due() == 0
    version.service.refresh_from_db()
    assert version.service.current == version
    failed = scheduling.last_failure(version.service)
    assert "etat-civil" in failed.error
    assert scheduling.failures() == [failed]
    letter = OutboxMessage.objects.get(kind="email")
    assert letter.payload["to"] == "ines@example.bj"
    assert "etat-civil" in letter.payload["body"]
    assert JournalEntry.objects.filter(act="service.schedule_failed").count() == 1
    clock.shift(HOUR)
    assert scheduling.publish_due() == 0
    assert OutboxMessage.objects.filter(kind="email").count() == 1


def test_a_failure_is_forgotten_once_the_service_is_published(clock, version, definition, ines):
    scheduling.schedule(version.service, definition, at=timezone.now() + HOUR, by=ines)
    clock.shift(HOUR)
    scheduling.publish_due()
    assert "rien n’a été publié" in scheduling.last_failure(version.service).error
    clock.shift(1)
    publish_definition(version.service, second(definition))
    assert scheduling.last_failure(version.service) is None
    assert scheduling.failures() == []


def test_one_fault_does_not_stop_the_others(clock, version, definition, ines):
    other = version.service.__class__.objects.create(slug="autre", life_event="PAPERS")
    scheduling.schedule(version.service, definition, at=timezone.now() + HOUR, by=ines)
    own = definition | {"document": definition["document"] | {"series": "AUTRE"}}
    scheduling.schedule(other, own, at=timezone.now() + HOUR, by=ines)
    clock.shift(HOUR)
    assert scheduling.publish_due() == 1
    other.refresh_from_db()
    assert other.current.number == 1


def test_only_one_publication_is_ahead_and_it_may_be_cancelled(clock, version, definition, ines):
    ahead = scheduling.schedule(version.service, second(definition), at=timezone.now() + HOUR, by=ines)
    assert scheduling.ahead_of(version.service) == ahead
    with pytest.raises(scheduling.NotSchedulable, match="déjà programmée"):
        scheduling.schedule(version.service, definition, at=timezone.now() + 2 * HOUR, by=ines)
    scheduling.cancel(ahead, by=ines)
    with pytest.raises(scheduling.NotSchedulable):
        scheduling.cancel(ahead, by=ines)
    clock.shift(HOUR)
    assert scheduling.publish_due() == 0
    assert scheduling.ahead_of(version.service) is None


def test_the_past_cannot_be_scheduled(version, definition, ines):
    with pytest.raises(scheduling.NotSchedulable, match="heure à venir"):
        scheduling.schedule(version.service, second(definition), at=timezone.now(), by=ines)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_four_workers_at_that_hour_publish_once(version, definition, ines):
    scheduling.schedule(version.service, second(definition), at=timezone.now() + HOUR, by=ines)
    ScheduledPublication.objects.update(go_live_at=timezone.now())
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait(10)
            scheduling.publish_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert ServiceVersion.objects.filter(service=version.service).count() == 2
    assert not ScheduledPublication.objects.exclude(error="").exists()
