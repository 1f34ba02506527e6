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
from requests_app.catalogue.field_types.groups import item_title, rearranged
from requests_app.catalogue.field_types.step_form import Posted
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
def amend(request: StaffRequest, reference: str, key: str, item: int = 0) -> HttpResponse:
    """Ask for the right value and why; show the difference and what will be sent; correct when it is confirmed.

    `item` is the rank (from 1) of one item of a group. The fee follows; another office is offered, never chosen.
    """
    case = access.workable(request.user, reference, "amend")
    data = rearranged(request.POST) if request.method == "POST" else None
    form, why = _form(case, key, item, data), WhyForm(data, initial={"seen": case.updated_at.isoformat()})
    asking = gate.ask_first(request, case) if request.method == "GET" else None
    if asking is not None:
        return asking
    shown: dict[str, Any] = {}
    if data is not None and form.is_valid() & why.is_valid():
        shown = _tried(request, case, form, why)
        if "done" in shown:
            return _after(request, case, shown["done"])
    note_reading(case.obj, request.user, case.office, Reason.ACT)
    status = 409 if why.non_field_errors() else 422 if form.errors or why.errors else 200
    return show(request, "desk/dossier/amend.html", {"case": case, "form": form, "why": why, **shown}, status=status)


class ItemForm(StepForm):
    """One item of a group: its answers are those of the whole group, the other items untouched."""

    group: str
    before: list[dict[str, Any]]
    rank: int

    def answers(self) -> dict[str, Any]:
        items = list(self.before)
        items[self.rank] = super().answers()
        return {self.group: items}


def _form(case: ServiceRequest, key: str, item: int, data: Any) -> StepForm | NameForm:
    """The one question, or the one item of a group; 404 when this citizen was not asked it."""
    if key == NAME and not item:
        return NameForm(data, case)
    question = next((one for one in corrections.questions_of(case) if one["key"] == key), None)
    if question is None or (question["type"] == "group") != bool(item):
        raise Http404
    if not item:
        return form_for_fields(case.version, [key], data, case.answers)
    items = case.answers.get(key) or []
    if item > len(items):
        raise Http404
    form = ItemForm.of(question["fields"], None if data is None else Posted(data), items[item - 1])
    form.group, form.before, form.rank = key, items, item - 1
    form.title = item_title(question, item)
    return form


def _after(request: StaffRequest, case: ServiceRequest, done: amending.Amended) -> HttpResponse:
    """Back to the case; with a sentence when the rules now name another office, which its page offers."""
    messages.success(request, _("C’est corrigé, et le demandeur en est prévenu."))
    if done.office is not None:
        words = _("Avec cette réponse, les règles nomment un autre bureau : %(office)s. La demande n’a pas bougé.")
        messages.warning(request, words % {"office": done.office})
    return redirect("desk:case", case.reference)


def _tried(request: StaffRequest, case: ServiceRequest, form: StepForm | NameForm, why: WhyForm) -> dict[str, Any]:
    """What would change and what would be sent; `done` when it was confirmed and done. Why not is on `why`."""
    given = form.answers()
    name, reason = given.pop(APPLICANT_NAME, ""), why.cleaned_data["amended_because"]
    try:
        if why.cleaned_data["seen"] not in ("", case.updated_at.isoformat()):
            raise workflow.TooLate(case)
        if CONFIRM in request.POST:
            return {"done": amending.amend(case, by=request.user, given=given, name=name, reason=reason)}
        result = amending.amended(case, given, name)
        changes = result.changes(case)
    except workflow.Refused as refused:
        why.add_error(None, str(refused))
        return {}
    fee = amending.fee_said(changes, result)
    sent = sendings.of_act("amend", case, changes=changes, reason=reason, fee=fee)
    return {"changes": changes, "sent": sent, "fee": fee, "office": result.office}
