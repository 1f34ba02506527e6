"""Broker down, mail server down: filing, instructing and issuing go on; the rows wait and leave later."""

import pytest
from django.utils import timezone

from arrondissements import outbox
from arrondissements.models import OutboxMessage, OutboxState
from civil_status.documents.document_codes import new_document_code
from requests_app import workflow
from requests_app.models import ServiceRequest
from requests_app.states import State
from tests.real_parts import wait_until


def whole_life(draft, cast) -> ServiceRequest:
    case = workflow.submit(draft("certificat-vie"))
    workflow.take(case, by=cast.sena)
    workflow.accept(case, by=cast.sena)
    workflow.issue(case, by=cast.rekia)
    return case


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_a_broker_everything_goes_on_and_leaves_when_it_is_back(
    draft, cast, seal_key, celery_worker_process, broker
):
    broker.stop()
    case = whole_life(draft, cast)
    waiting = OutboxMessage.objects.filter(state=OutboxState.WAITING)
    assert set(waiting.values_list("kind", flat=True)) == {"sms", "email", "issue"}
    assert ServiceRequest.objects.get(pk=case.pk).state == State.ACCEPTED

    broker.start()
    from arrondissements.tasks import sweep

    sweep.delay()  # what beat sends each minute
    wait_until(
        lambda: ServiceRequest.objects.get(pk=case.pk).state == State.READY,
        what="the worker",
        program=celery_worker_process,
    )
    assert not waiting.filter(kind="issue").exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_with_the_broker_the_worker_makes_the_document_at_once(draft, cast, seal_key, celery_worker_process):
    case = whole_life(draft, cast)
    wait_until(
        lambda: ServiceRequest.objects.get(pk=case.pk).state == State.READY,
        what="the worker",
        program=celery_worker_process,
    )


@pytest.mark.django_db
def test_without_a_mail_server_the_letter_waits_and_leaves_later(smtp_server, draft):
    smtp_server.stop()
    case = workflow.submit(draft("certificat-vie"))
    outbox.deliver_due()
    letter = OutboxMessage.objects.get(kind="email")
    assert (case.state, letter.state) == (State.SUBMITTED, OutboxState.FAILED)
    assert letter.error

    smtp_server.start()
    OutboxMessage.objects.update(next_at=timezone.now())
    outbox.deliver_due()
    letter.refresh_from_db()
    assert letter.state == OutboxState.SENT
    assert [message["To"] for message in smtp_server.messages] == [case.email]


@pytest.mark.django_db
def test_the_workers_share_the_limit_of_look_ups_and_verify_on_without_redis(redis_server, client, settings):
    settings.CACHES = settings.CACHES | {"limits": settings.SHARED_CACHE | {"LOCATION": redis_server.url}}
    settings.VERIFY_PER_MINUTE = 2
    address = f"/v/{new_document_code()}"
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    redis_server.stop()
    assert client.get(address).status_code == 200
