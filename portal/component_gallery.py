"""All pieces of the look on one page, in the demonstration only: to choose, to compare, to test."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office
from portal.icons import PATHS

STATES = [
    ("DRAFT", _("Brouillon")),
    ("SUBMITTED", _("Déposée")),
    ("UNDER_REVIEW", _("En instruction")),
    ("NEEDS_INFORMATION", _("Complément demandé")),
    ("ACCEPTED", _("Acceptée")),
    ("READY", _("Prête")),
    ("DELIVERED", _("Remise")),
    ("REJECTED", _("Refusée")),
    ("CLOSED", _("Classée")),
    ("WITHDRAWN", _("Retirée")),
    ("VALID", _("Valide")),
    ("REPLACED", _("Remplacé")),
    ("REVOKED", _("Annulé")),
    ("EXPIRED", _("Expiré")),
    ("UNKNOWN", _("Inconnu")),
]
LEVELS = [
    ("info", _("Le bureau ferme à 12 h 30 le vendredi.")),
    ("success", _("Votre demande est déposée.")),
    ("warning", _("Il manque une pièce.")),
    ("danger", _("Le service est interrompu.")),
]


class SampleForm(forms.Form):
    """One field of each kind, with an error where it helps to see one."""

    name = forms.CharField(label=_("Nom de famille"), help_text=_("Comme sur l’acte de naissance."))
    phone = forms.CharField(label=_("Téléphone"), widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}))
    choice = forms.ChoiceField(
        label=_("Vous demandez pour"), choices=[("me", _("moi")), ("other", _("un proche"))], widget=forms.RadioSelect
    )
    district = forms.ChoiceField(label=_("Arrondissement"), choices=[(n, str(n)) for n in range(1, 14)])
    story = forms.CharField(label=_("Précisions"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    piece = forms.FileField(label=_("Pièce d’identité"), required=False, help_text=_("Photo ou PDF, 5 Mo au plus."))
    sure = forms.BooleanField(label=_("Je certifie que ces informations sont exactes"))


def samples() -> dict[str, Any]:
    """Data for one specimen of every component."""
    day = dt.date(2026, 11, 23)
    return {
        "states": STATES,
        "levels": LEVELS,
        "icons": PATHS,
        "form": SampleForm({"name": "", "phone": "0197000000", "choice": "me", "district": "5"}),
        "fees": [("FREE", 0), ("CONFIRMED", 2500), ("TO_CONFIRM", None)],
        "steps": [_("La personne"), _("Le lieu"), _("Les pièces"), _("Vérifier")],
        "entries": [
            {"when": day, "label": _("Prête"), "note": _("Venez la retirer avec votre récépissé.")},
            {"when": day - dt.timedelta(days=3), "label": _("En instruction"), "note": ""},
            {"when": day - dt.timedelta(days=5), "label": _("Déposée"), "note": ""},
        ],
        "items": [
            {"label": _("Nom"), "value": "Awa HOUNSOU", "url": "#"},
            {"label": _("Quartier"), "value": "Gbégamey", "url": ""},
            {"label": _("Précisions"), "value": "", "url": "#"},
        ],
        "crumbs": [{"label": _("Accueil"), "url": "/"}],
        "office": Office(name_fr="Bureau du 5e arrondissement", name_en="Office of the 5th arrondissement"),
        "page_obj": Paginator(range(90), 20).page(2),
    }


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component with sample data."""
    return render(request, "portal/gallery.html", samples())
