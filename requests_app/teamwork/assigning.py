"""On whose desk a case lies: given to a colleague, given back to the pile of the office. The state does not change.

`instructed_by` is another thing: it remembers who worked on a case, so that he never signs it.
"""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import journal
from arrondissements.models import JournalEntry, Office, Posting, Role, User
from requests_app import permissions
from requests_app.models import ServiceRequest
from requests_app.moving import Refused, TooLate, keep_note, remember
from requests_app.states import OPEN_STATES
from requests_app.teamwork import absences

REASON_MOST = 200
# How long whoever gave a case to the wrong colleague may take it back by himself.
UNDO = datetime.timedelta(minutes=10)


@transaction.atomic
def assign(case: ServiceRequest, *, by: User, to: User, reason: str = "") -> User:
    """Put an open case on the desk of `to`, or of whoever stands in for him today; return who got it.

    Whoever instructs in the office gives what lies on his own desk or on nobody's; its head gives anything. The
    `reason`, a note that the colleague reads, may be left out only by who takes the case himself.
    Raises `Refused`, `TooLate`.
    """
    if to != by and not reason.strip():
        raise Refused(why_sentence())
    person = _hand(case, by=by, to=to)
    if reason.strip():
        words = _("Passée à %(name)s : %(reason)s")
        keep_note(case, by, words % {"name": name_of(person), "reason": reason.strip()[:REASON_MOST]})
    return person


@transaction.atomic
def spread(case: ServiceRequest, *, by: User, to: User) -> User:
    """The same for a case of the plan of `balancing`, which is its reason. Raises `Refused`, `TooLate`."""
    return _hand(case, by=by, to=to)


@transaction.atomic
def give_back(case: ServiceRequest, *, by: User, reason: str) -> None:
    """Return a case to the pile of the office, with a note that says why: it is on nobody's desk any more.

    Raises `Refused`, `TooLate`.
    """
    if not can_assign(by, case):
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Dites pourquoi la demande revient dans la pile : vos collègues le liront."))
    if case.assigned_to_id is None:
        raise Refused(_("Cette demande n’est attribuée à personne."))
    put_on_desk(case, None)
    keep_note(case, by, _("Rendue à la pile : %(reason)s") % {"reason": reason.strip()[:REASON_MOST]})
    journal.record("case.give_back", obj=case.obj, by=by, office=case.office)


@transaction.atomic
def take_back(case: ServiceRequest, *, by: User) -> None:
    """Undo what `by` has just given, on his own desk again. Raises `PermissionDenied`, `Refused`, `TooLate`."""
    if not permissions.can_perform(by, "assign", case):
        raise PermissionDenied
    if not _gave_lately(case, by):
        raise Refused(_("Vous ne pouvez plus reprendre cette demande vous-même : demandez-la à votre collègue."))
    put_on_desk(case, by)
    journal.record("case.assign", obj=case.obj, by=by, office=case.office, details={"to": by.pk, "undo": True})


def _gave_lately(case: ServiceRequest, by: User) -> bool:
    """Whether the last act on the case is that `by` gave it, a moment ago. 1 query."""
    if case.state not in OPEN_STATES or case.assigned_to_id in (None, by.pk):
        return False
    last = JournalEntry.objects.filter(obj=case.obj, chain=journal.ACTS).order_by("-seq").first()
    if last is None or (last.act, last.by_id) != ("case.assign", by.pk):
        return False
    return last.at > timezone.now() - UNDO


def can_assign(user: User, case: ServiceRequest) -> bool:
    """Whether `user` may say today on whose desk this case lies."""
    if case.state not in OPEN_STATES or not permissions.can_perform(user, "assign", case):
        return False
    if case.assigned_to_id in (None, user.pk):
        return True
    return permissions.heads(user, case)


def instructors(office: Office, *roles: Role) -> QuerySet[User]:
    """Who instructs in `office` today, by name; only those in `roles` when some are given."""
    serving = Posting.objects.on(timezone.localdate()).filter(office=office, role__in=roles or permissions.INSTRUCTING)
    people = User.objects.filter(is_active=True, pk__in=serving.values("user"))
    return people.order_by("last_name", "first_name", "username")


def why_sentence() -> str:
    """What is said to who gives a case to a colleague without a word."""
    return _("Dites pourquoi vous passez cette demande : votre collègue le lira.")


def name_of(user: User) -> str:
    return user.get_full_name() or user.get_username()


def put_on_desk(case: ServiceRequest, person: User | None) -> None:
    """Compare-and-set on what was seen. Raises `TooLate` when the case moved, or somebody else got it."""
    changes = {"assigned_to": person, "assigned_at": timezone.now() if person else None}
    seen = ServiceRequest.objects.filter(
        pk=case.pk, state=case.state, office=case.office, assigned_to=case.assigned_to_id
    )
    if not seen.update(**changes):
        raise TooLate(case)
    remember(case, **changes)


def _hand(case: ServiceRequest, *, by: User, to: User) -> User:
    if not can_assign(by, case):
        raise PermissionDenied
    if not permissions.can_perform(to, "assign", case):
        raise Refused(_("Cette personne n’instruit pas dans ce bureau aujourd’hui."))
    person = absences.stand_in(to, case) or to
    if case.assigned_to_id == person.pk:
        raise Refused(_("La demande est déjà attribuée à %(name)s.") % {"name": name_of(person)})
    put_on_desk(case, person)
    details = {"to": person.pk} | ({"instead_of": to.pk} if person != to else {})
    journal.record("case.assign", obj=case.obj, by=by, office=case.office, details=details)
    return person
