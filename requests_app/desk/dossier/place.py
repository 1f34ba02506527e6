"""The map of a place of a request, for who reads it: its address says which question, never where."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from requests_app import access
from requests_app.catalogue.forms import definitions_of
from requests_app.desk.desk import StaffRequest
from requests_app.desk.dossier import gate
from requests_app.maps import sheet, tiles
from requests_app.maps.sheet import Sheet
from requests_app.models import ServiceRequest

KEPT = 600  # seconds, by the browser of the clerk


@require_safe
def place(request: StaffRequest, reference: str, key: str) -> HttpResponse:
    """The picture of the map around the point of one answer; 503 while the tile server does not answer."""
    case = access.readable(request.user, reference)
    mark = _point(case, key)
    asking = gate.ask_first(request, case)
    if asking is not None:
        return asking
    picture = sheet.picture(Sheet.around(mark))
    if picture.missing == 1:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": f"private, max-age={0 if picture.missing else KEPT}"}
    return HttpResponse(picture.bytes, content_type=picture.media_type, headers=headers)


def _point(case: ServiceRequest, key: str) -> sheet.Point:
    """The point given to the question `key`, or 404."""
    asked = any(one["key"] == key and one["type"] == "map_point" for one in definitions_of(case.version))
    stored: Any = case.answers.get(key) if asked and tiles.is_on() else None
    if not isinstance(stored, dict) or not all(isinstance(stored.get(part), int | float) for part in ("lat", "lng")):
        raise Http404
    return stored["lat"], stored["lng"]
