"""Creating and publishing a version: the only way a service changes."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from arrondissements import journal
from arrondissements.models import User
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.schema import validate_definition

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
    columns = {f"{name}_i18n": data[name] for name in TRANSLATED} | {name: data[name] for name in PLAIN}
    version = ServiceVersion.objects.create(service=service, number=last + 1, **columns)
    record("service.version_created", version, by)
    return version


@transaction.atomic
def publish(version: ServiceVersion, *, by: User | None = None) -> ServiceVersion:
    """Freeze a version and make it the one citizens fill in; cases already filed keep theirs.

    Raises DefinitionError when it no longer holds (an office closed since), AlreadyPublished for the second click.
    """
    validate_definition(definition_of(version))
    now = timezone.now()
    published = ServiceVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(published_at=now)
    if not published:
        raise AlreadyPublished(gettext("Cette version est déjà publiée."))
    Service.objects.filter(pk=version.service_id).update(current=version)
    version.refresh_from_db()
    record("service.published", version, by)
    return version


def complete(data: dict[str, Any]) -> dict[str, Any]:
    """The definition with the parts it leaves out written as empty."""
    return EMPTY | data


def definition_of(version: ServiceVersion) -> dict[str, Any]:
    """The definition a version was made from, as it would be written in a file."""
    translated = {name: getattr(version, f"{name}_i18n") for name in TRANSLATED}
    return translated | {name: getattr(version, name) for name in PLAIN}


def record(act: str, version: ServiceVersion, by: User | None) -> None:
    journal.record(act, obj=f"service:{version.service_id}", by=by, details={"version": version.number})
