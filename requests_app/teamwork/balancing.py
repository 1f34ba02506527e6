"""The pile of an office spread over who is present, the least loaded first: shown, then done as a batch."""

import hashlib
import heapq
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from arrondissements.models import Office, Role, User
from requests_app.models import ServiceRequest
from requests_app.states import State
from requests_app.teamwork import absences, assigning

MOST_CASES = 500
# What somebody has to work on; what waits for a citizen or for a signature weighs on nobody.
IN_HAND = (State.SUBMITTED, State.UNDER_REVIEW)


@dataclass
class Share:
    """What one clerk has now, and the cases the plan adds."""

    clerk: User
    load: int
    gets: list[ServiceRequest] = field(default_factory=list)

    @property
    def after(self) -> int:
        return self.load + len(self.gets)


@dataclass(frozen=True)
class Plan:
    """Who gets what. `mark` changes with it: what is done is what was shown."""

    shares: list[Share]

    @property
    def count(self) -> int:
        return sum(len(share.gets) for share in self.shares)

    @property
    def mark(self) -> str:
        pairs = sorted((case.pk, share.clerk.pk) for share in self.shares for case in share.gets)
        return hashlib.blake2s(repr(pairs).encode(), digest_size=12).hexdigest()


def plan(office: Office) -> Plan:
    """The unassigned cases of `office`, the nearest promise first, each to the least loaded of who is present.

    4 queries, whatever the pile.
    """
    clerks = list(assigning.instructors(office, Role.CLERK))
    gone = absences.away(clerks, timezone.localdate())
    present = [clerk for clerk in clerks if clerk.pk not in gone]
    loads = _loads(office, present)
    shares = [Share(clerk, loads.get(clerk.pk, 0)) for clerk in present]
    heap = [(share.load, rank) for rank, share in enumerate(shares)]
    heapq.heapify(heap)
    for case in _pile(office) if shares else []:
        load, rank = heapq.heappop(heap)
        shares[rank].gets.append(case)
        heapq.heappush(heap, (load + 1, rank))
    return Plan(shares)


def _pile(office: Office) -> list[ServiceRequest]:
    """What nobody has; what another office helps with is on the desks of that office."""
    nobodys = ServiceRequest.objects.filter(office=office, state__in=IN_HAND, assigned_to=None, helping_office=None)
    pile = nobodys.filter(is_trial=False)
    return list(pile.only("pk", "updated_at", "due_on").order_by("due_on", "pk")[:MOST_CASES])


def _loads(office: Office, clerks: list[User]) -> dict[int, int]:
    held = ServiceRequest.objects.filter(office=office, state__in=IN_HAND, assigned_to__in=clerks, is_trial=False)
    return dict(held.order_by().values_list("assigned_to").annotate(count=Count("pk")))
