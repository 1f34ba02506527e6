"""Documents that nobody fetches: two reminders to who asked, then the list of the office. Each once.

Days are counted from the day the document was ready. Nobody is woken: the reminders leave by day. A case whose first
reminder left late gets its second as many days after it, never both at once.
"""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arrondissements import journal, outbox
from arrondissements.models import Office
from requests_app.catalogue.models import ServiceVersion
from requests_app.messaging import notices
from requests_app.models import ServiceRequest, UnclaimedNotice, UnclaimedStep
from requests_app.states import State

BATCH = 500
FIRST_HOUR, LAST_HOUR = 8, 19


def tend() -> str:
    """The chore: recall, recall again, tell the office. What it did, in words."""
    if not FIRST_HOUR <= timezone.localtime().hour < LAST_HOUR:
        return "asleep"
    first = sum(_remind(case, UnclaimedStep.FIRST) for case in _due(UnclaimedStep.FIRST))
    second = sum(_remind(case, UnclaimedStep.SECOND) for case in _due(UnclaimedStep.SECOND))
    due: dict[Office, list[ServiceRequest]] = {}
    for case in _due(UnclaimedStep.LISTED):
        if case.office:
            due.setdefault(case.office, []).append(case)
    listed = sum(_list_all(office, cases) for office, cases in due.items())
    return f"{first} reminded, {second} again, {listed} listed"


def days_of(step: str) -> int:
    """After how many days a step is taken."""
    return {
        UnclaimedStep.FIRST: settings.UNCLAIMED_FIRST_DAYS,
        UnclaimedStep.SECOND: settings.UNCLAIMED_SECOND_DAYS,
        UnclaimedStep.LISTED: settings.UNCLAIMED_LISTED_DAYS,
    }[UnclaimedStep(step)]


def waiting(offices: Iterable[Office] | None = None, *, days: int = 0) -> QuerySet[ServiceRequest]:
    """The documents ready for `days` at least at the counters of these offices (all when None), the oldest first.

    1 query for the versions that are handed over, however many cases wait.
    """
    # The way a document is delivered is in the version's JSON, read by its `circuit`.
    versions = ServiceVersion.objects.filter(pk__in=_ready().values("version"))
    handed = [version.pk for version in versions.only("flow", "document_template") if version.circuit.at_counter]
    ready = _ready().filter(version__in=handed, ready_at__lte=timezone.now() - datetime.timedelta(days=days))
    if offices is not None:
        ready = ready.filter(office__in=list(offices))
    return ready.select_related("version__service", "office").order_by("ready_at", "pk")


def days_waited(case: ServiceRequest) -> int:
    """Since how many days the document is ready."""
    return (timezone.localdate() - timezone.localdate(case.ready_at)).days if case.ready_at else 0


def _ready() -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(state=State.READY, is_trial=False, ready_at__isnull=False)


def _due(step: UnclaimedStep) -> list[ServiceRequest]:
    taken = UnclaimedNotice.objects.filter(case=OuterRef("pk"))
    due = waiting(days=days_of(step)).exclude(Exists(taken.filter(step=step)))
    earlier = {UnclaimedStep.SECOND: UnclaimedStep.FIRST, UnclaimedStep.LISTED: UnclaimedStep.SECOND}.get(step)
    if earlier:
        gap = datetime.timedelta(days=days_of(step) - days_of(earlier))
        due = due.filter(Exists(taken.filter(step=earlier, at__lte=timezone.now() - gap)))
    if step != UnclaimedStep.LISTED:  # nobody to recall: only the office can act
        due = due.filter(~Q(phone="") | ~Q(helper_phone="") | ~Q(email=""))
    return list(due[:BATCH])


@transaction.atomic
def _remind(case: ServiceRequest, step: UnclaimedStep) -> bool:
    if not _first_time(case, step):
        return False
    notices.tell(case, "unclaimed", key=f"unclaimed:{case.pk}:{step}", days=days_waited(case))
    journal.record("case.unclaimed_reminded", obj=case.obj, by=None, office=case.office, details={"step": step})
    return True


@transaction.atomic
def _list_all(office: Office, cases: Iterable[ServiceRequest]) -> int:
    """List those of one office and tell it, or neither: what is listed is told once only. How many were listed."""
    count = sum(_list(case) for case in cases)
    if count and office.email:
        _tell(office, count)
    return count


def _list(case: ServiceRequest) -> bool:
    if not _first_time(case, UnclaimedStep.LISTED):
        return False
    journal.record("case.unclaimed_listed", obj=case.obj, by=None, office=case.office)
    return True


def _first_time(case: ServiceRequest, step: UnclaimedStep) -> bool:
    """Whether the step is taken now, for a document that still waits under the lock of its row."""
    kept = _ready().select_for_update(of=("self",), skip_locked=True).filter(pk=case.pk).first()
    return kept is not None and UnclaimedNotice.objects.get_or_create(case=case, step=step)[1]


def _tell(office: Office, count: int) -> None:
    """One letter a day for an office that has an address: how many, and where to read which. No name leaves."""
    with translation.override("fr"):
        subject = _("Documents non réclamés")
        body = ngettext(
            "%(count)d document attend au guichet depuis longtemps, malgré deux rappels.",
            "%(count)d documents attendent au guichet depuis longtemps, malgré deux rappels.",
            count,
        ) % {"count": count}
        body += f"\n\n{settings.SITE_BASE_URL}{reverse('desk:unclaimed', args=[office.code])}"
    key = f"unclaimed-office:{office.pk}:{timezone.localdate().isoformat()}"
    outbox.put("email", {"to": office.email, "subject": subject, "body": body}, key=key)
