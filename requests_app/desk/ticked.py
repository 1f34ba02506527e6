"""The lines somebody ticked in a list, and those he left, from one page to the next.

A box is worth the reference of its case and, once the case was shown, what was seen of it ("K7M2…|2026-…").
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from requests_app.models import ServiceRequest

SEPARATOR = "|"


@dataclass(frozen=True)
class Line:
    """One line of a list: `seen` is the case as it stood when it was first shown."""

    case: ServiceRequest
    seen: str
    ticked: bool

    @property
    def value(self) -> str:
        """What the box is worth."""
        return f"{self.case.reference}{SEPARATOR}{self.seen}"


def lines(posted: QueryDict, cases: QuerySet[ServiceRequest], most: int) -> list[Line]:
    """The lines listed and ticked, among `cases` only, in the order of their page; `most` at most. 1 query."""
    ticked = _read(posted.getlist("case"))
    seen = dict(list((_read(posted.getlist("listed")) | ticked).items())[:most])
    found = {case.reference: case for case in cases.filter(reference__in=seen)}
    return [
        Line(found[reference], at or found[reference].updated_at.isoformat(), reference in ticked)
        for reference, at in seen.items()
        if reference in found
    ]


def _read(values: list[str]) -> dict[str, str]:
    pairs = (value[:80].partition(SEPARATOR) for value in values)
    return {reference: seen for reference, _bar, seen in pairs}
