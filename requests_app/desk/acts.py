"""The acts as buttons: what each one says, asks, does and answers. The rules are in `workflow`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from arrondissements.models import User
from civil_status.documents.keys import NoCurrentKey
from requests_app import permissions, workflow
from requests_app.desk import access, handling, sendings
from requests_app.desk.corrections import MarkForm
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.dossier import gate, specimen
from requests_app.desk.forms import (
    AcceptForm,
    ActForm,
    AskOpinionForm,
    CloseForm,
    CompleteForm,
    RejectForm,
    ReturnForm,
    TransferForm,
)
from requests_app.dossier import reading
from requests_app.models import ServiceRequest
from requests_app.offices import office_named

Words = str | Promise
LOOK = "look"


@dataclass(frozen=True)
class Act:
    """One button. `name` is the act of `workflow`, `slug` its address, `key` its keyboard key.

    `at_once`: the button of the case page acts without asking anything more.
    """

    name: str
    slug: str
    button: Words
    explains: Words
    done: Words
    perform: Callable[..., Any]
    form: type[ActForm] = ActForm
    key: str = ""
    tone: str = ""
    at_once: bool = False
    template: str = "desk/act.html"

    @property
    def url_name(self) -> str:
        return f"desk:{self.name.replace('_', '-')}"


ACTS = {
    act.name: act
    for act in [
        Act(
            "take",
            "prendre",
            gettext_lazy("Prendre en charge"),
            gettext_lazy("La demande passe en instruction à votre nom. Rien n’est envoyé au demandeur."),
            gettext_lazy("La demande est à votre nom."),
            workflow.take,
            key="p",
            tone="primary",
            at_once=True,
        ),
        Act(
            "accept",
            "accepter",
            gettext_lazy("Accepter"),
            gettext_lazy(
                "Tout est en règle. La demande attend ensuite la signature, ou la préparation du dossier. "
                "Rien n’est encore envoyé au demandeur."
            ),
            gettext_lazy("La demande est acceptée."),
            workflow.accept,
            AcceptForm,
            key="a",
            tone="primary",
            template="desk/dossier/accept.html",
        ),
        Act(
            "ask_information",
            "demander-un-complement",
            gettext_lazy("Demander une correction"),
            gettext_lazy(
                "Le demandeur reçoit par SMS un lien qui montre ce que vous cochez, et rien d’autre : il le corrige. "
                "Le délai s’arrête pendant ce temps."
            ),
            gettext_lazy("La correction est demandée. Le délai est suspendu."),
            workflow.ask_information,
            MarkForm,
            key="c",
            template="desk/mark.html",
        ),
        Act(
            "ask_opinion",
            "demander-un-avis",
            gettext_lazy("Demander un avis"),
            gettext_lazy(
                "Un autre bureau lit le dossier et répond. Le délai promis continue de courir. "
                "Si l’avis est nécessaire, la demande ne s’accepte pas sans lui."
            ),
            gettext_lazy("L’avis est demandé."),
            workflow.ask_opinion,
            AskOpinionForm,
        ),
        Act(
            "reject",
            "refuser",
            gettext_lazy("Refuser"),
            gettext_lazy(
                "La demande s’arrête. Le demandeur reçoit le motif et ce qu’il peut faire. Cela ne se défait pas."
            ),
            gettext_lazy("La demande est refusée et le demandeur prévenu."),
            workflow.reject,
            RejectForm,
            key="r",
            tone="danger",
            template="desk/dossier/reject.html",
        ),
        Act(
            "transfer",
            "transmettre",
            gettext_lazy("Transmettre à un autre bureau"),
            gettext_lazy(
                "La demande quitte votre file. La date promise ne change pas et le demandeur apprend "
                "quel bureau s’occupe de lui."
            ),
            gettext_lazy("La demande est transmise."),
            workflow.transfer,
            TransferForm,
            key="t",
        ),
        Act(
            "issue",
            "signer",
            gettext_lazy("Voir et signer le document"),
            gettext_lazy(
                "Vous lisez d’abord exactement ce qui sera imprimé. Signé, le document prend son numéro "
                "et son cachet ; le demandeur reçoit un SMS quand le fichier est prêt."
            ),
            gettext_lazy("Le document est signé. Son fichier se prépare et le demandeur sera prévenu."),
            workflow.issue,
            key="s",
            tone="primary",
        ),
        Act(
            "return_to_clerk",
            "renvoyer",
            gettext_lazy("Renvoyer à l’instruction"),
            gettext_lazy("Quelque chose est à reprendre avant de signer. Rien n’est envoyé au demandeur."),
            gettext_lazy("La demande est renvoyée à l’instruction."),
            workflow.return_to_clerk,
            ReturnForm,
            key="i",
        ),
        Act(
            "complete",
            "dossier-pret",
            gettext_lazy("Le dossier est prêt"),
            gettext_lazy("Le demandeur reçoit un SMS : son dossier est prêt et il sait où aller."),
            gettext_lazy("Le dossier est prêt et le demandeur prévenu."),
            workflow.complete,
            CompleteForm,
            key="a",
            tone="primary",
        ),
        Act(
            "deliver",
            "remettre",
            gettext_lazy("Remis au guichet"),
            gettext_lazy(
                "La personne montre le numéro de suivi et une pièce d’identité, puis signe ou donne le code reçu sur "
                "le téléphone de la demande. Rien n’est envoyé au demandeur, sauf ce code."
            ),
            gettext_lazy("La remise est enregistrée."),
            workflow.deliver,
            key="a",
            tone="primary",
        ),
        Act(
            "close",
            "classer",
            gettext_lazy("Classer sans suite"),
            gettext_lazy("Le demandeur n’a pas répondu. La demande s’arrête ; il en est prévenu."),
            gettext_lazy("La demande est classée sans suite."),
            workflow.close,
            CloseForm,
            tone="danger",
        ),
    ]
}


def buttons(case: ServiceRequest, user: User) -> list[Act]:
    """The buttons of the case page: what `user` may do now."""
    return [ACTS[name] for name in sorted(workflow.possible_acts(case, user), key=list(ACTS).index)]


@require_http_methods(["GET", "POST"])
def act_page(request: StaffRequest, reference: str, name: str) -> HttpResponse:
    """Ask what the act needs, then do it; refused, the page comes back with the reason and what was typed."""
    act = ACTS[name]
    case = access.for_act(request.user, reference, name)
    asking = gate.ask_first(request, case) if request.method == "GET" else None
    if asking is not None:
        return asking
    data = request.POST if request.method == "POST" else None
    form = act.form(data, case=case, initial=_already_chosen(request, name))
    if LOOK in request.POST:
        return _look(request, act, case, form)
    if request.method == "POST" and form.is_valid() and perform(act, case, form, request.user):
        handling.note_act(request.session, case, act.name, request.user)
        return answer(request, act, case)
    reading.note_reading(case.obj, request.user, case.office, reading.Reason.ACT)
    return show_act(request, act, case, form)


def _already_chosen(request: StaffRequest, name: str) -> dict[str, Any]:
    """What the link that led here ticked: `?marque=` a thing to correct, `?vers=` the office to send the case to."""
    if name == "ask_information" and (key := request.GET.get("marque")):
        return {f"wrong-{key}": True}
    office = office_named().get(request.GET.get("vers", "")) if name == "transfer" else None
    if office is None:
        return {}
    return {"to": office, "reason": _("Les règles nomment ce bureau depuis la correction d’une réponse.")}


def _look(request: StaffRequest, act: Act, case: ServiceRequest, form: ActForm) -> HttpResponse:
    """The page again, with the exact words that the act would send; nothing is done."""
    reading.note_reading(case.obj, request.user, case.office, reading.Reason.ACT)
    chosen = form.words() if form.is_valid() else {}
    looked = sendings.of_act(act.name, case, **chosen) if chosen else []
    return show_act(request, act, case, form, looked=looked, **chosen)


def perform(act: Act, case: ServiceRequest, form: ActForm, by: User) -> bool:
    """Do the act; whether it was done. Why not is written on the form."""
    try:
        if form.is_stale:
            raise workflow.TooLate(case)
        act.perform(case, by=by, **form.words())
    except (workflow.Refused, ValidationError) as refused:
        form.add_error(None, refused.messages if isinstance(refused, ValidationError) else str(refused))
    except NoCurrentKey:
        form.add_error(None, _("Aucune clé de cachet n’est en service : prévenez l’informatique. Rien n’a été signé."))
    return not form.errors


def answer(request: StaffRequest, act: Act, case: ServiceRequest) -> HttpResponse:
    """Say that it is done, and go back to the case, or to the queue when it has left this desk.

    Whoever acts on a case has said why he opens it today.
    """
    reading.say_why(case, by=request.user, reason=reading.Reason.ACT)
    messages.success(request, f"{case.shown_reference} – {act.done}")
    if permissions.can_read(request.user, case):
        return redirect("desk:case", case.reference)
    return redirect("desk:queue")


def show_act(request: StaffRequest, act: Act, case: ServiceRequest, form: ActForm, **more: Any) -> HttpResponse:
    """The page of the act: 409 when it was refused, 422 when something is missing."""
    template = more.pop("template", act.template)
    status = 200 if not form.errors else 409 if form.non_field_errors() else 422
    context = {"act": act, "case": case, "form": form, "prints": specimen.prints(case), **more}
    return show(request, template, context, status=status)
