"""What every act on a case is made of: may he, the move from the state that was seen, the words, the journal line.

Each act is one transaction: authorise → move (the second click loses, with a clear message) → rows beside →
outbox → journal, last because it holds the chain until commit. Only the modules of acts use this one.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import journal
from arrondissements.models import User
from requests_app import permissions
from requests_app.catalogue.asking import Refusal
from requests_app.catalogue.forms import InvalidAnswers
from requests_app.models import Message, ServiceRequest
from requests_app.promises import clocks
from requests_app.states import FINAL_STATES, TRANSITIONS


class Refused(Exception):
    """The act cannot be done; the message is a sentence for the person who tried."""


class TooLate(Refused):
    """Somebody else moved the case first."""

    def __init__(self, case: ServiceRequest) -> None:
        now = ServiceRequest.objects.select_related("instructed_by").get(pk=case.pk)
        who = f" ({now.instructed_by.get_full_name()})" if now.instructed_by else ""
        super().__init__(
            _("Cette demande a changé entre-temps : elle est maintenant « %(state)s »%(who)s. Rien n’a été modifié.")
            % {"state": now.get_state_display(), "who": who}
        )


class Incomplete(Refused):
    """A draft that cannot be filed yet: answers by field, pieces missing, contact missing."""

    def __init__(self, *, answers: InvalidAnswers | None = None, pieces: list[dict[str, Any]] | None = None) -> None:
        super().__init__(_("Votre demande n’est pas encore complète."))
        self.answers, self.pieces = answers, pieces or []


class NotEligible(Refused):
    """A rule of the service stops this person; `refusal` says why and where to go instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.message} {refusal.where}")
        self.refusal = refusal


class AlreadyOpen(Refused):
    """The same person already has the same request open."""

    def __init__(self, case: ServiceRequest) -> None:
        super().__init__(
            _("Vous avez déjà une demande identique en cours, sous le numéro %(reference)s.")
            % {"reference": case.shown_reference}
        )
        self.case = case


class NotOpen(Refused):
    """The service, or the office, takes no request today; the draft is kept."""


def authorise(act: str, case: ServiceRequest, by: User) -> None:
    if not permissions.can_perform(by, act, case):
        raise PermissionDenied


def move(case: ServiceRequest, act: str, *, only_if: dict[str, Any] | None = None, **changes: Any) -> None:
    """Compare-and-set on the state that was seen; raises `TooLate` when it has changed."""
    transition = TRANSITIONS[act]
    if case.state not in transition.sources:
        raise TooLate(case)
    now = timezone.now()
    changes |= {"state": transition.target, "updated_at": now, **clocks.turned_by(act, now)}
    if transition.target in FINAL_STATES:
        changes["ended_at"] = now
    seen = ServiceRequest.objects.filter(pk=case.pk, state=case.state, office=case.office, **(only_if or {}))
    if not seen.update(**changes):
        raise TooLate(case)
    if case.paused_at and changes.get("paused_at", now) is None:
        clocks.end_pause(case, changes.get("due_on"))
    remember(case, **changes)


def remember(case: ServiceRequest, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(case, name, value)


def log(
    case: ServiceRequest, act: str, *, by: User | None, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    journal.record(f"case.{act}", obj=case.obj, by=by, office=case.office, reason=reason, details=details)


def keep_note(case: ServiceRequest, by: User, body: str) -> None:
    if body.strip():
        Message.objects.create(case=case, author=by, body=body.strip()[:2000], internal=True)
