"""The acts on a draft: begin, save a step, attach and remove files; `workflow.submit` files it.

Every write is made under the row lock of a case that is still open to it, so that a step posted after
the filing changes nothing. The web and the counter call these functions and nothing else.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import journal
from arrondissements.models import User
from arrondissements.spelling import fold
from civil_status.documents.rendering import write_whole
from requests_app import admission, corrections
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.evidence import MANDATE, asked_pieces, format_fault, is_asked, missing_pieces, most_files
from requests_app.catalogue.forms import Answers, InvalidAnswers, clean_answers, field_labels
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.plain_text import one_line
from requests_app.evidence import erasing, scanning, standing
from requests_app.evidence.checks import CleanFile, RefusedFile, Upload, check_upload
from requests_app.models import (
    Channel,
    ContactTo,
    Evidence,
    FileState,
    InformationRequest,
    Message,
    OnBehalf,
    Opinion,
    SeenPiece,
    ServiceRequest,
    evidence_path,
)
from requests_app.states import State
from requests_app.workflow import NotOpen, Refused


@dataclass(frozen=True)
class Gap:
    """Something a draft lacks: `stage` is "step", "contact" or "evidence", `number` the step from 1."""

    stage: str
    label: str
    sentence: str
    number: int = 0


def start(
    service: Service,
    *,
    language: str,
    channel: str = Channel.WEB,
    by: User | None = None,
    phone: str = "",
    version: ServiceVersion | None = None,
    token: uuid.UUID | None = None,
) -> ServiceRequest:
    """Begin a draft of the version in force. `by` is who files for somebody; `phone` (+229…) finds it again.

    `version` is an earlier published one, for a form filled in on paper; `token` makes a resend one draft.
    Raises `Refused` when the service is not filed here, or not now.
    """
    version = version or service.current
    if version is None or not version.is_filed_online:
        raise Refused(_("Cette démarche ne se dépose pas sur ce site."))
    if stop := admission.why_not_begin(service):
        raise NotOpen(stop)
    with transaction.atomic():
        case = ServiceRequest.objects.create(
            token=token or uuid.uuid4(),
            version=version,
            language=language,
            channel=channel,
            phone=phone,
            filed_by=by,
        )
        if by is not None:
            journal.record("case.start", obj=case.obj, by=by, details={"channel": channel})
    return case


def save_step(case: ServiceRequest, index: int, answers: Answers) -> None:
    """Keep the answers of the step `index` (0 is the first) of a draft. Raises `Refused` once it is filed.

    Those given by files are not among them: `attach` and `detach` keep them.
    """
    fields = case.version.steps[index]["fields"]
    asked = {field["key"] for field in fields if field["type"] not in FILE_TYPES | SILENT_TYPES}
    with transaction.atomic():
        kept = _locked(case)
        _write(case, kept, answers=kept.answers | {key: answers[key] for key in asked & answers.keys()})


def save_answers(case: ServiceRequest, answers: Answers) -> None:
    """Keep the answers of the whole form of a draft at once, in place of those it had. Raises `Refused`."""
    with transaction.atomic():
        _write(case, _locked(case), answers=answers)


def show_at_the_counter(case: ServiceRequest, pieces: Iterable[str], *, by: User) -> None:
    """Keep that `by` saw these papers of a draft filed at the counter, and no others. Raises `Refused`."""
    wanted = set(pieces)
    with transaction.atomic():
        kept = _locked(case)
        if kept.channel != Channel.COUNTER:
            raise Refused(_("Une pièce se montre seulement au guichet."))
        kept.seen_pieces.exclude(piece__in=wanted).delete()
        SeenPiece.objects.bulk_create(
            [SeenPiece(case=kept, piece=piece, by=by) for piece in sorted(wanted)], ignore_conflicts=True
        )


def save_contact(
    case: ServiceRequest,
    *,
    name: str,
    phone: str,
    email: str = "",
    on_behalf: str = OnBehalf.SELF,
    helper_name: str = "",
    helper_phone: str = "",
    contact_to: str = ContactTo.APPLICANT,
) -> None:
    """Keep who asks, who helps, and whom to tell (phones as +229…). Raises `Refused` once the draft is filed."""
    contact = {
        "applicant_name": name,
        "applicant_key": fold(name)[:120],
        "phone": phone,
        "email": email,
        "on_behalf": on_behalf,
        "helper_name": helper_name,
        "helper_phone": helper_phone,
        "contact_to": contact_to,
    }
    with transaction.atomic():
        _write(case, _locked(case), **contact)


def attach(case: ServiceRequest, piece: str, upload: Upload) -> Evidence:
    """Check a file and attach it; a piece of one file has it replaced, the same file twice is once.

    Allowed on a draft, and on a case that waits for this very piece: what was filed before then stays.
    Raises `RefusedFile` (its `sentence` goes beside the piece) and `Refused` when the case is closed to it.
    """
    clean = check_upload(upload)
    with transaction.atomic():
        kept = _locked(case, piece)
        already = removable(kept).get(piece, [])
        same = next((file for file in already if file.sha256 == clean.sha256), None)
        if same and same.state == FileState.INFECTED:
            raise RefusedFile(dangerous_sentence())
        if same:
            return same
        _make_room(kept, piece, already, clean.media_type)
        evidence = keep_file(case, piece, clean, upload.name or "")
        if kept.state == State.DRAFT:
            _write(case, kept, **standing.answer_by_files(kept, piece))
        elif kept.state != State.NEEDS_INFORMATION:  # another file instead of a dangerous one
            standing.write_answer(kept, piece)
    return evidence


def reuse(case: ServiceRequest, source: Evidence) -> Evidence:
    """Copy a file the same person gave with another request, by her consent; `access.earlier_files` says which.

    The copy lives its own life: erasing either leaves the other. Raises `Refused`, `RefusedFile`.
    """
    with transaction.atomic():
        kept = _locked(case, source.piece)
        already = removable(kept).get(source.piece, [])
        same = next((file for file in already if file.sha256 == source.sha256), None)
        if same:
            return same
        source = Evidence.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if source.state != FileState.AVAILABLE:
            raise RefusedFile(_("Ce fichier n’est plus gardé. Envoyez-le à nouveau."))
        _make_room(kept, source.piece, already, source.media_type)
        copy = _copied(case, source)
        if kept.state == State.DRAFT:
            _write(case, kept)
        details = {"piece": copy.piece, "from": source.pk, "to": copy.pk}
        journal.record("evidence.reused", obj=case.obj, by=None, details=details)
    return copy


def keep_file(
    case: ServiceRequest,
    piece: str,
    clean: CleanFile,
    name: str,
    *,
    message: Message | None = None,
    opinion: Opinion | None = None,
) -> Evidence:
    """Keep a checked file of a case, of a `message` or of an `opinion` about it.

    Inside a transaction that locked the case, or the opinion.
    """
    evidence = Evidence(case=case, piece=piece, message=message, opinion=opinion, media_type=clean.media_type)
    evidence.size = len(clean.bytes)
    evidence.pages, evidence.sha256 = clean.pages, clean.sha256
    stem = shown_name(name).rsplit(".", 1)[0].strip()
    evidence.original_name = f"{stem or _('fichier')}.{clean.extension}"
    path = evidence_path(evidence, f"x.{clean.extension}")
    write_whole(evidence.file.storage, path, clean.bytes)
    evidence.file.name = path
    evidence.state = scanning.first_state()
    evidence.save()
    scanning.ask_for(evidence)
    return evidence


def check_open(case: ServiceRequest, piece: str) -> None:
    """Whether a file may be attached to `piece` now. Raises `Refused` and `RefusedFile`, as `attach` would."""
    with transaction.atomic():
        kept = _locked(case, piece)
        _check_room(kept, piece, removable(kept).get(piece, []))


def detach(evidence: Evidence) -> None:
    """Remove a file the applicant attached and did not file yet. Raises `Refused`."""
    with transaction.atomic():
        kept = _locked(evidence.case, evidence.piece)
        if evidence not in removable(kept).get(evidence.piece, []):
            raise Refused(_("Cette pièce est déjà déposée : elle ne peut plus être retirée."))
        erasing.discard(evidence)
        if kept.state == State.DRAFT:
            _write(evidence.case, kept, **standing.answer_by_files(kept, evidence.piece))


def removable(case: ServiceRequest) -> dict[str, list[Evidence]]:
    """The files the applicant may still replace or remove, by piece, oldest first. 1 query for a draft."""
    files = case.evidence.order_by("id")
    asked = open_question(case)
    if asked:
        files = files.filter(uploaded_at__gt=asked.asked_at, piece__in=corrections.open_pieces(case, asked))
    elif case.state != State.DRAFT:
        return {}
    pieces: dict[str, list[Evidence]] = {}
    for evidence in files:
        pieces.setdefault(evidence.piece, []).append(evidence)
    return pieces


def given_now(case: ServiceRequest) -> set[str]:
    """The pieces that have a file the applicant may still replace, dangerous ones left out."""
    return {piece for piece, files in removable(case).items() if any(file.state in standing.GIVEN for file in files)}


def open_question(case: ServiceRequest) -> InformationRequest | None:
    """What the office asked and waits for, or None."""
    if case.state != State.NEEDS_INFORMATION:
        return None
    return case.information_requests.filter(answered_at=None).first()


def missing_sentence() -> str:
    """What is said beside a piece that lacks its file."""
    return _("Joignez cette pièce.")


def full_sentence(most: int) -> str:
    """What is said of one more file for a piece that has `most` (two or more) already."""
    return _("Vous avez déjà joint %(most)d fichiers pour cette pièce. Retirez-en un d’abord.") % {"most": most}


def dangerous_sentence() -> str:
    """What is said of a file in which the antivirus found something."""
    return _("Ce fichier est dangereux : il a été effacé. Photographiez le papier et envoyez la photo.")


def shown_name(name: str) -> str:
    """The name of a file as people read it: no folder, no invisible sign, 140 signs at most."""
    return one_line(name.replace("\\", "/").rsplit("/", 1)[-1])[:140]


def gaps(case: ServiceRequest) -> list[Gap]:
    """All that must be completed before a draft can be filed, in the order of the pages."""
    found = _answer_gaps(case)
    if not case.has_contact:
        sentence = _("Donnez votre nom et un numéro de téléphone.")
        found.append(Gap("contact", _("Vos coordonnées"), sentence))
    pieces = asked_pieces(case.version, case.answers, mandate=case.needs_mandate)
    if pieces:
        given = standing.given_pieces(case)
        found += [Gap("evidence", piece["label"], missing_sentence()) for piece in missing_pieces(pieces, given)]
    return found


def _answer_gaps(case: ServiceRequest) -> list[Gap]:
    try:
        clean_answers(case.version, case.answers)
    except InvalidAnswers as error:
        labels = field_labels(case.version)
        return [
            Gap("step", labels[field["key"]], sentence, number)
            for number, step in enumerate(case.version.steps, 1)
            for field in step["fields"]
            for sentence in error.errors.get(field["key"], [])
        ]
    return []


def _locked(case: ServiceRequest, piece: str = "") -> ServiceRequest:
    """The case as it is now, locked, if it is a draft or waits for `piece`. Raises `Refused`."""
    kept = ServiceRequest.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    if kept is None:
        raise Refused(_("Ce brouillon a été effacé."))
    # The heaviest part of a case, frozen, and read already: a version never changes under its case.
    kept.version = case.version
    if kept.state == State.DRAFT:
        return kept
    if piece and piece in standing.pieces_to_replace(kept):
        return kept
    asked = open_question(kept) if piece else None
    if asked is None or piece not in corrections.open_pieces(kept, asked):
        raise Refused(_("Cette demande est déjà déposée : elle ne peut plus être modifiée ici."))
    return kept


def _write(case: ServiceRequest, kept: ServiceRequest, **changes: Any) -> None:
    if kept.consented_at:  # the citizen agreed to what was written before
        changes["consented_at"] = None
    for name, value in (changes | {"updated_at": timezone.now()}).items():
        setattr(kept, name, value)
        setattr(case, name, value)
    kept.save(update_fields=[*changes, "updated_at"])


def _make_room(case: ServiceRequest, piece: str, already: list[Evidence], media_type: str) -> None:
    refused = format_fault(case.version, piece, media_type)
    if refused:
        raise RefusedFile(refused)
    if _check_room(case, piece, already) == 1:
        for evidence in already:
            erasing.discard(evidence)


def _check_room(case: ServiceRequest, piece: str, already: list[Evidence]) -> int:
    """How many files the piece takes. Raises `RefusedFile` when it takes none, or no more."""
    most = most_files(case.version, piece)
    # What an office asks for is asked, whatever the answers say.
    draft = case.state == State.DRAFT
    if piece == MANDATE and not case.needs_mandate and not any(own["key"] == MANDATE for own in case.version.evidence):
        raise RefusedFile(_("Cette pièce n’est pas demandée."))
    if most == 0 or (draft and not is_asked(case.version, piece, case.answers, today=timezone.localdate())):
        raise RefusedFile(_("Cette pièce n’est pas demandée."))
    if 1 < most <= sum(file.state != FileState.INFECTED for file in already):
        raise RefusedFile(full_sentence(most))
    return most


def _copied(case: ServiceRequest, source: Evidence) -> Evidence:
    copy = Evidence(case=case, piece=source.piece, media_type=source.media_type, size=source.size)
    copy.pages, copy.sha256, copy.original_name = source.pages, source.sha256, source.original_name
    copy.state, copy.checked_at, copy.reused_from = source.state, source.checked_at, source
    path = evidence_path(copy, source.file.name or "")
    with source.file.open("rb") as file:
        write_whole(copy.file.storage, path, file.read())
    copy.file.name = path
    copy.save()
    return copy
