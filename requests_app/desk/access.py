"""The ways in of the desk, beside `access`: offices, documents and the outbox, or 404."""

import uuid
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from arrondissements import delegations, postings
from arrondissements.models import Absence, Office, Outage, OutboxMessage, Posting, Role, User
from civil_status.documents.models import IssuedDocument
from requests_app import access, labelling, permissions, saved_views
from requests_app.models import Batch, Channel, Help, Label, Opinion, SavedView, ServiceRequest
from requests_app.promises import helping
from requests_app.states import TRANSITIONS, Actor
from requests_app.teamwork import absences

Row = TypeVar("Row", bound=Model)
MAY_REVOKE = (Role.SUPERVISOR, Role.REGISTRAR, Role.EXECUTIVE_SECRETARY)
# A list of names leaves with the file: the counter, which decides nothing, does not take it away.
MAY_EXPORT = permissions.INSTRUCTING


def office(user: User, code: str) -> Office:
    """An office where `user` serves today, or 404."""
    return _one(postings.offices_of(user), code=code)


def served(offices: Iterable[Office], code: str) -> Office:
    """The office named `code` among those somebody serves today, already asked for, or 404."""
    for office in offices:
        if office.code == code:
            return office
    raise Http404


def exportable(user: User, code: str) -> Office:
    """An office whose queue `user` may take away as a file, or 404."""
    found = office(user, code)
    if not postings.serves(user, found, *MAY_EXPORT):
        raise Http404
    return found


def instructed(user: User, code: str) -> Office:
    """An office where `user` instructs today, or 404."""
    found = office(user, code)
    if not postings.serves(user, found, *permissions.INSTRUCTING):
        raise Http404
    return found


def office_headed(user: User, code: str) -> Office:
    """An office that `user` heads today, or 404."""
    found = office(user, code)
    if not postings.serves(user, found, Role.SUPERVISOR):
        raise Http404
    return found


def batch(user: User, pk: uuid.UUID) -> Batch:
    """A batch that `user` ordered, or 404."""
    return _one(Batch.objects.select_related("office"), pk=pk, by=user)


def absence(office: Office, pk: int) -> Absence:
    """An absence, not over, of somebody who serves in `office`, or 404."""
    return _one(absences.of_office(office, timezone.localdate()), pk=pk)


def for_act(user: User, reference: str, act: str) -> ServiceRequest:
    """A case on which `user` may try `act`, or 404; the act itself says what its state forbids."""
    if TRANSITIONS[act].who == Actor.SIGNATORY:
        return signable(user, reference)
    return access.workable(user, reference, act)


def counter_draft(user: User, token: uuid.UUID) -> ServiceRequest | None:
    """The draft (or the request) that `user` began at the counter under this key; None when nobody did; else 404."""
    case = ServiceRequest.objects.select_related("version__service", "office").filter(token=token).first()
    if case is not None and not _filed_at_counter_by(user, case):
        raise Http404
    return case


def filed_at_counter(user: User, reference: str) -> ServiceRequest:
    """A request that `user` filed at the counter, whatever office it went to, for its slip; or 404."""
    case = access.filed_with(reference)
    if not _filed_at_counter_by(user, case):
        raise Http404
    return case


def _filed_at_counter_by(user: User, case: ServiceRequest) -> bool:
    return case.channel == Channel.COUNTER and case.filed_by_id == user.pk


def signable(user: User, reference: str) -> ServiceRequest:
    """A case whose document `user` has the power to sign, or 404.

    Whatever its state: whoever signs second must read that somebody was first. Whoever merely serves in
    the office gets in too, and is told by the act that no delegation covers him today.
    """
    case = access.filed_with(reference)
    role = case.version.signatory_role
    if case.office is None or not role:
        raise Http404
    power = delegations.signing_power(user, role, case.office, timezone.localdate())
    if power is None and not postings.serves(user, case.office):
        raise Http404
    return case


def documents(user: User) -> QuerySet[IssuedDocument]:
    """The documents issued by the offices where `user` serves today; an auditor reads those of every office."""
    issued = IssuedDocument.objects.select_related("office")
    if postings.serves_anywhere(user, Role.AUDITOR):
        return issued
    return issued.filter(office__in=postings.offices_of(user))


def document(user: User, pk: int) -> IssuedDocument:
    """A document of an office where `user` serves today, or of any for an auditor; or 404."""
    return _one(documents(user), pk=pk)


