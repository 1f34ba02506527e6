"""The acts on a request: the only writer of its state. Everybody calls them from here.

Those of the end (signature, completion, handing over) are written in `completion`; `moving` is what all are made of.
"""

import datetime
import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import accreditations, journal, routing
from arrondissements.codes import new_code
from arrondissements.models import Office, RelayAgent, User
from requests_app import admission, corrections, indexing, opinions, permissions
from requests_app.catalogue.asking import asked, refusal
from requests_app.catalogue.evidence import asked_pieces, missing_pieces
from requests_app.catalogue.fees import quote
from requests_app.catalogue.forms import InvalidAnswers, clean_answers
from requests_app.catalogue.models import RejectionMotive
from requests_app.catalogue.reasons import recorded_reason
from requests_app.completion import (
    Handed,
    close_duplicate,
    complete,
    deliver,
    download,
    issue,
    make_ready,
    return_to_clerk,
)
from requests_app.evidence import erasing
from requests_app.evidence.standing import Arrived, arrived_files, given_pieces, unchecked_pieces
from requests_app.messaging import notices
from requests_app.models import (
    REFERENCE_SYMBOLS,
    Channel,
    Correction,
    InformationRequest,
    Message,
    ServiceRequest,
    Transfer,
)
from requests_app.moving import (
    AlreadyOpen,
    Incomplete,
    NotEligible,
    NotOpen,
    Refused,
    TooLate,
    authorise,
    keep_note,
    log,
    move,
    remember,
)
from requests_app.offices import office_named
from requests_app.opinions import ask_opinion
from requests_app.promises import capacity, clocks
from requests_app.states import OPEN_STATES, TRANSITIONS, Actor, State

__all__ = [
    "AlreadyOpen", "Handed", "Incomplete", "NotEligible", "NotOpen", "Refused", "TooLate",
    "accept", "answer", "ask_information", "ask_opinion", "close", "close_duplicate", "complete", "deliver", "download",
    "issue", "make_ready", "possible_acts", "reject", "return_to_clerk", "submit", "take", "transfer", "withdraw",
]  # fmt: skip


def submit(
    case: ServiceRequest, *, by: User | None = None, received_at: datetime.datetime | None = None
) -> ServiceRequest:
    """File a draft: checked, numbered, promised, routed; a resend returns the request as first filed.

    `received_at` is when an emergency slip was filled in (`walk_ins.slips`): the promise runs from it.
    Raises `Incomplete`, `NotEligible`, `AlreadyOpen`, `NotOpen`.
    """
    if case.state != State.DRAFT:
        return case
    agent = _consented(case, by) if case.channel == Channel.RELAY else None
    arrived = arrived_files(case)
    facts = _filing_facts(case, arrived, received_at or timezone.now())
    try:
        return _file(case, facts, by, agent, arrived)
    except IntegrityError:
        same = ServiceRequest.objects.filter(fingerprint=facts["fingerprint"], state__in=OPEN_STATES).first()
        if same:
            raise AlreadyOpen(same) from None
        # One chance in 10^12 per pair: two references met; another is drawn.
        return _file(case, facts | {"reference": new_code(REFERENCE_SYMBOLS)}, by, agent, arrived)


