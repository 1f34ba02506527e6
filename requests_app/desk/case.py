"""One case: answers beside evidence, deadline, history, words, and what may be done now."""

from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from arrondissements import delegations, journal, postings
from arrondissements.models import JournalEntry, Role, User
from requests_app import access, corrections, letters, permissions
from requests_app.catalogue.evidence import all_pieces
from requests_app.catalogue.forms import field_labels
from requests_app.catalogue.reasons import reason_in_words
from requests_app.desk import handling, sendings
from requests_app.desk.acts import Act, ActForm, buttons
from requests_app.desk.answers import answers_shown
from requests_app.desk.assigning import may_assign, may_take_back
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.dossier import gate
from requests_app.desk.labels import labels_of
from requests_app.dossier import amending, consequences, gathering, likeness, tracing
from requests_app.dossier.reading import Reason, note_reading, said_today
from requests_app.file_answers import evidence_answer
from requests_app.models import Evidence, InformationRequest, Message, ServiceRequest
from requests_app.promises import clocks, helping
from requests_app.promises.deadlines import deadline_of
from requests_app.states import TRANSITIONS
from requests_app.walk_ins import handing

HISTORY_ROWS = 30
DOCUMENT_ACTS = {
    "document.issued": _("Document numéroté et scellé"),
    "document.revoked": _("Document annulé"),
    "document.replaced": _("Document remplacé"),
    "case.start": _("Saisie commencée par un agent"),
    "case.consent": _("Accord du citoyen, par un code reçu par SMS"),
    "case.take_over": _("Demande reprise en ligne par le citoyen"),
    "case.erase_email": _("Adresse électronique effacée par le demandeur"),
    "evidence.reused": _("Pièce reprise d’une demande précédente, avec l’accord du demandeur"),
    "case.purge": _("Pièces et réponses effacées : délai de conservation passé"),
    "evidence.infected": _("Fichier dangereux effacé"),
    "case.start_trial": _("Essai commencé"),
    "case.give_opinion": _("Avis donné"),
    "case.ask_expert": _("Avis demandé à un expert"),
    "case.prolong_expert": _("Lien de l’expert prolongé"),
    "case.call_off_expert": _("Lien de l’expert fermé"),
    "case.drop_opinion": _("Décision sans l’avis demandé"),
    "case.silence": _("Silence constaté"),
    "case.silence_escalated": _("Silence signalé au secrétaire exécutif"),
    "case.help_offered": _("Aide demandée à un autre bureau"),
    "case.help_accepted": _("Aide acceptée : un autre bureau instruit"),
    "case.help_returned": _("Aide terminée : la demande est revenue"),
    "case.reminder": _("Promesse rappelée"),
    "case.apology": _("Excuses envoyées au demandeur : promesse dépassée"),
    "case.assign": _("Attribuée à une personne"),
    "case.give_back": _("Rendue à la pile du bureau"),
    "case.stand_in": _("Passée à qui remplace la personne en absence"),
    "case.letter": _("Message du demandeur"),
    "case.letter_read": _("Message lu"),
    "case.write": _("Message au demandeur"),
    "case.label": _("Étiquette mise"),
    "case.unlabel": _("Étiquette retirée"),
    "case.note": _("Note interne"),
    "case.amend": _("Réponse corrigée par le bureau"),
    "case.duplicate_same": _("Reconnue comme la même qu’une autre demande"),
    "case.duplicate_different": _("Reconnue différente d’une autre demande"),
    "case.unclaimed_reminded": _("Rappel : le document attend au guichet"),
    "case.unclaimed_listed": _("Document non réclamé, signalé au bureau"),
    "case.keyed_in": _("Saisie d’un bordereau de secours, à l’heure écrite dessus"),
}