def revocable(user: User, pk: int) -> IssuedDocument:
    """A document that `user` may declare void: he answers for the office that issued it. Or 404."""
    found = document(user, pk)
    if not postings.serves(user, found.office, *MAY_REVOKE):
        raise Http404
    return found


def opinions_to_give(user: User) -> QuerySet[Opinion]:
    """What is asked of the offices where `user` instructs today, the most urgent first."""
    return permissions.awaited_opinions(user).select_related("case__version", "office").order_by("due_on", "pk")


def opinion_to_give(user: User, pk: int) -> Opinion:
    """An opinion `user` may give, or 404."""
    return _one(opinions_to_give(user), pk=pk)


def expert_opinion(user: User, pk: int) -> Opinion:
    """An opinion asked of an expert about a case that `user` instructs, or 404."""
    asked = Opinion.objects.filter(office=None).select_related("case__version__service", "case__office")
    found = _one(asked, pk=pk)
    if not permissions.can_perform(user, "ask_opinion", found.case):
        raise Http404
    return found


def opinion_to_drop(user: User, pk: int) -> Opinion:
    """An opinion that does not come, for the head of the office that decides, or 404."""
    found = _one(
        Opinion.objects.filter(answered_at=None).select_related("case__version", "case__office", "office"), pk=pk
    )
    if found.case.office is None or not postings.serves(user, found.case.office, Role.SUPERVISOR):
        raise Http404
    return found


def own_view(user: User, pk: int) -> SavedView:
    """A view that `user` kept, or 404."""
    return _one(saved_views.of(user), pk=pk)


def label_of(case: ServiceRequest, pk: str) -> Label:
    """A label offered in the office of a case, by what a form sent, or 404."""
    if not pk.isdecimal():
        raise Http404
    return _one(labelling.offered(case.office), pk=int(pk))


def label_on(case: ServiceRequest, pk: int) -> Label:
    """A label that a case bears, or 404."""
    return _one(Label.objects.filter(case_labels__case=case), pk=pk)


def headed_office(user: User, code: str) -> Office:
    """An office that `user` heads today, or 404."""
    return served(headed(user), code)


def headed_label(user: User, pk: int) -> Label:
    """A label of an office that `user` heads today, or 404; those of all offices are the town hall's."""
    return _one(Label.objects.filter(office__in=headed(user)), pk=pk)


def outbox(user: User) -> QuerySet[OutboxMessage]:
    """What has not left yet, for whoever is head of an office today, or 404."""
    heads = Posting.objects.on(timezone.localdate()).filter(user=user, role=Role.SUPERVISOR)
    if not heads.exists():
        raise Http404
    return OutboxMessage.objects.exclude(state="SENT")


def headed(user: User) -> list[Office]:
    """The offices `user` is head of today, or 404. 1 query."""
    heads = Posting.objects.on(timezone.localdate()).filter(user=user, role=Role.SUPERVISOR)
    offices = list(Office.objects.filter(pk__in=heads.values("office")).order_by("kind", "arrondissement", "name_fr"))
    if not offices:
        raise Http404
    return offices


def outages(user: User) -> QuerySet[Outage]:
    """The outages of the offices `user` is head of today, the last first."""
    heads = Posting.objects.on(timezone.localdate()).filter(user=user, role=Role.SUPERVISOR)
    return Outage.objects.filter(office__in=heads.values("office")).select_related("office", "noted_by")


def outage(user: User, pk: int) -> Outage:
    """An outage of an office `user` is head of, or 404."""
    return _one(outages(user), pk=pk)


def to_offer(user: User, reference: str) -> ServiceRequest:
    """A case of an office `user` is head of, or 404."""
    case = access.filed_with(reference)
    if case.office is None or not postings.serves(user, case.office, Role.SUPERVISOR):
        raise Http404
    return case


def offered_help(user: User, pk: int) -> Help:
    """Help that an office where `user` instructs is asked for, or 404."""
    return _one(helping.offers_to(user), pk=pk)


def open_help(user: User, pk: int) -> Help:
    """Help that `user` may end, for the office that gives it or for the one that receives it, or 404."""
    for rows in (helping.offers_to(user), helping.helped_by(user), helping.given_by(user)):
        if found := rows.filter(pk=pk).first():
            return found
    raise Http404


def _one(rows: QuerySet[Row], **wanted: Any) -> Row:
    return get_object_or_404(rows, **wanted)
