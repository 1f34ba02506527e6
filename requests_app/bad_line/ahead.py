"""Files that come before what they belong to: a message not yet sent, a request not yet filed at the counter.

A page whose words are sent by its button lets its files leave at once. They are judged as they come, kept with what
they belong to when its button is pressed, and forgotten after a day.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from requests_app.evidence import arriving
from requests_app.evidence.checks import CleanFile
from requests_app.models import PartialUpload
from requests_app.workflow import Refused


@dataclass(frozen=True)
class Ahead:
    """What may come ahead through a door (`requests_app.bad_line.tus`), by the keys it takes.

    `check_room` says whether one more file may come for a key, `judge` whether this one may: they raise `Refused` or
    `RefusedFile`. `label` is said of a file that came.
    """

    takes: Callable[[str], bool]
    check_room: Callable[[str], None]
    judge: Callable[[str, CleanFile], None]
    label: Promise


@contextmanager
def opened(uploads: Sequence[PartialUpload]) -> Iterator[list[File]]:
    """The files that came, open under their names. Raises `Refused` while one of them is being written."""
    with ExitStack() as stack:
        try:
            files = [stack.enter_context(arriving.whole(upload)) for upload in uploads]
        except arriving.Busy:
            raise Refused(_("Un fichier arrive encore. Attendez un instant, puis réessayez.")) from None
        yield files


def forget(uploads: Sequence[PartialUpload], pk: str) -> None:
    """Forget the one of these that a button names; one that is not there is forgotten already."""
    try:
        wanted = uuid.UUID(pk)
    except ValueError:
        return
    for upload in uploads:
        if upload.pk == wanted:
            arriving.forget(upload)
