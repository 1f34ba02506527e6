"""Who is away, and who stands in for him: what lies on his desk moves, what comes to him meanwhile goes on.

A substitute is of the same office and works with his own powers only: standing in for a signatory lets nobody sign,
which an act of delegation alone does.
"""

import datetime
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import journal, postings
from arrondissements.models import Absence, Office, Posting, Role, User
from requests_app import permissions
from requests_app.models import ServiceRequest
from requests_app.moving import Refused
from requests_app.states import OPEN_STATES

# A substitute away himself hands on to his own: no further than this.
MOST_STEPS = 3


@transaction.atomic
def note(
    user: User,
    *,
    by: User,
    office: Office,
    starts: datetime.date,
    ends: datetime.date,
    substitute: User | None = None,
    reason: str,
) -> Absence:
    """Write that `user`, of the office that `by` heads, is away; begun, his desk is emptied. Raises `Refused`."""
    _authorise(by, office)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two heads at once note one absence
    _refuse_dates(user, starts, ends)
    if not Posting.objects.on(starts).filter(user=user, office=office).exists():
        raise Refused(_("Cette personne ne sert pas dans ce bureau à cette date."))
    if substitute is not None:
        _refuse_substitute(user, substitute, office, starts, ends)
    absence = Absence.objects.create(
        user=user, substitute=substitute, starts=starts, ends=ends, reason=reason, noted_by=by
    )
    if starts <= timezone.localdate():
        empty_desk(absence)
    details = {"user": user.pk, "substitute": substitute.pk if substitute else None, "from": starts.isoformat()}
    journal.record("absence.note", obj=f"absence:{absence.pk}", by=by, office=office, details=details)
    return absence


@transaction.atomic
def cancel(absence: Absence, *, by: User, office: Office) -> None:
    """He is not away, or is back before the day: an absence to come goes, one begun ends yesterday.

    Raises `Refused` when it is over, or when somebody said so before.
    """
    _authorise(by, office)
    today = timezone.localdate()
    still = Absence.objects.filter(pk=absence.pk, ends__gte=today)
    if absence.starts >= today:
        changed, _rows = still.delete()
    else:
        changed = still.update(ends=today - datetime.timedelta(days=1))
    if not changed:
        raise Refused(_("Cette absence est déjà finie."))
    journal.record("absence.cancel", obj=f"absence:{absence.pk}", by=by, office=office)


def of_office(office: Office, since: datetime.date) -> QuerySet[Absence]:
    """The absences of who serves in `office`, not ended before `since`, the first to come first."""
    people = Posting.objects.on(timezone.localdate()).filter(office=office).values("user")
    return (
        Absence.objects.filter(user__in=people, ends__gte=since)
        .select_related("user", "substitute")
        .order_by("starts", "pk")
    )


def away(users: Sequence[User], on: datetime.date) -> set[int]:
    """The ids of those of `users` who are away that day. 1 query."""
    return set(Absence.objects.on(on).filter(user__in=users).values_list("user", flat=True))


def stand_in(user: User, case: ServiceRequest) -> User | None:
    """Who gets what comes to `user` today, when he is away: his substitute, if he may instruct this case; else None.

    Raises `Refused` when he is away and nobody stands in.
    """
    today, person = timezone.localdate(), user
    for _step in range(MOST_STEPS):
        absence = Absence.objects.on(today).filter(user=person).select_related("substitute").first()
        if absence is None:
            return None if person == user else person
        if absence.substitute is None or not permissions.can_perform(absence.substitute, "assign", case):
            break
        person = absence.substitute
    name = user.get_full_name() or user.get_username()
    raise Refused(_("%(name)s est en absence et personne ne la ou le remplace.") % {"name": name})


def empty_desk(absence: Absence, *, before: datetime.datetime | None = None) -> int:
    """What lies on the person's desk (since `before`) goes to the substitute, or back to the pile; how many cases."""
    mine = ServiceRequest.objects.filter(assigned_to=absence.user_id, state__in=OPEN_STATES)
    if before is not None:
        mine = mine.filter(Q(assigned_at=None) | Q(assigned_at__lt=before))
    return sum(_move_on(case, absence) for case in mine.select_related("version__service", "office"))


def begin() -> int:
    """Chore: the desks of those whose absence has begun are emptied; how many cases moved. Twice is once.

    What somebody takes himself on a day of absence is left to him.
    """
    begun = Absence.objects.on(timezone.localdate()).select_related("user", "substitute")
    return sum(empty_desk(absence, before=_midnight(absence.starts)) for absence in begun)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@transaction.atomic
def _move_on(case: ServiceRequest, absence: Absence) -> int:
    to = absence.substitute
    if to is not None and not permissions.can_perform(to, "assign", case):
        to = None
    now = timezone.now()
    moved = ServiceRequest.objects.filter(pk=case.pk, state=case.state, assigned_to=absence.user_id).update(
        assigned_to=to, assigned_at=now if to else None
    )
    if moved:
        details = {"from": absence.user_id, "to": to.pk if to else None}
        journal.record("case.stand_in", obj=case.obj, by=None, office=case.office, details=details)
    return moved


def _authorise(by: User, office: Office) -> None:
    if not postings.serves(by, office, Role.SUPERVISOR):
        raise PermissionDenied


def _refuse_dates(user: User, starts: datetime.date, ends: datetime.date) -> None:
    if ends < starts:
        raise Refused(_("Le dernier jour ne précède pas le premier."))
    if ends < timezone.localdate():
        raise Refused(_("Cette absence est déjà passée."))
    if Absence.objects.filter(user=user, starts__lte=ends, ends__gte=starts).exists():
        raise Refused(_("Une absence de cette personne est déjà notée sur ces jours."))


def _refuse_substitute(
    user: User, substitute: User, office: Office, starts: datetime.date, ends: datetime.date
) -> None:
    if substitute == user:
        raise Refused(_("Une personne ne se remplace pas elle-même."))
    if not Posting.objects.on(starts).filter(user=substitute, office=office, role__in=permissions.INSTRUCTING).exists():
        raise Refused(_("La personne qui remplace doit instruire dans le même bureau."))
    if Absence.objects.filter(user=substitute, starts__lte=ends, ends__gte=starts).exists():
        raise Refused(_("La personne qui remplace est elle-même en absence sur ces jours."))
