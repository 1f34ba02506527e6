"""Who may do what: function × act × scope, read from the very tables that enforce it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from arrondissements.delegations import SIGNING, SIGNS_EVERYWHERE
from arrondissements.models import Role
from requests_app import permissions
from requests_app.desk import access as desk_access
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.overview import access
from requests_app.states import TRANSITIONS, Actor, State

Words = str | Promise
OWN, EVERYWHERE, HELPED = _("son bureau"), _("tous les bureaux"), _("son bureau, et un bureau qu’il aide")
# What the acts that leave the state as it is are called; the others have their words in `states`.
OTHER_ACTS: dict[str, Words] = {
    "write": _("Écrire au demandeur"),
    "label": _("Poser ou retirer une étiquette"),
    "note": _("Écrire une note interne"),
    "amend": _("Corriger une réponse"),
    "judge_duplicate": _("Dire si deux demandes sont la même"),
    "close_duplicate": _("Classer un doublon"),
    "assign": _("Attribuer une demande"),
}


@dataclass(frozen=True)
class Right:
    """One line: the act, the states it starts from, and its scope for each function ("" : never)."""

    act: Words
    states: Words
    scopes: Sequence[Words]


@require_safe
def rights(request: StaffRequest) -> HttpResponse:
    """The matrix, for heads of office, the executive secretary and the auditor. 4 queries."""
    desk = Desk(request.user)
    if not desk.sees_figures:
        raise Http404
    context = {"desk": desk, "roles": [role.label for role in Role], "groups": matrix()}
    return show(request, "desk/overview/rights.html", context)


def matrix() -> list[tuple[Words, list[Right]]]:
    """The lines, in groups with their titles."""
    moving = [act for act, move in TRANSITIONS.items() if move.who == Actor.STAFF and act in permissions.ROLES_OF_ACT]
    beside = [act for act in permissions.ROLES_OF_ACT if act not in TRANSITIONS]
    signing = [act for act, move in TRANSITIONS.items() if move.who == Actor.SIGNATORY]
    return [
        (_("Actes sur une demande"), [_right(act) for act in [*moving, *beside]]),
        (_("Signature (ou par délégation en cours, dans son étendue ; jamais qui a instruit)"),
         [Right(TRANSITIONS[act].label, _states(act), [_signs(role) for role in Role]) for act in signing]),
        (_("Lecture et pages"), _pages()),
    ]  # fmt: skip


def _right(act: str) -> Right:
    scope = HELPED if act in permissions.HELPING_ACTS else OWN
    roles = permissions.ROLES_OF_ACT[act]
    words = TRANSITIONS[act].label if act in TRANSITIONS else OTHER_ACTS.get(act, act)
    return Right(words, _states(act), [scope if role in roles else "" for role in Role])


def _states(act: str) -> Words:
    if act not in TRANSITIONS:
        return ""
    return ", ".join(str(State(source).label) for source in TRANSITIONS[act].sources)


def _signs(role: Role) -> Words:
    if role in SIGNS_EVERYWHERE:
        return EVERYWHERE
    return OWN if role in SIGNING else ""


def _pages() -> list[Right]:
    def right(words: Words, own: Sequence[Role], everywhere: Sequence[Role] = ()) -> Right:
        return Right(words, "", [EVERYWHERE if role in everywhere else OWN if role in own else "" for role in Role])

    every_role = list(Role)
    return [
        right(_("Lire une demande (en disant pourquoi, si elle n’est pas sur son bureau)"), every_role, [Role.AUDITOR]),
        right(_("Exporter la file d’attente"), desk_access.MAY_EXPORT),
        right(_("Annuler un document délivré"), desk_access.MAY_REVOKE),
        right(_("Voir les chiffres d’un bureau"), access.OF_THE_OFFICE, access.OF_THE_CITY),
        right(_("Voir les chiffres de la ville"), [], access.OF_THE_CITY),
        right(_("Examiner les anomalies"), [], [Role.AUDITOR]),
    ]
