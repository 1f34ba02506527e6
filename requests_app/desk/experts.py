"""Asking an outside expert from the case: what he will see is ticked one by one; the link is prolonged or closed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from requests_app import access
from requests_app.catalogue.inputs import BeninPhoneField
from requests_app.desk import access as desk_access
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.forms import ActForm
from requests_app.experts import asking, shared
from requests_app.workflow import Refused


class AskExpertForm(ActForm):
    """Who, what, until when, and what he sees."""

    name = forms.CharField(
        label=gettext_lazy("Nom de l’expert"),
        max_length=120,
        error_messages={"required": gettext_lazy("Écrivez le nom de l’expert.")},
    )
    email = forms.EmailField(label=gettext_lazy("Adresse électronique"), required=False)
    phone = BeninPhoneField(label=gettext_lazy("Téléphone"), required=False)
    question = forms.CharField(
        label=gettext_lazy("Votre question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("L’expert la lira telle quelle : n’y nommez le demandeur que si vous le voulez."),
        error_messages={"required": gettext_lazy("Écrivez la question posée à l’expert.")},
    )
    days = forms.IntegerField(
        label=gettext_lazy("Le lien reste ouvert, en jours ouvrés"),
        min_value=1,
        max_value=asking.MOST_DAYS,
        initial=asking.USUAL_DAYS,
        error_messages={"required": gettext_lazy("Écrivez un nombre de jours, en chiffres.")},
    )
    required = forms.BooleanField(
        label=gettext_lazy("Sans cet avis, la demande ne peut pas être acceptée"), required=False
    )
    shown = forms.BooleanField(
        label=gettext_lazy("Montrer cet avis au demandeur avec la décision (sinon il reste confidentiel)"),
        required=False,
    )
    identity = forms.BooleanField(label=gettext_lazy("L’expert voit le nom du demandeur"), required=False)
    share = forms.MultipleChoiceField(
        label=gettext_lazy("Ce que l’expert voit de la demande"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Rien de ce qui n’est pas coché ne lui est montré."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.value, one.label) for one in shared.shareable(self.case)]
        self.fields["share"] = forms.MultipleChoiceField(
            label=self.fields["share"].label,
            help_text=self.fields["share"].help_text,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=choices,
        )

    def words(self) -> dict[str, Any]:
        said = super().words()
        shown, identity, ticked = said.pop("shown"), said.pop("identity"), said.pop("share")
        said["phone"] = said["phone"].as_e164 if said["phone"] else ""
        return said | {"confidential": not shown, "shared": shared.as_kept(ticked, identity=identity)}


class ProlongForm(forms.Form):
    days = forms.IntegerField(min_value=1, max_value=asking.MOST_DAYS)


@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask an expert outside the town hall; he receives a link that opens what is ticked here and nothing else."""
    case = access.workable(request.user, reference, "ask_opinion")
    form = AskExpertForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid():
        try:
            asking.ask(case, by=request.user, **form.words())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Le lien est envoyé à l’expert."))
            return redirect("desk:case", case.reference)
    status = 200 if not form.errors else 409 if form.non_field_errors() else 422
    return show(request, "desk/ask_expert.html", {"case": case, "form": form}, status=status)


@require_POST
def prolong(request: StaffRequest, pk: int) -> HttpResponse:
    """Open the link again for some working days, and send it anew."""
    opinion = desk_access.expert_opinion(request.user, pk)
    form = ProlongForm(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else asking.USUAL_DAYS
    try:
        asking.prolong(opinion, by=request.user, days=days)
        messages.success(request, _("Le lien est prolongé, et envoyé de nouveau."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("desk:case", opinion.case.reference)


@require_POST
def call_off(request: StaffRequest, pk: int) -> HttpResponse:
    """The opinion is no longer waited for: the link closes."""
    opinion = desk_access.expert_opinion(request.user, pk)
    try:
        asking.call_off(opinion, by=request.user)
        messages.success(request, _("Le lien est fermé : la demande n’attend plus cet avis."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("desk:case", opinion.case.reference)
