"""The only way to a case: each function returns it or raises 404 ("not yours" and "not there" answer the same)."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from arrondissements.codes import MalformedCode, clean_code
from arrondissements.models import User
from arrondissements.spelling import fold
from requests_app import permissions, phone_session, trials
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.published import version_with_service
from requests_app.models import (
    REFERENCE_SYMBOLS,
    ContactTo,
    Evidence,
    FileState,
    InformationRequest,
    Opinion,
    ServiceRequest,
)
from requests_app.states import State

TRACKED = "tracked_cases"


def draft(token: Any) -> ServiceRequest:
    """The draft opened by its secret address, or 404; a filed request is no longer editable.

    Its version comes from `catalogue.published`. 1 query.
    """
    case = _one(ServiceRequest.objects.all(), token=token, state=State.DRAFT)
    case.version = version_with_service(case.version_id)
    return case


def filed(token: Any) -> ServiceRequest:
    """The filed request, for the receipt of whoever holds its secret address, or 404."""
    return _one(_cases().exclude(state=State.DRAFT), token=token)


def started(token: Any) -> ServiceRequest:
    """The draft or filed request of this secret address (a resend arrives after the first was filed), or 404.

    Its version comes from `catalogue.published`. 1 query.
    """
    case = _one(ServiceRequest.objects.all(), token=token)
    case.version = version_with_service(case.version_id)
    return case


def tracked(session: SessionBase, reference: str) -> ServiceRequest:
    """The case this browser proved to own with a one-time code, of the case or of its phone, or 404."""
    case = filed_with(reference)
    if case.pk not in session.get(TRACKED, []) and not holds(session, case):
        raise Http404
    return case


def holds(session: SessionBase, case: ServiceRequest) -> bool:
    """Whether this browser proved to hold a phone that opens `case`."""
    return phone_session.verified_phone(session) in case.told_phones


def filed_with(reference: str) -> ServiceRequest:
    """The case of a public reference, or 404. It authorises nothing: show its status word at most."""
    people = _cases().select_related("assigned_to", "instructed_by")
    return _one(people.exclude(state=State.DRAFT), reference=_clean(reference))


def claimed(reference: str, phone: str) -> ServiceRequest | None:
    """The case whose reference and phone (+229…) were both given, or None: it may be sent a one-time code."""
    return _cases().exclude(state=State.DRAFT).filter(held_by(phone), reference=reference, is_trial=False).first()


def of_phone(session: SessionBase) -> QuerySet[ServiceRequest]:
    """The drafts and requests of the phone this browser proved to hold; none when it proved none."""
    phone = phone_session.verified_phone(session)
    return _cases().filter(held_by(phone), is_trial=False) if phone else _cases().none()


def own_draft(session: SessionBase, token: Any) -> ServiceRequest:
    """A draft of the phone this browser proved to hold, or 404."""
    return _one(of_phone(session), token=token, state=State.DRAFT)


def earlier_files(session: SessionBase, case: ServiceRequest) -> list[Evidence]:
    """The checked files this very person already gave with other requests, newest first, for the pieces that say so.

    Empty until this browser has proven the phone of the draft with a one-time code; a family that shares one phone
    is told apart by the names. A trial takes nobody's papers and lends none. 1 query.
    """
    pieces = [piece["key"] for piece in case.version.evidence if piece["reuse"]]
    if case.is_trial or not pieces or not case.phone or phone_session.verified_phone(session) != case.phone:
        return []
    files = Evidence.objects.filter(piece__in=pieces, state=FileState.AVAILABLE, message=None, case__phone=case.phone)
    files = (
        files.exclude(case=case.pk)
        .exclude(case__state=State.DRAFT)
        .filter(case__is_trial=False)
        .select_related("case__version")
    )
    person = fold(case.applicant_name)
    return [file for file in files.order_by("-uploaded_at")[:50] if fold(file.case.applicant_name) == person]


def knows(phone: str) -> bool:
    """Whether some draft or request is opened by this phone. Never shown: a code leaves, or it does not."""
    return ServiceRequest.objects.filter(held_by(phone), is_trial=False).exists()


def held_by(phone: str) -> Q:
    """Which cases a phone (+229…) opens: the applicant's or the helper's, as the case chose."""
    applicant = Q(phone=phone, contact_to__in=[ContactTo.APPLICANT, ContactTo.BOTH])
    helper = Q(helper_phone=phone, contact_to__in=[ContactTo.HELPER, ContactTo.BOTH])
    return applicant | helper


def triable(user: User, pk: int) -> ServiceVersion:
    """A version without number that `user` may try, or 404."""
    if not trials.may_try(user):
        raise Http404
    return get_object_or_404(ServiceVersion.objects.select_related("service"), pk=pk, number=None)


def readable(user: User, reference: str) -> ServiceRequest:
    """A case that `user` may open at the desk, with who holds it and its motive, or 404."""
    people = ("motive", "instructed_by", "assigned_to", "signed_by", "helping_office")
    case = _one(_cases().select_related(*people).exclude(state=State.DRAFT), reference=_clean(reference))
    if not permissions.can_read(user, case):
        raise Http404
    return case


def workable(user: User, reference: str, act: str) -> ServiceRequest:
    """A case on which `user` may perform `act`, or 404."""
    case = filed_with(reference)
    if not permissions.can_perform(user, act, case):
        raise Http404
    return case


def question(token: Any) -> InformationRequest:
    """What an office asked, by the secret address it sent to the citizen, with its case; or 404.

    It opens what is asked and nothing else of the case, and still says so once it is answered. 1 query.
    """
    found = InformationRequest.objects.select_related("case__version__service", "case__office")
    try:
        return found.get(token=token)
    except InformationRequest.DoesNotExist:
        raise Http404 from None


def waiting_question(token: Any) -> InformationRequest:
    """The same while the office waits for the answer, or 404."""
    found = question(token)
    if found.answered_at or found.case.state != State.NEEDS_INFORMATION:
        raise Http404
    return found


def expert_opinion(token: Any) -> Opinion:
    """The opinion asked of an expert, by the secret address he received, with its case; or 404. 1 query.

    It shows what was shared with him and nothing else; answered or late, it still says so.
    """
    found = Opinion.objects.select_related("case__version__service", "case__office")
    try:
        return found.get(token=token)
    except Opinion.DoesNotExist:
        raise Http404 from None


def evidence(case: ServiceRequest, pk: int) -> Evidence:
    """A checked file the applicant may open, of a case the caller already has, or 404; none from quarantine.

    What an expert joined to a confidential opinion, or to one that no decision followed yet, is not hers.
    """
    hers = Q(opinion=None)
    if opinions_are_shown(case):
        hers |= Q(opinion__confidential=False, opinion__office=None)
    return _checked_file(case.evidence.filter(hers), pk)


def evidence_of_the_office(case: ServiceRequest, pk: int) -> Evidence:
    """The same for a member of staff who reads the case: what experts joined to their opinions too; or 404."""
    return _checked_file(case.evidence.all(), pk)


def opinions_are_shown(case: ServiceRequest) -> bool:
    """Whether the opinions that are not confidential may be shown: with the decision, not before."""
    return case.state not in (State.SUBMITTED, *permissions.UNDECIDED)


def _checked_file(files: QuerySet[Evidence], pk: int) -> Evidence:
    try:
        return files.get(pk=pk, state=FileState.AVAILABLE)
    except Evidence.DoesNotExist:
        raise Http404 from None


def grant(session: SessionBase, case: ServiceRequest) -> None:
    """Remember that this browser gave the one-time code of `case`; its session key changes."""
    session.cycle_key()
    session[TRACKED] = [*session.get(TRACKED, [])[-4:], case.pk]


def _cases() -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.select_related("version__service", "office", "document")


def _one(cases: QuerySet[ServiceRequest], **wanted: Any) -> ServiceRequest:
    try:
        return cases.get(**wanted)
    except ServiceRequest.DoesNotExist:
        raise Http404 from None


def _clean(reference: str) -> str:
    try:
        return clean_code(reference, REFERENCE_SYMBOLS)
    except MalformedCode:
        raise Http404 from None
