"""Asking an outside expert, prolonging, calling off, and his answer: once, before the deadline, while it is of use."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from arrondissements import calendar, journal, outbox
from arrondissements.models import User
from requests_app import access, filing, letters
from requests_app.evidence.checks import Upload
from requests_app.messaging.sms import to_gsm7
from requests_app.models import Message, Opinion, ServiceRequest
from requests_app.moving import Refused, authorise, move
from requests_app.permissions import UNDECIDED

USUAL_DAYS = 5
MOST_DAYS = 60
LANGUAGE = "fr"
# The key under which the files of opinions are kept. No piece begins with "_".
PIECE = "_opinion"


@transaction.atomic
def ask(
    case: ServiceRequest,
    *,
    by: User,
    name: str,
    question: str,
    email: str = "",
    phone: str = "",
    days: int = USUAL_DAYS,
    required: bool = True,
    confidential: bool = True,
    shared: dict[str, Any] | None = None,
) -> Opinion:
    """Send a link to an expert, open for `days` working days; `shared` is what he sees (`shared.NOTHING` by default).

    Raises `Refused`, `TooLate`.
    """
    authorise("ask_opinion", case, by)
    if not name.strip() or not question.strip():
        raise Refused(_("Écrivez le nom de l’expert et votre question."))
    if not (email or phone):
        raise Refused(_("Donnez l’adresse électronique ou le téléphone de l’expert : le lien doit lui parvenir."))
    move(case, "ask_opinion")
    due_on, expires_at = _deadline(case, days)
    opinion = Opinion.objects.create(
        case=case,
        expert_name=name.strip()[:120],
        expert_email=email,
        expert_phone=phone,
        token=uuid.uuid4(),
        expires_at=expires_at,
        due_on=due_on,
        question=question.strip()[:1000],
        required=required,
        confidential=confidential,
        shared=shared or {},
        asked_by=by,
    )
    _send(opinion)
    _log("ask_expert", opinion, by)
    return opinion


@transaction.atomic
def prolong(opinion: Opinion, *, by: User, days: int = USUAL_DAYS) -> None:
    """Open the link for `days` working days from today, and send it again. Raises `Refused`."""
    authorise("ask_opinion", opinion.case, by)
    due_on, expires_at = _deadline(opinion.case, days)
    waiting = Opinion.objects.filter(pk=opinion.pk, answered_at=None, case__state__in=UNDECIDED)
    if not waiting.update(due_on=due_on, expires_at=expires_at):
        raise Refused(_("Cet avis a déjà été donné, ou n’est plus attendu. Rien n’a été modifié."))
    opinion.due_on, opinion.expires_at = due_on, expires_at
    _send(opinion)
    _log("prolong_expert", opinion, by)


@transaction.atomic
def call_off(opinion: Opinion, *, by: User) -> None:
    """Close the link: the case no longer waits for this opinion. Raises `Refused`."""
    authorise("ask_opinion", opinion.case, by)
    waiting = Opinion.objects.filter(pk=opinion.pk, answered_at=None, expires_at__gt=timezone.now())
    late = Opinion.objects.filter(pk=opinion.pk, answered_at=None, required=True)
    if not (waiting | late).update(expires_at=timezone.now(), required=False):
        raise Refused(_("Cet avis a déjà été donné, ou n’est plus attendu. Rien n’a été modifié."))
    _log("call_off_expert", opinion, by)


@transaction.atomic
def answer(opinion: Opinion, *, favourable: bool, body: str = "", files: Sequence[Upload] = ()) -> None:
    """What the expert thinks, once, with `files`. An unfavourable opinion says why. Raises `Refused`, `RefusedFile`.

    Its files come in by the door of every file: rebuilt, and in quarantine until the antivirus has read them.
    """
    if not favourable and not body.strip():
        raise Refused(_("Dites pourquoi l’avis est défavorable : le bureau qui décide doit le comprendre."))
    clean = letters.checked(files)
    now = timezone.now()
    given = {"favourable": favourable, "body": body.strip()[:2000], "answered_at": now}
    still = Opinion.objects.filter(pk=opinion.pk, answered_at=None, expires_at__gt=now, case__state__in=UNDECIDED)
    if not still.update(**given):
        opinion.refresh_from_db()
        opinion.case.refresh_from_db()
        raise Refused(why_closed(opinion) or _("Cet avis n’est plus attendu. Rien n’a été modifié."))
    once = {one.sha256: (one, name) for one, name in reversed(clean)}
    for one, name in once.values():
        filing.keep_file(opinion.case, PIECE, one, name, opinion=opinion)
    details = {"opinion": opinion.pk, "favourable": favourable, "files": len(once)}
    journal.record("case.give_opinion", obj=opinion.case.obj, by=None, office=opinion.case.office, details=details)


def why_closed(opinion: Opinion) -> str:
    """Why the link takes no answer, as a sentence; "" while it does."""
    if opinion.answered_at:
        day = date_format(timezone.localtime(opinion.answered_at), "j F Y")
        return _("Votre avis a déjà été reçu le %(day)s. Merci.") % {"day": day}
    if opinion.case.state not in UNDECIDED:
        return _("La demande a été décidée entre-temps : votre avis n’est plus attendu. Merci.")
    if opinion.expires_at is not None and opinion.expires_at <= timezone.now():
        return _("Ce lien n’est plus valable : le délai est passé, ou la mairie n’attend plus cet avis.")
    return ""


def shown_to_citizen(case: ServiceRequest) -> list[Opinion]:
    """The opinions of experts that go with the decision, once it is taken. 2 queries then, none before."""
    if not access.opinions_are_shown(case):
        return []
    shown = case.opinions.filter(office=None, confidential=False, answered_at__isnull=False)
    return list(shown.prefetch_related("attachments"))


def _deadline(case: ServiceRequest, days: int) -> tuple[datetime.date, datetime.datetime]:
    """The last day, and the midnight that ends it."""
    due_on = calendar.add_working_days(timezone.localdate(), min(max(days, 1), MOST_DAYS), case.office_id)
    after = datetime.datetime.combine(due_on + datetime.timedelta(days=1), datetime.time.min)
    return due_on, timezone.make_aware(after)


def _send(opinion: Opinion) -> None:
    """The link, by each way that was given; a trial shows it on the case and sends nothing."""
    site = settings.SITE_BASE_URL
    facts = {
        "opinion": opinion,
        "case": opinion.case,
        "town_hall": settings.TOWN_HALL,
        "link": site + reverse("experts:opinion", args=[opinion.token]),
    }
    if opinion.case.is_trial:
        body = _("L’expert aurait reçu ce lien : %(link)s") % facts
        Message.objects.create(case=opinion.case, body=body, internal=True)
        return
    key = f"expert:{opinion.pk}:{opinion.due_on.isoformat()}"
    with translation.override(LANGUAGE):
        if opinion.expert_phone:
            text = to_gsm7(render_to_string("sms/expert.txt", facts).strip())
            outbox.put("sms", {"to": opinion.expert_phone, "text": text}, key=f"{key}:sms")
        if opinion.expert_email:
            subject, _nl, body = render_to_string("emails/expert.txt", facts).strip().partition("\n")
            letter = {"to": opinion.expert_email, "subject": subject, "body": body.strip()}
            outbox.put("email", letter, key=f"{key}:email")


def _log(act: str, opinion: Opinion, by: User) -> None:
    case = opinion.case
    journal.record(f"case.{act}", obj=case.obj, by=by, office=case.office, details={"opinion": opinion.pk})
