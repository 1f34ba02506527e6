"""What each office can do in its coming days, measured every few minutes by a chore and kept for the pages.

Minutes are those of `Handling`: from the opening of a case to the act. The day of a person is what the fullest days
of his office yield, because on a slack day he could have done more. Who is away, and an office without current, is
counted as it is written down today.
"""

import datetime

from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from arrondissements import calendar
from arrondissements.models import Absence, Office, Outage, Posting, Role
from requests_app.catalogue.models import Service
from requests_app.models import Capacity, Handling, ServiceRequest
from requests_app.promises import capacity, estimates
from requests_app.promises.capacity import Backlog

MEASURED_OVER = datetime.timedelta(days=60)
# The part of the person-days that yield less than a full day.
FULL_DAY = 0.8
# Minutes a person gives to cases in a day: at least this, whatever was measured.
LEAST_DAY = 120.0
# Longer than this, somebody left the case open and went away.
LONGEST_SECONDS = 30 * 60
# What a clerk does to a case until it is decided; who signs and who hands over is counted apart.
NOT_INSTRUCTING = ("issue", "deliver")
DECIDING = ("accept", "reject")


def measure() -> str:
    """The chore: compute what each office can do, and keep it. The number of queries depends on nothing."""
    now = timezone.now()
    since = now - MEASURED_OVER
    minutes, signing, arrivals = _minutes_by_service(since), _signing_by_service(since), _arrivals(since, now)
    promised = dict(Service.objects.exclude(current=None).values_list("pk", "current__processing_days"))
    backlog, staff = _backlog(), _staff(timezone.localdate(now))
    cut = set(Outage.objects.filter(ended_at=None).values_list("office", flat=True))
    full_days = _full_days(since)
    rows = []
    for office in Office.objects.order_by("pk"):
        full_day = max(full_days.get(office.pk, 0.0), LEAST_DAY)
        ahead = _ahead(office.pk, now, [people * full_day for people in staff[office.pk]], office.pk in cut)
        paces = {
            service: {
                "minutes": round(each, 2),
                "signing": round(signing.get(service, 0.0), 2),
                "a_day": round(arrivals.get((office.pk, service), 0.0) * each, 2),
                "due": promised.get(service),
            }
            for service, each in minutes.items()
        }
        here = [one for one in backlog if one.office == office.pk]
        for service, pace in paces.items():
            pace["days"] = capacity.new_request_takes(service, paces, here, ahead)
        rows.append(
            Capacity(office=office, at=now, staff=staff[office.pk][0], is_cut=office.pk in cut, ahead=ahead,
                     services={str(service): pace for service, pace in paces.items()})
        )  # fmt: skip
    fields = ["at", "staff", "is_cut", "ahead", "services"]
    Capacity.objects.bulk_create(rows, update_conflicts=True, unique_fields=["office"], update_fields=fields)
    capacity.forget()
    return f"{len(rows)} offices, {len(minutes)} services measured"


def _minutes_by_service(since: datetime.datetime) -> dict[int, float]:
    """Average minutes of work until a request is decided; a service with too few decisions is left out. 1 query."""
    handled = Handling.objects.filter(at__gte=since).exclude(act__in=NOT_INSTRUCTING)
    rows = handled.values_list("service").annotate(seconds=Sum("seconds"), n=Count("pk", filter=Q(act__in=DECIDING)))
    return {service: seconds / 60 / n for service, seconds, n in rows if n >= estimates.LEAST_MEASURES}


def _signing_by_service(since: datetime.datetime) -> dict[int, float]:
    """Working days between the decision and the paper, on average. 1 query."""
    ready = ServiceRequest.objects.filter(ready_at__gte=since, decided_at__isnull=False, is_trial=False)
    rows = ready.order_by().values_list("version__service").annotate(lasted=Avg(F("ready_at") - F("decided_at")))
    return {service: lasted / datetime.timedelta(days=1) * 5 / 7 for service, lasted in rows if lasted}


def _arrivals(since: datetime.datetime, now: datetime.datetime) -> dict[tuple[int, int], float]:
    """Requests filed a working day, by office and service. 1 query."""
    days = calendar.working_days_between(timezone.localdate(since), timezone.localdate(now), MEASURED_OVER.days)
    filed = ServiceRequest.objects.filter(submitted_at__gte=since, is_trial=False).order_by()
    rows = filed.values_list("office", "version__service").annotate(count=Count("pk"))
    return {(office, service): count / max(days, 1) for office, service, count in rows}


def _backlog() -> list[Backlog]:
    """1 query."""
    rows = capacity.waiting().values_list("place", "version__service", "due_on").annotate(count=Count("pk"))
    return [Backlog(*row) for row in rows]


def _full_days(since: datetime.datetime) -> dict[int, float]:
    """Minutes that the fullest days of a person yield, by office. 1 query."""
    handled = Handling.objects.filter(at__gte=since).exclude(act__in=NOT_INSTRUCTING).annotate(day=TruncDate("at"))
    found: dict[int, list[float]] = {}
    for office, _by, _day, seconds in handled.values_list("office", "by", "day").annotate(seconds=Sum("seconds")):
        found.setdefault(office, []).append(seconds / 60)
    return {office: sorted(minutes)[int(len(minutes) * FULL_DAY)] for office, minutes in found.items()}


def _staff(today: datetime.date) -> dict[int, list[int]]:
    """For each office, who instructs and is not away: today, then each coming working day of the office. 3 queries."""
    away: dict[int, list[tuple[datetime.date, datetime.date]]] = {}
    for user, first, last in Absence.objects.filter(ends__gte=today).values_list("user", "starts", "ends"):
        away.setdefault(user, []).append((first, last or first))
    posted: dict[int, list[tuple[int, datetime.date, datetime.date]]] = {}
    clerks = Posting.objects.filter(Q(ends=None) | Q(ends__gte=today), role=Role.CLERK, user__is_active=True)
    for office, user, first, last in clerks.values_list("office", "user", "starts", "ends"):
        posted.setdefault(office, []).append((user, first, last or datetime.date.max))
    return {
        office: [
            sum(
                first <= day <= last and not any(a <= day <= b for a, b in away.get(user, ()))
                for user, first, last in posted.get(office, ())
            )
            for day in _days(office, today)
        ]
        for office in Office.objects.values_list("pk", flat=True)
    }


def _days(office: int, today: datetime.date) -> list[datetime.date]:
    """Today, and the coming working days of an office."""
    days = [today]
    while len(days) < estimates.HORIZON:
        days.append(calendar.add_working_days(days[-1], 1, office))
    return days


def _ahead(office: int, now: datetime.datetime, days: list[float], is_cut: bool) -> list[float]:
    """The minutes of each day, today's reduced to the hours that remain; none of them while an outage lasts."""
    here = timezone.localtime(now)
    open_today = calendar.minutes_open(here.date(), office)
    left = calendar.minutes_open(here.date(), office, here.time()) / open_today if open_today and not is_cut else 0.0
    return [round(days[0] * left, 1), *[round(minutes, 1) for minutes in days[1:]]]
