"""How a private file leaves: no public address, no copy in a cache, never run by the browser; in parts when asked.

Every view that gives a file of a citizen or an issued document calls this one function, after `access`.
"""

import io
import re
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from requests_app.evidence import watermark
from requests_app.models import Evidence

RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


class Part(io.RawIOBase):
    """`length` bytes of a file, from where it stands; closing it closes the file."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left = file, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._file.read(min(len(buffer), self._left))
        buffer[: len(block)] = block
        self._left -= len(block)
        return len(block)

    def close(self) -> None:
        self._file.close()
        super().close()


def evidence_answer(
    request: HttpRequest, evidence: Evidence, *, to_staff: bool, inline: bool = False
) -> HttpResponseBase:
    """What a citizen gave, to herself or `to_staff`: these get an identity paper marked, whatever the state."""
    is_marked = to_staff and watermark.concerns(evidence)
    return file_answer(
        request,
        watermark.marked_file(evidence) if is_marked else evidence.file.open("rb"),
        name=evidence.original_name,
        media_type=evidence.media_type,
        tag=f"{evidence.sha256}-marked-{evidence.case.reference}" if is_marked else evidence.sha256,
        inline=inline,
    )


def file_answer(
    request: HttpRequest,
    file: IO[bytes],
    *,
    name: str,
    media_type: str,
    tag: str,
    inline: bool = False,
    ours: bool = False,
) -> HttpResponseBase:
    """The file, whole (200) or the part that `Range` asks for (206, 416); its headers alone for HEAD.

    `tag` changes with the content: `If-Range` with another one gets the whole file. `inline` lets the browser
    show it; otherwise it is offered for saving. `ours`: made here, so that a viewer may open it.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    etag = f'"{tag}"'
    wanted = _wanted(request, size, etag)
    if wanted and wanted[0] >= wanted[1]:
        file.close()
        answer: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    elif request.method == "HEAD":
        file.close()
        answer = HttpResponse(content_type=media_type, headers={"Content-Length": str(size)})
        answer["Content-Disposition"] = content_disposition_header(not inline, name) or ""
    else:
        answer = _streamed(file, wanted, size, name=name, media_type=media_type, inline=inline)
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    if not ours:
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _streamed(
    file: IO[bytes], wanted: tuple[int, int] | None, size: int, *, name: str, media_type: str, inline: bool
) -> HttpResponseBase:
    if wanted is None:
        return FileResponse(file, filename=name, content_type=media_type, as_attachment=not inline)
    first, end = wanted
    file.seek(first)
    part = Part(file, end - first)
    answer = FileResponse(part, status=206, filename=name, content_type=media_type, as_attachment=not inline)
    answer["Content-Length"] = str(end - first)
    answer["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    return answer


def _wanted(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First byte and end (excluded) of the single part asked for; (size, size) when there is no such part.

    None, hence the whole file: nothing asked, several parts, words we do not understand, another content.
    """
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if first:
        if last and int(last) < int(first):
            return None
        return min(int(first), size), min(int(last or size) + 1, size)
    if not last:
        return None
    return (size - min(int(last), size), size) if int(last) else (size, size)
