"""Erasing the bytes of a file: the original and what was made from it."""

from collections.abc import Callable

from requests_app.evidence.watermark import marked_name
from requests_app.models import Evidence


def of_files(evidence: Evidence) -> Callable[[], None]:
    """What erases the files of this row, to be called once the row says that they are gone."""
    storage = evidence.file.storage
    names = [str(evidence.file.name), marked_name(evidence)] if evidence.file.name else []

    def erase() -> None:
        for name in names:
            storage.delete(name)

    return erase
