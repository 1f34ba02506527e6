"""The city at a glance: its offices side by side, twelve weeks of work, and a schema of the thirteen boroughs."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from arrondissements.models import Arrondissement, Office, OfficeKind
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.overview import access, periods
from requests_app.desk.overview.office import KEPT, cells, headings, sheet, trend
from requests_app.oversight import charts, counting, figures, standing
from requests_app.oversight.charts import Bar, Chart, Tile
from requests_app.oversight.figures import Period, Totals, Week
from requests_app.oversight.standing import Standing

# The least percent of promises kept for each level of the schema, from 4 down to 1.
LEVELS = ((95, 4), (85, 3), (70, 2), (0, 1))


@dataclass(frozen=True)
class Line:
    """One office of the table."""

    office: Office
    now: Standing
    totals: Totals


# What each column is sorted by: a missing figure comes last, whichever the way.
COLUMNS: dict[str, tuple[Any, Callable[[Line], Any]]] = {
    "office": (gettext_lazy("Bureau"), lambda line: (line.office.kind, line.office.arrondissement_id or 0)),
    "open": (gettext_lazy("Ouvertes"), lambda line: line.now.open),
    "late": (gettext_lazy("En retard"), lambda line: line.now.late),
    "oldest": (gettext_lazy("La plus ancienne"), lambda line: line.now.oldest_days),
    "received": (gettext_lazy("Reçues"), lambda line: line.totals.received),
    "decided": (gettext_lazy("Décidées"), lambda line: line.totals.decided),
    "in-time": (gettext_lazy("Dans le délai"), lambda line: line.totals.share_in_time),
    "median": (gettext_lazy("Délai médian"), lambda line: line.totals.median_days),
    "p90": (gettext_lazy("9 sur 10 en"), lambda line: line.totals.p90_days),
    "refused": (gettext_lazy("Refusées"), lambda line: line.totals.refused),
    "asked-again": (gettext_lazy("Compléments répétés"), lambda line: line.totals.asked_again),
}


@require_safe
def city_figures(request: StaffRequest) -> HttpResponse:
    """All the offices side by side; a head of office is led to his own.

    11 queries at most: session, user, device, postings, offices, mark, figures (2), weeks, standing (2); those of
    the figures are kept until they are counted again.
    """
    desk = Desk(request.user)
    if not access.sees_city(desk) and (own := access.headed(desk)):
        return redirect("desk:office-figures", own[0].code)
    offices = access.offices(desk)
    chosen = periods.chosen(request.GET)
    counted_at = counting.counted_at()
    did, weeks = _kept(offices, chosen.period, counted_at)
    now = standing.of_offices(office.pk for office in offices)
    lines = [Line(office, now[office.pk], did[office.pk]) for office in offices]
    sort = request.GET.get("sort", "")
    boroughs = [line for line in lines if line.office.kind == OfficeKind.BOROUGH]
    context = {
        "desk": desk,
        "chosen": chosen,
        "counted_at": counted_at,
        "columns": _columns(sort, chosen.query),
        "lines": in_order(lines, sort),
        "whole": figures.together(did.values()),
        "now": _together(now.values()),
        "trend": trend(weeks),
        "schema": schema(boroughs),
        "backlog": backlog(lines),
    }
    return show(request, "desk/overview/city.html", context)


@require_safe
def city_sheet(request: StaffRequest) -> StreamingHttpResponse:
    """The table of the offices for a spreadsheet."""
    desk = Desk(request.user)
    offices = access.offices(desk)
    chosen = periods.chosen(request.GET)
    did = figures.by_office((office.pk for office in offices), chosen.period)
    now = standing.of_offices(office.pk for office in offices)
    columns = [_("Bureau"), _("Ouvertes"), _("En retard"), _("La plus ancienne déposée le"), *headings()]
    rows = (
        (
            office.name, now[office.pk].open, now[office.pk].late, now[office.pk].oldest_on,
            *cells(did[office.pk]),
        )
        for office in offices
    )  # fmt: skip
    return sheet("chiffres-ville", chosen.period, columns, rows)


def in_order(lines: list[Line], sort: str) -> list[Line]:
    """The offices sorted by a column (`late`, `-late`); what has no figure comes last, whichever the way."""
    column = COLUMNS.get(sort.removeprefix("-"))
    if column is None:
        return lines
    _label, value = column
    known = [line for line in lines if value(line) is not None]
    unknown = [line for line in lines if value(line) is None]
    return sorted(known, key=value, reverse=sort.startswith("-")) + unknown


def schema(boroughs: list[Line]) -> Chart:
    """The boroughs as squares in the order of their numbers: a schema, which says nothing of where they lie."""
    drawn = [
        Tile(_ordinal(line.office), _percent(line.totals.share_in_time), level(line.totals.share_in_time))
        for line in boroughs
    ]
    known = [line for line in boroughs if line.totals.share_in_time is not None]
    description = _("Aucune décision promise dans la période.")
    if known:
        best = max(known, key=lambda line: line.totals.share_in_time or 0)
        worst = min(known, key=lambda line: line.totals.share_in_time or 0)
        description = _("De %(worst)s (%(low)s) à %(best)s (%(high)s).") % {
            "worst": worst.office.name, "low": _percent(worst.totals.share_in_time),
            "best": best.office.name, "high": _percent(best.totals.share_in_time),
        }  # fmt: skip
    title = _("Promesses tenues par arrondissement (schéma, pas une carte)")
    return charts.tiles(title, description, drawn, [_("Arrondissement"), _("Promesses tenues")])


def level(share: int | None) -> int:
    """The level of a square: 0 when nothing was promised, then 1 to 4."""
    return 0 if share is None else next(level for least, level in LEVELS if share >= least)


def backlog(lines: list[Line]) -> Chart:
    """The open cases of each office; an office with late ones says how many."""
    drawn = [
        Bar(
            line.office.name,
            line.now.open,
            _("%(open)d, dont %(late)d en retard") % {"open": line.now.open, "late": line.now.late}
            if line.now.late
            else str(line.now.open),
            "bad" if line.now.late else "",
        )
        for line in lines
    ]
    total = sum(line.now.open for line in lines)
    words = ngettext("%(count)d demande ouverte dans la ville.", "%(count)d demandes ouvertes dans la ville.", total)
    description = words % {"count": total}
    return charts.bars(_("Demandes ouvertes par bureau"), description, drawn, [_("Bureau"), _("Demandes ouvertes")])


def _columns(sort: str, query: str) -> list[dict[str, Any]]:
    """The headings of the table: each sorts by its column, the largest first; once more, the other way."""
    return [
        {
            "label": label,
            "url": f"?{query}&" + urlencode({"sort": name if sort == f"-{name}" else f"-{name}"}),
            "sorted": {name: "ascending", f"-{name}": "descending"}.get(sort, "none"),
        }
        for name, (label, _value) in COLUMNS.items()
    ]


def _together(standings: Iterable[Standing]) -> Standing:
    whole = Standing()
    for one in standings:
        whole.open += one.open
        whole.late += one.late
        whole.waiting += one.waiting
        if one.oldest_on and (whole.oldest_on is None or one.oldest_on < whole.oldest_on):
            whole.oldest_on, whole.oldest_days = one.oldest_on, one.oldest_days
    return whole


def _kept(
    offices: list[Office], period: Period, counted_at: datetime.datetime | None
) -> tuple[dict[int, Totals], list[Week]]:
    mark = counted_at.timestamp() if counted_at else 0
    key = f"figures:city:{period.first}:{period.last}:{timezone.localdate()}:{mark}"
    if (known := cache.get(key)) is None:
        ids = [office.pk for office in offices]
        known = (figures.by_office(ids, period), figures.weeks(ids))
        cache.set(key, known, KEPT)
    did, weeks = known
    return {office.pk: did.get(office.pk, Totals()) for office in offices}, weeks


def _ordinal(office: Office) -> str:
    return str(Arrondissement(number=office.arrondissement_id or 0)).removesuffix(" arrondissement")


def _percent(share: int | None) -> str:
    return "–" if share is None else f"{share} %"
