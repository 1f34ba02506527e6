"""An office less loaded helps to instruct what needs no presence, within what the service allows.

The competent office stays competent: its number is used and it signs. Its head offers a request to one other office,
or the chore does when the promise will not be kept; the other office accepts it or not, and may give it back. It sees
nothing of the applicant before it accepts. Each step is a line of the journal, shown on the page of the case.
"""

from collections import Counter

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arrondissements import calendar, journal, postings
from arrondissements.models import Office, Role, User
from requests_app.catalogue.models import ServiceVersion
from requests_app.models import Capacity, Help, ServiceRequest
from requests_app.moving import Refused, remember
from requests_app.offices import office_named
from requests_app.permissions import INSTRUCTING
from requests_app.promises import capacity, estimates, telling
from requests_app.promises.capacity import TO_INSTRUCT

FARTHEST = 400  # working days counted one by one
MOST_AT_ONCE = 200
# Offers the chore makes to one office in one run: the figures it reads do not know yet of those it makes.
MOST_TO_ONE = 5


def why_not(case: ServiceRequest) -> str:
    """Why nobody may help with this case today; "" when somebody may. No query once the calendar is kept."""
    circuit = case.version.circuit
    if not circuit.may_overflow:
        return _("Cette démarche ne prévoit pas l’aide d’un autre bureau.")
    if case.is_trial or case.state not in TO_INSTRUCT or case.submitted_at is None:
        return _("Cette demande n’attend plus d’être instruite.")
    filed = calendar.counted_from(case.submitted_at, case.office_id)
    passed = calendar.working_days_between(filed, timezone.localdate(), FARTHEST, case.office_id)
    if passed < circuit.overflow_days:
        words = ngettext(
            "L’aide d’un autre bureau se demande après %(days)d jour ouvré, pas avant.",
            "L’aide d’un autre bureau se demande après %(days)d jours ouvrés, pas avant.",
            circuit.overflow_days,
        )
        return words % {"days": circuit.overflow_days}
    return ""


@transaction.atomic
def offer(case: ServiceRequest, *, to: Office, by: User | None) -> Help:
    """Offer a case to another office; `by` is the head of its own, None the rule. Raises `Refused`."""
    if by is not None and (case.office is None or not postings.serves(by, case.office, Role.SUPERVISOR)):
        raise PermissionDenied
    if refusal := why_not(case):
        raise Refused(refusal)
    if case.office is None or to.pk == case.office_id or to.kind != case.office.kind:
        raise Refused(_("Choisissez un autre bureau de même nature."))
    try:
        with transaction.atomic():
            offered = Help.objects.create(case=case, office=to, offered_by=by)
    except IntegrityError:
        raise Refused(_("Une aide est déjà proposée pour cette demande.")) from None
    facts = {"case": case, "to": to, "page": reverse("desk:to-help")}
    telling.write_to(telling.heads(to.pk), "help_offered", facts, key=f"help:{offered.pk}")
    journal.record("case.help_offered", obj=case.obj, by=by, office=case.office, details={"to": to.code})
    return offered


@transaction.atomic
def accept(offered: Help, *, by: User) -> None:
    """The other office takes the case, on the desk of who says so.

    Raises `Refused` when it is no longer offered or to instruct.
    """
    _authorise(offered, by)
    now, case = timezone.now(), offered.case
    still = Help.objects.filter(pk=offered.pk, accepted_at=None, ended_at=None)
    if not still.update(accepted_at=now, accepted_by=by):
        raise Refused(_("Cette aide a déjà reçu une réponse. Rien n’a été modifié."))
    free = ServiceRequest.objects.filter(pk=case.pk, state__in=TO_INSTRUCT, office=case.office, helping_office=None)
    taken = {"helping_office": offered.office, "assigned_to": by, "assigned_at": now, "updated_at": now}
    if not free.update(**taken):
        raise Refused(_("Cette demande n’attend plus d’être instruite."))
    remember(case, **taken)
    journal.record("case.help_accepted", obj=case.obj, by=by, office=offered.office)


