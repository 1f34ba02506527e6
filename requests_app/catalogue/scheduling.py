"""Publishing at an hour chosen before: what waits, what was done, what could not be done and why."""

import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from arrondissements import journal, outbox
from arrondissements.models import User
from requests_app.catalogue.models import ScheduledPublication, Service
from requests_app.catalogue.publishing import AlreadyPublished, check_publishable, complete, publish_definition
from requests_app.catalogue.schema import DefinitionError


class NotSchedulable(Exception):
    """The publication cannot be scheduled or cancelled; the message says why."""


def schedule(service: Service, data: dict[str, Any], *, at: datetime.datetime, by: User) -> ScheduledPublication:
    """Keep a definition as it is now, to be published at `at`. Raises `NotSchedulable`, DefinitionError."""
    if at <= timezone.now():
        raise NotSchedulable(gettext("Choisissez une heure à venir."))
    data = complete(data)
    check_publishable(service.pk, data)
    try:
        with transaction.atomic():
            ahead = ScheduledPublication.objects.create(service=service, definition=data, go_live_at=at, by=by)
            _record("service.scheduled", ahead, by)
    except IntegrityError:
        raise NotSchedulable(
            gettext("Une publication de cette démarche est déjà programmée : annulez-la d’abord.")
        ) from None
    return ahead


@transaction.atomic
def cancel(ahead: ScheduledPublication, *, by: User) -> None:
    """Forget a publication that has not taken place. Raises `NotSchedulable` when it has."""
    if not _waiting().filter(pk=ahead.pk).update(ended_at=timezone.now()):
        raise NotSchedulable(gettext("Cette publication a déjà eu lieu, ou a déjà été annulée."))
    _record("service.schedule_cancelled", ahead, by)


def ahead_of(service: Service) -> ScheduledPublication | None:
    """The publication that waits for its hour, or None."""
    return _waiting().filter(service=service).first()


def last_failure(service: Service) -> ScheduledPublication | None:
    """The publication that failed at its hour, unless another was scheduled or published since; or None."""
    last = service.schedules.order_by("-created_at", "-pk").first()
    if last is None or not last.has_failed:
        return None
    since = service.versions.filter(published_at__gt=last.ended_at)
    return None if since.exists() else last


def failures() -> list[ScheduledPublication]:
    """The last failure of each service: what somebody must look at."""
    failed = Service.objects.filter(schedules__in=ScheduledPublication.objects.exclude(error="")).distinct()
    return [failure for service in failed if (failure := last_failure(service))]


def publish_due() -> int:
    """The chore: publish all whose hour has come, each alone: one fault stops no other. Return how many were."""
    due = _waiting().filter(go_live_at__lte=timezone.now()).values_list("pk", flat=True)
    return sum(_publish(pk) for pk in list(due))


def _publish(pk: int) -> bool:
    with transaction.atomic():
        ahead = _waiting().select_for_update(of=("self",)).select_related("service", "by").filter(pk=pk).first()
        if ahead is None:
            return False
        try:
            with transaction.atomic():
                ahead.version = publish_definition(ahead.service, ahead.definition, by=ahead.by)
        except (DefinitionError, AlreadyPublished) as fault:
            ahead.error = str(fault)
        ahead.ended_at = timezone.now()
        ahead.save(update_fields=["ended_at", "version", "error"])
        if ahead.has_failed:
            _tell(ahead)
            _record("service.schedule_failed", ahead, ahead.by)
    return not ahead.has_failed


def _waiting() -> QuerySet[ScheduledPublication]:
    return ScheduledPublication.objects.filter(ended_at=None)


def _tell(ahead: ScheduledPublication) -> None:
    """Write to whoever scheduled it, when an address is known."""
    if not ahead.by.email:
        return
    facts = {"ahead": ahead, "sentences": ahead.error.splitlines(), "town_hall": settings.TOWN_HALL}
    subject, _, body = render_to_string("emails/schedule_failed.txt", facts).strip().partition("\n")
    payload = {"to": ahead.by.email, "subject": subject, "body": body.strip()}
    outbox.put("email", payload, key=f"schedule-failed:{ahead.pk}")


def _record(act: str, ahead: ScheduledPublication, by: User) -> None:
    details = {"at": ahead.go_live_at.isoformat(timespec="minutes")}
    journal.record(act, obj=f"service:{ahead.service_id}", by=by, details=details)
