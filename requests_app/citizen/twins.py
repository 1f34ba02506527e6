"""What the review page says of a likely duplicate, according to what this browser proved."""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import HttpRequest

from arrondissements.codes import show_code
from requests_app import access, duplicates, phone_session, relaying
from requests_app.models import Channel, ServiceRequest


@dataclass(frozen=True)
class Twins:
    """`references` of the requests alike; without any when the reader may only know that there are some.

    `may_ask`: nothing was looked for, because the phone is not proved here; everybody is offered to.
    """

    found: bool = False
    references: list[str] = field(default_factory=list)
    may_ask: bool = False


def twins_of(request: HttpRequest, case: ServiceRequest) -> Twins:
    """The likely duplicates of a draft that this browser may know of. No query for whoever proved nothing."""
    if access.holds(request.session, case):
        return _named(duplicates.of_phone(case, phone_session.verified_phone(request.session)))
    if case.channel == Channel.COUNTER and request.user.is_authenticated:
        return _named(duplicates.of_applicant(case, request.user))
    if case.channel == Channel.RELAY and case.consented_at:
        # The citizen has just proved her phone; the agent is told no number.
        return Twins(found=duplicates.of_phone(case, relaying.consenting_phone(case)).exists())
    return Twins(may_ask=case.channel == Channel.WEB)


def _named(alike: QuerySet[ServiceRequest]) -> Twins:
    references = alike.values_list("reference", flat=True)[: duplicates.MOST_SHOWN]
    shown = [show_code(reference) for reference in references if reference]
    return Twins(found=bool(shown), references=shown)
