"""The rows of a queue in an order, page after page: a page is asked by the last row of the one before."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.core.cache import cache
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.dateparse import parse_datetime

from arrondissements.models import User
from requests_app.catalogue import published
from requests_app.models import ServiceRequest
from requests_app.queues.looking import is_found
from requests_app.states import State

PAGE_ROWS = 25
NAMES_KEPT = 60  # seconds
# What a line of the list shows and nothing more. Titles and names are put beside the rows afterwards: few of them are
# new to this process, and three joins cost Django more than the database.
COLUMNS = [
    "reference", "state", "due_on", "days_left", "returned", "unread", "silence_at", "channel", "submitted_at",
    "applicant_name", "phone", "office", "document", "version", "instructed_by", "assigned_to",
]  # fmt: skip
PROGRESS = Case(
    *[When(state=state, then=Value(rank)) for rank, state in enumerate(State)], output_field=IntegerField()
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """A column to sort by, then the id, both in one direction; the rows that have no value come last.

    `read` makes the value again from its words in an address; without it the words stay out of addresses, which
    servers write down, and the value is read from the row itself.
    """

    column: str
    read: Callable[[str], Any] | None = None
    nullable: bool = False
    descending: bool = False


def _moment(text: str) -> datetime.datetime:
    if (moment := parse_datetime(text)) is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment


ORDERS = {
    "due": Order("due_on", datetime.date.fromisoformat, nullable=True),
    "filed": Order("submitted_at", _moment),
    "name": Order("applicant_key"),
    "service": Order("slug", str),
    "state": Order("progress", int),
    "person": Order("assigned_to__username", nullable=True),
}
BY_PROMISE = ORDERS["due"]
# Read from the index of the keys in this very order.
NEWEST_FOUND = Order("found__submitted_at", _moment, descending=True)


@dataclass(frozen=True)
class Place:
    """Where a page ends: the value its last row is sorted by (None: it has none, or it stays unsaid), and its id."""

    value: Any
    pk: int

    def __str__(self) -> str:
        words = self.value.isoformat() if isinstance(self.value, datetime.date) else str(self.value or "")
        return f"{words}.{self.pk}"

    @classmethod
    def read(cls, text: str, order: Order = BY_PROMISE) -> Self | None:
        """The place written in an address; None for anything else, which shows the first page."""
        words, _dot, pk = text.rpartition(".")
        try:
            return cls(order.read(words) if words and order.read else None, int(pk))
        except ValueError:
            return None


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins ("" when there is none)."""

    rows: list[ServiceRequest]
    following: str = ""


def order_named(name: str, cases: QuerySet[ServiceRequest]) -> Order:
    """`due`, `-filed`…; anything else is the usual order: by the promise, and the newest first of what was found."""
    found = ORDERS.get(name.removeprefix("-"))
    if found is None:
        return NEWEST_FOUND if is_found(cases) else BY_PROMISE
    return replace(found, descending=name.startswith("-"))


def page(
    cases: QuerySet[ServiceRequest], after: Place | None = None, size: int = PAGE_ROWS, order: Order = BY_PROMISE
) -> Page:
    """The rows that follow `after`, dressed. 1 query; 1 more where those with a value end, or to read the place."""
    cases = _shown(cases, order)
    if after and order.read is None:
        after = _place_of(after.pk, order)
    rows = _valued(cases, order, after, size + 1)
    if order.nullable and len(rows) <= size:
        rows += _unvalued(cases, order, after, size + 1 - len(rows))
    shown = rows[:size]
    dress(shown)
    return Page(shown, _following(shown[-1], order) if len(rows) > size else "")


def in_order(cases: QuerySet[ServiceRequest], order: Order) -> QuerySet[ServiceRequest]:
    """All the rows, in the order of the pages."""
    column, pk = F(order.column), F("pk")
    if order.descending:
        return _with_column(cases, order).order_by(column.desc(nulls_last=True), pk.desc())
    return _with_column(cases, order).order_by(column.asc(nulls_last=True), pk)


def dress(rows: Sequence[ServiceRequest]) -> None:
    """Put beside each row the title of its service and the names of who works on it. At most 2 queries."""
    versions = published.titled(row.version_id for row in rows)
    people = _named({pk for row in rows for pk in (row.instructed_by_id, row.assigned_to_id) if pk})
    for row in rows:
        row.version = versions[row.version_id]
        row.instructed_by = people[row.instructed_by_id] if row.instructed_by_id else None
        row.assigned_to = people[row.assigned_to_id] if row.assigned_to_id else None


def _named(pks: set[int]) -> dict[int, User]:
    """Those people with their names, kept a minute."""
    keys = {f"desk:person:{pk}": pk for pk in pks}
    known = {keys[key]: person for key, person in cache.get_many(keys).items()}
    if missing := pks - known.keys():
        read = User.objects.only("first_name", "last_name", "username").in_bulk(missing)
        cache.set_many({f"desk:person:{pk}": person for pk, person in read.items()}, NAMES_KEPT)
        known |= read
    return known


def _shown(cases: QuerySet[ServiceRequest], order: Order) -> QuerySet[ServiceRequest]:
    return _with_column(cases, order).only(*COLUMNS, *_office_columns(cases))


def _with_column(cases: QuerySet[ServiceRequest], order: Order) -> QuerySet[ServiceRequest]:
    made = {"progress": PROGRESS, "slug": F("version__service__slug")}.get(order.column)
    return cases.annotate(**{order.column: made}) if made else cases


def _office_columns(cases: QuerySet[ServiceRequest]) -> list[str]:
    joined = cases.query.select_related
    return ["office__name_fr", "office__name_en"] if isinstance(joined, dict) and "office" in joined else []


def _place_of(pk: int, order: Order) -> Place | None:
    value = ServiceRequest.objects.filter(pk=pk).values_list(order.column, flat=True).first()
    return Place(value, pk)


def _valued(cases: QuerySet[ServiceRequest], order: Order, after: Place | None, most: int) -> list[ServiceRequest]:
    column, way = order.column, "lt" if order.descending else "gt"
    if after and after.value is None and order.nullable:
        return []
    if order.nullable:
        cases = cases.filter(**{f"{column}__isnull": False})
    if after and after.value is not None:
        farther = Q(**{f"{column}__{way}": after.value}) | Q(**{f"pk__{way}": after.pk})
        cases = cases.filter(farther, **{f"{column}__{way}e": after.value})
    return list(cases.order_by(*_sorted(order, column, "pk"))[:most])


def _unvalued(cases: QuerySet[ServiceRequest], order: Order, after: Place | None, most: int) -> list[ServiceRequest]:
    cases = cases.filter(**{order.column: None})
    if after and after.value is None:
        cases = cases.filter(**{"pk__lt" if order.descending else "pk__gt": after.pk})
    return list(cases.order_by(*_sorted(order, order.column, "pk"))[:most])


def _sorted(order: Order, *columns: str) -> list[str]:
    return [f"-{column}" for column in columns] if order.descending else list(columns)


def _following(row: ServiceRequest, order: Order) -> str:
    return str(Place(_value(row, order) if order.read else None, row.pk))


def _value(row: ServiceRequest, order: Order) -> Any:
    return row.submitted_at if order is NEWEST_FOUND else getattr(row, order.column)
