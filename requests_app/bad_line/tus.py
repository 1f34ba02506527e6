"""Resumable uploads: the tus protocol 1.0.0, so that a file cut at 70 % goes on from 70 %.

Core protocol with the extensions creation, expiration and termination. Without scripts the plain form field
sends the same files to the same checks.

Addresses (secret, opened by a one-time code, or by a posting, like the pages they belong to; a stranger reads 404):

    /demande/<token>/envois/            a draft, a relay agent's too
    /completer/<token>/envois/          what an office asked, by the link of its question
    /suivi/<reference>/envois/          a filed request opened in this browser (correction, message)
                                        for the next message, the key of the piece is `_letter`
    /agent/guichet/<slug>/<version>/envois/<key>/
                                        the page of the counter that this clerk has open
    /agent/demande/<reference>/ecrire/envois/
                                        a clerk's next message; the key of the piece is `_reply-<his number>`
    …/<id>/                             one file on its way, as `Location` says it

Every request but OPTIONS and GET carries `Tus-Resumable: 1.0.0` (412 without) and, when it is not HEAD,
`X-CSRFToken: <value of the hidden field csrfmiddlewaretoken of the page>` (403 without).

OPTIONS …/                204, Tus-Version, Tus-Extension, Tus-Max-Size
POST …/                   Upload-Length: <bytes>
                          Upload-Metadata: piece <base64 of the key>,filename <base64 of the name, UTF-8>
                          (the key: that of a piece or of a file question, what follows `piece-` in the page's field)
                          201, Location, Upload-Expires; 413 above 5 MB; 422 when the piece takes no more
                          files or the page is closed; 429 above 10 files on their way
HEAD …/<id>/              200, Upload-Offset: <next byte wanted>, Upload-Length, Upload-Expires
PATCH …/<id>/             Content-Type: application/offset+octet-stream, Upload-Offset: <next byte>, bytes
                          204, Upload-Offset: <next byte wanted> while bytes are missing;
                          when the last one has come: 200 and the JSON below (204 without `Accept: application/json`);
                          409 and Upload-Offset when bytes do not follow, 423 when another PATCH is writing:
                          ask HEAD, then go on from there
                          422 when the whole file is refused: it is forgotten, send another
GET …/<id>/               200 and {"offset", "length"} on its way, or the JSON below once attached
DELETE …/<id>/            204: forget a file on its way (an attached one is removed by the page's own button)

The JSON of an attached file (of one that came ahead, `evidence` is the id of the upload and `url` empty):

    {"offset", "length", "evidence": <id>, "piece", "name", "pages", "url": <address of the file>,
     "state": "AVAILABLE" | "QUARANTINE" | "INFECTED", "label": "vérifiée" | "reçue, en cours de vérification" | …}

Every refusal is {"sentence": "…"} in the language of the page, to be shown as it is beside the piece.
A client that lost the answer of its last PATCH asks HEAD, then sends a PATCH without bytes at that offset: the same
JSON comes back. After 24 hours, or once refused, the address answers 404: begin again.
Chunks of 64 to 256 kB suit a line that drops: a proxy may keep a chunk until it is whole.
"""

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from requests_app import filing
from requests_app.bad_line.ahead import Ahead
from requests_app.evidence import arriving
from requests_app.evidence.checks import MAX_BYTES, RefusedFile, check_upload, too_heavy_sentence
from requests_app.models import Evidence, FileState, PartialUpload, ServiceRequest
from requests_app.workflow import Refused

VERSION = "1.0.0"
ABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,expiration,termination",
    "Tus-Max-Size": str(MAX_BYTES),
}
BYTES = "application/offset+octet-stream"
LONGEST_NAME = 140
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Door:
    """Where files come in: for which case, their address once attached (None: all come ahead), and which come ahead."""

    case: ServiceRequest
    address: Callable[[Evidence], str] | None = None
    ahead: Ahead | None = None

    def waits(self, piece: str) -> bool:
        """Whether a file for this key comes ahead."""
        return self.ahead is not None and self.ahead.takes(piece)

    def opens(self, piece: str) -> bool:
        """Whether files of this key are this door's business. No key of a piece begins with "_"."""
        return self.waits(piece) or (self.address is not None and not piece.startswith("_"))

    def check_room(self, piece: str) -> None:
        """Raises `Refused` and `RefusedFile` when no file may begin for this key."""
        if self.ahead and self.waits(piece):
            self.ahead.check_room(piece)
        elif self.opens(piece):
            filing.check_open(self.case, piece)
        else:
            raise RefusedFile(gettext("Cette pièce n’est pas demandée."))


class BadRequest(Exception):
    """A header that the protocol asks for is missing or wrong; the message is for the programmer."""


def tus(*methods: str) -> Callable[[View], View]:
    """Answer OPTIONS, refuse another version of the protocol, and carry its version on every answer."""

    def decorate(view: View) -> View:
        @require_http_methods(["OPTIONS", *methods])
        @wraps(view)
        def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                answer: HttpResponseBase = HttpResponse(status=204, headers=ABILITIES)
            elif request.method != "GET" and request.headers.get("Tus-Resumable") != VERSION:
                answer = HttpResponse(status=412, headers={"Tus-Version": VERSION})
            else:
                try:
                    answer = view(request, *args, **kwargs)
                except BadRequest as error:
                    answer = HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
            answer["Tus-Resumable"] = VERSION
            return answer

        return spoken

    return decorate


# -- The protocol -------------------------------------------------------------------------------


