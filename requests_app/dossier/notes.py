"""A note between colleagues, without any act: the citizen never reads it."""

from django.db import transaction
from django.utils.translation import gettext as _

from arrondissements.models import User
from requests_app.models import ServiceRequest
from requests_app.moving import Refused, authorise, keep_note, log


@transaction.atomic
def add_note(case: ServiceRequest, *, by: User, body: str) -> None:
    """Keep the note with its author and its hour; in any state. Raises `PermissionDenied`, `Refused`."""
    authorise("note", case, by)
    if not body.strip():
        raise Refused(_("Écrivez la note."))
    keep_note(case, by, body)
    log(case, "note", by=by)