@transaction.atomic
def _file(
    case: ServiceRequest, facts: dict[str, Any], by: User | None, agent: RelayAgent | None, arrived: Arrived
) -> ServiceRequest:
    drafts = ServiceRequest.objects.filter(pk=case.pk, state=State.DRAFT, consented_at=case.consented_at)
    if not drafts.update(state=State.SUBMITTED, **facts):
        return _filed_by_somebody_else(case)
    if not case.is_trial and (stop := admission.why_not_file(case, facts["office"])):
        raise NotOpen(stop)
    remember(case, state=State.SUBMITTED, **facts)
    erasing.forget_unasked(case, arrived)
    indexing.index(case)
    notices.tell(case, "received", key=f"received:{case.pk}", agent=agent)
    log(case, "submit", by=by, details={"service": case.version.service.slug, "version": case.version.number})
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
    authorise("take", case, by)
    move(case, "take", instructed_by=by, assigned_to=by, assigned_at=timezone.now())
    opinions.ask_foreseen(case, by=by)
    log(case, "take", by=by)


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
    authorise("ask_information", case, by)
    reasons = {key: words.strip() for key, words in (reasons or {}).items() if words.strip()}
    explained = {key.partition(corrections.ONE_FILE)[0] for key in reasons}
    if not (fields or pieces) or not (message.strip() or explained >= {*fields, *pieces}):
        raise Refused(_("Dites ce qu’il faut reprendre, et pourquoi."))
    move(case, "ask_information", days_left=clocks.days_left(case), returned=False, instructed_by=by)
    clocks.begin_pause(case)
    asked = InformationRequest.objects.create(
        case=case, fields=fields, pieces=pieces, reasons=reasons, message=message.strip(), asked_by=by
    )
    notices.tell(case, "information_asked", key=f"asked:{asked.pk}", asked=asked)
    log(case, "ask_information", by=by, details={"fields": fields, "pieces": pieces})
    return asked


@transaction.atomic
def answer(case: ServiceRequest, *, answers: dict[str, Any], message: str = "") -> None:
    """Receive what was asked for, both values kept; the clock starts again where it stopped. Raises `TooLate`."""
    asked = case.information_requests.filter(answered_at=None).first()
    if asked is None:
        raise TooLate(case)
    after, both_values = corrections.corrected(case, asked, answers)
    move(case, "answer", answers=after, returned=True, due_on=clocks.due_again(case), days_left=None)
    asked.answered_at = timezone.now()
    asked.save(update_fields=["answered_at"])
    Correction.objects.bulk_create(both_values)
    indexing.index_again(case)
    if message.strip():
        Message.objects.create(case=case, from_applicant=True, body=message.strip()[:2000])
    notices.tell(case, "answered", key=f"answered:{asked.pk}")
    log(case, "answer", by=None, details={"fields": sorted(answers)})


@transaction.atomic
def accept(case: ServiceRequest, *, by: User, note: str = "") -> None:
    """Accept a request under review; it now waits for the signature, or for the office to prepare it."""
    authorise("accept", case, by)
    _refuse_unchecked_pieces(case)
    opinions.refuse_while_awaited(case)
    move(case, "accept", instructed_by=by, returned=False)
    keep_note(case, by, note)
    log(case, "accept", by=by)


@transaction.atomic
def reject(case: ServiceRequest, *, by: User, motive: RejectionMotive, message: str = "") -> None:
    """Reject with a coded motive; the citizen reads why and what can be done."""
    authorise("reject", case, by)
    service = case.version.service_id
    if not RejectionMotive.objects.on(timezone.localdate(), service).filter(pk=motive.pk).exists():
        raise Refused(_("Ce motif ne s’emploie pas aujourd’hui pour cette démarche. Choisissez-en un autre."))
    move(case, "reject", motive=motive, refusal=motive.words, returned=False, instructed_by=by)
    if message.strip():
        Message.objects.create(case=case, author=by, body=message.strip()[:2000])
    notices.tell(case, "rejected", key=f"rejected:{case.pk}", motive=motive)
    log(case, "reject", by=by, reason=motive.code)


