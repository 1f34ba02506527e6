"""An office without current or network: its head says so, and nobody is told what it cannot do."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import journal, postings
from arrondissements.models import Office, Outage, Role, User
from requests_app.moving import Refused


@transaction.atomic
def declare(office: Office, *, by: User, kind: str) -> Outage:
    """From now on the office cannot work. Raises `PermissionDenied`, and `Refused` when one lasts already."""
    _authorise(office, by)
    try:
        with transaction.atomic():
            outage = Outage.objects.create(office=office, kind=kind, noted_by=by)
    except IntegrityError:
        raise Refused(_("Une panne est déjà signalée dans ce bureau.")) from None
    journal.record("outage.declared", obj=f"outage:{outage.pk}", by=by, office=office, details={"kind": kind})
    return outage


@transaction.atomic
def end(outage: Outage, *, by: User) -> None:
    """The office works again. Raises `PermissionDenied`, and `Refused` when somebody said so before."""
    _authorise(outage.office, by)
    if not Outage.objects.filter(pk=outage.pk, ended_at=None).update(ended_at=timezone.now()):
        raise Refused(_("Cette panne est déjà terminée."))
    journal.record("outage.ended", obj=f"outage:{outage.pk}", by=by, office=outage.office)


def _authorise(office: Office, by: User) -> None:
    if not postings.serves(by, office, Role.SUPERVISOR):
        raise PermissionDenied
