"""A queue taken away for a spreadsheet, streamed as it is read."""

import datetime
from collections.abc import Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from arrondissements import sheets
from requests_app.catalogue.inputs import phone_in_words
from requests_app.models import Channel, ServiceRequest
from requests_app.queues.paging import BY_PROMISE, COLUMNS, Order, dress, in_order
from requests_app.states import State

CHUNK = 500


def export(cases: QuerySet[ServiceRequest], language: str, order: Order = BY_PROMISE) -> Iterator[str]:
    """The cases as lines of CSV. 1 query; 1 more for the labels of each 500 rows."""
    with override(language):
        headings = _headings()
    yield from sheets.csv_lines(headings, _rows(cases, language, order))


def export_sheet(
    cases: QuerySet[ServiceRequest], language: str, title: str, order: Order = BY_PROMISE
) -> Iterator[bytes]:
    """The same as the bytes of an .xlsx workbook; days are days, and no text is ever a formula."""
    with override(language):
        headings = _headings()
    yield from sheets.xlsx_bytes(title, headings, _rows(cases, language, order))


def _rows(cases: QuerySet[ServiceRequest], language: str, order: Order) -> Iterator[list[sheets.Cell]]:
    wanted = in_order(cases.only(*COLUMNS), order).prefetch_related("case_labels__label")
    for batch in _batches(wanted.iterator(chunk_size=CHUNK)):
        dress(batch)
        for case in batch:
            with override(language):  # around each row: a stream is read while others are answered
                cells = _cells(case)
            yield cells


def _batches(rows: Iterator[ServiceRequest]) -> Iterator[list[ServiceRequest]]:
    while batch := list(islice(rows, CHUNK)):
        yield batch


def _headings() -> list[str]:
    return [
        _("Numéro de suivi"),
        _("Démarche"),
        _("Demandeur"),
        _("Téléphone"),
        _("État"),
        _("Canal"),
        _("Déposée le"),
        _("Promise pour le"),
        _("Attribuée à"),
        _("Instruite par"),
        _("Étiquettes"),
    ]


def _cells(case: ServiceRequest) -> list[sheets.Cell]:
    return [
        case.shown_reference,
        case.version.title,
        case.applicant_name,
        phone_in_words(case.phone) if case.phone else "",
        # Django's `get_…_display` hashes every label again for each row: half the time of a long file.
        str(State(case.state).label),
        str(Channel(case.channel).label),
        _day(case.submitted_at),
        case.due_on,
        case.assigned_to.get_full_name() if case.assigned_to else "",
        case.instructed_by.get_full_name() if case.instructed_by else "",
        ", ".join(str(one.label) for one in case.case_labels.all()),
    ]


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return timezone.localdate(moment) if moment else None