def begin(request: HttpRequest, door: Door) -> HttpResponse:
    """Creation: an empty file of the announced length, for a piece that may still receive one."""
    length = _whole_number(request, "Upload-Length")
    facts = _metadata(request.headers.get("Upload-Metadata", ""))
    piece, name = facts.get("piece", ""), filing.shown_name(facts.get("filename", ""))[-LONGEST_NAME:]
    try:
        door.check_room(piece)
        upload = arriving.begin(door.case, piece, name=name, length=length)
    except (Refused, RefusedFile) as refused:
        return refusal(str(refused), 422)
    except arriving.TooLong:
        return refusal(too_heavy_sentence(), 413)
    except arriving.TooManyOpen:
        return refusal(gettext("Trop de fichiers sont déjà en cours d’envoi. Attendez qu’ils arrivent."), 429)
    return HttpResponse(status=201, headers={"Location": f"{request.path}{upload.pk}/"} | _expiry(upload))


def go_on(request: HttpRequest, door: Door, pk: uuid.UUID) -> HttpResponse:
    """Everything about one file on its way: how much is here, the next bytes, forget it."""
    upload = _upload(door, pk)
    if request.method == "PATCH":
        return _patched(request, upload, door)
    if request.method == "DELETE":
        if upload.evidence_id is None:
            arriving.forget(upload)
        return HttpResponse(status=204)
    if request.method == "GET":
        return JsonResponse(_facts(upload, door), headers=_progress(upload))
    return HttpResponse(headers=_progress(upload) | _expiry(upload))


def _patched(request: HttpRequest, upload: PartialUpload, door: Door) -> HttpResponse:
    offset, size = _whole_number(request, "Upload-Offset"), _whole_number(request, "Content-Length", absent="0")
    if size and request.content_type != BYTES:
        return HttpResponse(status=415)
    if upload.evidence_id:
        # The answer of the last chunk was lost and it comes again.
        return _arrived(request, upload, door) if offset + size == upload.length else _conflict(upload.length)
    try:
        kept = arriving.receive(upload, request, offset=offset, size=size)
        if kept == upload.length:
            _attach(upload, door)
            return _arrived(request, upload, door)
    except arriving.WrongOffset as error:
        return _conflict(error.offset)
    except arriving.TooLong:
        return refusal(too_heavy_sentence(), 413)
    except arriving.Busy:
        return HttpResponse(status=423)
    except (Refused, RefusedFile) as refused:
        arriving.forget(upload)
        return refusal(str(refused), 422)
    return HttpResponse(status=204, headers={"Upload-Offset": str(kept)} | _expiry(upload))


def _attach(upload: PartialUpload, door: Door) -> None:
    with arriving.whole(upload) as file:
        if door.ahead and door.waits(upload.piece):  # judged now, kept with what it belongs to
            door.ahead.judge(upload.piece, check_upload(file))
            return
        evidence = filing.attach(upload.case, upload.piece, file)
        arriving.finished(upload, evidence)


def _arrived(request: HttpRequest, upload: PartialUpload, door: Door) -> HttpResponse:
    if not request.accepts("application/json") or "Accept" not in request.headers:
        return HttpResponse(status=204, headers=_progress(upload))
    return JsonResponse(_facts(upload, door), headers=_progress(upload))


def _facts(upload: PartialUpload, door: Door) -> dict[str, Any]:
    facts: dict[str, Any] = {"offset": arriving.offset_of(upload), "length": upload.length}
    file = upload.evidence
    if file is None and door.ahead and door.waits(upload.piece) and facts["offset"] == upload.length:
        waits = {"evidence": str(upload.pk), "piece": upload.piece, "name": upload.name, "pages": 1, "url": ""}
        return facts | waits | {"state": FileState.QUARANTINE, "label": str(door.ahead.label)}
    if file is None or door.address is None:
        return facts
    return facts | {
        "evidence": file.pk,
        "piece": file.piece,
        "name": file.original_name,
        "pages": file.pages,
        "url": door.address(file),
        "state": file.state,
        "label": file.get_state_display(),
    }


def _upload(door: Door, pk: uuid.UUID) -> PartialUpload:
    upload = door.case.partial_uploads.select_related("evidence").filter(pk=pk).first()
    if upload is None or arriving.is_old(upload) or not door.opens(upload.piece):
        raise Http404
    upload.case = door.case
    return upload


def _progress(upload: PartialUpload) -> dict[str, str]:
    return {
        "Upload-Offset": str(arriving.offset_of(upload)),
        "Upload-Length": str(upload.length),
        "Cache-Control": "no-store",
    }


def _expiry(upload: PartialUpload) -> dict[str, str]:
    return {"Upload-Expires": http_date(arriving.expires(upload).timestamp())}


def _conflict(offset: int) -> HttpResponse:
    return HttpResponse(status=409, headers={"Upload-Offset": str(offset)})


def refusal(sentence: str, status: int) -> HttpResponse:
    """A refusal in words, to be shown beside the piece."""
    return JsonResponse({"sentence": sentence}, status=status, json_dumps_params={"ensure_ascii": False})


def _whole_number(request: HttpRequest, header: str, *, absent: str = "") -> int:
    value = request.headers.get(header) or absent
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise BadRequest(f"{header} is a whole number of bytes.")
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """`key base64,key base64` as text."""
    facts = {}
    for pair in filter(None, map(str.strip, header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            facts[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            raise BadRequest("Upload-Metadata holds keys and base64 of UTF-8.") from None
    return facts
