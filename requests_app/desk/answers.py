"""The answers as the clerk reads them: words, a table for a group, a link to the map for a point, files."""

from collections.abc import Collection, Mapping
from typing import Any

from requests_app import corrections
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.forms import in_words
from requests_app.catalogue.translated import in_active_language
from requests_app.models import Evidence, ServiceRequest

Definition = dict[str, Any]
Row = dict[str, Any]


def answers_shown(case: ServiceRequest, again: Collection[str]) -> list[dict[str, Any]]:
    """Each step that was asked with its answers; `again` are the keys that were asked a second time.

    The files come from `case.evidence`, read beforehand.
    """
    said = corrections.asked_of(case)
    files = {file.pk: file for file in case.evidence.all()}
    steps = [
        {
            "title": in_active_language(case.version.steps[index]["title"]),
            "rows": [
                _row(definition, case.answers, files) | {"asked": definition["key"] in again}
                for definition in said.fields(index)
                if definition["type"] not in SILENT_TYPES
            ],
        }
        for index in said.steps
    ]
    return [step for step in steps if step["rows"]]


def _row(definition: Definition, answers: Mapping[str, Any], files: Mapping[int, Evidence]) -> Row:
    stored, kind = answers.get(definition["key"]), definition["type"]
    row: Row = {
        "label": in_active_language(definition["label"]),
        "value": in_words(definition, answers),
        "table": None,
        "geo": "",
        "files": [],
    }
    if kind == "group" and stored:
        row["table"] = _table(definition, stored)
    elif kind == "map_point" and isinstance(stored, dict):
        row["geo"] = _geo(stored)
    elif kind in FILE_TYPES and stored:
        row["files"] = [files[key] for key in stored if key in files]
    return row


def _table(definition: Definition, items: list[dict[str, Any]]) -> dict[str, Any]:
    """A line for each item, a column for each question of the group."""
    columns = [one for one in definition["fields"] if one["type"] not in SILENT_TYPES]
    return {
        "columns": [in_active_language(one["label"]) for one in columns],
        "lines": [[in_words(one, item) for one in columns] for item in items],
    }


def _geo(stored: Mapping[str, Any]) -> str:
    """A `geo:` address that the map of the device opens; "" when the place was said in words only."""
    latitude, longitude = stored.get("lat"), stored.get("lng")
    if not all(isinstance(part, int | float) for part in (latitude, longitude)):
        return ""
    return f"geo:{latitude},{longitude}"
