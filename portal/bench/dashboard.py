"""The figures: of the city for the auditor, of each office for its head, from counts kept day by day.

What is kept a few minutes is made anew in each round: the first visit pays for it, and is told apart. The floor is
one query that counts the open cases of the office, on a bare page behind the same session and second factor.
"""

import itertools
from functools import lru_cache

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.bench import desks, load
from portal.bench.results import Result, waits
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from requests_app.models import FiguresMark, ServiceRequest
from requests_app.states import HELD_STATES

MOST_MS = 300
PAGE = """<!doctype html><html lang="fr"><title>bench</title><table>{% for state, count in rows %}
<tr><td>{{ state }}</td><td>{{ count }}</td></tr>{% endfor %}</table></html>"""


@require_safe
def floor(request: HttpRequest, office: str) -> HttpResponse:
    """How many cases an office holds, by state."""
    held = ServiceRequest.objects.filter(office__code=office, state__in=HELD_STATES, is_trial=False).order_by()
    rows = held.values_list("state").annotate(Count("pk"))
    return HttpResponse(_page().render(Context({"rows": rows})))


@lru_cache
def _page() -> Template:
    return Template(PAGE)


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which 95 pages in 100 are shown."""
    town = desks.town(scale.cases)
    city = load.get(reverse("desk:city-figures"), cookies=town.eye)
    own = [
        load.get(reverse("desk:office-figures", args=[office.code]), cookies=town.heads[office.code])
        for office in town.offices
    ]
    bare = [load.get(f"/bench/figures/{office.code}/", cookies=town.heads[office.code]) for office in town.offices]
    pages = [page for mine in own for page in (mine, city)]
    cold: list[float] = []

    def subject() -> load.Sample:
        FiguresMark.objects.update(counted_at=timezone.now())  # nothing that was kept is of this counting
        cold.extend(load.drive(port, [city], seconds=scale.seconds, connections=1, status=200).times)
        return _drive(scale, port, pages)

    measured, floors = in_turns(scale.rounds, subject, lambda: _drive(scale, port, bare))
    p95 = sorted(sample.p95_ms for sample in measured)
    return waits(
        "dashboard",
        measured,
        floors,
        None,
        limits={"ms": (p95[len(p95) // 2], MOST_MS), "first visit ms": (1000 * sorted(cold)[len(cold) // 2], MOST_MS)},
        facts={"cases": ServiceRequest.objects.count(), "pages": load.total(measured)},
    )


def _drive(scale: Scale, port: int, pages: list[bytes]) -> load.Sample:
    return load.drive(port, itertools.cycle(pages), seconds=scale.seconds, connections=1, status=200)