@transaction.atomic
def transfer(case: ServiceRequest, *, by: User, to: Office, reason: str) -> None:
    """Hand the request to the office that is really competent; the promise does not move."""
    authorise("transfer", case, by)
    if to.pk == case.office_id:
        raise Refused(_("La demande est déjà dans ce bureau."))
    if not reason.strip():
        raise Refused(_("Dites pourquoi ce bureau est compétent."))
    origin = case.office
    why = f"transfer: {reason.strip()}"[:200]
    on_no_desk = {"helping_office": None, "instructed_by": None, "assigned_to": None, "assigned_at": None}
    move(case, "transfer", office=to, routing_reason=why, **on_no_desk)
    case.helps.filter(ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    indexing.follow(case, to)
    if origin is not None:
        Transfer.objects.create(case=case, origin=origin, target=to, by=by, reason=reason.strip()[:200])
    case.case_labels.filter(label__office=origin).delete()  # the words of an office mean nothing in another
    keep_note(case, by, reason)
    notices.tell(case, "transferred", key=f"transferred:{case.pk}:{case.updated_at.isoformat()}")
    journal.record("case.transfer", obj=case.obj, by=by, office=origin, details={"to": to.code})


@transaction.atomic
def withdraw(case: ServiceRequest) -> None:
    """The citizen takes the request back."""
    move(case, "withdraw")
    notices.tell(case, "withdrawn", key=f"withdrawn:{case.pk}")
    log(case, "withdraw", by=None)


@transaction.atomic
def close(case: ServiceRequest, *, by: User, reason: str) -> None:
    """Close a request whose applicant did not answer."""
    authorise("close", case, by)
    if not reason.strip():
        raise Refused(_("Dites pourquoi la demande est classée."))
    move(case, "close")
    case.information_requests.filter(answered_at=None).update(answered_at=timezone.now())
    Message.objects.create(case=case, author=by, body=reason.strip()[:2000])
    notices.tell(case, "closed", key=f"closed:{case.pk}")
    log(case, "close", by=by)


def possible_acts(case: ServiceRequest, user: User) -> list[str]:
    """The acts `user` may perform now on `case`, in the order of the table."""
    allowed = [t.act for t in TRANSITIONS.values() if case.state in t.sources]
    power = permissions.signing_power(user, case) if case.document_id is None else None
    return [
        act
        for act in allowed
        if (TRANSITIONS[act].who == Actor.STAFF and _fits(act, case, user) and permissions.can_perform(user, act, case))
        or (TRANSITIONS[act].who == Actor.SIGNATORY and power is not None)
    ]


def _fits(act: str, case: ServiceRequest, user: User) -> bool:
    circuit = case.version.circuit
    if act == "close_duplicate":
        return False  # offered where two requests are compared
    if act == "complete":
        return not case.version.document_template and not (circuit.four_eyes and case.instructed_by_id == user.pk)
    return act != "deliver" or circuit.at_counter


def _refuse_unchecked_pieces(case: ServiceRequest) -> None:
    waiting = unchecked_pieces(case)
    if waiting:
        raise Refused(
            _("Ces pièces ne sont pas encore vérifiées : %(pieces)s. Attendez, ou demandez-les à nouveau.")
            % {"pieces": ", ".join(piece["label"] for piece in waiting)}
        )


def _filing_facts(case: ServiceRequest, arrived: Arrived, filed_at: datetime.datetime) -> dict[str, Any]:
    """What filing adds to a draft, judged on the day of `filed_at`. Raises `Incomplete`, `NotEligible`."""
    version, today = case.version, timezone.localdate(filed_at)
    try:
        answers = clean_answers(version, case.answers)
    except InvalidAnswers as error:
        raise Incomplete(answers=error) from error
    stopped = refusal(version, answers, today=today)
    if stopped:
        raise NotEligible(stopped)
    relevant = asked(version, answers, today=today)
    pieces = asked_pieces(version, answers, relevant=relevant, mandate=case.needs_mandate)
    missing = missing_pieces(pieces, given_pieces(case, arrived)) if pieces else []
    if missing or not case.has_contact:
        raise Incomplete(pieces=missing)
    offices = office_named()
    competence = routing.competent_office(version.routing, answers, offices.keys(), holds=relevant.holds)
    cost = quote(version, answers, today, relevant=relevant)
    office = offices[competence.office]
    facts = {
        "answers": answers,
        "reference": new_code(REFERENCE_SYMBOLS),
        # A trial never meets a real request.
        "fingerprint": "" if case.is_trial else _fingerprint(case, answers),
        "office": office,
        "routing_reason": recorded_reason(competence.reason),
        "updated_at": timezone.now(),
        **clocks.promise(filed_at, version.processing_days, office.pk),
        "estimated_on": capacity.expected_on(office.pk, version.service_id, filed_at),
    }
    return facts | {"fee": cost.frozen()} if cost else facts


def _fingerprint(case: ServiceRequest, answers: dict[str, Any]) -> str:
    facts = [case.version.service_id, case.phone or case.helper_phone, case.applicant_name.casefold(), answers]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
