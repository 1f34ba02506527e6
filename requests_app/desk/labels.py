"""Labels at the desk: put on a case and taken off; named and retired by the head of the office."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arrondissements.models import Office
from requests_app import access, labelling, permissions
from requests_app.desk import access as desk_access
from requests_app.desk import queue_lists
from requests_app.desk.desk import StaffRequest, show
from requests_app.models import LabelTone, ServiceRequest
from requests_app.workflow import Refused


def labels_of(case: ServiceRequest, user: Any) -> dict[str, Any]:
    """What the page of a case shows: the labels it bears, and those this person may put. 1 query where none exists."""
    worn = [one.label for one in case.case_labels.all()]
    offered = queue_lists.labels(case.office) if case.office else []
    may = bool(worn or offered) and permissions.can_perform(user, "label", case)
    names = {str(label.pk) for label in worn}
    return {"labels": worn, "may_label": may, "labels_left": [one for one in offered if may and one[0] not in names]}


@require_POST
def put(request: StaffRequest, reference: str) -> HttpResponse:
    """Put a label on a case."""
    case = access.workable(request.user, reference, "label")
    label = desk_access.label_of(case, request.POST.get("label", ""))
    try:
        labelling.put(case, label, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:case", case.reference)


@require_POST
def remove(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Take a label off a case."""
    case = access.workable(request.user, reference, "label")
    labelling.remove(case, desk_access.label_on(case, pk), by=request.user)
    return redirect("desk:case", case.reference)


@require_safe
def labels(request: StaffRequest) -> HttpResponse:
    """The labels of the offices one heads, with those of all offices, which the town hall keeps."""
    offices = desk_access.headed(request.user)
    return show(
        request, "desk/labels.html", {"offices": [_of_office(office) for office in offices], "tones": LabelTone}
    )


@require_POST
def create(request: StaffRequest, office: str) -> HttpResponse:
    """A new label."""
    here = desk_access.headed_office(request.user, office)
    try:
        labelling.create(here, by=request.user, name=request.POST.get("name", ""), tone=_tone(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("L’étiquette est créée. Elle est proposée sur chaque demande du bureau."))
    return _back(here)


@require_POST
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Another name or colour; or retired, or offered again."""
    label = desk_access.headed_label(request.user, pk)
    try:
        if "retire" in request.POST or "back" in request.POST:
            labelling.retire(label, by=request.user, back="back" in request.POST)
        else:
            labelling.change(label, by=request.user, name=request.POST.get("name", ""), tone=_tone(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("C’est noté."))
    return _back(label.office)


def _of_office(office: Office) -> dict[str, Any]:
    own = office.labels.order_by("-is_active", "name")
    shared = labelling.offered(office).filter(office=None)
    return {"office": office, "own": list(own), "shared": list(shared)}


def _tone(request: StaffRequest) -> str:
    tone = request.POST.get("tone", "")
    return tone if tone in LabelTone.values else LabelTone.NEUTRAL


def _back(office: Office | None) -> HttpResponse:
    if office is not None:
        queue_lists.forget_labels(office)
    return redirect("desk:labels")
