"""Celery tasks of the room: they carry keys only, the rows are in the database."""

from celery import shared_task

from arrondissements import chores, outbox
from arrondissements.models import OutboxMessage


@shared_task
def deliver_keys(keys: list[str]) -> int:
    """Deliver the messages of these keys; return how many left."""
    return sum(outbox.deliver(pk) for pk in OutboxMessage.objects.filter(key__in=keys).values_list("pk", flat=True))


@shared_task
def sweep() -> int:
    """Each minute: deliver whatever is due, whatever the broker forgot."""
    return outbox.deliver_due(limit=500)


@shared_task(soft_time_limit=840, time_limit=900)
def do_chores() -> int:
    """Each minute: the chores whose time has come."""
    return chores.run_due()
