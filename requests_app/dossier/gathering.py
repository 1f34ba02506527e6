"""What lies beside a case in small tables, read in one query whatever the number of tables and rows.

The rows of each table come back as one JSON value and are made instances again, where `prefetch_related` would have
put them: `case.corrections.all()` and the others then cost nothing. A table more in `BESIDE` costs no query more.
"""

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from requests_app.models import ServiceRequest

PERSON = ("username", "first_name", "last_name")
OFFICE = ("code", "name_fr", "name_en")
# Relation of the case → what each of its rows is shown with.
BESIDE: dict[str, dict[str, tuple[str, ...]]] = {
    "messages": {"author": PERSON},
    "corrections": {},
    "information_requests": {"asked_by": PERSON},
    "opinions": {"office": OFFICE, "answered_by": PERSON},
    "seen_pieces": {"by": PERSON},
    "pauses": {},
    "case_labels": {"label": ("name", "tone")},
}


class Rows(Subquery):
    """The rows of a queryset of one JSON column, `line`, as a JSON array."""

    output_field = JSONField()
    template = "(SELECT COALESCE(jsonb_agg(of_table.line), '[]') FROM (%(subquery)s) of_table)"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        template = "(SELECT json_group_array(json(of_table.line)) FROM (%(subquery)s) of_table)"
        return self.as_sql(compiler, connection, template=template, **extra)


def gather(case: ServiceRequest) -> None:
    """Read all that lies beside `case`. 1 query."""
    tables = [_rows(relation, joined) for relation, joined in BESIDE.items()]
    found = ServiceRequest.objects.filter(pk=case.pk).values_list(*tables).get()
    for (relation, joined), lines in zip(BESIDE.items(), found, strict=True):
        keep(case, relation, [_instance(_table(relation), line, joined) for line in lines])


def keep(owner: Model, relation: str, rows: Iterable[Model]) -> None:
    """Let `owner.<relation>.all()` answer these rows, as after `prefetch_related`."""
    answer = getattr(owner, relation).get_queryset()
    answer._result_cache, answer._prefetch_done = list(rows), True
    cache = owner.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[relation] = answer


def _table(relation: str) -> type[Model]:
    table: type[Model] = ServiceRequest._meta.get_field(relation).related_model  # type: ignore[assignment]
    return table


def _rows(relation: str, joined: Mapping[str, tuple[str, ...]]) -> Rows:
    table = _table(relation)
    columns = [field.attname for field in table._meta.concrete_fields]
    columns += [f"{name}__{column}" for name, shown in joined.items() for column in shown]
    rows = table._default_manager.filter(case=OuterRef("pk")).order_by(*table._meta.ordering or ["pk"])
    return Rows(rows.values(line=JSONObject(**{column: column for column in columns})))


def _instance(table: type[Model], line: Mapping[str, Any], joined: Mapping[str, tuple[str, ...]]) -> Model:
    fields = table._meta.concrete_fields
    row = table.from_db(
        "default", [f.attname for f in fields], [_value(field, line[field.attname]) for field in fields]
    )
    for name, shown in joined.items():
        if (pk := line[f"{name}_id"]) is not None:
            other: Any = table._meta.get_field(name).related_model
            setattr(row, name, other(pk=pk, **{column: line[f"{name}__{column}"] for column in shown}))
    return row


def _value(field: "Field[Any, Any]", raw: Any) -> Any:
    if isinstance(field, JSONField):
        return json.loads(raw) if connection.vendor == "sqlite" and isinstance(raw, str) else raw
    value = field.to_python(raw)
    if isinstance(field, DateTimeField) and value is not None and timezone.is_naive(value):
        return value.replace(tzinfo=datetime.UTC)  # SQLite keeps UTC and does not say so
    return value
