"""The acts on a request: the only writer of its state.

Each act is one transaction: authorise → move from the state that was seen (the second click loses, with
a clear message) → rows beside → outbox → journal, last because it holds the chain until commit.
"""

import datetime
import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import accreditations, calendar, journal, outbox, routing
from arrondissements.codes import new_code
from arrondissements.models import Office, RelayAgent, User
from civil_status.documents import issuance
from civil_status.documents.models import IssuedDocument
from civil_status.documents.models import Status as DocumentStatus
from requests_app import admission, corrections, issuing, permissions
from requests_app.catalogue.asking import Refusal, asked, refusal
from requests_app.catalogue.evidence import asked_pieces, missing_pieces
from requests_app.catalogue.fees import quote
from requests_app.catalogue.forms import InvalidAnswers, clean_answers
from requests_app.catalogue.models import RejectionMotive
from requests_app.catalogue.reasons import recorded_reason
from requests_app.evidence import erasing
from requests_app.evidence.standing import given_pieces, unchecked_pieces
from requests_app.messaging import notices
from requests_app.models import (
    REFERENCE_SYMBOLS,
    Channel,
    Correction,
    InformationRequest,
    Message,
    ServiceRequest,
)
from requests_app.offices import office_named
from requests_app.states import FINAL_STATES, OPEN_STATES, TRANSITIONS, Actor, State


class Refused(Exception):
    """The act cannot be done; the message is a sentence for the person who tried."""


class TooLate(Refused):
    """Somebody else moved the case first."""

    def __init__(self, case: ServiceRequest) -> None:
        now = ServiceRequest.objects.select_related("instructed_by").get(pk=case.pk)
        who = f" ({now.instructed_by.get_full_name()})" if now.instructed_by else ""
        super().__init__(
            _("Cette demande a changé entre-temps : elle est maintenant « %(state)s »%(who)s. Rien n’a été modifié.")
            % {"state": now.get_state_display(), "who": who}
        )


class Incomplete(Refused):
    """A draft that cannot be filed yet: answers by field, pieces missing, contact missing."""

    def __init__(self, *, answers: InvalidAnswers | None = None, pieces: list[dict[str, Any]] | None = None) -> None:
        super().__init__(_("Votre demande n’est pas encore complète."))
        self.answers, self.pieces = answers, pieces or []


class NotEligible(Refused):
    """A rule of the service stops this person; `refusal` says why and where to go instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.message} {refusal.where}")
        self.refusal = refusal


class AlreadyOpen(Refused):
    """The same person already has the same request open."""

    def __init__(self, case: ServiceRequest) -> None:
        super().__init__(
            _("Vous avez déjà une demande identique en cours, sous le numéro %(reference)s.")
            % {"reference": case.shown_reference}
        )
        self.case = case


class NotOpen(Refused):
    """The service, or the office, takes no request today; the draft is kept."""


def submit(case: ServiceRequest, *, by: User | None = None) -> ServiceRequest:
    """File a draft: checked, numbered, promised, routed; a resend returns the request as first filed.

    Raises `Incomplete`, `NotEligible`, `AlreadyOpen`, `NotOpen`.
    """
    if case.state != State.DRAFT:
        return case
    agent = _consented(case, by) if case.channel == Channel.RELAY else None
    facts = _filing_facts(case)
    try:
        return _file(case, facts, by, agent)
    except IntegrityError:
        same = ServiceRequest.objects.filter(fingerprint=facts["fingerprint"], state__in=OPEN_STATES).first()
        if same:
            raise AlreadyOpen(same) from None
        # One chance in 10^12 per pair: two references met; another is drawn.
        return _file(case, facts | {"reference": new_code(REFERENCE_SYMBOLS)}, by, agent)


@transaction.atomic
def _file(
    case: ServiceRequest, facts: dict[str, Any], by: User | None, agent: RelayAgent | None = None
) -> ServiceRequest:
    drafts = ServiceRequest.objects.filter(pk=case.pk, state=State.DRAFT, consented_at=case.consented_at)
    if not drafts.update(state=State.SUBMITTED, **facts):
        return _filed_by_somebody_else(case)
    if stop := admission.why_not_file(case, facts["office"]):
        raise NotOpen(stop)
    _remember(case, state=State.SUBMITTED, **facts)
    erasing.forget_unasked(case)
    notices.tell(case, "received", key=f"received:{case.pk}", agent=agent)
    _log(case, "submit", by=by, details={"service": case.version.service.slug, "version": case.version.number})
    return case


def _filed_by_somebody_else(case: ServiceRequest) -> ServiceRequest:
    """The request as it was first filed. Raises `Refused` when the draft was erased, or lost its accord by a change."""
    kept = ServiceRequest.objects.filter(pk=case.pk).first()
    if kept is None:
        raise Refused(_("Ce brouillon a été effacé."))
    if kept.state == State.DRAFT:
        raise Refused(_("Cette demande a changé entre-temps. Relisez-la, puis envoyez-la."))
    case.refresh_from_db()
    return case


def _consented(case: ServiceRequest, by: User | None) -> RelayAgent:
    """The agent who files what he began, accredited today, with the citizen's accord. Raises `Refused`."""
    agent = accreditations.of(by)
    if agent is None or agent.user_id != case.filed_by_id:
        raise Refused(_("Seul l’agent relais qui a commencé cette demande peut l’envoyer, tant qu’il est agréé."))
    if case.consented_at is None:
        raise Refused(_("Le citoyen n’a pas encore donné son accord. Demandez-lui le code reçu par SMS."))
    return agent


