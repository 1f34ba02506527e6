"""The page of one case, whatever its history: what it asks of the database, and how long a clerk waits for it.

One case of the town is given two hundred lines of journal, a hundred messages and thirty papers. The floor is one
query for the case and one for its history, on a bare page behind the same session and second factor.
"""

import itertools
from functools import lru_cache

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.views.decorators.http import require_safe

from arrondissements import journal
from arrondissements.models import JournalEntry, Office, User
from portal.bench import desks, load
from portal.bench.results import Result, waits
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from requests_app.models import Evidence, Message, ServiceRequest
from requests_app.states import State

MOST_QUERIES = 12
EACH = 3  # cases of each state and office
STATES = (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION, State.ACCEPTED, State.READY, State.DELIVERED)
LINES, WORDS, PAPERS = 200, 100, 30
PAGE = """<!doctype html><html lang="fr"><title>bench</title><h1>{{ case.reference }} {{ case.applicant_name }}</h1>
<dl>{% for key, value in case.answers.items %}<dt>{{ key }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
<ol>{% for line in history %}<li>{{ line.at }} {{ line.act }} {{ line.by }}</li>{% endfor %}</ol></html>"""


@require_safe
def floor(request: HttpRequest, reference: str) -> HttpResponse:
    """The case and its history, and nothing else of it."""
    case = ServiceRequest.objects.select_related("version__service", "office").get(reference=reference)
    lines = JournalEntry.objects.filter(obj=case.obj, chain=journal.ACTS).select_related("by").order_by("-seq")
    return HttpResponse(_page().render(Context({"case": case, "history": lines})))


@lru_cache
def _page() -> Template:
    return Template(PAGE)


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which 95 pages in 100 are shown; the queries of the heaviest are counted."""
    town = desks.town(scale.cases)
    seen = [(case, office) for office in town.offices for state in STATES for case in _some(office, state)]
    longest, where = seen[0]
    _lengthen_history(longest, town.clerk(where))
    for case, office in seen:
        desks.say_why(case, town.clerk(office))
    pages = [load.get(path(case), cookies=town.clerks[office.code]) for case, office in seen]
    bare = [load.get(f"/bench/case/{case.reference}/", cookies=town.clerks[office.code]) for case, office in seen]
    counted = {case.pk: queries(path(case), town.clerks[where.code]) for case, office in seen if office == where}
    measured, floors = in_turns(scale.rounds, lambda: _drive(scale, port, pages), lambda: _drive(scale, port, bare))
    return waits(
        "case_page",
        measured,
        floors,
        None,
        limits={"queries": (max(counted.values()), MOST_QUERIES)},
        facts={"cases": len(seen), "pages": load.total(measured), "queries of the longest": counted[longest.pk]},
    )


def path(case: ServiceRequest) -> str:
    """The address of the page of a case."""
    return reverse("desk:case", args=[case.reference])


def queries(address: str, cookies: str) -> int:
    """How many statements a page asks of the database, session and menus included, in a process that serves a while."""
    visitor = Client(SERVER_NAME="127.0.0.1", headers={"cookie": cookies})
    visitor.get(address)  # services and offices are kept once they are known
    with CaptureQueriesContext(connection) as asked:
        answer = visitor.get(address)
    if answer.status_code != 200:
        raise load.WrongAnswer(f"{address} → {answer.status_code}")
    return len(asked)


def _some(office: Office, state: str) -> list[ServiceRequest]:
    newest = ServiceRequest.objects.filter(office=office, state=state).order_by("-submitted_at")
    return list(newest[:EACH])


def _lengthen_history(case: ServiceRequest, clerk: User) -> None:
    for number in range(LINES):
        journal.record("case.write", obj=case.obj, by=clerk, office=case.office, details={"number": number})
    Message.objects.bulk_create(Message(case=case, author=clerk, body=f"Mot {n}") for n in range(WORDS))
    paper = case.evidence.first() or Evidence(case=case, piece="identity", file="none.jpg", media_type="image/jpeg")
    Evidence.objects.bulk_create(
        Evidence(
            case=case, piece=paper.piece, file=paper.file.name, original_name=f"{n}.jpg", media_type=paper.media_type,
            size=paper.size or 1, sha256=f"{n:064d}",
        )
        for n in range(PAPERS)
    )  # fmt: skip


def _drive(scale: Scale, port: int, pages: list[bytes]) -> load.Sample:
    return load.drive(port, itertools.cycle(pages), seconds=scale.seconds, connections=1, status=200)
