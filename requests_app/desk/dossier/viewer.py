"""A piece in large, beside the answers or another piece: zoomed and turned by links, so that it needs no script."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app import access, corrections
from requests_app.desk.answers import answers_shown
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.dossier import gate
from requests_app.models import Evidence, FileState, ServiceRequest

ZOOMS = (1, 2, 3, 4)
TURNS = (0, 90, 180, 270)
ANSWERS = "reponses"


@require_safe
def view(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """`?zoom=1…4&turn=0…270&avec=reponses` or the id of another piece; what makes no sense counts for nothing."""
    case = access.readable(request.user, reference)
    asking = gate.ask_first(request, case)
    if asking is not None:
        return asking
    prefetch_related_objects([case], "evidence")
    files = [file for file in case.evidence.all() if file.state == FileState.AVAILABLE]
    shown = next((file for file in files if file.pk == pk), None)
    if shown is None:
        raise Http404
    now = {"zoom": _among(request, "zoom", ZOOMS), "turn": _among(request, "turn", TURNS), "avec": ""}
    beside = _beside(request, files, shown)
    now["avec"] = str(beside.pk) if beside else ANSWERS
    context = {
        "case": case,
        "file": shown,
        "label": _("Joint à l’avis d’un expert") if shown.opinion_id else _labels(case).get(shown.piece, ""),
        "beside": beside,
        "answers": [] if beside else answers_shown(case, set()),
        "zoom": now["zoom"],
        "turn": now["turn"],
        "links": _links(case, shown, now),
        "others": [(file, _address(case, shown, now | {"avec": file.pk})) for file in files if file.pk != shown.pk],
        "with_answers": _address(case, shown, now | {"avec": ANSWERS}),
        "pages": [(file, _address(case, file, {"avec": ANSWERS})) for file in files],
    }
    return show(request, "desk/dossier/viewer.html", context)


def _links(case: ServiceRequest, file: Evidence, now: dict[str, Any]) -> dict[str, str]:
    """Where each command leads; "" where it can do no more."""
    zoom, turn = now["zoom"], now["turn"]
    return {
        "closer": _address(case, file, now | {"zoom": zoom + 1}) if zoom < ZOOMS[-1] else "",
        "farther": _address(case, file, now | {"zoom": zoom - 1}) if zoom > ZOOMS[0] else "",
        "turned": _address(case, file, now | {"turn": (turn + 90) % 360}),
    }


def _address(case: ServiceRequest, file: Evidence, asked: dict[str, Any]) -> str:
    return f"{reverse('desk:view', args=[case.reference, file.pk])}?{urlencode(asked)}"


def _among(request: StaffRequest, name: str, known: tuple[int, ...]) -> int:
    given = request.GET.get(name, "")
    return int(given) if given in map(str, known) else known[0]


def _beside(request: StaffRequest, files: list[Evidence], shown: Evidence) -> Evidence | None:
    """The other piece to show beside, or None for the answers."""
    wanted = request.GET.get("avec", "")
    return next((file for file in files if str(file.pk) == wanted and file.pk != shown.pk), None)


def _labels(case: ServiceRequest) -> dict[str, str]:
    return {piece["key"]: piece["label"] for piece in corrections.pieces_of(case)}