@transaction.atomic
def take(case: ServiceRequest, *, by: User) -> None:
    """Take a filed request in hand."""
    _authorise("take", case, by)
    _move(case, "take", instructed_by=by)
    _log(case, "take", by=by)


@transaction.atomic
def ask_information(
    case: ServiceRequest,
    *,
    by: User,
    fields: list[str],
    pieces: list[str],
    message: str = "",
    reasons: dict[str, str] | None = None,
) -> InformationRequest:
    """Ask the citizen to correct named fields or pieces; the clock of the promise stops.

    `reasons` says why, by field or piece (see `corrections.ONE_FILE` for one file of several); what has no
    reason of its own is explained by `message`. Raises `Refused`.
    """
    _authorise("ask_information", case, by)
    reasons = {key: words.strip() for key, words in (reasons or {}).items() if words.strip()}
    explained = {key.partition(corrections.ONE_FILE)[0] for key in reasons}
    if not (fields or pieces) or not (message.strip() or explained >= {*fields, *pieces}):
        raise Refused(_("Dites ce qu’il faut reprendre, et pourquoi."))
    _move(case, "ask_information", days_left=_days_left(case.due_on), returned=False, instructed_by=by)
    asked = InformationRequest.objects.create(
        case=case, fields=fields, pieces=pieces, reasons=reasons, message=message.strip(), asked_by=by
    )
    notices.tell(case, "information_asked", key=f"asked:{asked.pk}", asked=asked)
    _log(case, "ask_information", by=by, details={"fields": fields, "pieces": pieces})
    return asked


@transaction.atomic
def answer(case: ServiceRequest, *, answers: dict[str, Any], message: str = "") -> None:
    """Receive what was asked for, both values kept; the clock starts again where it stopped. Raises `TooLate`."""
    asked = case.information_requests.filter(answered_at=None).first()
    if asked is None:
        raise TooLate(case)
    after, both_values = corrections.corrected(case, asked, answers)
    due_on = calendar.add_working_days(timezone.localdate(), max(case.days_left or 0, 1))
    _move(case, "answer", answers=after, returned=True, due_on=due_on, days_left=None)
    asked.answered_at = timezone.now()
    asked.save(update_fields=["answered_at"])
    Correction.objects.bulk_create(both_values)
    if message.strip():
        Message.objects.create(case=case, from_applicant=True, body=message.strip()[:2000])
    notices.tell(case, "answered", key=f"answered:{asked.pk}")
    _log(case, "answer", by=None, details={"fields": sorted(answers)})


@transaction.atomic
def accept(case: ServiceRequest, *, by: User, note: str = "") -> None:
    """Accept a request under review; it now waits for the signature, or for the office to prepare it."""
    _authorise("accept", case, by)
    _refuse_unchecked_pieces(case)
    _move(case, "accept", instructed_by=by, returned=False)
    _note(case, by, note)
    _log(case, "accept", by=by)


@transaction.atomic
def reject(case: ServiceRequest, *, by: User, motive: RejectionMotive, message: str = "") -> None:
    """Reject with a coded motive; the citizen reads why and what can be done."""
    _authorise("reject", case, by)
    _move(case, "reject", motive=motive, returned=False, instructed_by=by)
    if message.strip():
        Message.objects.create(case=case, author=by, body=message.strip()[:2000])
    notices.tell(case, "rejected", key=f"rejected:{case.pk}", motive=motive)
    _log(case, "reject", by=by, reason=motive.code)


