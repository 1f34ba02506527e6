"""A piece in large, beside the answers or another piece: zoomed and turned by links, so that it needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app import access, corrections
from requests_app.desk.answers import answers_shown
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.dossier import gate
from requests_app.dossier.reading import Reason, note_reading
from requests_app.evidence import pages
from requests_app.file_answers import file_answer
from requests_app.models import Evidence, FileState, ServiceRequest

ZOOMS = (1, 2, 3, 4)
TURNS = (0, 90, 180, 270)
ANSWERS = "reponses"


@dataclass(frozen=True)
class Pane:
    """A piece as it is shown: `address` of the picture, "" when there is none; `number` and `pages` of a PDF."""

    file: Evidence
    number: int = 1
    address: str = ""
    earlier: str = ""
    later: str = ""


@require_safe
def view(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """`?page=1…&zoom=1…4&turn=0…270&avec=reponses` or the id of another piece, with `avec_page`.

    What makes no sense counts for nothing. A PDF is shown page by page, drawn when it is first asked for.
    """
    case = access.readable(request.user, reference)
    asking = gate.ask_first(request, case)
    if asking is not None:
        return asking
    prefetch_related_objects([case], "evidence")
    files = [file for file in case.evidence.all() if file.state == FileState.AVAILABLE]
    shown = next((file for file in files if file.pk == pk), None)
    if shown is None:
        raise Http404
    beside = _beside(request, files, shown)
    now = {
        "page": _among(request, "page", range(1, shown.pages + 1)),
        "zoom": _among(request, "zoom", ZOOMS),
        "turn": _among(request, "turn", TURNS),
        "avec": str(beside.pk) if beside else ANSWERS,
        "avec_page": _among(request, "avec_page", range(1, beside.pages + 1)) if beside else 1,
    }
    context = {
        "case": case,
        "pane": _pane(case, shown, shown, now, "page"),
        "label": _("Joint à l’avis d’un expert") if shown.opinion_id else _labels(case).get(shown.piece, ""),
        "beside": _pane(case, shown, beside, now, "avec_page") if beside else None,
        "answers": [] if beside else answers_shown(case, set()),
        "zoom": now["zoom"],
        "turn": now["turn"],
        "links": _links(case, shown, now),
        "others": [
            (file, _address(case, shown, now | {"avec": file.pk, "avec_page": 1}))
            for file in files
            if file.pk != shown.pk
        ],
        "with_answers": _address(case, shown, now | {"avec": ANSWERS}),
        "pieces": [(file, _address(case, file, {"avec": ANSWERS})) for file in files],
    }
    return show(request, "desk/dossier/viewer.html", context)


@require_safe
def page(request: StaffRequest, reference: str, pk: int, number: int) -> HttpResponseBase:
    """A page of a PDF as a picture, marked like the piece itself; 404 when it cannot be drawn."""
    case = access.readable(request.user, reference)
    evidence = access.evidence(case, pk)
    asking = gate.ask_first(request, case)
    if asking is not None:
        return asking
    try:
        picture = pages.page_file(evidence, number)
    except pages.UnreadablePage:
        raise Http404 from None
    note_reading(f"evidence:{evidence.pk}", request.user, case.office, Reason.FILE)
    tag = f"{evidence.sha256}-{pages.DRAWING}-{number}-{case.reference}"
    name = f"{evidence.original_name}-{number}.jpg"
    return file_answer(request, picture, name=name, media_type="image/jpeg", tag=tag, inline=True)


def _pane(case: ServiceRequest, main: Evidence, file: Evidence, now: dict[str, Any], key: str) -> Pane:
    """The pane of `file`, on the page that `now[key]` says; its commands lead to the same view of `main`."""
    if file.is_picture:
        return Pane(file, address=reverse("desk:evidence-file", args=[case.reference, file.pk]))
    number = now[key]
    earlier = _address(case, main, now | {key: number - 1}) if number > 1 else ""
    later = _address(case, main, now | {key: number + 1}) if number < file.pages else ""
    try:
        pages.page_file(file, number).close()
    except pages.UnreadablePage:
        return Pane(file, number, "", earlier, later)
    return Pane(file, number, reverse("desk:evidence-page", args=[case.reference, file.pk, number]), earlier, later)


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


def _among(request: StaffRequest, name: str, known: Sequence[int]) -> int:
    given = request.GET.get(name, "")
    return int(given) if given in map(str, known) else known[0]


def _beside(request: StaffRequest, files: list[Evidence], shown: Evidence) -> Evidence | None:
    """The other piece to show beside, or None for the answers."""
    wanted = request.GET.get("avec", "")
    return next((file for file in files if str(file.pk) == wanted and file.pk != shown.pk), None)


def _labels(case: ServiceRequest) -> dict[str, str]:
    return {piece["key"]: piece["label"] for piece in corrections.pieces_of(case)}
