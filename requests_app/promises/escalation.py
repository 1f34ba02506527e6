"""Promises that come near, or are broken: who is told, from the table of the service, each once.

The clerk who has the case, then the head of the office, then the executive secretary: one letter each and per run,
with the list. The applicant receives an apology with the day we now expect, once for each rule, and only while the
breach is fresh (`APOLOGY_WITHIN`): at the first start, or after a long stop, nobody is written to about an old one;
the head of the office reads of it. The chore may run as often as it likes, in several processes: a row of `Escalation`
is written in the transaction of the letter, and can be written once.
"""

import datetime
from collections.abc import Iterator
from itertools import islice

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from arrondissements import calendar, journal
from requests_app.messaging import notices
from requests_app.models import Escalation, EscalationRule, ServiceRequest, Told
from requests_app.promises import capacity, digests
from requests_app.states import WITH_THE_OFFICE

MOST_AT_ONCE = 500
FARTHEST = 400  # working days counted one by one
# Working days, after the day of the rule, during which an apology still makes sense; a chore that was stopped longer
# lets the breach pass.
APOLOGY_WITHIN = 5
ONE_MONTH = datetime.timedelta(days=31)


def sweep() -> int:
    """The chore: tell whoever the rules say of the promises that come near or are broken; how many were told of."""
    rules = list(EscalationRule.objects.filter(is_active=True).select_related("service"))
    ruled = set(EscalationRule.objects.filter(service__isnull=False).values_list("service", flat=True))
    told = 0
    for rule in rules:
        if rule.tells == Told.APPLICANT:
            told += sum(apologise(case, rule) for case in islice(_concerned(rule, ruled), MOST_AT_ONCE))
    staff = [rule for rule in rules if rule.tells != Told.APPLICANT]
    wanted = [(case.pk, rule) for rule in staff for case in islice(_concerned(rule, ruled), MOST_AT_ONCE)]
    return told + (_remind(wanted[:MOST_AT_ONCE]) if wanted else 0)


def is_reached(rule: EscalationRule, case: ServiceRequest, today: datetime.date) -> bool:
    """Whether the day of the rule has come: before the promise while it still holds, after it in days of the office."""
    if case.due_on is None:
        return False
    if rule.days <= 0:
        left = calendar.working_days_between(today, case.due_on, FARTHEST, case.office_id)
        return today <= case.due_on and left <= -rule.days
    passed = calendar.working_days_between(case.due_on, today, FARTHEST, case.office_id)
    too_old = rule.tells == Told.APPLICANT and passed > rule.days + APOLOGY_WITHIN
    return passed >= rule.days and not too_old


@transaction.atomic
def apologise(case: ServiceRequest, rule: EscalationRule) -> bool:
    """Tell the applicant that the promise is broken, once for each rule; whether it was told now.

    Rules that are reached together, after a stop, make one letter: the others are only written down.
    """
    case = _read(case.pk, lock=True)
    today_already = _excused_today(case)
    if not _still(case, rule) or not _written(case, rule) or today_already:
        return False
    expected = capacity.ready_on(case)
    notices.tell(case, "apology", key=f"apology:{case.pk}:{case.due_on}:{rule.days}", expected=expected)
    journal.record("case.apology", obj=case.obj, by=None, office=case.office, details={"days": rule.days})
    return True


@transaction.atomic
def _remind(wanted: list[tuple[int, EscalationRule]]) -> int:
    """Tell the staff of these cases: the rows, one letter for each person, and the lines of the journal, at once."""
    letters, lines = digests.Digests(), []
    for pk, rule in wanted:
        case = _read(pk)
        row = _written(case, rule) if _still(case, rule) else None
        if row is not None:
            details = {"tells": rule.tells, "days": rule.days, "told": letters.add(row, case)}
            lines.append((case, details))
    letters.put()
    for case, details in lines:
        journal.record("case.reminder", obj=case.obj, by=None, office=case.office, details=details)
    return len(lines)


def _read(pk: int, *, lock: bool = False) -> ServiceRequest:
    cases = ServiceRequest.objects.select_related("version__service", "office", "assigned_to", "instructed_by")
    return (cases.select_for_update(of=("self",)) if lock else cases).get(pk=pk)


def _still(case: ServiceRequest, rule: EscalationRule) -> bool:
    return case.state in WITH_THE_OFFICE and is_reached(rule, case, timezone.localdate())


def _excused_today(case: ServiceRequest) -> bool:
    """Whether the applicant received an apology for this very promise today."""
    told = Escalation.objects.filter(case=case, tells=Told.APPLICANT, at__date=timezone.localdate())
    return told.filter(due_on=F("case__due_on")).exists()


def _written(case: ServiceRequest, rule: EscalationRule) -> Escalation | None:
    """The row that says it is told; None when it was written before.

    The loser of a race waits here for the winner's commit, then finds the row.
    """
    if case.due_on is None:
        return None
    row, is_new = Escalation.objects.get_or_create(case=case, tells=rule.tells, days=rule.days, due_on=case.due_on)
    return row if is_new else None


def _concerned(rule: EscalationRule, ruled: set[int]) -> Iterator[ServiceRequest]:
    """The cases the rule may concern today and of which nobody was told yet, the oldest promise first."""
    today = timezone.localdate()
    # The town's calendar never counts fewer days than an office's: what it leaves out is not reached anywhere.
    last = calendar.add_working_days(today, -rule.days) if rule.days <= 0 else today - rule.days * calendar.ONE_DAY
    for case in _waiting(rule, ruled, today, last).iterator(chunk_size=200):
        if is_reached(rule, case, today):
            yield case


def _waiting(
    rule: EscalationRule, ruled: set[int], today: datetime.date, last: datetime.date
) -> QuerySet[ServiceRequest]:
    cases = ServiceRequest.objects.filter(state__in=WITH_THE_OFFICE, is_trial=False, due_on__lte=last)
    if rule.days <= 0:
        cases = cases.filter(due_on__gte=today)
    elif rule.tells == Told.APPLICANT:
        # Rough, so that old breaches are not read at every run: no closure lasts a month.
        cases = cases.filter(due_on__gte=today - 2 * (rule.days + APOLOGY_WITHIN) * calendar.ONE_DAY - ONE_MONTH)
    if rule.service_id:
        cases = cases.filter(version__service=rule.service_id)
    elif ruled:
        cases = cases.exclude(version__service__in=ruled)
    told = Escalation.objects.filter(case=OuterRef("pk"), tells=rule.tells, days=rule.days, due_on=OuterRef("due_on"))
    return cases.filter(~Exists(told)).order_by("due_on", "pk").only("pk", "due_on", "office", "state")
