"""Erasing the bytes of a file: the original and what was made from it; forgetting what is no longer asked."""

from collections.abc import Callable, Collection

from django.db import transaction
from django.utils import timezone

from requests_app.catalogue.evidence import MANDATE, depends_on_answers, names_asked
from requests_app.evidence import arriving
from requests_app.evidence.pages import page_names
from requests_app.evidence.watermark import marked_name
from requests_app.models import Evidence, ServiceRequest


def discard(evidence: Evidence) -> None:
    """Forget the row now, the file once that is committed: a row never lacks its file."""
    erase = of_files(evidence)
    evidence.delete()
    transaction.on_commit(erase, robust=True)


def discard_all(case: ServiceRequest) -> None:
    """Forget every file of a case that is about to be forgotten itself, those that never arrived whole too."""
    erasures = [of_files(evidence) for evidence in case.evidence.all()]
    for upload in case.partial_uploads.all():
        arriving.forget(upload)
    case.evidence.all().delete()
    for erase in erasures:
        transaction.on_commit(erase, robust=True)


def forget_unasked(case: ServiceRequest, arrived: Collection[str]) -> None:
    """Erase the files that came for what is no longer asked; called in the transaction of the filing.

    `arrived` are the pieces that have files. No query for a service whose files are asked of everybody, unless the
    proof that one may act for another was left by whoever asks for himself in the end.
    """
    left = MANDATE in arrived and not case.needs_mandate
    if not (left or depends_on_answers(case.version)):
        return
    wanted = names_asked(case.version, case.answers, today=timezone.localdate(), mandate=case.needs_mandate)
    for evidence in case.evidence.exclude(piece__in=wanted):
        discard(evidence)


def of_files(evidence: Evidence) -> Callable[[], None]:
    """What erases the files of this row, to be called once the row says that they are gone."""
    storage = evidence.file.storage
    made = [marked_name(evidence), *page_names(evidence)]
    names = [str(evidence.file.name), *made] if evidence.file.name else []

    def erase() -> None:
        for name in names:
            storage.delete(name)

    return erase
