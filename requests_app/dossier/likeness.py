"""Requests that may be the same one filed twice: same service, filed within 90 days, same phone or same names heard.

A member of staff says which they are; nothing is closed by itself.
"""

import datetime
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import postings
from arrondissements.models import Office, Role, User
from arrondissements.spelling import sounds
from requests_app.models import DuplicateVerdict, SearchKey, ServiceRequest
from requests_app.moving import Refused, authorise, log
from requests_app.states import State

DAYS = 90
MOST_SHOWN = 5
MOST_NAMES = 6
GONE = (State.DRAFT, State.WITHDRAWN)


@dataclass(frozen=True)
class Alike:
    """The likely twins of a case for one person: those she may open, and the offices of the others."""

    readable: list[ServiceRequest]
    elsewhere: list[Office]


def alike_for(case: ServiceRequest, user: User) -> Alike:
    """What `user` may know of the requests like `case`; `verdict` is what was said of each, or None. 1 query."""
    found = list(alike(case)[:MOST_SHOWN])
    everywhere = postings.serves_anywhere(user, Role.AUDITOR)
    mine = [one for one in found if everywhere or (one.office and postings.serves(user, one.office))]
    others = {one.office_id: one.office for one in found if one not in mine and one.office}
    return Alike(mine, list(others.values()))


def alike(case: ServiceRequest) -> QuerySet[ServiceRequest]:
    """The filed requests that look like `case`, newest first, with their office and `verdict` (True: the same)."""
    around = datetime.timedelta(days=DAYS)
    filed = case.submitted_at or timezone.now()
    period = (filed - around, filed + around)
    said = DuplicateVerdict.objects.filter(_pair(case.pk, OuterRef("pk")))
    same = _of_the_names(case, period)
    if case.phone:
        # One list of ids and not two conditions: with an OR, every case of the service would be read.
        same = same.union(ServiceRequest.objects.filter(phone=case.phone).order_by().values("pk"))
    found = ServiceRequest.objects.filter(
        pk__in=same, version__service=case.version.service_id, submitted_at__range=period, is_trial=case.is_trial
    )
    found = found.exclude(pk=case.pk).exclude(state__in=GONE)
    return (
        found.select_related("office", "version")
        .annotate(verdict=Subquery(said.values("same")[:1]))
        .order_by("-submitted_at", "-pk")
    )


def judge(case: ServiceRequest, other: ServiceRequest, *, by: User, same: bool) -> DuplicateVerdict:
    """Say whether two requests are the same one; said again, the last word counts. Raises `PermissionDenied`."""
    if not (permitted(by, case) and permitted(by, other)):
        raise PermissionDenied
    if case.pk == other.pk:
        raise Refused(_("C’est la même demande : choisissez-en une autre."))
    first, second = sorted([case.pk, other.pk])
    with transaction.atomic():
        facts = {"same": same, "by": by, "at": timezone.now()}
        verdict, _created = DuplicateVerdict.objects.update_or_create(first_id=first, second_id=second, defaults=facts)
        for one, twin in ((case, other), (other, case)):
            log(one, "duplicate_same" if same else "duplicate_different", by=by, details={"other": twin.pk})
    return verdict


def permitted(user: User, case: ServiceRequest) -> bool:
    """Whether `user` may say of `case` that it is, or is not, another one."""
    try:
        authorise("judge_duplicate", case, user)
    except PermissionDenied:
        return False
    return True


def verdict_on(case: ServiceRequest, other: ServiceRequest) -> DuplicateVerdict | None:
    """What was said of these two. 1 query."""
    return DuplicateVerdict.objects.filter(_pair(case.pk, other.pk)).select_related("by").first()


def _pair(one: int, other: "int | OuterRef") -> Q:
    return Q(first=one, second=other) | Q(first=other, second=one)


def _of_the_names(case: ServiceRequest, period: tuple[datetime.datetime, datetime.datetime]) -> QuerySet:
    """The cases that bear all the names of the applicant, as heard: from the longest, which is the rarest."""
    names = sorted(sounds(case.applicant_name), key=len, reverse=True)[:MOST_NAMES]
    keys = SearchKey.objects.filter(office__in=Office.objects.values("pk"), submitted_at__range=period)
    keys = keys.filter(key=names[0]) if names else keys.none()
    for name in names[1:]:
        keys = keys.filter(Exists(SearchKey.objects.filter(case=OuterRef("case"), key=name)))
    return keys.order_by().values("case")