@transaction.atomic
def transfer(case: ServiceRequest, *, by: User, to: Office, reason: str) -> None:
    """Hand the request to the office that is really competent; the promise does not move."""
    _authorise("transfer", case, by)
    if to.pk == case.office_id:
        raise Refused(_("La demande est déjà dans ce bureau."))
    if not reason.strip():
        raise Refused(_("Dites pourquoi ce bureau est compétent."))
    origin = case.office
    _move(case, "transfer", office=to, instructed_by=None, routing_reason=f"transfer: {reason.strip()}"[:200])
    _note(case, by, reason)
    notices.tell(case, "transferred", key=f"transferred:{case.pk}:{case.updated_at.isoformat()}")
    journal.record("case.transfer", obj=case.obj, by=by, office=origin, details={"to": to.code})


@transaction.atomic
def issue(case: ServiceRequest, *, by: User) -> IssuedDocument:
    """Sign: number, freeze and seal the document; the file is made after the commit.

    Refused outside the signatory's power today and for whoever instructed the case.
    Raises `Refused`, `content.UnprintableContent`, `keys.NoCurrentKey`.
    """
    if case.document_id:
        raise TooLate(case)
    if case.instructed_by_id == by.pk:
        raise Refused(_("Vous avez instruit cette demande : une autre personne doit signer le document."))
    power = permissions.signing_power(by, case)
    if power is None or case.office is None:
        raise Refused(_("Aucune délégation ne vous permet de signer ce document aujourd’hui."))
    today = timezone.localdate()
    draft, valid_until = issuing.draft_of(case, power, by, today), issuing.valid_until(case, today)
    _move(case, "issue", signed_by=by, only_if={"document": None})
    document = issuance.issue(
        draft, kind=case.version.service.slug, office=case.office, signatory=by, on=today, valid_until=valid_until
    )
    ServiceRequest.objects.filter(pk=case.pk).update(document=document)
    case.document = document
    outbox.put("issue", {"case": case.pk}, key=f"issue:{case.pk}:{document.pk}")
    _log(case, "issue", by=by, details={"document": document.pk})
    return document


@transaction.atomic
def return_to_clerk(case: ServiceRequest, *, by: User, reason: str) -> None:
    """Send an accepted request back to be instructed again instead of signing it."""
    if permissions.signing_power(by, case) is None:
        raise Refused(_("Aucune délégation ne vous permet de signer ce document aujourd’hui."))
    if not reason.strip():
        raise Refused(_("Dites ce qui doit être repris."))
    _move(case, "return_to_clerk", only_if={"document": None}, returned=True)
    _note(case, by, reason)
    _log(case, "return_to_clerk", by=by)


@transaction.atomic
def make_ready(case: ServiceRequest) -> None:
    """The file exists: tell the citizen. Called by the relay; twice is once."""
    if case.state != State.ACCEPTED:
        return
    _move(case, "make_ready")
    notices.tell(case, "ready", key=f"ready:{case.pk}")
    _log(case, "make_ready", by=None)


@transaction.atomic
def complete(case: ServiceRequest, *, by: User, message: str = "") -> None:
    """For what the town hall prepares without issuing a paper here: the file is ready, the citizen is told."""
    _authorise("complete", case, by)
    if case.version.signatory_role and case.version.document_template:
        raise Refused(_("Ce document doit être signé : il sera prêt après la signature."))
    _move(case, "complete")
    if message.strip():
        Message.objects.create(case=case, author=by, body=message.strip()[:2000])
    notices.tell(case, "prepared", key=f"ready:{case.pk}")
    _log(case, "complete", by=by)


@transaction.atomic
def deliver(case: ServiceRequest, *, by: User) -> None:
    """Hand the document over at the counter, if it still stands."""
    _authorise("deliver", case, by)
    if case.document and case.document.status != DocumentStatus.VALID:
        raise Refused(_("Ce document ne vaut plus : il ne peut pas être remis."))
    _move(case, "deliver")
    _log(case, "deliver", by=by)


@transaction.atomic
def download(case: ServiceRequest) -> None:
    """The citizen fetched the document; later downloads change nothing."""
    if case.state != State.READY:
        return
    _move(case, "download")
    _log(case, "download", by=None)


@transaction.atomic
def withdraw(case: ServiceRequest) -> None:
    """The citizen takes the request back."""
    _move(case, "withdraw")
    notices.tell(case, "withdrawn", key=f"withdrawn:{case.pk}")
    _log(case, "withdraw", by=None)


