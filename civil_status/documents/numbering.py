"""Legal numbers: one gapless series per office, kind of document and year."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from arrondissements.models import Office
from civil_status.documents.kinds import mark
from civil_status.documents.models import NumberSeries


@dataclass(frozen=True)
class Number:
    """One number of a series, and the text printed."""

    seq: int
    year: int
    text: str


def next_number(office: Office, kind: str, on: datetime.date) -> Number:
    """Take the next number of the series, in the caller's transaction.

    The update holds the series' row until the caller commits: a number is visible only with its document,
    and one given back by a rollback is the next one given.
    """
    series = NumberSeries.objects.filter(office=office, kind=kind, year=on.year)
    if not series.update(last=F("last") + 1):
        NumberSeries.objects.get_or_create(office=office, kind=kind, year=on.year)
        series.update(last=F("last") + 1)
    seq = series.values_list("last", flat=True).get()
    return Number(seq, on.year, printed(seq, office, kind, on.year))


def printed(seq: int, office: Office, kind: str, year: int) -> str:
    """The number as printed: N°0042/2026/MCOT/SAF/PI."""
    return settings.DOCUMENT_NUMBER_PATTERN.format(seq=seq, year=year, office=office.short_code, service=mark(kind))
