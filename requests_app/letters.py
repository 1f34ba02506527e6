"""Letters between a citizen and the office about a filed request: no act here moves the case.

The journal keeps that somebody wrote; the words and the files are the `Message` and its attachments.
"""

import datetime
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from arrondissements import journal
from arrondissements.models import User
from requests_app import filing, permissions
from requests_app.bad_line import ahead
from requests_app.bad_line.ahead import Ahead
from requests_app.evidence import arriving
from requests_app.evidence.checks import CleanFile, RefusedFile, Upload, check_upload
from requests_app.messaging import notices
from requests_app.models import Evidence, Message, PartialUpload, ServiceRequest
from requests_app.states import FINAL_STATES
from requests_app.workflow import Refused

# The key under which the files of letters are kept, beside those of the pieces.
PIECE = "message"
# The name under which files come ahead, over a bad line, for the citizen's next letter. No piece begins with "_".
AHEAD = "_letter"
MOST_FILES = 3
# A citizen who writes more than that in a day is invited to the office.
MOST_A_DAY = 10
# The same words again so soon are the same letter, sent again because the answer was lost.
SENT_AGAIN = datetime.timedelta(minutes=10)


def is_open(case: ServiceRequest) -> bool:
    """Whether one may still write about this case; afterwards its letters are read only."""
    return case.state not in FINAL_STATES


def receive(case: ServiceRequest, *, body: str, files: Sequence[Upload] = ()) -> Message:
    """Keep what the citizen writes, with `files` and those that came ahead; sent again without files, it is one.

    The queue of the office shows it until somebody answers or has read it. Raises `Refused` (the case is closed,
    or too many letters today) and `RefusedFile`.
    """
    came = files_ahead(case)
    clean = _checked_ahead(came, files)
    with transaction.atomic():
        kept = _open_case(case)
        again = kept.messages.filter(from_applicant=True, body=body, at__gt=timezone.now() - SENT_AGAIN).last()
        if again and not files and not files_ahead(kept):
            return again
        today = Message.objects.filter(
            case=kept, from_applicant=True, at__gt=timezone.now() - datetime.timedelta(days=1)
        )
        if today.count() >= MOST_A_DAY:
            raise Refused(
                ngettext(
                    "Vous avez déjà écrit %(most)d message depuis hier. Appelez le bureau, ou passez le voir.",
                    "Vous avez déjà écrit %(most)d messages depuis hier. Appelez le bureau, ou passez le voir.",
                    MOST_A_DAY,
                )
                % {"most": MOST_A_DAY}
            )
        letter = Message.objects.create(case=kept, from_applicant=True, body=body)
        details = {"files": _join(kept, letter, clean, came)}
        ServiceRequest.objects.filter(pk=kept.pk).update(unread=True)
        journal.record("case.letter", obj=kept.obj, by=None, office=kept.office, details=details)
    return letter


def files_ahead(case: ServiceRequest, by: User | None = None) -> list[PartialUpload]:
    """The files that came for the citizen's next letter, or for that of `by`, oldest first; they wait a day."""
    return arriving.arrived(case, ahead_key(by))


def ahead_key(by: User | None = None) -> str:
    """The name under which the files of the next letter come: each clerk has his own. No piece begins with "_"."""
    return AHEAD if by is None else f"_reply-{by.pk}"


def coming_ahead(case: ServiceRequest, by: User | None = None) -> Ahead:
    """The files that may come for the citizen's next letter, or for that of `by`."""
    key = ahead_key(by)

    def check_room(_key: str) -> None:
        if not case.reference or not is_open(case):
            raise Refused(_finished_sentence())
        if len(files_ahead(case, by)) >= MOST_FILES:
            raise RefusedFile(_most_files_sentence())

    label = gettext_lazy("reçue : elle part avec le message")
    return Ahead(takes=key.__eq__, check_room=check_room, judge=lambda _key, _file: None, label=label)


