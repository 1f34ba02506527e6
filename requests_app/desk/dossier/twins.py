"""Two requests that look alike, side by side: what differs is marked, and somebody says whether they are the same."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from requests_app import access, corrections, workflow
from requests_app.catalogue.forms import definitions_of, in_words
from requests_app.catalogue.translated import in_active_language
from requests_app.desk import sendings
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.dossier import gate
from requests_app.dossier import likeness, reading
from requests_app.dossier.reading import Reason
from requests_app.models import ServiceRequest
from requests_app.states import TRANSITIONS


@dataclass(frozen=True)
class Line:
    """One thing both requests say, or one of them only."""

    label: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        return self.left != self.right


@require_safe
def compare(request: StaffRequest, reference: str, other: str) -> HttpResponse:
    """Answers and files of both, the lines that differ marked; each reading is written with its reason.

    Two requests that nothing brings together are no comparison: each is opened for a reason of its own.
    """
    left, right = _both(request, reference, other)
    verdict = likeness.verdict_on(left, right)
    compared = verdict is not None or likeness.alike(left).filter(pk=right.pk).exists()
    for case in (left, right):
        if compared:
            reading.say_why(case, by=request.user, reason=Reason.COMPARED)
        elif (asking := gate.ask_first(request, case)) is not None:
            return asking
    may_judge = likeness.permitted(request.user, left) and likeness.permitted(request.user, right)
    context = {
        "left": left,
        "right": right,
        "lines": _facts(left, right) + _answers(left, right),
        "files": _files(left, right),
        "verdict": verdict,
        "may_judge": may_judge,
        "closable": _closable(left, right) if verdict and verdict.same and may_judge else [],
    }
    return show(request, "desk/dossier/compare.html", context)


@require_POST
def judge(request: StaffRequest, reference: str, other: str) -> HttpResponse:
    """Keep what is said of the two."""
    left, right = _both(request, reference, other)
    same = request.POST.get("same") == "1"
    if not (likeness.permitted(request.user, left) and likeness.permitted(request.user, right)):
        raise Http404
    likeness.judge(left, right, by=request.user, same=same)
    said = _("C’est la même demande : fermez celle qui ne continue pas.") if same else _("Ce sont deux demandes.")
    messages.success(request, said)
    return redirect("desk:compare", left.reference, right.reference)


@require_POST
def close(request: StaffRequest, reference: str, other: str) -> HttpResponse:
    """Close the first as the same as the second; its applicant is told which one goes on."""
    closed = access.workable(request.user, reference, "close_duplicate")
    kept = access.readable(request.user, other)
    try:
        workflow.close_duplicate(closed, by=request.user, kept=kept)
    except workflow.Refused as refused:
        messages.error(request, str(refused))
        return redirect("desk:compare", closed.reference, kept.reference)
    messages.success(request, _("La demande est classée et le demandeur prévenu. Celle-ci continue."))
    return redirect("desk:case", kept.reference)


def _both(request: StaffRequest, reference: str, other: str) -> tuple[ServiceRequest, ServiceRequest]:
    left, right = access.readable(request.user, reference), access.readable(request.user, other)
    if left.pk == right.pk:
        raise Http404
    return left, right


def _closable(left: ServiceRequest, right: ServiceRequest) -> list[dict[str, Any]]:
    """Which of the two may be closed, which one then goes on, and the exact words that leave."""
    sources = TRANSITIONS["close_duplicate"].sources
    return [
        {"closed": closed, "kept": kept, "sent": sendings.of_act("close_duplicate", closed, kept=kept)}
        for closed, kept in ((left, right), (right, left))
        if closed.state in sources
    ]


def _facts(left: ServiceRequest, right: ServiceRequest) -> list[Line]:
    def pair(label: str, told: Any) -> Line:
        return Line(label, str(told(left) or ""), str(told(right) or ""))

    return [
        pair(_("Nom du demandeur"), lambda case: case.applicant_name),
        pair(_("Téléphone"), lambda case: case.phone),
        pair(_("Adresse électronique"), lambda case: case.email),
        pair(_("Demande faite"), lambda case: case.get_on_behalf_display()),
        pair(_("Personne qui aide"), lambda case: case.helper_name),
        pair(_("Canal"), lambda case: case.get_channel_display()),
        pair(_("Bureau"), lambda case: case.office),
    ]


def _answers(left: ServiceRequest, right: ServiceRequest) -> list[Line]:
    said = [_in_words(case) for case in (left, right)]
    return [
        Line(label, said[0].get(key, ("", ""))[1], said[1].get(key, ("", ""))[1])
        for key, (label, _words) in {**said[1], **said[0]}.items()
    ]


def _in_words(case: ServiceRequest) -> dict[str, tuple[str, str]]:
    """Key → label and answer in words of each question that was asked in words."""
    asked = {definition["key"] for definition in corrections.questions_of(case)}
    return {
        definition["key"]: (in_active_language(definition["label"]), in_words(definition, case.answers))
        for definition in definitions_of(case.version)
        if definition["key"] in asked
    }


def _files(left: ServiceRequest, right: ServiceRequest) -> list[dict[str, Any]]:
    """The files of each, with those that are the very same in both."""
    both = [list(case.evidence.filter(message=None, opinion=None)) for case in (left, right)]
    same = {file.sha256 for file in both[0]} & {file.sha256 for file in both[1]}
    return [
        {"case": case, "files": [(file, file.sha256 in same) for file in files]}
        for case, files in zip((left, right), both, strict=True)
    ]
