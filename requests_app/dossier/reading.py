"""Why somebody opens a case: nobody reads a request that is not on his desk without saying so, once a day.

The reason is the `reason` of the line of the journal of readings: a code of `Reason`, then ` : ` and words for OTHER.
"""

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arrondissements import journal, postings
from arrondissements.models import JournalEntry, Office, Role, User
from requests_app import permissions
from requests_app.models import ServiceRequest
from requests_app.states import OPEN_STATES, State

WORDS_MOST = 150
SEPARATOR = " : "


class Reason(models.TextChoices):
    """Those a person chooses, then those that the situation itself gives."""

    TAKE = "take", _("Je la prends en charge")
    HELP = "help", _("Renseigner le demandeur au guichet")
    SIGN = "sign", _("Lire avant de signer")
    CHECK = "check", _("Contrôle")
    AUDIT = "audit", _("Audit")
    OTHER = "other", _("Autre raison")

    MINE = "mine", _("La demande est sur son bureau")
    FILED = "filed", _("Il l’a saisie aujourd’hui au guichet")
    OPINION = "opinion", _("Son avis est demandé")
    SIGNING = "signing", _("Document présenté à sa signature")
    ACT = "act", _("Acte sur la demande")
    COMPARED = "compared", _("Comparaison avec une demande semblable")
    TRIAL = "trial", _("Essai d’une démarche")
    FILE = "file", _("Fichier d’un dossier ouvert")


def reasons_for(user: User, case: ServiceRequest) -> list[Reason]:
    """What this person may answer, the likeliest first; each has a key of the keyboard, its rank."""
    asked: list[Reason] = []
    if permissions.signing_power(user, case) is not None:
        asked.append(Reason.SIGN)
    if may_take(user, case):
        asked.append(Reason.TAKE)
    if postings.serves_anywhere(user, Role.AUDITOR):
        asked.append(Reason.AUDIT)
    if case.office is not None and postings.serves(user, case.office, *permissions.AT_THE_COUNTER):
        asked.append(Reason.HELP)
    return [*asked, Reason.CHECK, Reason.OTHER]


def may_take(user: User, case: ServiceRequest) -> bool:
    """Whether opening it may be taking it in hand."""
    return case.state == State.SUBMITTED and permissions.can_perform(user, "take", case)


def given_reason(user: User, case: ServiceRequest) -> Reason | None:
    """The reason that nobody need be asked for: the case is on his desk, or what he does right now says why.

    No query for whoever holds the case, else 1 while an opinion is awaited.
    """
    if case.is_trial:
        return Reason.TRIAL
    if on_desk_of(user, case):
        return Reason.MINE
    if (
        case.filed_by_id == user.pk
        and case.submitted_at
        and timezone.localdate(case.submitted_at) == timezone.localdate()
    ):
        return Reason.FILED
    serves_here = case.office is not None and postings.serves(user, case.office)
    if not serves_here and case.state in permissions.UNDECIDED and permissions.awaited_opinions(user, case).exists():
        return Reason.OPINION
    return None


def on_desk_of(user: User, case: ServiceRequest) -> bool:
    """Whether the case is assigned to `user`, or he instructs it and it is assigned to nobody."""
    if case.assigned_to_id is not None:
        return case.assigned_to_id == user.pk
    return case.instructed_by_id == user.pk and case.state in OPEN_STATES


def said_today(user: User, case: ServiceRequest) -> bool:
    """Whether `user` opened the case today already, and said why. 1 query."""
    return _today_of(case.obj, user).exclude(reason="").exists()


def note_reading(obj: str, by: User, office: Office | None, reason: str = "") -> None:
    """Write that `by` opened `obj`, once a day: the tenth glance of the day teaches nobody anything."""
    if not _today_of(obj, by).exists():
        journal.record_reading(obj=obj, by=by, office=office, reason=reason)


def say_why(case: ServiceRequest, *, by: User, reason: Reason, words: str = "") -> None:
    """Write why `by` opens the case now; said again the same day, the second reason counts for nothing."""
    if not said_today(by, case):
        text = f"{reason.value}{SEPARATOR}{words.strip()[:WORDS_MOST]}" if words.strip() else reason.value
        journal.record_reading(obj=case.obj, by=by, office=case.office, reason=text)


def in_words(reason: str) -> str | Promise:
    """The reason of a line of the journal of readings, for a person; "" for lines of before reasons were asked."""
    code, _sign, words = reason.partition(SEPARATOR)
    if code not in Reason.values:
        return reason
    label = Reason(code).label
    return f"{label}{SEPARATOR}{words}" if words else label


def _today_of(obj: str, by: User) -> "models.QuerySet[JournalEntry]":
    return JournalEntry.objects.filter(obj=obj, chain=journal.READS, by=by, at__date=timezone.localdate())
