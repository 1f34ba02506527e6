"""Pointing at a place on a map, without a script: a page between two states of a step.

Everything typed in the step travels with it in hidden inputs, so that nothing is lost, whether it holds or not; where
one looks and points is never part of an address, which logs keep.
"""

import base64
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language, gettext

from arrondissements import limits
from requests_app import filing, workflow
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.forms import form_for_step
from requests_app.catalogue.translated import in_active_language
from requests_app.citizen import keeping, stepping
from requests_app.maps import sheet, tiles
from requests_app.maps.sheet import Sheet
from requests_app.models import ServiceRequest

# No question begins with "_": these are the map's own.
KEY, SHEET, GO, TAKE, LEAVE = "_map", "_sheet", "_go", "_take", "_leave"
# A picture that is clicked sends two numbers under these names.
ACROSS, DOWN = "_spot.x", "_spot.y"
OWN = {KEY, SHEET, GO, TAKE, LEAVE, ACROSS, DOWN, "csrfmiddlewaretoken"}
CLOSER, FARTHER, MIDDLE = "closer", "farther", "middle"
FURTHEST = 4  # digits of a click


def is_open(request: HttpRequest, case: ServiceRequest, index: int) -> bool:
    """Whether the map of a question of the step `index` (0 is the first) is to be shown."""
    return _asked(request, case, index) is not None and not {TAKE, LEAVE} & request.POST.keys()


def page_of(request: HttpRequest, case: ServiceRequest, index: int) -> dict[str, Any]:
    """What the page of the map shows; the files that were posted with the step are attached first."""
    stepping.receive_files(request, case, index)
    seen = _turned(request, _sheet_of(request))
    context: dict[str, Any] = {
        "key": request.POST[KEY],
        "label": _label(case, index, request.POST[KEY]),
        "sheet": seen,
        "side": sheet.SIDE,
        "carried": [pair for name, values in _typed(request.POST).lists() for pair in ((name, one) for one in values)],
        "attribution": sheet.attribution(),
        "picture": "",
        "word": "",
    }
    each, together = settings.MAP_PER_MINUTE, settings.MAP_TOGETHER_PER_MINUTE
    if not limits.allows(request, "map", each=each, together=together):
        word = gettext(
            "La carte a été demandée trop souvent. Attendez une minute, ou dites l’endroit en quelques mots."
        )
        return context | {"word": word}
    drawn = sheet.picture(seen)
    if drawn.missing == 1:
        word = gettext("La carte ne répond pas. Essayez plus tard, ou dites l’endroit en quelques mots.")
        return context | {"word": word}
    if drawn.missing:
        context["word"] = gettext(
            "Une partie de la carte n’est pas arrivée. Vous pouvez tout de même montrer l’endroit."
        )
    return context | {"picture": f"data:{drawn.media_type};base64,{base64.b64encode(drawn.bytes).decode()}"}


def typed(request: HttpRequest, case: ServiceRequest, index: int) -> QueryDict | None:
    """What was typed in the step one comes back to from the map, with the point that was taken, which is kept at once.

    None when the request comes from no map.
    """
    if request.method != "POST" or KEY not in request.POST:
        return None
    data, key = _typed(request.POST), _asked(request, case, index)
    seen = Sheet.read(request.POST.get(SHEET, ""))
    if key is None or TAKE not in request.POST or seen is None or seen.mark is None:
        return data
    comma = "," if (get_language() or "fr").startswith("fr") else "."
    for name, degrees in zip(("lat", "lng"), seen.mark, strict=True):
        data[f"{key}-{name}"] = f"{degrees:.5f}".replace(".", comma)
    held = keeping.worth_keeping(form_for_step(case.version, index, rearranged(data), answers=case.answers))
    if key in held:
        with suppress(workflow.Refused):  # filed meanwhile: the next press says so
            filing.save_step(case, index, {key: held[key]})
    return data


def _asked(request: HttpRequest, case: ServiceRequest, index: int) -> str | None:
    """The question whose map is asked for, if this step has it and the town hall has a map."""
    key = request.POST.get(KEY, "")
    points = {field["key"] for field in case.version.steps[index]["fields"] if field["type"] == "map_point"}
    return key if key in points and tiles.is_on() else None


def _label(case: ServiceRequest, index: int, key: str) -> str:
    fields = case.version.steps[index]["fields"]
    return next(in_active_language(field["label"]) for field in fields if field["key"] == key)


def _typed(posted: QueryDict) -> QueryDict:
    """What belongs to the step; a signature drawn on it was attached already."""
    data = QueryDict(mutable=True)
    for name, values in posted.lists():
        if name not in OWN and not name.endswith("_drawn"):
            data.setlist(name, values)
    return data


def _sheet_of(request: HttpRequest) -> Sheet:
    """The sheet the page had, or the first one: around the point that is typed."""
    kept = Sheet.read(request.POST.get(SHEET, ""))
    if kept:
        return kept
    key = request.POST[KEY]
    written = " ".join(request.POST.get(f"{key}-{name}", "").strip().replace(",", ".") for name in ("lat", "lng"))
    read = Sheet.read(f"{sheet.CLOSE_ZOOM} {written}")
    return Sheet.around(read.centre if read else None)


def _turned(request: HttpRequest, seen: Sheet) -> Sheet:
    """The sheet after the button, or the click, that was pressed on the page."""
    go = request.POST.get(GO, "")
    if go in sheet.MOVES:
        return seen.moved(go)
    if go in (CLOSER, FARTHER):
        return seen.zoomed(1 if go == CLOSER else -1)
    if go == MIDDLE:
        return seen.clicked(0, 0)
    across, down = request.POST.get(ACROSS, ""), request.POST.get(DOWN, "")
    if all(part.isascii() and part.isdecimal() and len(part) <= FURTHEST for part in (across, down)):
        return seen.clicked(int(across), int(down))
    return seen
