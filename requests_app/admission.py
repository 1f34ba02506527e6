"""Whether a request may be begun or filed today: the rules of `catalogue.opening` with what was filed counted."""

import datetime
import time
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.utils import timezone

from arrondissements.calendar import ONE_DAY
from arrondissements.models import Office
from requests_app.catalogue import opening
from requests_app.catalogue.models import Restriction, Service
from requests_app.catalogue.opening import Notice
from requests_app.models import ServiceRequest

# Seconds until a process sees the first restriction ever put on a service; those that exist are always read afresh.
KEPT = 10


def why_not_begin(service: Service) -> str:
    """The message of what stops beginning this service today; "" when nothing does. 1 query, 1 more for each cap."""
    today = timezone.localdate()
    return opening.why_not_begin(service, _in_force(service.pk, today), today, _counter(today))


def notices(service: Service) -> list[Notice]:
    """What to read before beginning, today. 1 query, 1 more for each cap."""
    today = timezone.localdate()
    return opening.notices(service, _in_force(service.pk, today), today, _counter(today))


def why_not_file(case: ServiceRequest, office: Office) -> str:
    """The message of what stops filing this case in `office` now; "" when nothing does.

    Called in the transaction of the filing: the restrictions stay locked until it ends, so that the last place of a
    cap is taken once. No query for a service without restriction, which is what most are.
    """
    if case.version.service_id not in _restricted(time.monotonic() // KEPT):
        return ""
    today = timezone.localdate()
    locked = list(_rows(case.version.service_id, today).select_for_update(of=("self",)))
    return opening.why_not_file(locked, office.pk, today, _counter(today, but=case.pk)) if locked else ""


@lru_cache(maxsize=1)
def _restricted(_period: float) -> frozenset[int]:
    """The services that have a restriction at all, read once for all the filings of a few seconds."""
    return frozenset(Restriction.objects.order_by().values_list("service", flat=True).distinct())


forget = _restricted.cache_clear


def _in_force(service_id: int, day: datetime.date) -> list[Restriction]:
    return list(_rows(service_id, day).select_related("office"))


def _rows(service_id: int, day: datetime.date) -> QuerySet[Restriction]:
    lasting = Q(ends=None) | Q(ends__gte=day)
    return Restriction.objects.filter(lasting, service=service_id, starts__lte=day).order_by("pk")


def _counter(day: datetime.date, *, but: int = 0) -> opening.Taken:
    def taken(rule: Restriction) -> int:
        first, last = opening.counted_days(rule, day)
        filed = ServiceRequest.objects.filter(version__service=rule.service_id, is_trial=False).exclude(pk=but)
        filed = filed.filter(submitted_at__gte=_begins(first), submitted_at__lt=_begins(last + ONE_DAY))
        return (filed.filter(office=rule.office_id) if rule.office_id else filed).count()

    return taken


def _begins(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=timezone.get_current_timezone())
