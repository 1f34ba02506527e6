"""Which pieces a version asks for, and which are still missing."""

from collections.abc import Collection
from typing import Any

from requests_app.catalogue.models import ServiceVersion


def missing_pieces(version: ServiceVersion, given: Collection[str]) -> list[dict[str, Any]]:
    """The required pieces whose key is not among `given`, as `version.evidence` describes them."""
    return [piece for piece in version.evidence if piece["required"] and piece["key"] not in given]


def accepts_another(version: ServiceVersion, key: str, already: int) -> bool:
    """Whether one more file may be attached to the piece `key`, knowing how many there are."""
    return any(piece["key"] == key and already < piece["max_files"] for piece in version.evidence)