def forget_ahead(case: ServiceRequest, pk: str, by: User | None = None) -> None:
    """Forget a file that came ahead; one that is not there is forgotten already."""
    ahead.forget(files_ahead(case, by), pk)


def write(case: ServiceRequest, *, by: User, body: str, files: Sequence[Upload] = ()) -> Message:
    """Write to the citizen, with `files` and those that `by` sent ahead; what the citizen wrote counts as read.

    The citizen is told, without the words. Raises `PermissionDenied`, `Refused` and `RefusedFile`.
    """
    came = files_ahead(case, by)
    clean = _checked_ahead(came, files)
    with transaction.atomic():
        kept = _open_case(case, by=by)
        letter = Message.objects.create(case=kept, author=by, body=body)
        details = {"files": _join(kept, letter, clean, came)}
        ServiceRequest.objects.filter(pk=kept.pk).update(unread=False)
        notices.tell(kept, "letter", key=f"letter:{letter.pk}")
        journal.record("case.write", obj=kept.obj, by=by, office=kept.office, details=details)
    return letter


def have_read(case: ServiceRequest, *, by: User) -> None:
    """Take the mark off the queue without an answer; twice is once. Raises `PermissionDenied`."""
    with transaction.atomic():
        kept = _locked(case, by=by)
        if ServiceRequest.objects.filter(pk=kept.pk, unread=True).update(unread=False):
            journal.record("case.letter_read", obj=kept.obj, by=by, office=kept.office)


def checked(files: Sequence[Upload]) -> list[tuple[CleanFile, str]]:
    """Each file that goes with words, rebuilt, with its name. Raises `RefusedFile`, which names the file."""
    if len(files) > MOST_FILES:
        raise RefusedFile(_most_files_sentence())
    clean = []
    for file in files:
        name = filing.shown_name(file.name or "")
        try:
            checked = check_upload(file)
        except RefusedFile as refusal:
            raise RefusedFile(f"{name} : {refusal}") from refusal
        clean.append((checked, name))
    return clean


def _checked_ahead(came: Sequence[PartialUpload], files: Sequence[Upload]) -> list[tuple[CleanFile, str]]:
    """Those that came ahead, then `files`. Raises `Refused` while one of them is being written."""
    with ahead.opened(came) as opened:
        return checked([*opened, *files])


def _open_case(case: ServiceRequest, by: User | None = None) -> ServiceRequest:
    """The case as it is now, locked. Raises `Refused` once it is over, and what `_locked` raises."""
    kept = _locked(case, by=by)
    if not is_open(kept):
        raise Refused(_finished_sentence())
    return kept


def _locked(case: ServiceRequest, by: User | None) -> ServiceRequest:
    """The case as it is now, locked. Raises `PermissionDenied` when it is no longer the business of `by`."""
    kept = ServiceRequest.objects.select_for_update(of=("self",)).select_related("office", "version").get(pk=case.pk)
    if by is not None and not permissions.can_perform(by, "write", kept):
        raise PermissionDenied
    return kept


def _join(
    case: ServiceRequest,
    letter: Message,
    files: Sequence[tuple[CleanFile, str]],
    came: Sequence[PartialUpload],
) -> int:
    """Keep the files with the letter and say how many; the same twice is once. The first are those that `came`."""
    kept: dict[str, Evidence] = {}
    for clean, name in files:
        if clean.sha256 not in kept:
            kept[clean.sha256] = filing.keep_file(case, PIECE, clean, name, message=letter)
    for upload, (clean, _name) in zip(came, files, strict=False):
        arriving.finished(upload, kept[clean.sha256])
    return len(kept)


def _finished_sentence() -> str:
    return _("Cette demande est finie : ses messages se lisent encore, mais on n’y écrit plus.")


def _most_files_sentence() -> str:
    most = ngettext("Joignez %(most)d fichier au plus.", "Joignez %(most)d fichiers au plus.", MOST_FILES)
    return most % {"most": MOST_FILES}
