"""Surnames and given names heard in Cotonou, each with the spellings that different registers give it."""

from pathlib import Path

HERE = Path(__file__).parent


def _names(file: str) -> tuple[tuple[str, ...], ...]:
    """A name a line, its usual spelling first."""
    return tuple(tuple(line.split("/")) for line in (HERE / file).read_text(encoding="utf-8").split())


SURNAMES, GIVEN_NAMES = _names("surnames.txt"), _names("given_names.txt")