@require_safe
def case_page(request: StaffRequest, reference: str) -> HttpResponse:
    """A case of one's office. Opening it is written in the journal with its reason, once a day for each person.

    12 queries at most, whatever the case holds: session, user, device, postings, delegations, case, today's reading,
    a page of its journal, its files, what lies in small tables beside it, those that look like it; and 1 for whoever
    is asked an opinion. Writing the first reading of the day adds its own. `?avant=` the last line of a page of the
    journal shows those before it.
    """
    delegations.remember(request.user)
    case = access.readable(request.user, reference)
    if not said_today(request.user, case):
        asking = gate.ask_unless_given(request, case)
        if asking is not None:
            return asking
    handling.note_opening(request.session, case)
    before = request.GET.get("avant", "")[:18]
    context = _context(request.user, case, before) | {"may_take_back": may_take_back(request, case)}
    return show(request, "desk/case.html", context)


def _context(user: User, case: ServiceRequest, before: str) -> dict[str, Any]:
    gathering.gather(case)
    letters_shown = _with_files(case)
    asked = list(case.information_requests.all())
    desk, acts = Desk(user), buttons(case, user)
    return {
        "desk": desk,
        "case": case,
        "may_assign": may_assign(case, desk),
        "helps": permissions.helps(user, case) and not desk.serves_as(case.office, *Role),
        "why": reason_in_words(case.version, case.routing_reason),
        "deadline": deadline_of(case),
        "clocks": clocks.clocks_of(case),
        "moves": clocks.moves_of(case),
        "may_offer": _may_offer(case, user),
        "buttons": [(act, sendings.of_act(act.name, case)) for act in acts],
        "seen": ActForm(case=case)["seen"],
        "answers": answers_shown(case, {key for one in asked for key in one.fields}),
        "pieces": _pieces(case),
        "changes": corrections.changes(case),
        "asked": [_in_words(case, one) for one in asked],
        "messages_of_case": letters_shown,
        "may_write": letters.is_open(case) and permissions.can_perform(user, "write", case),
        "may_note": permissions.can_perform(user, "note", case),
        **_history(case, before),
        "may_follow": tracing.may_follow(user, case),
        "alike": likeness.alike_for(case, user),
        "may_amend": case.state in amending.WHILE and permissions.can_perform(user, "amend", case),
        **_offered(case, acts),
        "handed": handing.receipt_of(case),
        **_opinions(case, user),
        **labels_of(case, user),
    }


@require_safe
def evidence_file(request: StaffRequest, reference: str, pk: int) -> HttpResponseBase:
    """One piece: a picture is shown, a PDF is saved (the viewer shows pictures of its pages).

    What citizens send never runs as a page of this site.

    An identity paper is marked with the request it serves; the unmarked original never comes here.
    """
    case = access.readable(request.user, reference)
    evidence = access.evidence_of_the_office(case, pk)
    asking = gate.ask_first(request, case)
    if asking is not None:
        return asking
    note_reading(f"evidence:{evidence.pk}", request.user, case.office, Reason.FILE)
    return evidence_answer(request, evidence, to_staff=True, inline=evidence.is_picture)


def _with_files(case: ServiceRequest) -> list[Message]:
    """The messages of the case with their files, and those of its opinions, all being read at once. 1 query."""
    prefetch_related_objects([case], "evidence")
    shown = list(case.messages.all())
    for letter in shown:
        gathering.keep(letter, "attachments", [file for file in case.evidence.all() if file.message_id == letter.pk])
    for opinion in case.opinions.all():
        gathering.keep(opinion, "attachments", [file for file in case.evidence.all() if file.opinion_id == opinion.pk])
    return shown


