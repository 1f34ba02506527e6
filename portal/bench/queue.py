"""The first screen of a clerk's day, signed in with the second factor, among all the cases of the town.

One visitor at a time: what is measured is how long a person waits, 95 times in 100.
"""

import itertools
from functools import lru_cache
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import reverse
from django.views.decorators.http import require_safe

from arrondissements.models import Office
from portal.bench import desks, load
from portal.bench.results import Result, waits
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from requests_app import queues
from requests_app.models import ServiceRequest
from requests_app.states import WITH_THE_OFFICE

TARGET = 1.5
DEEP = 200  # a later page begins after this many rows
COLUMNS = ("reference", "state", "due_on", "submitted_at", "applicant_name", "phone")
PAGE = """<!doctype html><html lang="fr"><title>bench</title><table>{% for row in rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table></html>"""


@require_safe
def floor(request: HttpRequest, office: str) -> HttpResponse:
    """One keyset query and its 25 rows, behind the same session and second factor."""
    # By its id, so that the rows are read in the order of the index: joined, the office's whole queue would be sorted.
    here = Office.objects.filter(code=office).values("pk")[:1]
    cases = ServiceRequest.objects.filter(office=here, state__in=WITH_THE_OFFICE, is_trial=False, due_on__isnull=False)
    after = queues.Place.read(request.GET.get("after", ""))
    if after:
        later = Q(due_on__gt=after.value) | Q(pk__gt=after.pk)
        cases = cases.filter(later, due_on__gte=after.value)
    rows = cases.order_by("due_on", "pk").values_list(*COLUMNS)[: queues.PAGE_ROWS]
    return HttpResponse(_page().render(Context({"rows": rows})))


@lru_cache
def _page() -> Template:
    return Template(PAGE)


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which 95 pages in 100 are shown."""
    town = desks.town(scale.cases)
    pages = [_request(reverse("desk:queue", args=[office.code]), office, town.clerks) for office in town.offices]
    bare = [_request(f"/bench/queue/{office.code}/", office, town.clerks) for office in town.offices]
    measured, floors = in_turns(scale.rounds, lambda: _drive(scale, port, pages), lambda: _drive(scale, port, bare))
    return waits(
        "queue",
        measured,
        floors,
        TARGET,
        facts={"cases": ServiceRequest.objects.count(), "pages": load.total(measured), "town": town.loading},
    )


def _request(path: str, office: Office, cookies: dict[str, str]) -> list[bytes]:
    """The first page of the office, and one further on where there is one."""
    first = load.get(path, cookies=cookies[office.code])
    held = ServiceRequest.objects.filter(office=office, state__in=WITH_THE_OFFICE).order_by("due_on", "pk")
    deep = held[DEEP : DEEP + 1].first() if held.count() > DEEP else None
    if deep is None:
        return [first]
    after = urlencode({"after": queues.Place(deep.due_on, deep.pk)})
    return [first, load.get(f"{path}?{after}", cookies=cookies[office.code])]


def _drive(scale: Scale, port: int, pages: list[list[bytes]]) -> load.Sample:
    visits = itertools.cycle(itertools.chain.from_iterable(pages))
    return load.drive(port, visits, seconds=scale.seconds, connections=1, status=200)
