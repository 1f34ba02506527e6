"""What a batch may do with one of its cases: the same functions as the buttons of the case page, as that person."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arrondissements.models import User
from requests_app import labelling, letters, workflow
from requests_app.models import Batch, BatchAct, Label, ServiceRequest
from requests_app.teamwork import assigning

MOST_CASES = 500
MOST_SIGNATURES = 100
# A code given yesterday signs nothing today, whatever kept the worker.
CONFIRMED_FOR = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class RowAct:
    """`perform(case, batch)` returns the words of the result; `guards`: refused when the case changed since seen."""

    button: str | Promise
    explains: str | Promise
    perform: Callable[[ServiceRequest, Batch], str]
    guards: bool = True
    most: int = MOST_CASES


def _take(case: ServiceRequest, batch: Batch) -> str:
    workflow.take(case, by=batch.by)
    return ""


def _assign(case: ServiceRequest, batch: Batch) -> str:
    """To one person, or to each his own ({"shares": {case: user}}, see `balancing`)."""
    shares = batch.params.get("shares")
    to = shares.get(str(case.pk)) if shares is not None else batch.params["to"]
    person = User.objects.filter(pk=to, is_active=True).first()
    if person is None:
        raise workflow.Refused(_("Cette personne n’instruit pas dans ce bureau aujourd’hui."))
    if shares is not None:
        return assigning.name_of(assigning.spread(case, by=batch.by, to=person))
    reason = batch.params.get("reason", "")
    return assigning.name_of(assigning.assign(case, by=batch.by, to=person, reason=reason))


def _accept(case: ServiceRequest, batch: Batch) -> str:
    workflow.accept(case, by=batch.by, note=batch.params.get("note", ""))
    return ""


def _label(case: ServiceRequest, batch: Batch) -> str:
    label = Label.objects.filter(pk=batch.params["label"]).first()
    if label is None:
        raise workflow.Refused(_("Cette étiquette n’est plus proposée dans ce bureau."))
    labelling.put(case, label, by=batch.by)
    return label.name


def _write(case: ServiceRequest, batch: Batch) -> str:
    letters.write(case, by=batch.by, body=batch.params["body"])
    return ""


def _issue(case: ServiceRequest, batch: Batch) -> str:
    if batch.confirmed_at is None or timezone.now() - batch.confirmed_at > CONFIRMED_FOR:
        raise workflow.Refused(_("Votre code date de plus d’une heure. Signez de nouveau ce document."))
    document = workflow.issue(case, by=batch.by)
    return document.number if document else ""


ROW_ACTS: dict[str, RowAct] = {
    BatchAct.TAKE: RowAct(
        gettext_lazy("Prendre en charge"),
        gettext_lazy("Chaque demande passe en instruction à votre nom. Rien n’est envoyé aux demandeurs."),
        _take,
    ),
    BatchAct.ASSIGN: RowAct(
        gettext_lazy("Attribuer"),
        gettext_lazy("Chaque demande va sur le bureau de la personne choisie. Rien n’est envoyé aux demandeurs."),
        _assign,
    ),
    BatchAct.ACCEPT: RowAct(
        gettext_lazy("Accepter"),
        gettext_lazy(
            "Chaque demande attend ensuite la signature, ou la préparation du dossier. "
            "Rien n’est encore envoyé aux demandeurs."
        ),
        _accept,
    ),
    BatchAct.LABEL: RowAct(
        gettext_lazy("Étiqueter"),
        gettext_lazy("L’étiquette aide le bureau à retrouver ces demandes. Les demandeurs ne la voient pas."),
        _label,
        guards=False,
    ),
    BatchAct.WRITE: RowAct(
        gettext_lazy("Écrire aux demandeurs"),
        gettext_lazy(
            "Chaque demandeur lit ce message sur la page de sa demande. Un SMS le prévient, sans le contenu, "
            "et un courriel s’il a donné une adresse."
        ),
        _write,
        guards=False,
    ),
    BatchAct.ISSUE: RowAct(
        gettext_lazy("Signer"),
        gettext_lazy(
            "Chaque document prend son numéro et son cachet ; le demandeur est prévenu quand le fichier est prêt."
        ),
        _issue,
        most=MOST_SIGNATURES,
    ),
}
