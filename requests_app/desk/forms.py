"""What the staff types on a case, a document or a list."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office
from civil_status.documents.models import IssuedDocument, RevocationReason, Status
from requests_app import opinions
from requests_app.catalogue.models import RejectionMotive
from requests_app.models import ServiceRequest

LONGEST_WORDS = 2000
REASON_WORDS = 200
CHOOSE_ONE = {"required": _("Choisissez une réponse."), "invalid_choice": _("Choisissez une réponse de la liste.")}


class ActForm(forms.Form):
    """An act without words; `seen` is the case as it stood on the screen of whoever decides."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: ServiceRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["seen"].initial = case.updated_at.isoformat()

    @property
    def is_stale(self) -> bool:
        """Whether the case changed since it was shown."""
        seen = self.cleaned_data.get("seen")
        return bool(seen) and seen != self.case.updated_at.isoformat()

    def words(self) -> dict[str, Any]:
        """What was typed, as the act names it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class AcceptForm(ActForm):
    note = forms.CharField(
        label=_("Note pour le signataire et vos collègues"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Interne : le demandeur ne la lit jamais."),
    )


class MotiveField(forms.ModelChoiceField):
    """A motive with what the person will be told to do."""

    def label_from_instance(self, motive: RejectionMotive) -> str:
        words = format_html("<b>{}</b><br><small>{}</small>", motive.label, motive.remedy)
        if motive.legal_basis:
            words = format_html("{}<br><small>{}</small>", words, motive.legal_basis)
        return format_html("<span>{}</span>", words)


class RejectForm(ActForm):
    motive = MotiveField(
        label=_("Motif"),
        queryset=RejectionMotive.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=_("Le demandeur lira le motif et ce qu’il peut faire, tels qu’ils sont écrits ici."),
        error_messages=CHOOSE_ONE,
    )
    message = forms.CharField(
        label=_("Précisions pour le demandeur"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today, service = timezone.localdate(), self.case.version.service_id
        self.fields["motive"].queryset = RejectionMotive.objects.on(today, service)  # type: ignore[attr-defined]


class AskOpinionForm(ActForm):
    question = forms.CharField(
        label=_("Votre question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Écrivez la question posée à ce bureau.")},
    )
    days = forms.IntegerField(
        label=_("Réponse attendue sous, en jours ouvrés"),
        min_value=1,
        max_value=60,
        initial=opinions.USUAL_DAYS,
        error_messages={"required": _("Écrivez un nombre de jours, en chiffres.")},
    )
    required = forms.BooleanField(label=_("Sans cet avis, la demande ne peut pas être acceptée"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Office.objects.exclude(pk=self.case.office.pk) if self.case.office else Office.objects.all()
        office = forms.ModelChoiceField(
            others, label=_("Bureau consulté"), empty_label=_("Choisissez…"), error_messages=CHOOSE_ONE
        )
        self.fields = {"office": office, **self.fields}


class TransferForm(ActForm):
    reason = forms.CharField(
        label=_("Pourquoi ce bureau est compétent"),
        max_length=REASON_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Interne : votre collègue le lira."),
        error_messages={"required": _("Dites pourquoi ce bureau est compétent.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Office.objects.exclude(pk=self.case.office.pk) if self.case.office else Office.objects.all()
        self.fields["to"] = forms.ModelChoiceField(
            others, label=_("Bureau compétent"), empty_label=_("Choisissez…"), error_messages=CHOOSE_ONE
        )
        self.order_fields(["seen", "to", "reason"])


class ReturnForm(ActForm):
    reason = forms.CharField(
        label=_("Ce qui doit être repris"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Interne : l’instructeur le lira."),
        error_messages={"required": _("Dites ce qui doit être repris.")},
    )


class CompleteForm(ActForm):
    message = forms.CharField(
        label=_("Message au demandeur"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Où aller maintenant, avec quoi."),
    )


class CloseForm(ActForm):
    reason = forms.CharField(
        label=_("Pourquoi la demande est classée"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Le demandeur lira ce texte tel quel."),
        error_messages={"required": _("Dites pourquoi la demande est classée.")},
    )


class RevokeForm(forms.Form):
    """Why a document no longer stands."""

    use_required_attribute = False
    reason = forms.ChoiceField(
        label=_("Motif"), choices=RevocationReason, widget=forms.RadioSelect, error_messages=CHOOSE_ONE
    )
    note = forms.CharField(
        label=_("Précision pour le registre"),
        max_length=REASON_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Interne : la page de vérification n’affiche que le motif."),
        error_messages={"required": _("Dites ce qui s’est passé : le registre le gardera.")},
    )
    replaced_by = forms.CharField(
        label=_("Numéro du document qui le remplace"),
        required=False,
        max_length=80,
        help_text=_("Vide si rien ne le remplace."),
    )

    def __init__(self, *args: Any, document: IssuedDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document

    def clean_replaced_by(self) -> IssuedDocument | None:
        number = self.cleaned_data["replaced_by"].strip()
        if not number:
            return None
        same = IssuedDocument.objects.filter(office=self.document.office_id, kind=self.document.kind)
        found = (
            same.filter(number__iexact=number, status=Status.VALID, replaces=None).exclude(pk=self.document.pk).first()
        )
        if found is None:
            raise forms.ValidationError(
                _("Aucun document valide de même nature, délivré par ce bureau, ne porte ce numéro.")
            )
        return found
