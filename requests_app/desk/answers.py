"""The answers as the clerk reads them: words, a table for a group, a map and a link to one for a point, files."""

from collections.abc import Collection, Mapping
from typing import Any

from requests_app import corrections, erased
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.field_types.groups import part_in_words
from requests_app.catalogue.forms import in_words
from requests_app.catalogue.translated import in_active_language
from requests_app.maps import sheet, tiles
from requests_app.models import Evidence, ServiceRequest

Definition = dict[str, Any]
Row = dict[str, Any]


def answers_shown(case: ServiceRequest, again: Collection[str]) -> list[dict[str, Any]]:
    """Each step that was asked with its answers; `again` are the keys that were asked a second time.

    The files come from `case.evidence`, read beforehand.
    """
    gone = erased.in_words(case)
    files = {file.pk: file for file in case.evidence.all()}
    steps = [
        {
            "title": in_active_language(title),
            "rows": [
                _row(definition, case.answers, files, gone) | {"asked": definition["key"] in again}
                for definition in definitions
                if definition["type"] not in SILENT_TYPES
            ],
        }
        for title, definitions in _questions(case)
    ]
    return [step for step in steps if step["rows"]]


def _questions(case: ServiceRequest) -> list[tuple[Any, list[Definition]]]:
    """The title and the questions of each step that was asked.

    What an erased answer called for is asked no more under the answers that are left: it is found by its own answer.
    """
    said = corrections.asked_of(case)
    if not case.erased:
        return [(case.version.steps[index]["title"], said.fields(index)) for index in said.steps]
    kept = {key for key, value in case.answers.items() if value is not None}
    kept |= {path.partition(".")[0] for path in case.erased}
    return [
        (step["title"], [one for one in step["fields"] if one["key"] in kept or said.field(one["key"])])
        for step in case.version.steps
    ]


def _row(
    definition: Definition, answers: Mapping[str, Any], files: Mapping[int, Evidence], gone: Mapping[str, str]
) -> Row:
    stored, kind = answers.get(definition["key"]), definition["type"]
    row: Row = {
        "key": definition["key"],
        "label": in_active_language(definition["label"]),
        "value": gone.get(definition["key"]) or in_words(definition, answers),
        "table": None,
        "geo": "",
        "map": False,
        "attribution": "",
        "files": [],
    }
    if kind == "group" and stored:
        row["table"] = _table(definition, stored, gone)
    elif kind == "map_point" and isinstance(stored, dict):
        row["geo"] = _geo(stored)
        row["map"] = bool(row["geo"]) and tiles.is_on()
        row["attribution"] = sheet.attribution()
    elif kind in FILE_TYPES and stored:
        row["files"] = [files[key] for key in stored if key in files]
    return row


def _table(definition: Definition, items: list[dict[str, Any]], gone: Mapping[str, str]) -> dict[str, Any]:
    """A line for each item, a column for each question of the group."""
    columns = [one for one in definition["fields"] if one["type"] not in SILENT_TYPES]
    return {
        "columns": [in_active_language(one["label"]) for one in columns],
        "lines": [[part_in_words(definition, one, item, gone) for one in columns] for item in items],
    }


def _geo(stored: Mapping[str, Any]) -> str:
    """A `geo:` address that the map of the device opens; "" when the place was said in words only."""
    latitude, longitude = stored.get("lat"), stored.get("lng")
    if not all(isinstance(part, int | float) for part in (latitude, longitude)):
        return ""
    return f"geo:{latitude},{longitude}"
