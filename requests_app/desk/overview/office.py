"""The figures of one office, for its head: who carries what, what waits, what was decided, and why it was refused."""

import datetime
from collections.abc import Iterable

from django.core.cache import cache
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from arrondissements import sheets
from arrondissements.models import Office
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.overview import access, periods
from requests_app.oversight import charts, counting, figures, standing
from requests_app.oversight.charts import Bar, Chart
from requests_app.oversight.figures import Period, Totals, Week

KEPT = 600  # seconds: the key says which counting it is, so that nothing older is ever shown
TONES_OF_AGES = ("good", "", "warn", "bad")


@require_safe
def office_figures(request: StaffRequest, office: str) -> HttpResponse:
    """What an office did in a period, and how it stands now.

    14 queries at most: session, user, device, postings, office, mark, figures (2), weeks, names (2), standing (2),
    desks (3), loops, menu; those of the figures are kept until they are counted again.
    """
    desk = Desk(request.user)
    here = access.office(desk, office)
    chosen = periods.chosen(request.GET)
    counted_at = counting.counted_at()
    services, weeks = _kept(here, chosen.period, counted_at)
    totals, now = figures.together(services.values()), standing.of_offices([here.pk])[here.pk]
    titles, motives = figures.titles_of(services), figures.motives_of(totals.refusals)
    context = {
        "desk": desk,
        "office": here,
        "sees_city": access.sees_city(desk),
        "headed": access.headed(desk),
        "may_open": access.may_open(desk, here),
        "chosen": chosen,
        "counted_at": counted_at,
        "totals": totals,
        "now": now,
        "loads": standing.loads(here.pk, counting.midnight(chosen.period.first)),
        "services": sorted(
            ((titles.get(pk, ""), one) for pk, one in services.items()), key=lambda pair: -pair[1].received
        ),
        "loops": standing.loops(here.pk),
        "trend": trend(weeks),
        "ages": ages(now.ages),
        "refusals": refusals(totals, motives),
    }
    return show(request, "desk/overview/office.html", context)


@require_safe
def office_sheet(request: StaffRequest, office: str) -> StreamingHttpResponse:
    """The same figures for a spreadsheet, one line per service. No name of anybody leaves with it."""
    desk = Desk(request.user)
    here = access.office(desk, office)
    chosen = periods.chosen(request.GET)
    services = figures.by_service(here.pk, chosen.period)
    titles = figures.titles_of(services)
    rows = ((titles.get(pk, ""), *cells(totals)) for pk, totals in services.items())
    return sheet(f"chiffres-{here.code}", chosen.period, [_("Démarche"), *headings()], rows)


def trend(weeks: list[Week]) -> Chart:
    """Received and decided, week after week."""
    labels = [date_format(week.monday, "j/n") for week in weeks]
    received, decided = [week.received for week in weeks], [week.decided for week in weeks]
    description = _("Par semaine : de %(first)d à %(last)d demandes reçues, de %(f2)d à %(l2)d décidées.") % {
        "first": received[0], "last": received[-1], "f2": decided[0], "l2": decided[-1],
    }  # fmt: skip
    title = _("Demandes reçues et décidées, douze semaines")
    series = [(_("reçues"), received), (_("décidées"), decided)]
    return charts.lines(title, description, labels, series, _("Semaine du"))


def ages(counts: list[int]) -> Chart:
    """How long the open cases have waited."""
    words = [_("0 à 2 jours"), _("3 à 5 jours"), _("6 à 10 jours"), _("plus de 10 jours")]
    drawn = [
        Bar(label, count, str(count), tone) for label, count, tone in zip(words, counts, TONES_OF_AGES, strict=True)
    ]
    old = counts[-1]
    description = ngettext(
        "%(count)d demande attend depuis plus de dix jours ouvrés.",
        "%(count)d demandes attendent depuis plus de dix jours ouvrés.",
        old,
    ) % {"count": old}
    return charts.bars(
        _("Âge des demandes ouvertes, en jours ouvrés"), description, drawn, [_("Âge"), _("Demandes ouvertes")]
    )


def refusals(totals: Totals, motives: dict[str, str]) -> Chart | None:
    """Why requests were refused, the most frequent first; None when none was."""
    if not totals.refusals:
        return None
    drawn = [
        Bar(motives[code], count, f"{count} ({count * 100 // totals.refused} %)")
        for code, count in totals.refusals.most_common()
    ]
    description = _("Le motif le plus fréquent : %(motive)s.") % {"motive": drawn[0].label}
    return charts.bars(_("Motifs des refus"), description, drawn, [_("Motif"), _("Refus")])


def headings() -> list[str]:
    """What `cells` says, column by column."""
    return [
        _("Reçues"), _("Décidées"), _("Acceptées"), _("Refusées"), _("Délai promis"), _("Dans le délai"),
        _("Délai médian (jours ouvrés)"), _("9 sur 10 en (jours ouvrés)"), _("Compléments demandés"),
        _("Demandés une fois de plus"), _("Renvoyées à l’instruction"), _("Minutes par décision"),
    ]  # fmt: skip


def cells(totals: Totals) -> list[sheets.Cell]:
    """The figures of one line of a spreadsheet."""
    minutes = totals.minutes_each
    return [
        totals.received, totals.decided, totals.accepted, totals.refused, totals.promised, totals.in_time,
        totals.median_days, totals.p90_days, totals.asked, totals.asked_again, totals.returned,
        None if minutes is None else f"{minutes:.1f}".replace(".", ","),
    ]  # fmt: skip


def sheet(
    name: str, period: Period, columns: list[str], rows: Iterable[tuple[sheets.Cell, ...]]
) -> StreamingHttpResponse:
    """A table as a file of CSV whose name says the days."""
    response = StreamingHttpResponse(sheets.csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    days = f"{period.first.isoformat()}-{period.last.isoformat()}"
    response["Content-Disposition"] = f'attachment; filename="{name}-{days}.csv"'
    return response


def _kept(office: Office, period: Period, counted_at: datetime.datetime | None) -> tuple[dict[int, Totals], list[Week]]:
    mark = counted_at.timestamp() if counted_at else 0
    key = f"figures:{office.pk}:{period.first}:{period.last}:{timezone.localdate()}:{mark}"
    if (known := cache.get(key)) is None:
        known = (figures.by_service(office.pk, period), figures.weeks([office.pk]))
        cache.set(key, known, KEPT)
    services, weeks = known
    return services, weeks
