"""Typing an emergency slip: the hour written on it, on the page of the counter; filed as of that hour."""

import datetime
from dataclasses import dataclass

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from requests_app import workflow
from requests_app.desk.desk import StaffRequest
from requests_app.desk.walk_ins import access
from requests_app.models import EmergencySlip, ServiceRequest
from requests_app.walk_ins import slips

# No question of a service begins with "_".
CODE = "_slip"


class HourForm(forms.Form):
    """When the paper was filled in."""

    use_required_attribute = False
    _day = forms.DateField(
        label=_("Jour écrit sur le bordereau"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Recopiez le jour."), "invalid": _("Ce jour n’existe pas.")},
    )
    _hour = forms.TimeField(
        label=_("Heure écrite sur le bordereau"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Recopiez l’heure."), "invalid": _("Écrivez l’heure ainsi : 14:30.")},
    )

    def received_at(self) -> datetime.datetime:
        """The moment, in Cotonou."""
        day, hour = self.cleaned_data["_day"], self.cleaned_data["_hour"]
        return datetime.datetime.combine(day, hour, tzinfo=timezone.get_current_timezone())


@dataclass
class Keyed:
    """A slip being typed, with its hour."""

    slip: EmergencySlip
    form: HourForm

    @property
    def is_complete(self) -> bool:
        """Whether the hour can be; says beside it why not."""
        if self.form.is_valid():
            try:
                slips.refuse_hour(self.slip, self.form.received_at())
            except workflow.Refused as refusal:
                self.form.add_error("_hour", str(refusal))
        return not self.form.errors


def of(request: StaffRequest) -> Keyed | None:
    """The slip this page types, or None; 404 for the slip of another office."""
    code = request.POST.get(CODE) or request.GET.get("bordereau", "")
    if not code:
        return None
    slip = access.slip(request.user, code)
    return Keyed(slip, HourForm(request.POST if request.method == "POST" else None))


def file(draft: ServiceRequest, keyed: Keyed | None, request: StaffRequest) -> None:
    """File the draft: now, or as of the hour of its slip. Raises what `workflow.submit` raises."""
    if keyed is None:
        workflow.submit(draft, by=request.user)
    else:
        slips.key_in(keyed.slip, draft, received_at=keyed.form.received_at(), by=request.user)
