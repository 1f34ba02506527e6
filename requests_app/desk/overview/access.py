"""The ways in of these pages, or 404: heads of office see theirs, the executive secretary and the auditor the city."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from arrondissements.models import Office, Role
from requests_app.desk.desk import Desk
from requests_app.models import Anomaly

OF_THE_CITY = (Role.EXECUTIVE_SECRETARY, Role.AUDITOR)
OF_THE_OFFICE = (Role.SUPERVISOR,)


def sees_city(desk: Desk) -> bool:
    """Whether the person sees the figures of every office."""
    return any(posting.role in OF_THE_CITY for posting in desk.postings)


def headed(desk: Desk) -> list[Office]:
    """The offices whose figures the person sees as their head."""
    return [posting.office for posting in desk.postings if posting.role in OF_THE_OFFICE]


def office(desk: Desk, code: str) -> Office:
    """An office whose figures the person may see today, or 404."""
    for own in headed(desk):
        if own.code == code:
            return own
    if not sees_city(desk):
        raise Http404
    return get_object_or_404(Office, code=code)


def offices(desk: Desk) -> list[Office]:
    """Every office, the boroughs first, for whoever sees the city; or 404. 1 query."""
    if not sees_city(desk):
        raise Http404
    return list(Office.objects.order_by("kind", "arrondissement", "name_fr"))


def may_open(desk: Desk, office: Office) -> bool:
    """Whether the figures of `office` may lead to its queue: he serves there, or audits."""
    return office in desk.offices or desk.audits


def audited_offices(desk: Desk) -> list[Office]:
    """Every office, for an auditor; or 404. 1 query."""
    if not desk.audits:
        raise Http404
    return list(Office.objects.order_by("kind", "arrondissement", "name_fr"))


def anomaly(desk: Desk, pk: int) -> Anomaly:
    """An anomaly, for an auditor; or 404."""
    if not desk.audits:
        raise Http404
    return get_object_or_404(Anomaly.objects.select_related("office", "person", "judged_by"), pk=pk)
