"""What an office finds a case by, kept beside it: the sounds of the names, and the numbers of the records it speaks of.

A key of letters is a name as it is heard (`arrondissements.spelling`), a key that begins with a digit is a number:
`1187`, and `1187/1998` where the year is known. Whoever files, corrects or transfers calls these functions.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from arrondissements.models import Office
from arrondissements.spelling import fold, sounds
from requests_app.models import SearchKey, ServiceRequest
from requests_app.states import State

BATCH = 1000
LONGEST_KEY = 40
MOST_NUMBERS = 20  # a form may repeat a group; nobody looks for the fiftieth
# The questions that name a record of the civil status one piece at a time.
NUMBER, YEAR = "record_number", "record_year"


def index(case: ServiceRequest) -> None:
    """Write the keys of a filed case. In the caller's transaction; 1 query."""
    SearchKey.objects.bulk_create(_rows(case), ignore_conflicts=True)


def index_again(case: ServiceRequest) -> None:
    """Write the keys of a case whose name or answers changed. In the caller's transaction; 2 queries."""
    SearchKey.objects.filter(case=case.pk).delete()
    if case.state != State.DRAFT:
        index(case)


def follow(case: ServiceRequest, to: Office) -> None:
    """The case is found in the office it was transferred to. In the caller's transaction; 1 query."""
    SearchKey.objects.filter(case=case.pk).update(office=to)


def index_all(*, again: bool = False, cases: Any = ServiceRequest, keys: Any = SearchKey) -> Iterator[int]:
    """Write the keys that are missing, a thousand cases at a time; yields how many cases were looked at.

    Stopped, it goes on where it was when it is called again: what has keys is passed over. `again` writes them all
    anew, after the rules of `spelling` changed. A migration gives its own two tables.
    """
    filed = cases.objects.exclude(state=State.DRAFT).select_related("version").order_by("pk")
    if not again:
        filed = filed.filter(~Exists(keys.objects.filter(case=OuterRef("pk"))))
    last = 0
    while batch := list(filed.filter(pk__gt=last)[:BATCH]):
        with transaction.atomic():
            if again:
                keys.objects.filter(case__in=batch).delete()
            rows = [row for case in batch for row in _rows(case, keys)]
            keys.objects.bulk_create(rows, ignore_conflicts=True)
        last = batch[-1].pk
        yield len(batch)


def keys_of(case: ServiceRequest) -> list[str]:
    """The names of the applicant and of who helps, as heard, then the numbers of the records asked for; each once."""
    names = sounds(f"{case.applicant_name} {case.helper_name}")
    numbers = list(_numbers(_fields(case), case.answers))[:MOST_NUMBERS]
    return list(dict.fromkeys([*names, *numbers]))


def number_keys(number: str, year: str = "") -> list[str]:
    """`12 bis` → `12bis`; with its year also `12bis/1998`. Nothing for what has no digit."""
    digits = re.search(r"[1-9].*", re.sub(r"[^a-z0-9]", "", fold(number)))
    if digits is None:
        return []
    key = digits[0][: LONGEST_KEY - 5]
    return [key, f"{key}/{year}"] if year else [key]


def _rows(case: ServiceRequest, row: type[SearchKey] = SearchKey) -> list[SearchKey]:
    if case.office_id is None or case.submitted_at is None:
        return []
    return [
        row(case_id=case.pk, office_id=case.office_id, key=key, submitted_at=case.submitted_at) for key in keys_of(case)
    ]


def _fields(case: ServiceRequest) -> list[dict[str, Any]]:
    return [field for step in case.version.form.get("steps", []) for field in step["fields"]]


def _numbers(fields: Iterable[dict[str, Any]], answers: dict[str, Any]) -> Iterator[str]:
    if answers.get(NUMBER):
        yield from number_keys(str(answers[NUMBER]), str(answers.get(YEAR) or ""))
    for field in fields:
        given = answers.get(field["key"])
        if not given:
            continue
        if field["type"] == "record_reference":
            yield from number_keys(str(given.get("number") or ""), str(given.get("year") or ""))
        elif field["type"] == "group":
            for item in given:
                yield from _numbers(field["fields"], item)
