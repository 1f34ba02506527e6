"""Creating and publishing a version, trying one, retiring a service: the only way a service changes."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from arrondissements import journal
from arrondissements.models import User
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.schema import DefinitionError, validate_definition
from requests_app.catalogue.translated import LANGUAGES

# Parts of a definition kept in a column of another name.
TRANSLATED = (
    "title",
    "summary",
    "issuing_authority",
    "fee_note",
    "processing_note",
    "legal_basis",
    "confidence_note",
    "evidence",
    "what_to_bring",
    "where_to_go",
)
PLAIN = (
    "mode",
    "fee_amount",
    "fee_status",
    "processing_days",
    "processing_status",
    "sources",
    "signatory_role",
    "document_template",
    "document",
    "routing",
    "form",
    "external_url",
    "eligibility",
    "fees",
    "flow",
)
# Parts a file may leave out, and what that means.
EMPTY: dict[str, Any] = {"eligibility": [], "fees": [], "flow": {}}


class AlreadyPublished(Exception):
    """Somebody published this version before; the second click changes nothing."""


@transaction.atomic
def new_version(service: Service, data: dict[str, Any], *, by: User | None = None) -> ServiceVersion:
    """Create the next numbered version of a service from a definition, not yet published.

    Raises DefinitionError when the definition does not hold.
    """
    data = complete(data)
    validate_definition(data)
    Service.objects.select_for_update().get(pk=service.pk)
    last = service.versions.aggregate(last=Max("number"))["last"] or 0
    version = ServiceVersion.objects.create(service=service, number=last + 1, **columns(data))
    record("service.version_created", version, by)
    return version


@transaction.atomic
def publish_definition(service: Service, data: dict[str, Any], *, by: User | None = None) -> ServiceVersion:
    """Make a definition the next version in force.

    Raises DefinitionError, and AlreadyPublished when it says nothing new.
    """
    locked = Service.objects.select_for_update(of=("self",)).select_related("current").get(pk=service.pk)
    if locked.current and definition_of(locked.current) == complete(data):
        raise AlreadyPublished(gettext("La version en vigueur dit déjà exactement cela : rien n’a été publié."))
    return publish(new_version(service, data, by=by), by=by)


@transaction.atomic
def trial_version(service: Service, data: dict[str, Any], *, by: User | None) -> ServiceVersion:
    """The version without number ("essai") that says exactly this: the one already tried, or a new one.

    It never comes into force and citizens never see it. Raises DefinitionError when the definition does not hold.
    """
    data = complete(data)
    validate_definition(data)
    Service.objects.select_for_update().get(pk=service.pk)
    for tried in service.versions.filter(number=None).order_by("-pk"):
        if definition_of(tried) == data:
            return tried
    version = ServiceVersion.objects.create(service=service, number=None, **columns(data))
    record("service.trial_created", version, by)
    return version


@transaction.atomic
def retire(service: Service, *, on: datetime.date, message: dict[str, str], by: User | None) -> None:
    """Nobody begins this service after the day `on`; who began before finishes. `message` says it, {"fr", "en"}.

    Raises ValidationError when a language is missing.
    """
    message = {language: str(message.get(language, "")).strip() for language in LANGUAGES}
    if not all(message.values()):
        raise ValidationError(gettext("Dites en français et en anglais pourquoi la démarche s’arrête et où aller."))
    Service.objects.filter(pk=service.pk).update(retired_on=on, retired_message_i18n=message)
    service.retired_on, service.retired_message_i18n = on, message
    details = {"on": on.isoformat()}
    journal.record("service.retired", obj=f"service:{service.pk}", by=by, details=details)


@transaction.atomic
def reopen(service: Service, *, by: User | None) -> None:
    """Citizens may begin again; reopening what is open changes nothing."""
    if Service.objects.filter(pk=service.pk).exclude(retired_on=None).update(retired_on=None, retired_message_i18n={}):
        journal.record("service.reopened", obj=f"service:{service.pk}", by=by)
    service.retired_on, service.retired_message_i18n = None, {}


@transaction.atomic
def publish(version: ServiceVersion, *, by: User | None = None) -> ServiceVersion:
    """Freeze a version and make it the one citizens fill in; cases already filed keep theirs.

    Raises DefinitionError when it no longer holds (an office closed since), AlreadyPublished for the second click.
    """
    check_publishable(version.service_id, definition_of(version))
    now = timezone.now()
    published = ServiceVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(published_at=now)
    if not published:
        raise AlreadyPublished(gettext("Cette version est déjà publiée."))
    Service.objects.filter(pk=version.service_id).update(current=version)
    version.refresh_from_db()
    record("service.published", version, by)
    return version


def check_publishable(service_id: int, data: dict[str, Any]) -> None:
    """Raises DefinitionError when this complete definition cannot come into force for this service."""
    validate_definition(data)
    if taken := series_faults(data["document"], service_id):
        raise DefinitionError(taken)


def series_faults(document: dict[str, Any], service_id: int | None) -> list[Fault]:
    """A series once printed by another service is never taken again: two documents would carry one number. 1 query."""
    series = document.get("series")
    others = ServiceVersion.objects.exclude(published_at=None).exclude(service=service_id)
    if not series or not others.filter(document__series=series).exists():
        return []
    sentence = gettext("La série « %(series)s » est celle d’une autre démarche : choisissez-en une autre.")
    return [Fault("document.series", sentence % {"series": series})]


def columns(data: dict[str, Any]) -> dict[str, Any]:
    """What a complete definition writes in each column of a version."""
    return {f"{name}_i18n": data[name] for name in TRANSLATED} | {name: data[name] for name in PLAIN}


def complete(data: dict[str, Any]) -> dict[str, Any]:
    """The definition with the parts it leaves out written as empty."""
    return EMPTY | data


def definition_of(version: ServiceVersion) -> dict[str, Any]:
    """The definition a version was made from, as it would be written in a file."""
    translated = {name: getattr(version, f"{name}_i18n") for name in TRANSLATED}
    return translated | {name: getattr(version, name) for name in PLAIN}


def record(act: str, version: ServiceVersion, by: User | None) -> None:
    journal.record(act, obj=f"service:{version.service_id}", by=by, details={"version": version.number})
