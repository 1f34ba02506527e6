"""Legal numbers: one gapless series per office, kind of document and year."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from arrondissements.models import Office
from civil_status.documents.models import NumberSeries


@dataclass(frozen=True)
class Number:
    """One number of a series, and the text printed."""

    seq: int
    year: int
    text: str


def next_number(office: Office, kind: str, on: datetime.date, *, series: str = "") -> Number:
    """Take the next number of this office, kind and year, in the caller's transaction.

    `series` is what is printed after the office ("PI"); no two kinds may ever have the same. Without one, the kind.
    The update holds the counter's row until the caller commits: a number is visible only with its document,
    and one given back by a rollback is the next one given.
    """
    counter = NumberSeries.objects.filter(office=office, kind=kind, year=on.year)
    if not counter.update(last=F("last") + 1):
        NumberSeries.objects.get_or_create(office=office, kind=kind, year=on.year)
        counter.update(last=F("last") + 1)
    seq = counter.values_list("last", flat=True).get()
    return Number(seq, on.year, printed(seq, office, series or kind.upper(), on.year))


def printed(seq: int, office: Office, series: str, year: int) -> str:
    """The number as printed: N°0042/2026/MCOT/SAF/PI."""
    return settings.DOCUMENT_NUMBER_PATTERN.format(seq=seq, year=year, office=office.short_code, service=series)
