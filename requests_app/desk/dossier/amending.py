"""The page that corrects one answer for a typing error: the form's own field, why, then the difference to confirm."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app import access, corrections, workflow
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.forms import StepForm, form_for_fields
from requests_app.catalogue.inputs import TextField, looks_like_a_name
from requests_app.corrections import APPLICANT_NAME
from requests_app.desk import sendings
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.dossier import gate
from requests_app.dossier import amending
from requests_app.dossier.reading import Reason, note_reading
from requests_app.models import OnBehalf, ServiceRequest

CONFIRM = "confirm"
NAME = "nom"


class NameForm(forms.Form):
    """The name of who asks, as the form of the citizen takes it."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any] | None, case: ServiceRequest) -> None:
        super().__init__(data, initial={"name": case.applicant_name})
        checks = [] if case.on_behalf == OnBehalf.ASSOCIATION else [looks_like_a_name]
        self.fields["name"] = TextField(label=gettext_lazy("Nom du demandeur"), longest=120, validators=checks)

    def answers(self) -> dict[str, Any]:
        return {APPLICANT_NAME: self.cleaned_data["name"]}


class WhyForm(forms.Form):
    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    amended_because = forms.CharField(
        label=gettext_lazy("Pourquoi vous corrigez"),
        max_length=amending.REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Le demandeur lira cette phrase. Par exemple : « l’acte joint porte cette date »."),
        error_messages={"required": gettext_lazy("Dites pourquoi vous corrigez : le demandeur le lira.")},
    )


@require_http_methods(["GET", "POST"])
def amend(request: StaffRequest, reference: str, key: str) -> HttpResponse:
    """Ask for the right value and why; show the difference and what will be sent; correct when it is confirmed."""
    case = access.workable(request.user, reference, "amend")
    asking = gate.ask_first(request, case) if request.method == "GET" else None
    if asking is not None:
        return asking
    data = rearranged(request.POST) if request.method == "POST" else None
    form, why = _form(case, key, data), WhyForm(data, initial={"seen": case.updated_at.isoformat()})
    shown: dict[str, Any] = {}
    if data is not None and form.is_valid() & why.is_valid():
        shown = _tried(request, case, form, why)
        if "done" in shown:
            return redirect("desk:case", case.reference)
    note_reading(case.obj, request.user, case.office, Reason.ACT)
    status = 409 if why.non_field_errors() else 422 if form.errors or why.errors else 200
    return show(request, "desk/dossier/amend.html", {"case": case, "form": form, "why": why, **shown}, status=status)


def _form(case: ServiceRequest, key: str, data: Any) -> StepForm | NameForm:
    """The one question, or 404 when this citizen was not asked it."""
    if key == NAME:
        return NameForm(data, case)
    if key not in {definition["key"] for definition in corrections.questions_of(case)}:
        raise Http404
    return form_for_fields(case.version, [key], data, case.answers)


def _tried(request: StaffRequest, case: ServiceRequest, form: StepForm | NameForm, why: WhyForm) -> dict[str, Any]:
    """What would change and what would be sent; `done` when it was confirmed and done. Why not is on `why`."""
    given = form.answers()
    name, reason = given.pop(APPLICANT_NAME, ""), why.cleaned_data["amended_because"]
    try:
        if why.cleaned_data["seen"] not in ("", case.updated_at.isoformat()):
            raise workflow.TooLate(case)
        if CONFIRM in request.POST:
            amending.amend(case, by=request.user, given=given, name=name, reason=reason)
            messages.success(request, _("C’est corrigé, et le demandeur en est prévenu."))
            return {"done": True}
        changes = amending.amended(case, given, name).changes(case)
    except workflow.Refused as refused:
        why.add_error(None, str(refused))
        return {}
    sent = sendings.of_act("amend", case, changes=changes, reason=reason)
    return {"changes": changes, "sent": sent}
