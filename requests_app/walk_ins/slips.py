"""Emergency slips: numbered paper for the hours without power, each one accounted for.

The head of the office prints them in batches, before they are needed. Each is keyed in later with the hour written on
it, from which the promise runs; or declared spoiled or lost, with the reason. What stays blank while later ones were
used is missing: the report says so. Serials follow each other in an office, under the lock of its row.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import journal
from arrondissements.codes import new_code
from arrondissements.models import Office, User
from requests_app import workflow
from requests_app.models import EmergencySlip, ServiceRequest, SlipState

SYMBOLS = 9  # of the code in the QR
MOST_PRINTED = 60
# A lost slip may be found again: what is written on it still counts.
KEYABLE = (SlipState.BLANK, SlipState.LOST)
MISSING = "MISSING"


@dataclass(frozen=True)
class Counted:
    """How many slips of an office are in each state, and how many are missing."""

    printed: int
    used: int
    spoiled: int
    lost: int
    blank: int
    missing: int


@transaction.atomic
def print_batch(office: Office, count: int, *, by: User) -> list[EmergencySlip]:
    """Number `count` new slips of `office` (at most `MOST_PRINTED`). Raises `Refused`."""
    if not 1 <= count <= MOST_PRINTED:
        raise workflow.Refused(_("Imprimez de 1 à %(most)d bordereaux à la fois.") % {"most": MOST_PRINTED})
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    last = EmergencySlip.objects.filter(office=office).aggregate(last=Max("serial"))["last"] or 0
    now = timezone.now()
    slips = EmergencySlip.objects.bulk_create(
        EmergencySlip(office=office, serial=last + rank, code=new_code(SYMBOLS), printed_by=by, printed_at=now)
        for rank in range(1, count + 1)
    )
    details = {"first": last + 1, "last": last + count}
    journal.record("slips.printed", obj=f"office:{office.pk}", by=by, office=office, details=details)
    return slips


def refuse_hour(slip: EmergencySlip, received_at: datetime.datetime) -> None:
    """Refuse an hour that cannot be: not come yet, or before the paper existed. Raises `Refused`."""
    if received_at > timezone.now():
        raise workflow.Refused(_("Cette heure n’est pas encore passée. Recopiez l’heure écrite sur le bordereau."))
    # The paper says the minute only.
    if received_at < slip.printed_at.replace(second=0, microsecond=0):
        raise workflow.Refused(
            _("Ce bordereau a été imprimé le %(printed)s : rien n’a pu y être écrit avant.")
            % {"printed": timezone.localtime(slip.printed_at).strftime("%d/%m/%Y à %H:%M")}
        )


@transaction.atomic
def key_in(slip: EmergencySlip, case: ServiceRequest, *, received_at: datetime.datetime, by: User) -> ServiceRequest:
    """File the draft typed from `slip` as of the hour written on it. Raises `Refused` and what `submit` raises."""
    refuse_hour(slip, received_at)
    received_at = max(received_at, slip.printed_at)
    kept = EmergencySlip.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    if kept.state not in KEYABLE:
        raise _already(kept)
    filed = workflow.submit(case, by=by, received_at=received_at)
    used = {"state": SlipState.USED, "case": filed, "received_at": received_at}
    _close(slip, used, KEYABLE, by)
    details = {"serial": slip.serial, "case": filed.pk, "received_at": received_at.isoformat()}
    journal.record("slip.keyed_in", obj=f"slip:{slip.pk}", by=by, office=slip.office, details=details)
    # In the history of the request too: it says when it was typed, and from what hour it counts.
    journal.record("case.keyed_in", obj=filed.obj, by=by, office=filed.office, details=details)
    return filed


@transaction.atomic
def put_away(slip: EmergencySlip, state: SlipState, note: str, *, by: User) -> None:
    """Declare a blank slip spoiled or lost, and say why. Raises `Refused`."""
    if state not in (SlipState.SPOILED, SlipState.LOST):
        raise workflow.Refused(_("Dites si ce bordereau est gâché ou perdu."))
    if not note.strip():
        raise workflow.Refused(_("Dites ce qui est arrivé à ce bordereau."))
    sources = (SlipState.BLANK,) if state == SlipState.LOST else KEYABLE
    _close(slip, {"state": state, "note": note.strip()}, sources, by)
    act = "slip.spoiled" if state == SlipState.SPOILED else "slip.lost"
    journal.record(act, obj=f"slip:{slip.pk}", by=by, office=slip.office, details={"serial": slip.serial})


def of_office(office: Office, state: str = "") -> QuerySet[EmergencySlip]:
    """The slips of an office, newest first; of one state, or those that are missing."""
    slips = EmergencySlip.objects.filter(office=office).order_by("-serial")
    slips = slips.select_related("printed_by", "closed_by", "case", "office")
    if state == MISSING:
        return slips.filter(state=SlipState.BLANK, serial__lt=last_used(office))
    return slips.filter(state=state) if state else slips


def last_used(office: Office) -> int:
    """The highest serial keyed in: what is blank below it is missing."""
    used = EmergencySlip.objects.filter(office=office, state=SlipState.USED)
    return used.aggregate(last=Max("serial"))["last"] or 0


def counted(office: Office) -> Counted:
    """How the slips of an office stand. 2 queries."""
    states = {state: Count("pk", filter=Q(state=state)) for state in SlipState.values}
    missing = Count("pk", filter=Q(state=SlipState.BLANK, serial__lt=last_used(office)))
    found = EmergencySlip.objects.filter(office=office).aggregate(ALL=Count("pk"), MISSING=missing, **states)
    return Counted(found["ALL"], found["USED"], found["SPOILED"], found["LOST"], found["BLANK"], found["MISSING"])


def _close(slip: EmergencySlip, facts: dict[str, object], sources: tuple[SlipState, ...], by: User) -> None:
    """Compare and set: a slip is keyed in once, whoever keys it in."""
    open_ones = EmergencySlip.objects.filter(pk=slip.pk, state__in=sources)
    if not open_ones.update(closed_by=by, closed_at=timezone.now(), **facts):
        raise _already(EmergencySlip.objects.get(pk=slip.pk))
    slip.refresh_from_db()


def _already(slip: EmergencySlip) -> workflow.Refused:
    return workflow.Refused(
        _("Le bordereau %(serial)s est déjà « %(state)s ». Rien n’a été modifié.")
        % {"serial": slip, "state": slip.get_state_display()}
    )