@transaction.atomic
def close(case: ServiceRequest, *, by: User, reason: str) -> None:
    """Close a request whose applicant did not answer."""
    _authorise("close", case, by)
    if not reason.strip():
        raise Refused(_("Dites pourquoi la demande est classée."))
    _move(case, "close")
    case.information_requests.filter(answered_at=None).update(answered_at=timezone.now())
    Message.objects.create(case=case, author=by, body=reason.strip()[:2000])
    notices.tell(case, "closed", key=f"closed:{case.pk}")
    _log(case, "close", by=by)


def possible_acts(case: ServiceRequest, user: User) -> list[str]:
    """The acts `user` may perform now on `case`, in the order of the table."""
    allowed = [t.act for t in TRANSITIONS.values() if case.state in t.sources]
    power = permissions.signing_power(user, case) if case.document_id is None else None
    return [
        act
        for act in allowed
        if (TRANSITIONS[act].who == Actor.STAFF and _fits(act, case) and permissions.can_perform(user, act, case))
        or (TRANSITIONS[act].who == Actor.SIGNATORY and power is not None)
    ]


def _fits(act: str, case: ServiceRequest) -> bool:
    return act != "complete" or not case.version.document_template


def _refuse_unchecked_pieces(case: ServiceRequest) -> None:
    waiting = unchecked_pieces(case)
    if waiting:
        raise Refused(
            _("Ces pièces ne sont pas encore vérifiées : %(pieces)s. Attendez, ou demandez-les à nouveau.")
            % {"pieces": ", ".join(piece["label"] for piece in waiting)}
        )


def _authorise(act: str, case: ServiceRequest, by: User) -> None:
    if not permissions.can_perform(by, act, case):
        raise PermissionDenied


def _move(case: ServiceRequest, act: str, *, only_if: dict[str, Any] | None = None, **changes: Any) -> None:
    """Compare-and-set on the state that was seen; raises `TooLate` when it has changed."""
    transition = TRANSITIONS[act]
    if case.state not in transition.sources:
        raise TooLate(case)
    changes |= {"state": transition.target, "updated_at": timezone.now()}
    if transition.target in FINAL_STATES:
        changes["ended_at"] = changes["updated_at"]
    seen = ServiceRequest.objects.filter(pk=case.pk, state=case.state, office=case.office, **(only_if or {}))
    if not seen.update(**changes):
        raise TooLate(case)
    _remember(case, **changes)


def _remember(case: ServiceRequest, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(case, name, value)


def _log(
    case: ServiceRequest, act: str, *, by: User | None, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    journal.record(f"case.{act}", obj=case.obj, by=by, office=case.office, reason=reason, details=details)


def _note(case: ServiceRequest, by: User, body: str) -> None:
    if body.strip():
        Message.objects.create(case=case, author=by, body=body.strip()[:2000], internal=True)


def _filing_facts(case: ServiceRequest) -> dict[str, Any]:
    """What filing adds to a draft, judged today. Raises `Incomplete`, `NotEligible`."""
    version, now = case.version, timezone.now()
    today = timezone.localdate(now)
    try:
        answers = clean_answers(version, case.answers)
    except InvalidAnswers as error:
        raise Incomplete(answers=error) from error
    stopped = refusal(version, answers, today=today)
    if stopped:
        raise NotEligible(stopped)
    relevant = asked(version, answers, today=today)
    pieces = asked_pieces(version, answers, relevant=relevant, mandate=case.needs_mandate)
    missing = missing_pieces(pieces, given_pieces(case)) if pieces else []
    if missing or not case.has_contact:
        raise Incomplete(pieces=missing)
    offices = office_named()
    competence = routing.competent_office(version.routing, answers, offices.keys(), holds=relevant.holds)
    cost = quote(version, answers, today, relevant=relevant)
    days = version.processing_days
    facts = {
        "answers": answers,
        "reference": new_code(REFERENCE_SYMBOLS),
        "fingerprint": _fingerprint(case, answers),
        "office": offices[competence.office],
        "routing_reason": recorded_reason(competence.reason),
        "submitted_at": now,
        "updated_at": now,
        "due_on": calendar.add_working_days(today, days) if days is not None else None,
    }
    return facts | {"fee": cost.frozen()} if cost else facts


def _fingerprint(case: ServiceRequest, answers: dict[str, Any]) -> str:
    facts = [case.version.service_id, case.phone or case.helper_phone, case.applicant_name.casefold(), answers]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _days_left(due_on: datetime.date | None) -> int:
    """Working days from today to `due_on` (0 when it has passed)."""
    if due_on is None:
        return 0
    day, count = timezone.localdate(), 0
    while day < due_on:
        day += calendar.ONE_DAY
        count += calendar.is_working_day(day)
    return count
