"""Where the files of a case stand: what counts as given, what still waits, what must be sent again."""

from typing import Any

from requests_app.catalogue.evidence import attachable
from requests_app.corrections import pieces_of
from requests_app.models import Channel, Evidence, FileState, ServiceRequest
from requests_app.states import State

# A file in quarantine was given: the citizen did his part.
GIVEN = (FileState.QUARANTINE, FileState.AVAILABLE)
# While the office can still wait for a better file.
REPLACING_STATES = (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION)
Arrived = dict[str, set[str]]


def arrived_files(case: ServiceRequest) -> Arrived:
    """The states of the files that came, by piece, whether it is still asked or not. 1 query."""
    states: Arrived = {}
    for piece, state in Evidence.objects.filter(case=case.pk).order_by().values_list("piece", "state"):
        states.setdefault(piece, set()).add(state)
    return states


def given_pieces(case: ServiceRequest, arrived: Arrived | None = None) -> set[str]:
    """The keys of the pieces that have a file, checked or not, or were seen at the counter. 1 query; there, 2.

    `arrived`, when it was read already, spares one.
    """
    arrived = arrived_files(case) if arrived is None else arrived
    seen = case.seen_pieces.order_by().values_list("piece", flat=True) if case.channel == Channel.COUNTER else ()
    return {*(piece for piece, states in arrived.items() if not states.isdisjoint(GIVEN)), *seen}


def unchecked_pieces(case: ServiceRequest) -> list[dict[str, Any]]:
    """The required files that wait for the antivirus, or of which only dangerous ones came. 1 query."""
    states = arrived_files(case)
    return [piece for piece in pieces_of(case) if piece["required"] and _unchecked(states.get(piece["key"]))]


def pieces_to_replace(case: ServiceRequest) -> list[str]:
    """The pieces of a filed case that lost a dangerous file and got none since. 1 query."""
    if case.state not in REPLACING_STATES:
        return []
    lost: set[str] = set()
    for piece, state in Evidence.objects.filter(case=case.pk).order_by("id").values_list("piece", "state"):
        if state == FileState.INFECTED and attachable(case.version, piece):
            lost.add(piece)
        elif state in GIVEN:
            lost.discard(piece)
    return sorted(lost)


def answer_by_files(case: ServiceRequest, piece: str) -> dict[str, Any]:
    """The answers with the ids of the files of this question, oldest first; nothing to write for a plain piece."""
    if not any(field["key"] == piece for step in case.version.steps for field in step["fields"]):
        return {}
    files = case.evidence.filter(piece=piece, state__in=GIVEN).order_by("id").values_list("pk", flat=True)
    return {"answers": case.answers | {piece: list(files) or None}}


def write_answer(case: ServiceRequest, piece: str) -> None:
    """Write it, under the row lock that the caller holds; nothing else of the case changes."""
    changed = answer_by_files(case, piece)
    if changed:
        ServiceRequest.objects.filter(pk=case.pk).update(**changed)


def _unchecked(states: set[str] | None) -> bool:
    if not states:
        return False
    return FileState.QUARANTINE in states or FileState.AVAILABLE not in states
