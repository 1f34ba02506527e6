"""Opinions asked from other offices before deciding: the acts, and what they forbid meanwhile.

Those a version foresees are asked when the case is taken; a clerk may ask more. A necessary one that is not given
holds `accept` back; the head of the office may do without it, with a reason. An opinion binds nobody.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import calendar, journal, postings
from arrondissements.models import Office, Role, User
from requests_app.catalogue.asking import asked
from requests_app.catalogue.translated import SOURCE_LANGUAGE
from requests_app.models import Opinion, ServiceRequest
from requests_app.moving import Refused, authorise, keep_note, move
from requests_app.offices import office_named
from requests_app.permissions import INSTRUCTING, UNDECIDED

USUAL_DAYS = 5


@transaction.atomic
def ask_opinion(
    case: ServiceRequest, *, by: User, office: Office, question: str, days: int = USUAL_DAYS, required: bool = True
) -> Opinion:
    """Ask another office, for an answer within `days` working days. Raises `Refused`, `TooLate`."""
    authorise("ask_opinion", case, by)
    if office.pk == case.office_id:
        raise Refused(_("Ce bureau instruit déjà la demande : demandez l’avis d’un autre."))
    if not question.strip():
        raise Refused(_("Écrivez la question posée à ce bureau."))
    move(case, "ask_opinion")
    opinion = _asked(case, by, office, question.strip()[:1000], days, required)
    journal.record("case.ask_opinion", obj=case.obj, by=by, office=case.office, details={"office": office.code})
    return opinion


def ask_foreseen(case: ServiceRequest, *, by: User) -> list[Opinion]:
    """Ask what the version foresees for these answers, once for each office. Called by `take`, in its transaction."""
    foreseen = case.version.circuit.opinions
    if not foreseen:
        return []
    filed = timezone.localdate(case.submitted_at)
    relevant = asked(case.version, case.answers, today=filed)
    known, offices = set(case.opinions.values_list("office__code", flat=True)), office_named()
    elsewhere = {code: office for code, office in offices.items() if code not in known and office.pk != case.office_id}
    return [
        _asked(case, by, elsewhere[code], rule["question"][SOURCE_LANGUAGE], rule["days"], rule.get("required", True))
        for rule in foreseen
        if (code := rule["office"]) in elsewhere and relevant.holds(rule)
    ]


@transaction.atomic
def give_opinion(opinion: Opinion, *, by: User, favourable: bool, body: str = "") -> None:
    """Answer for the office that was asked, once. An unfavourable opinion says why. Raises `Refused`."""
    if opinion.office is None or not postings.serves(by, opinion.office, *INSTRUCTING):
        raise PermissionDenied
    if not favourable and not body.strip():
        raise Refused(_("Dites pourquoi l’avis est défavorable : le bureau qui décide doit le comprendre."))
    answer = {"favourable": favourable, "body": body.strip()[:2000], "answered_by": by, "answered_at": timezone.now()}
    still = Opinion.objects.filter(pk=opinion.pk, answered_at=None, case__state__in=UNDECIDED)
    if not still.update(**answer):
        raise Refused(_("Cet avis a déjà été donné, ou n’est plus attendu. Rien n’a été modifié."))
    for name, value in answer.items():
        setattr(opinion, name, value)
    details = {"opinion": opinion.pk, "favourable": favourable}
    journal.record("case.give_opinion", obj=opinion.case.obj, by=by, office=opinion.office, details=details)


@transaction.atomic
def drop_opinion(opinion: Opinion, *, by: User, reason: str) -> None:
    """Do without an opinion that does not come: the head of the office says why. Raises `Refused`."""
    case = opinion.case
    if case.office is None or not postings.serves(by, case.office, Role.SUPERVISOR):
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Dites pourquoi la demande peut être décidée sans cet avis."))
    deleted, _rows = Opinion.objects.filter(pk=opinion.pk, answered_at=None).delete()
    if not deleted:
        raise Refused(_("Cet avis a déjà été donné, ou n’est plus attendu. Rien n’a été modifié."))
    words = _("Décision sans l’avis demandé à « %(office)s ». %(reason)s")
    keep_note(case, by, words % {"office": opinion.asked_of, "reason": reason.strip()})
    details = {"office": opinion.office.code} if opinion.office else {"opinion": opinion.pk}
    journal.record("case.drop_opinion", obj=case.obj, by=by, office=case.office, details=details)


def refuse_while_awaited(case: ServiceRequest) -> None:
    """Raises `Refused` with the names of the offices whose necessary opinion is missing. 1 query."""
    awaited = list(case.opinions.filter(answered_at=None, required=True).select_related("office"))
    if awaited:
        names = ", ".join(opinion.asked_of for opinion in awaited)
        raise Refused(_("Un avis nécessaire manque encore : %(offices)s.") % {"offices": names})


def _asked(case: ServiceRequest, by: User, office: Office, question: str, days: int, required: bool) -> Opinion:
    due_on = calendar.add_working_days(timezone.localdate(), days, office.pk)
    facts: dict[str, Any] = {"question": question, "required": required, "asked_by": by, "due_on": due_on}
    try:
        with transaction.atomic():
            return Opinion.objects.create(case=case, office=office, **facts)
    except IntegrityError:
        raise Refused(_("L’avis de ce bureau est déjà demandé.")) from None
