"""Resumable uploads: the tus protocol 1.0.0, so that a file cut at 70 % goes on from 70 %.

Core protocol with the extensions creation, expiration and termination. Without scripts the plain form field
sends the same files to the same checks.

Addresses (secret or opened by a one-time code, like the pages they belong to; a stranger reads 404):

    /demande/<token>/envois/            a draft
    /completer/<token>/envois/          what an office asked, by the link of its question
    /suivi/<reference>/envois/          a filed request opened in this browser (correction, message)
                                        for the next message, the key of the piece is `_letter`
    …/envois/<id>/                      one file on its way, as `Location` says it

Every request but OPTIONS and GET carries `Tus-Resumable: 1.0.0` (412 without) and, when it is not HEAD,
`X-CSRFToken: <value of the hidden field csrfmiddlewaretoken of the page>` (403 without).

OPTIONS …/envois/         204, Tus-Version, Tus-Extension, Tus-Max-Size
POST …/envois/            Upload-Length: <bytes>
                          Upload-Metadata: piece <base64 of the key>,filename <base64 of the name, UTF-8>
                          (the key: that of a piece or of a file question, what follows `piece-` in the page's field)
                          201, Location, Upload-Expires; 413 above 5 MB; 422 when the piece takes no more
                          files or the page is closed; 429 above 10 files on their way
HEAD …/envois/<id>/       200, Upload-Offset: <next byte wanted>, Upload-Length, Upload-Expires
PATCH …/envois/<id>/      Content-Type: application/offset+octet-stream, Upload-Offset: <next byte>, bytes
                          204, Upload-Offset: <next byte wanted> while bytes are missing;
                          when the last one has come: 200 and the JSON below (204 without `Accept: application/json`);
                          409 and Upload-Offset when bytes do not follow, 423 when another PATCH is writing:
                          ask HEAD, then go on from there
                          422 when the whole file is refused: it is forgotten, send another
GET …/envois/<id>/        200 and {"offset", "length"} on its way, or the JSON below once attached
DELETE …/envois/<id>/     204: forget a file on its way (an attached one is removed by the page's own button)

The JSON of an attached file (of one that waits for its message, `evidence` is the id of the upload and `url` empty):

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
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from requests_app import access, filing, letters
from requests_app.citizen.follow import of_the_applicant
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


# -- Addresses ----------------------------------------------------------------------------------


@login_not_required
@tus("POST")
def draft_uploads(request: HttpRequest, token: uuid.UUID) -> HttpResponseBase:
    """Begin a file of a draft."""
    return begin(request, access.draft(token))


@login_not_required
@tus("GET", "HEAD", "PATCH", "DELETE")
def draft_upload(request: HttpRequest, token: uuid.UUID, pk: uuid.UUID) -> HttpResponseBase:
    """One file of a draft on its way."""
    return go_on(request, access.draft(token), pk, lambda file: reverse("requests:draft-file", args=[token, file.pk]))


@tus("POST")
@of_the_applicant
def case_uploads(request: HttpRequest, case: ServiceRequest) -> HttpResponseBase:
    """Begin a file that the office asked for, or that goes with the next message."""
    return begin(request, case, writes=True)


@tus("GET", "HEAD", "PATCH", "DELETE")
@of_the_applicant
def case_upload(request: HttpRequest, case: ServiceRequest, pk: uuid.UUID) -> HttpResponseBase:
    """One file of a filed request on its way."""
    reference = case.shown_reference
    return go_on(request, case, pk, lambda file: reverse("requests:evidence-file", args=[reference, file.pk]))


@login_not_required
@tus("POST")
def corrected_uploads(request: HttpRequest, token: uuid.UUID) -> HttpResponseBase:
    """Begin a file that the office asked for, by the link of its question."""
    return begin(request, access.waiting_question(token).case)


@login_not_required
@tus("GET", "HEAD", "PATCH", "DELETE")
def corrected_upload(request: HttpRequest, token: uuid.UUID, pk: uuid.UUID) -> HttpResponseBase:
    """One file asked by a link on its way."""
    case = access.waiting_question(token).case
    return go_on(request, case, pk, lambda file: reverse("requests:corrected-file", args=[token, file.pk]))


# -- The protocol -------------------------------------------------------------------------------


def begin(request: HttpRequest, case: ServiceRequest, *, writes: bool = False) -> HttpResponse:
    """Creation: an empty file of the announced length, for a piece that may still receive one.

    `writes`: whoever is here may write to the office, and send files ahead of the message.
    """
    length = _whole_number(request, "Upload-Length")
    facts = _metadata(request.headers.get("Upload-Metadata", ""))
    piece, name = facts.get("piece", ""), filing.shown_name(facts.get("filename", ""))[-LONGEST_NAME:]
    try:
        if writes and piece == letters.AHEAD:
            letters.check_room(case)
        else:
            filing.check_open(case, piece)
        upload = arriving.begin(case, piece, name=name, length=length)
    except (Refused, RefusedFile) as refusal:
        return _refusal(str(refusal), 422)
    except arriving.TooLong:
        return _refusal(too_heavy_sentence(), 413)
    except arriving.TooManyOpen:
        return _refusal(gettext("Trop de fichiers sont déjà en cours d’envoi. Attendez qu’ils arrivent."), 429)
    return HttpResponse(status=201, headers={"Location": f"{request.path}{upload.pk}/"} | _expiry(upload))


def go_on(
    request: HttpRequest, case: ServiceRequest, pk: uuid.UUID, address: Callable[[Evidence], str]
) -> HttpResponse:
    """Everything about one file on its way: how much is here, the next bytes, forget it."""
    upload = _upload(case, pk)
    if request.method == "PATCH":
        return _patched(request, upload, address)
    if request.method == "DELETE":
        if upload.evidence_id is None:
            arriving.forget(upload)
        return HttpResponse(status=204)
    if request.method == "GET":
        return JsonResponse(_facts(upload, address), headers=_progress(upload))
    return HttpResponse(headers=_progress(upload) | _expiry(upload))


def _patched(request: HttpRequest, upload: PartialUpload, address: Callable[[Evidence], str]) -> HttpResponse:
    offset, size = _whole_number(request, "Upload-Offset"), _whole_number(request, "Content-Length", absent="0")
    if size and request.content_type != BYTES:
        return HttpResponse(status=415)
    if upload.evidence_id:
        # The answer of the last chunk was lost and it comes again.
        return _arrived(request, upload, address) if offset + size == upload.length else _conflict(upload.length)
    try:
        kept = arriving.receive(upload, request, offset=offset, size=size)
        if kept == upload.length:
            _attach(upload)
            return _arrived(request, upload, address)
    except arriving.WrongOffset as error:
        return _conflict(error.offset)
    except arriving.TooLong:
        return _refusal(too_heavy_sentence(), 413)
    except arriving.Busy:
        return HttpResponse(status=423)
    except (Refused, RefusedFile) as refusal:
        arriving.forget(upload)
        return _refusal(str(refusal), 422)
    return HttpResponse(status=204, headers={"Upload-Offset": str(kept)} | _expiry(upload))


def _attach(upload: PartialUpload) -> None:
    with arriving.whole(upload) as file:
        if upload.piece == letters.AHEAD:  # judged now, kept with the message
            check_upload(file)
            return
        evidence = filing.attach(upload.case, upload.piece, file)
        arriving.finished(upload, evidence)


def _arrived(request: HttpRequest, upload: PartialUpload, address: Callable[[Evidence], str]) -> HttpResponse:
    if not request.accepts("application/json") or "Accept" not in request.headers:
        return HttpResponse(status=204, headers=_progress(upload))
    return JsonResponse(_facts(upload, address), headers=_progress(upload))


def _facts(upload: PartialUpload, address: Callable[[Evidence], str]) -> dict[str, Any]:
    facts: dict[str, Any] = {"offset": arriving.offset_of(upload), "length": upload.length}
    file = upload.evidence
    if file is None and upload.piece == letters.AHEAD and facts["offset"] == upload.length:
        label = gettext("reçue : elle part avec le message")
        waits = {"evidence": str(upload.pk), "piece": upload.piece, "name": upload.name, "pages": 1, "url": ""}
        return facts | waits | {"state": FileState.QUARANTINE, "label": label}
    if file is None:
        return facts
    return facts | {
        "evidence": file.pk,
        "piece": file.piece,
        "name": file.original_name,
        "pages": file.pages,
        "url": address(file),
        "state": file.state,
        "label": file.get_state_display(),
    }


def _upload(case: ServiceRequest, pk: uuid.UUID) -> PartialUpload:
    upload = case.partial_uploads.select_related("evidence").filter(pk=pk).first()
    if upload is None or arriving.is_old(upload):
        raise Http404
    upload.case = case
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


def _refusal(sentence: str, status: int) -> HttpResponse:
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