def _pieces(case: ServiceRequest) -> list[dict[str, Any]]:
    """What was asked for with its files; those that others took the place of come last, and say so."""
    old, seen = corrections.replaced(case), {one.piece: one for one in case.seen_pieces.all()}
    files: dict[str, list[Evidence]] = {}
    for evidence in case.evidence.all():
        files.setdefault(evidence.piece, []).append(evidence)
    return [
        {
            "key": piece["key"],
            "label": piece["label"],
            "required": piece["required"],
            "files": [file for file in files.get(piece["key"], []) if file.pk not in old],
            "seen": seen.get(piece["key"]),
            "old": [file for file in files.get(piece["key"], []) if file.pk in old],
        }
        for piece in corrections.pieces_of(case)
    ]


def _in_words(case: ServiceRequest, asked: InformationRequest) -> dict[str, Any]:
    """A question of the office: each thing it names, with its reason."""
    labels = field_labels(case.version) | {
        piece["key"]: piece["label"] for piece in all_pieces(case.version, mandate=case.needs_mandate)
    }
    files = {str(file.pk): file.original_name for file in case.evidence.all()}
    what = [(labels.get(key, key), asked.reasons.get(key, "")) for key in [*asked.fields, *asked.pieces]]
    single = [key.split(corrections.ONE_FILE) for key in asked.reasons if corrections.ONE_FILE in key]
    what += [
        (files.get(pk, labels.get(piece, "")), asked.reasons[f"{piece}{corrections.ONE_FILE}{pk}"])
        for piece, pk in single
    ]
    return {"asked": asked, "what": what}


def _opinions(case: ServiceRequest, user: User) -> dict[str, Any]:
    """What was asked of other offices, and what this person may do about it."""
    asked = list(case.opinions.all())
    awaited = [opinion for opinion in asked if not opinion.answered_at]
    waits = bool(awaited) and case.state in permissions.UNDECIDED
    giving = [
        opinion.pk
        for opinion in awaited
        if waits and opinion.office and postings.serves(user, opinion.office, *permissions.INSTRUCTING)
    ]
    dropping = bool(awaited) and case.office is not None and postings.serves(user, case.office, Role.SUPERVISOR)
    asks_experts = case.state in permissions.UNDECIDED and permissions.can_perform(user, "ask_opinion", case)
    return {"opinions": asked, "giving": giving, "dropping": dropping, "asks_experts": asks_experts}


def _history(case: ServiceRequest, before: str) -> dict[str, Any]:
    """What was done on the case and its document, newest first, a page at a time (by keyset): who, where. 1 query."""
    about = Q(chain=journal.ACTS, obj__in=[case.obj, f"document:{case.document_id}"])
    if is_older := before.isascii() and before.isdecimal():
        about &= Q(seq__lt=int(before))
    lines = JournalEntry.objects.filter(about).select_related("by", "office").order_by("-seq")
    shown = list(lines[: HISTORY_ROWS + 1])
    following = str(shown[HISTORY_ROWS - 1].seq) if len(shown) > HISTORY_ROWS else ""
    return {
        "history": [
            {
                "at": entry.at,
                "label": label_of(entry.act),
                "who": entry.by.get_full_name() or entry.by.username if entry.by else "",
                "office": entry.office,
            }
            for entry in shown[:HISTORY_ROWS]
        ],
        "history_before": following,
        "history_is_older": is_older,
    }


def _offered(case: ServiceRequest, acts: list[Act]) -> dict[str, Any]:
    """What the buttons of the page open already filled in: another file asked of the citizen, another office."""
    names = {act.name for act in acts}
    return {
        "may_mark": "ask_information" in names,
        "to_office": consequences.office_to_offer(case) if "transfer" in names else None,
    }


def _may_offer(case: ServiceRequest, user: User) -> bool:
    """Whether `user` may ask another office to help. No query for a service that allows no help."""
    if case.office is None or not case.version.circuit.may_overflow or helping.why_not(case):
        return False
    return postings.serves(user, case.office, Role.SUPERVISOR)


def label_of(act: str) -> Any:
    """An act of the journal in words."""
    transition = TRANSITIONS.get(act.removeprefix("case."))
    return transition.label if transition else DOCUMENT_ACTS.get(act, act)
