"""Letters between a citizen and the office about a filed request: no act here moves the case.

The journal keeps that somebody wrote; the words and the files are the `Message` and its attachments.
"""

import datetime
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arrondissements import journal
from arrondissements.models import User
from requests_app import filing, permissions
from requests_app.evidence.checks import CleanFile, RefusedFile, Upload, check_upload
from requests_app.messaging import notices
from requests_app.models import Message, ServiceRequest
from requests_app.states import FINAL_STATES
from requests_app.workflow import Refused

# The key under which the files of letters are kept, beside those of the pieces.
PIECE = "message"
MOST_FILES = 3
# A citizen who writes more than that in a day is invited to the office.
MOST_A_DAY = 10


def is_open(case: ServiceRequest) -> bool:
    """Whether one may still write about this case; afterwards its letters are read only."""
    return case.state not in FINAL_STATES


def receive(case: ServiceRequest, *, body: str, files: Sequence[Upload] = ()) -> Message:
    """Keep what the citizen writes; the queue of the office shows it until somebody answers or has read it.

    Raises `Refused` (the case is closed, or too many letters today) and `RefusedFile`.
    """
    clean = _checked(files)
    with transaction.atomic():
        kept = _open_case(case)
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
        _join(kept, letter, clean)
        ServiceRequest.objects.filter(pk=kept.pk).update(unread=True)
        journal.record("case.letter", obj=kept.obj, by=None, office=kept.office, details={"files": len(clean)})
    return letter


def write(case: ServiceRequest, *, by: User, body: str, files: Sequence[Upload] = ()) -> Message:
    """Write to the citizen, who is told without the words; what he wrote counts as read.

    Raises `PermissionDenied`, `Refused` and `RefusedFile`.
    """
    _authorise(case, by)
    clean = _checked(files)
    with transaction.atomic():
        kept = _open_case(case)
        letter = Message.objects.create(case=kept, author=by, body=body)
        _join(kept, letter, clean)
        ServiceRequest.objects.filter(pk=kept.pk).update(unread=False)
        notices.tell(kept, "letter", key=f"letter:{letter.pk}")
        journal.record("case.write", obj=kept.obj, by=by, office=kept.office, details={"files": len(clean)})
    return letter


def have_read(case: ServiceRequest, *, by: User) -> None:
    """Take the mark off the queue without an answer; twice is once."""
    _authorise(case, by)
    with transaction.atomic():
        if ServiceRequest.objects.filter(pk=case.pk, unread=True).update(unread=False):
            journal.record("case.letter_read", obj=case.obj, by=by, office=case.office)


def _authorise(case: ServiceRequest, by: User) -> None:
    if not permissions.can_perform(by, "write", case):
        raise PermissionDenied


def _checked(files: Sequence[Upload]) -> list[tuple[CleanFile, str]]:
    """Each file once, rebuilt. Raises `RefusedFile`, which names the file."""
    if len(files) > MOST_FILES:
        raise RefusedFile(
            ngettext("Joignez %(most)d fichier au plus.", "Joignez %(most)d fichiers au plus.", MOST_FILES)
            % {"most": MOST_FILES}
        )
    clean: dict[str, tuple[CleanFile, str]] = {}
    for file in files:
        name = filing.shown_name(file.name or "")
        try:
            checked = check_upload(file)
        except RefusedFile as refusal:
            raise RefusedFile(f"{name} : {refusal}") from refusal
        clean.setdefault(checked.sha256, (checked, name))
    return list(clean.values())


def _open_case(case: ServiceRequest) -> ServiceRequest:
    """The case as it is now, locked. Raises `Refused` once it is over."""
    kept = ServiceRequest.objects.select_for_update(of=("self",)).select_related("office", "version").get(pk=case.pk)
    if not is_open(kept):
        raise Refused(_("Cette demande est finie : ses messages se lisent encore, mais on n’y écrit plus."))
    return kept


def _join(case: ServiceRequest, letter: Message, files: Iterable[tuple[CleanFile, str]]) -> None:
    for clean, name in files:
        filing.keep_file(case, PIECE, clean, name, message=letter)