@transaction.atomic
def give_back(offered: Help, *, by: User, reason: str) -> None:
    """Decline an offer, or give the case back; the head of the competent office may take it back too.

    The other side is written to. The applicant, who read on the page of the request that another office helped, reads
    there that it is over.
    """
    case = offered.case
    by_the_head = case.office is not None and postings.serves(by, case.office, Role.SUPERVISOR)
    if not by_the_head:
        _authorise(offered, by)
    if not reason.strip():
        raise Refused(_("Dites pourquoi : l’autre bureau le lira."))
    now = timezone.now()
    ended = {"ended_at": now, "ended_by": by, "reason": reason.strip()[:200]}
    if not Help.objects.filter(pk=offered.pk, ended_at=None).update(**ended):
        raise Refused(_("Cette aide est déjà terminée."))
    helped = ServiceRequest.objects.filter(pk=case.pk, helping_office=offered.office)
    helped.update(helping_office=None, assigned_to=None, assigned_at=None, updated_at=now)
    case.helping_office = None
    told = telling.heads(offered.office_id if by_the_head else case.office_id)
    facts = {"case": case, "helper": offered.office, "accepted": offered.accepted_at, "reason": ended["reason"]}
    if by_the_head:
        facts["page"] = reverse("desk:to-help")
    telling.write_to(told, "help_returned", facts, key=f"help-over:{offered.pk}")
    journal.record("case.help_returned", obj=case.obj, by=by, office=offered.office)


def offers_to(user: User) -> QuerySet[Help]:
    """What is offered to the offices where `user` instructs, not answered yet, the nearest promise first."""
    return _of(user).filter(accepted_at=None).order_by("case__due_on", "pk")


def helped_by(user: User) -> QuerySet[Help]:
    """What the offices where `user` instructs are helping with."""
    return _of(user).filter(accepted_at__isnull=False).order_by("case__due_on", "pk")


def given_by(user: User) -> QuerySet[Help]:
    """What the offices `user` is head of have offered to others, answered or not."""
    heads = postings.offices_of(user, Role.SUPERVISOR)
    return _open().filter(case__office__in=heads).order_by("case__due_on", "pk")


def sweep() -> int:
    """The chore: offer what will not be ready in time where it is ready soonest; how many offers were made."""
    kept = {row.office_id: row for row in Capacity.objects.select_related("office")}
    offices = {office.pk: office for office in office_named().values()}
    made = Counter[int]()
    for case in _in_danger():
        helper = _helper(case, kept, offices, made)
        if helper is not None:
            try:
                offer(case, to=offices[helper], by=None)
            except Refused:
                continue
            made[helper] += 1
    return made.total()


def _helper(
    case: ServiceRequest, kept: dict[int, Capacity], offices: dict[int, Office], made: Counter[int]
) -> int | None:
    """The office to which the chore offers `case`; None when it will be ready in time, or nobody is sooner."""
    home, service = case.office_id, str(case.version.service_id)
    if home is None or case.due_on is None or why_not(case):
        return None
    expected = capacity.ready_on(case)
    if expected is None or expected <= case.due_on:
        return None
    days = {office: row.services[service]["days"] for office, row in kept.items() if service in row.services}
    today = timezone.localdate()
    days[home] = calendar.working_days_between(today, expected, estimates.HORIZON, home)
    alike = [pk for pk, office in offices.items() if office.kind == offices[home].kind and made[pk] < MOST_TO_ONE]
    return estimates.least_loaded(days, home, alike)


def _in_danger() -> list[ServiceRequest]:
    """Not taken yet, of services that allow help, never offered before: the nearest promise first."""
    versions = ServiceVersion.objects.filter(flow__has_key="overflow").values("pk")
    known = Help.objects.filter(case=OuterRef("pk"))
    waiting = ServiceRequest.objects.filter(
        ~Exists(known), state=TO_INSTRUCT[0], is_trial=False, version__in=versions, due_on__isnull=False
    )
    return list(waiting.select_related("version__service", "office").order_by("due_on", "pk")[:MOST_AT_ONCE])


def _authorise(offered: Help, by: User) -> None:
    if not postings.serves(by, offered.office, *INSTRUCTING):
        raise PermissionDenied


def _open() -> QuerySet[Help]:
    still = Q(ended_at=None, case__state__in=[*TO_INSTRUCT, "NEEDS_INFORMATION"])
    return Help.objects.filter(still).select_related("case__version__service", "case__office", "office")


def _of(user: User) -> QuerySet[Help]:
    return _open().filter(office__in=postings.offices_of(user, *INSTRUCTING))
