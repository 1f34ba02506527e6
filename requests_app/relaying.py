"""What a relay agent does: begin for a citizen, ask her accord by a one-time code, record it.

The code goes to the citizen's phone and says who files and what he may ask for his help. A change made after the
accord needs a new one (`filing` forgets it); `workflow.submit` refuses a filing without it.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from arrondissements import accreditations, journal
from arrondissements.models import RelayAgent, User
from requests_app import filing, tracking
from requests_app.catalogue.models import Service
from requests_app.models import Channel, ServiceRequest
from requests_app.states import State


def begin(service: Service, *, by: User, language: str, phone: str) -> ServiceRequest:
    """Begin a draft for the citizen of this phone (+229…). Raises `PermissionDenied`, `workflow.Refused`."""
    if accreditations.of(by) is None:
        raise PermissionDenied
    return filing.start(service, language=language, channel=Channel.RELAY, by=by, phone=phone)


def consenting_phone(case: ServiceRequest) -> str:
    """Whose accord is needed: the applicant's phone, or that of who asks for an applicant without one."""
    return case.phone or case.helper_phone


def ask_consent(case: ServiceRequest, *, by: User) -> bool:
    """Send the citizen the code of her accord; False when the hour's share is used up. Raises `PermissionDenied`."""
    accreditation = accreditations.of(by)
    if accreditation is None or case.filed_by_id != by.pk:
        raise PermissionDenied
    return tracking.send_phone_code(
        consenting_phone(case),
        language=case.language,
        known=True,
        purpose=_purpose(case),
        event="consent",
        number=accreditation.number,
        ceiling=accreditation.fee_ceiling,
    )


def consent(case: ServiceRequest, code: str, *, by: User) -> bool:
    """Record the accord of the citizen who gave her code; False when it is not the right one."""
    accreditation = accreditations.of(by)
    if accreditation is None or case.filed_by_id != by.pk:
        raise PermissionDenied
    if not tracking.redeem_phone_code(consenting_phone(case), code, purpose=_purpose(case)):
        return False
    with transaction.atomic():
        # What she agreed to is what she was shown: nothing was written in the draft since this page was drawn.
        same = ServiceRequest.objects.filter(pk=case.pk, state=State.DRAFT, filed_by=by, updated_at=case.updated_at)
        if not same.update(consented_at=timezone.now()):
            return False
        journal.record("case.consent", obj=case.obj, by=by, details={"accreditation": accreditation.number})
    return True


def agent_of(case: ServiceRequest) -> RelayAgent | None:
    """The accreditation under which a filed request was typed, or None when no relay agent did. 2 queries, or none."""
    if case.channel != Channel.RELAY or case.submitted_at is None:
        return None
    return accreditations.of(case.filed_by, timezone.localdate(case.submitted_at))


@transaction.atomic
def take_over(case: ServiceRequest) -> None:
    """The citizen who holds the phone goes on alone: the request is hers, filed on the web."""
    begun = ServiceRequest.objects.filter(pk=case.pk, state=State.DRAFT, channel=Channel.RELAY)
    if begun.update(channel=Channel.WEB, filed_by=None, consented_at=None):
        case.channel, case.filed_by, case.consented_at = Channel.WEB, None, None
        journal.record("case.take_over", obj=case.obj, by=None)


def _purpose(case: ServiceRequest) -> str:
    return f"consent:{case.pk}"
