"""Files that arrive piece by piece over a line that drops.

What is on the disk is the truth: the next byte wanted is the size of the partial file, whatever the row says
and however the last process died. One writer at a time, by a lock on the file that dies with its process; no
transaction is held while a slow phone sends. What is acknowledged has reached the disk.
"""

import contextlib
import datetime
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.http import UnreadablePostError
from django.utils import timezone

from requests_app.evidence.checks import MAX_BYTES
from requests_app.models import Evidence, PartialUpload, ServiceRequest, private_storage

LIFETIME = datetime.timedelta(hours=24)
MOST_OPEN = 10  # for one request
FOLDER = "uploads"
# Small enough that a line that drops loses little of what it carried.
BLOCK = 16 * 1024


class Body(Protocol):
    """What a request gives: at most `size` bytes, less when the line drops."""

    def read(self, size: int, /) -> bytes: ...


class TooManyOpen(Exception):
    """This request already has `MOST_OPEN` files on their way."""


class TooLong(Exception):
    """More bytes than the file is, or than a file may be."""


class Busy(Exception):
    """Another request is writing this file now."""


class WrongOffset(Exception):
    """The bytes do not follow what is kept; `offset` is the next byte wanted."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def begin(case: ServiceRequest, piece: str, *, name: str, length: int) -> PartialUpload:
    """Make room for a file of `length` bytes. Raises `TooLong`, `TooManyOpen`."""
    if not 0 < length <= MAX_BYTES:
        raise TooLong
    with transaction.atomic():
        ServiceRequest.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if open_uploads(case) >= MOST_OPEN:
            raise TooManyOpen
        upload = PartialUpload.objects.create(case=case, piece=piece, name=name, length=length)
        path = path_of(upload)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return upload


def open_uploads(case: ServiceRequest) -> int:
    """How many files of this request are on their way."""
    return case.partial_uploads.filter(evidence=None, created_at__gt=timezone.now() - LIFETIME).count()


def arrived(case: ServiceRequest, piece: str = "") -> list[PartialUpload]:
    """The files that came whole (under the name `piece`, if given) and became nothing yet, oldest first. 1 query."""
    young = case.partial_uploads.filter(evidence=None, created_at__gt=timezone.now() - LIFETIME)
    whole_ones = young.filter(offset=F("length")).order_by("created_at", "pk")
    return list(whole_ones.filter(piece=piece) if piece else whole_ones)


def offset_of(upload: PartialUpload) -> int:
    """The next byte wanted; the whole length once the file was attached."""
    if upload.evidence_id:
        return upload.length
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        return 0


def receive(upload: PartialUpload, body: Body, *, offset: int, size: int) -> int:
    """Append at most `size` bytes that begin at `offset`; return the next byte wanted.

    A body that stops short keeps what came. Raises `Busy`, `WrongOffset`, `TooLong`.
    """
    with _only_writer(upload) as file:
        kept = os.fstat(file).st_size
        if offset != kept:
            raise WrongOffset(kept)
        if kept + size > upload.length:
            raise TooLong
        try:
            kept += _append(file, body, size)
        finally:
            os.fsync(file)
        # While nobody else writes: said later, it could overwrite what a chunk that follows has said.
        PartialUpload.objects.filter(pk=upload.pk).update(offset=kept)
    return kept


@contextlib.contextmanager
def whole(upload: PartialUpload) -> Iterator[File]:
    """The arrived file under its name, for `filing.attach`; nobody else writes it meanwhile. Raises `Busy`."""
    with _only_writer(upload) as descriptor, open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        yield File(file, name=upload.name)


def forget(upload: PartialUpload) -> None:
    """Forget the row, then the bytes."""
    path = path_of(upload)
    upload.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def finished(upload: PartialUpload, evidence: Evidence) -> None:
    """Remember what the file became, so that a repeated last chunk is answered; the raw bytes go away."""
    upload.evidence = evidence
    upload.offset = upload.length
    upload.save(update_fields=["evidence", "offset"])
    transaction.on_commit(lambda: path_of(upload).unlink(missing_ok=True), robust=True)


def expires(upload: PartialUpload) -> datetime.datetime:
    return upload.created_at + LIFETIME


def is_old(upload: PartialUpload) -> bool:
    """Whether its time has passed: it counts as gone."""
    return expires(upload) <= timezone.now()


def forget_old(now: datetime.datetime, *, dry_run: bool = False) -> tuple[int, int]:
    """Forget what never arrived whole within a day, and bytes without a row; return (files, bytes)."""
    old = list(PartialUpload.objects.filter(created_at__lte=now - LIFETIME))
    files = {path_of(upload) for upload in old}
    known = {path_of(upload) for upload in PartialUpload.objects.only("pk")}
    files |= {path for path in _folder().glob("*") if path not in known and _age(path, now) > LIFETIME}
    present = [path for path in files if path.exists()]
    weight = sum(path.stat().st_size for path in present)
    if not dry_run:
        for upload in old:
            forget(upload)
        for path in present:
            path.unlink(missing_ok=True)
    return len(present), weight


def path_of(upload: PartialUpload) -> Path:
    """Where the bytes wait, beside the private files."""
    return _folder() / upload.pk.hex


def _folder() -> Path:
    return Path(private_storage().path(FOLDER))


def _age(path: Path, now: datetime.datetime) -> datetime.timedelta:
    return now - datetime.datetime.fromtimestamp(path.stat().st_mtime, tz=datetime.UTC)


@contextlib.contextmanager
def _only_writer(upload: PartialUpload) -> Iterator[int]:
    try:
        file = os.open(path_of(upload), os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:  # finished or removed by another request meanwhile
        raise Busy from None
    try:
        _lock(file)
        yield file
    finally:
        os.close(file)


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy from None


def _append(file: int, body: Body, size: int) -> int:
    """Bytes written; fewer than `size` when the line dropped."""
    written = 0
    while written < size and (block := _next_block(body, size - written)):
        written += len(block)
        left = memoryview(block)
        while left:  # a disk that fills up stops in the middle of a block: the next write says so
            left = left[os.write(file, left) :]
    return written


def _next_block(body: Body, left: int) -> bytes:
    try:
        return body.read(min(BLOCK, left))
    except UnreadablePostError:
        return b""
