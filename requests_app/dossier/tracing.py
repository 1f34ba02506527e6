"""The journal of one case: who opened it and why, who did what, from which office, at which place of the chain.

Files and documents of the case are told with it: reading a piece is reading the case.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from arrondissements import journal, postings
from arrondissements.models import JournalEntry, Role, User
from requests_app import access
from requests_app.models import ServiceRequest

PAGE = 100
# Who answers for what the others did: of their own office, or of all of them.
EVERYWHERE = (Role.EXECUTIVE_SECRETARY, Role.AUDITOR)


def followable(user: User, reference: str) -> ServiceRequest:
    """A case whose journal `user` may read, or 404: the head of its office, the executive secretary, the auditor."""
    case = access.filed_with(reference)
    if not may_follow(user, case):
        raise Http404
    return case


def may_follow(user: User, case: ServiceRequest) -> bool:
    """Whether `user` may read who did and who read what. No query for a person whose postings are remembered."""
    heads = case.office is not None and postings.serves(user, case.office, Role.SUPERVISOR)
    return heads or postings.serves_anywhere(user, *EVERYWHERE)


def lines_of(case: ServiceRequest, chain: str = "") -> QuerySet[JournalEntry]:
    """The lines about the case, its files and its document, newest first, with their person and office."""
    about = [case.obj, *(f"evidence:{pk}" for pk in case.evidence.values_list("pk", flat=True))]
    if case.document_id:
        about.append(f"document:{case.document_id}")
    chains = [chain] if chain in (journal.ACTS, journal.READS) else [journal.ACTS, journal.READS]
    lines = JournalEntry.objects.filter(obj__in=about, chain__in=chains)
    return lines.select_related("by", "office").order_by("-at", "-pk")


def names_of(case: ServiceRequest) -> dict[str, str]:
    """What the journal calls `evidence:12` → the name of the file, for a person. 1 query."""
    return {f"evidence:{pk}": name for pk, name in case.evidence.values_list("pk", "original_name")}


def sheet(case: ServiceRequest, chain: str, words: Any) -> Iterator[list[str]]:
    """The whole journal as rows of a table; `words` gives what was done and why of a line, in words."""
    names = names_of(case)
    for line in lines_of(case, chain).iterator(chunk_size=500):
        what, why = words(line)
        person = line.by.get_full_name() or line.by.username if line.by else ""
        office = str(line.office) if line.office else ""
        place = f"{line.chain}:{line.seq}"
        at = timezone.localtime(line.at).isoformat(timespec="seconds")
        yield [at, person, office, what, names.get(line.obj, ""), why, place]
