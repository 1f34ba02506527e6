"""What a corrected answer changes beside itself: the fee, and the office that the rules of the service name.

The fee follows at once, and is said. The request never changes office by itself: the transfer is offered to the clerk.
"""

from typing import Any

from django.utils import timezone

from arrondissements import routing
from arrondissements.models import Office
from requests_app import corrections
from requests_app.catalogue.fees import Quote, quote
from requests_app.models import ServiceRequest
from requests_app.offices import office_named

Answers = dict[str, Any]
# How `workflow.transfer` begins the reason why a case lies where it does: somebody decided, against or after the rules.
BY_HAND = "transfer:"


def fee_after(case: ServiceRequest, answers: Answers) -> Quote | None:
    """The fee of the day of filing with these answers, when they change it; None when it stays what it was."""
    day = timezone.localdate(case.submitted_at) if case.submitted_at else timezone.localdate()
    before, after = quote(case.version, case.answers, day), quote(case.version, answers, day)
    return after if after != before else None


def office_of_the_rules(case: ServiceRequest, answers: Answers | None = None) -> Office | None:
    """The office that the rules name for these answers (by default, those of the case). No query once it is kept."""
    said = corrections.asked_of(case, answers)
    offices = office_named()
    return offices.get(
        routing.competent_office(case.version.routing, said.answers, offices.keys(), holds=said.holds).office
    )


def office_after(case: ServiceRequest, answers: Answers) -> Office | None:
    """The other office that the rules name because of these answers; None when they name none, or the same as before.

    A request that somebody sent where it is against the rules stays there, as long as the answers lead to one place.
    """
    after = office_of_the_rules(case, answers)
    if after is None or after == case.office or after == office_of_the_rules(case):
        return None
    return after


def office_to_offer(case: ServiceRequest) -> Office | None:
    """The office that the rules name since an answer was corrected; None when nobody corrected or somebody decided.

    Reads `case.corrections`, gathered beforehand.
    """
    if case.routing_reason.startswith(BY_HAND) or not case.corrections.all():
        return None
    named = office_of_the_rules(case)
    return named if named != case.office else None
