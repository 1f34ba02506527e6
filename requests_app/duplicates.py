"""The requests that look like one about to be filed: same person, same service, still open.

That somebody has a request is nobody else's business. A citizen is told of those of a phone she proved to hold;
the staff, who may read them, of those of the same name or phone in their offices; a stranger, of nothing.
"""

from django.db.models import Q, QuerySet

from arrondissements import postings
from arrondissements.models import User
from requests_app import access
from requests_app.models import OnBehalf, ServiceRequest
from requests_app.states import OPEN_STATES

MOST_SHOWN = 3


def of_phone(case: ServiceRequest, phone: str) -> QuerySet[ServiceRequest]:
    """The open requests of this phone (+229…) for the same service; for another, only if it is the same person."""
    alike = _open(case).filter(access.held_by(phone))
    return alike if case.on_behalf == OnBehalf.SELF else alike.filter(applicant_key=case.applicant_key)


def of_applicant(case: ServiceRequest, user: User) -> QuerySet[ServiceRequest]:
    """Those of the same name or phone, in the offices where `user` serves today."""
    same = Q(pk__in=[])
    if case.applicant_key:
        same |= Q(applicant_key=case.applicant_key)
    if case.phone:
        same |= Q(phone=case.phone)
    return _open(case).filter(same, office__in=postings.offices_of(user))


def _open(case: ServiceRequest) -> QuerySet[ServiceRequest]:
    same = ServiceRequest.objects.filter(version__service=case.version.service_id, state__in=OPEN_STATES)
    same = same.filter(is_trial=case.is_trial)
    return same.exclude(pk=case.pk).order_by("-submitted_at", "-pk")
