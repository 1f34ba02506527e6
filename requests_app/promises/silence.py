"""The silence of the office: when the days a service foresees have passed without an answer, somebody is told.

Nothing is ever decided by the silence itself. The days are working days after the filing, less those during which
the applicant was asked for something; the office has the whole of the last one. The chore may run as often as it
likes: a case is marked once, and each person is written to once for each stage.
"""

import datetime
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from arrondissements import calendar, journal
from arrondissements.models import JournalEntry, User
from requests_app.catalogue.models import ServiceVersion
from requests_app.models import ServiceRequest
from requests_app.promises import telling
from requests_app.states import WITH_THE_OFFICE

# Working days the head of the office has before the executive secretary is told too.
DAYS_BEFORE_ESCALATION = 5
FARTHEST = 400  # working days counted one by one
MOST_AT_ONCE = 500  # told of in one run, of each stage
CHUNK = 200


def sweep() -> int:
    """The chore: mark the cases whose silence is reached, then escalate; return how many people were told of a case."""
    today = timezone.localdate()
    reached = (case for case in _unmarked(today) if is_reached(case, today))
    told = sum(_notice(case) for case in islice(reached, MOST_AT_ONCE))
    ignored = (case for case in _marked() if _is_ignored(case, today))
    return told + sum(_escalate(case) for case in islice(ignored, MOST_AT_ONCE))


def is_reached(case: ServiceRequest, today: datetime.date) -> bool:
    """Whether more working days have passed than the service foresees."""
    days = case.version.circuit.silence_days
    return bool(days and case.submitted_at) and elapsed(case, timezone.localdate(case.submitted_at), today) > days


def elapsed(case: ServiceRequest, since: datetime.date, today: datetime.date) -> int:
    """Working days after `since` up to `today`, less those the applicant took to answer."""
    count = calendar.working_days_between(since, today, FARTHEST)
    for asked in case.information_requests.all():
        start = max(timezone.localdate(asked.asked_at), since)
        end = timezone.localdate(asked.answered_at) if asked.answered_at else today
        count -= calendar.working_days_between(start, min(end, today), FARTHEST) if start < end else 0
    return count


def _unmarked(today: datetime.date) -> Iterator[ServiceRequest]:
    """Those filed longer ago than the days of their own version: its working days are never fewer than its days.

    What is not reached yet, because the applicant took his time, keeps nobody else waiting.
    """
    old = Q(pk__in=[])
    for version in _silent_versions():
        day = today - datetime.timedelta(days=version.circuit.silence_days or 0)
        old |= Q(version=version, submitted_at__lt=timezone.make_aware(datetime.datetime.combine(day, datetime.time())))
    return _each(_waiting().filter(old, silence_at=None))


def _marked() -> Iterator[ServiceRequest]:
    """Those of which the head was told, and nobody above him."""
    versions = [version.pk for version in _silent_versions() if version.circuit.escalates]
    escalated = JournalEntry.objects.filter(
        obj=Concat(Value("case:"), Cast(OuterRef("pk"), CharField())), act="case.silence_escalated"
    )
    return _each(_waiting().filter(~Exists(escalated), version__in=versions).exclude(silence_at=None))


def _silent_versions() -> list[ServiceVersion]:
    with_silence = ServiceVersion.objects.filter(flow__has_key="silence").only("flow", "document_template")
    return [version for version in with_silence if version.circuit.silence_days]


def _waiting() -> QuerySet[ServiceRequest]:
    cases = ServiceRequest.objects.filter(state__in=WITH_THE_OFFICE, is_trial=False)
    return cases.select_related("version__service", "office").order_by("submitted_at", "pk")


def _each(cases: QuerySet[ServiceRequest]) -> Iterator[ServiceRequest]:
    """One after the other, with what the applicant was asked. 2 queries for each `CHUNK` cases."""
    return cases.prefetch_related("information_requests").iterator(chunk_size=CHUNK)


@transaction.atomic
def _notice(case: ServiceRequest) -> int:
    """Mark the case and tell the heads of its office; 0 when another process did."""
    now = timezone.now()
    mine = ServiceRequest.objects.filter(pk=case.pk, silence_at=None, state__in=WITH_THE_OFFICE)
    if not mine.update(silence_at=now):
        return 0
    case.silence_at = now
    told = _tell(case, telling.heads(case.office_id), "head")
    details = {"days": case.version.circuit.silence_days, "told": told}
    journal.record("case.silence", obj=case.obj, by=None, office=case.office, details=details)
    return told


def _is_ignored(case: ServiceRequest, today: datetime.date) -> bool:
    """Whether the head of the office was told long enough ago."""
    since = timezone.localdate(case.silence_at)
    return elapsed(case, since, today) > DAYS_BEFORE_ESCALATION


@transaction.atomic
def _escalate(case: ServiceRequest) -> int:
    ServiceRequest.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if JournalEntry.objects.filter(obj=case.obj, act="case.silence_escalated").exists():
        return 0
    told = _tell(case, telling.secretaries(), "secretary")
    journal.record("case.silence_escalated", obj=case.obj, by=None, office=case.office, details={"told": told})
    return told


def _tell(case: ServiceRequest, people: Iterable[User], stage: str) -> int:
    facts = {"case": case, "days": case.version.circuit.silence_days}
    return telling.write_to(people, "silence", facts, key=f"silence:{case.pk}:{stage}")
