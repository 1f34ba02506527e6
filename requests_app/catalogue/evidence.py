"""Which pieces a version asks for, and which are still missing."""

from collections.abc import Collection
from typing import Any

from requests_app.catalogue.asking import FILE_TYPES
from requests_app.catalogue.models import ServiceVersion


def missing_pieces(version: ServiceVersion, given: Collection[str]) -> list[dict[str, Any]]:
    """The required pieces whose key is not among `given`, as `version.evidence` describes them."""
    return [piece for piece in version.evidence if piece["required"] and piece["key"] not in given]


def attachable(version: ServiceVersion, key: str) -> dict[str, Any] | None:
    """The piece, or the question answered by files, named `key`; None when nothing of this name takes files."""
    questions = (field for step in version.steps for field in step["fields"] if field["type"] in FILE_TYPES)
    named = (thing for thing in [*version.evidence_i18n, *questions] if thing["key"] == key)
    return next(named, None)


def most_files(version: ServiceVersion, key: str) -> int:
    """How many files the piece or the question `key` takes; 0 when it takes none."""
    thing = attachable(version, key)
    return thing.get("max_files", 1) if thing else 0
