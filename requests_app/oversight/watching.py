"""The rules of what looks unusual, played over the journal each night, and what the auditor says of what they found."""

import datetime
from collections.abc import Iterable, Iterator

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import calendar, journal, postings
from arrondissements.models import JournalEntry, Posting, Role, User
from requests_app.models import Anomaly, AnomalyState, FiguresMark, ServiceRequest
from requests_app.moving import Refused
from requests_app.oversight import rules
from requests_app.oversight.counting import ONE_DAY, midnight
from requests_app.oversight.rules import Found, Line, Window

MOST_DAYS = 7  # looked at again after a long silence
CHUNK = 2000


class AlreadyJudged(Refused):
    """Another auditor was first."""


def watch() -> str:
    """Look at each whole day not yet looked at, yesterday the last. Run twice, it finds nothing more.

    After a silence longer than `MOST_DAYS` the oldest days are left, and the report of the chore says how many.
    """
    mark, _created = FiguresMark.objects.get_or_create(pk=1, defaults={"counted_at": timezone.now()})
    yesterday = timezone.localdate() - ONE_DAY
    day = max(mark.watched_on + ONE_DAY, yesterday - (MOST_DAYS - 1) * ONE_DAY) if mark.watched_on else yesterday
    skipped = (day - mark.watched_on).days - 1 if mark.watched_on else 0
    found = 0
    while day <= yesterday:
        found += look(day)
        FiguresMark.objects.filter(pk=1).update(watched_on=day)
        day += ONE_DAY
    return f"{found} new, {skipped} day(s) never looked at" if skipped else f"{found} new"


def look(day: datetime.date) -> int:
    """Play the rules on `day` and keep what they find; return how many were not known. 6 queries and more by 2000."""
    found = rules.find(_window(day))
    known = set(Anomaly.objects.filter(key__in=[one.key for one in found]).values_list("key", flat=True))
    fresh = [_kept(one) for one in found if one.key not in known]
    Anomaly.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


@transaction.atomic
def judge(anomaly: Anomaly, *, by: User, state: AnomalyState, words: str) -> None:
    """The auditor's conclusion: explained or confirmed, with his words. The second one loses: `AlreadyJudged`.

    Raises `PermissionDenied`, and `Refused` when it is about himself.
    """
    if not postings.serves_anywhere(by, Role.AUDITOR):
        raise PermissionDenied
    if anomaly.person_id == by.pk:
        raise Refused(_("Cette anomalie vous concerne : un autre auditeur doit l’examiner."))
    facts = {"state": state, "words": words.strip()[:2000], "judged_by": by, "judged_at": timezone.now()}
    if not Anomaly.objects.filter(pk=anomaly.pk, state=AnomalyState.NEW).update(**facts):
        raise AlreadyJudged(_("Cette anomalie a déjà été examinée. Rien n’a été modifié."))
    for name, value in facts.items():
        setattr(anomaly, name, value)
    details = {"state": state.value}
    journal.record("anomaly.judge", obj=f"anomaly:{anomaly.pk}", by=by, office=anomaly.office, details=details)


def _window(day: datetime.date) -> Window:
    trials = {f"case:{pk}" for pk in ServiceRequest.objects.filter(is_trial=True).values_list("pk", flat=True)}
    lines = [line for line in _lines(day) if line.obj not in trials]
    accepted = {line.obj for line in lines if line.act in ("case.accept", "case.complete")}
    auditors = Posting.objects.on(day).filter(role=Role.AUDITOR).values_list("user", flat=True)
    return Window(day, lines, _hours, dict(_beneficiaries(accepted)), frozenset(auditors))


def _lines(day: datetime.date) -> Iterator[Line]:
    """What the staff did and read on `day` and in the month before it, in the order of time."""
    entries = JournalEntry.objects.filter(
        chain__in=[journal.ACTS, journal.READS],
        by__isnull=False,
        at__gte=midnight(day - rules.DAYS_BEFORE * ONE_DAY),
        at__lt=midnight(day + ONE_DAY),
    ).order_by("at", "pk")
    columns = entries.values_list("at", "act", "obj", "by", "office", "chain", "reason")
    for at, act, obj, by, office, chain, reason in columns.iterator(chunk_size=5000):
        if by is not None:
            yield Line(timezone.localtime(at), act, obj, by, office, chain == journal.READS, reason)


def _beneficiaries(objects: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """By what each case tells its applicant: a phone, and a whole name."""
    ids = sorted(int(obj.removeprefix("case:")) for obj in objects)
    for start in range(0, len(ids), CHUNK):
        rows = ServiceRequest.objects.filter(pk__in=ids[start : start + CHUNK])
        for pk, phone, name in rows.values_list("pk", "phone", "applicant_key"):
            yield f"case:{pk}", tuple(filter(None, [phone and f"phone:{phone}", name and f"name:{name}"]))


def _hours(office: int | None, day: datetime.date) -> tuple[datetime.time, datetime.time] | None:
    return calendar.open_between(day, office)


def _kept(found: Found) -> Anomaly:
    evidence = {"count": found.count, "usual": found.usual, "objects": list(found.objects)}
    return Anomaly(
        kind=found.kind, day=found.day, office_id=found.office, person_id=found.person, key=found.key, evidence=evidence
    )
