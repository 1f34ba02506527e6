"""Promises that come near, or are broken: who is told, from the table of the service, each once.

The clerk who has the case, then the head of the office, then the executive secretary; the applicant receives an
apology with the day we now expect. The chore may run as often as it likes, in several processes: a row of
`Escalation` is written in the transaction of the letter, and can be written once.
"""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from arrondissements import calendar, journal
from requests_app.messaging import notices
from requests_app.models import Escalation, EscalationRule, ServiceRequest, Told
from requests_app.promises import capacity, telling
from requests_app.states import WITH_THE_OFFICE

MOST_AT_ONCE = 500
FARTHEST = 400  # working days counted one by one


def sweep() -> int:
    """The chore: tell whoever the rules say of the promises that come near or are broken; how many were told of."""
    rules = list(EscalationRule.objects.filter(is_active=True).select_related("service"))
    ruled = set(EscalationRule.objects.filter(service__isnull=False).values_list("service", flat=True))
    told = 0
    for rule in rules:
        for case in _concerned(rule, ruled):
            if told >= MOST_AT_ONCE:
                return told
            told += remind(case, rule)
    return told


def is_reached(rule: EscalationRule, case: ServiceRequest, today: datetime.date) -> bool:
    """Whether the day of the rule has come: before the promise while it still holds, after it in days of the office."""
    if case.due_on is None:
        return False
    if rule.days <= 0:
        left = calendar.working_days_between(today, case.due_on, FARTHEST, case.office_id)
        return today <= case.due_on and left <= -rule.days
    return calendar.working_days_between(case.due_on, today, FARTHEST, case.office_id) >= rule.days


@transaction.atomic
def remind(case: ServiceRequest, rule: EscalationRule) -> bool:
    """Tell, unless it was told already; whether it was told now."""
    case = ServiceRequest.objects.select_related("version__service", "office", "assigned_to", "instructed_by").get(
        pk=case.pk
    )
    due_on = case.due_on
    if due_on is None or case.state not in WITH_THE_OFFICE or not is_reached(rule, case, timezone.localdate()):
        return False
    _row, is_new = Escalation.objects.get_or_create(
        case=case, tells=rule.tells, days=rule.days, due_on=due_on
    )  # the loser of a race waits here for the winner's commit, then finds the row
    if not is_new:
        return False
    if rule.tells == Told.APPLICANT:
        _apologise(case, rule)
        journal.record("case.apology", obj=case.obj, by=None, office=case.office, details={"days": rule.days})
    else:
        told = _tell_staff(case, rule)
        details = {"tells": rule.tells, "days": rule.days, "told": told}
        journal.record("case.reminder", obj=case.obj, by=None, office=case.office, details=details)
    return True


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
    if rule.service_id:
        cases = cases.filter(version__service=rule.service_id)
    elif ruled:
        cases = cases.exclude(version__service__in=ruled)
    told = Escalation.objects.filter(case=OuterRef("pk"), tells=rule.tells, days=rule.days, due_on=OuterRef("due_on"))
    return cases.filter(~Exists(told)).order_by("due_on", "pk").only("pk", "due_on", "office", "state")


def _tell_staff(case: ServiceRequest, rule: EscalationRule) -> int:
    """Write to those the rule names; a case that nobody has goes to the head of the office."""
    people = telling.heads(case.office_id)
    if rule.tells == Told.SECRETARY:
        people = telling.secretaries()
    elif rule.tells == Told.CLERK and (clerk := case.assigned_to or case.instructed_by):
        people = [telling.present(clerk)]
    facts = {"case": case, "late": rule.days > 0}
    return telling.write_to(people, "reminder", facts, key=f"reminder:{case.pk}:{case.due_on}:{rule.days}:{rule.tells}")


def _apologise(case: ServiceRequest, rule: EscalationRule) -> None:
    expected = capacity.ready_on(case)
    notices.tell(case, "apology", key=f"apology:{case.pk}:{case.due_on}:{rule.days}", expected=expected)
