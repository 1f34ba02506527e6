"""The documents that nobody came to fetch, for the counter of an office: filtered, taken away as a table."""

from collections.abc import Iterator

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arrondissements import journal, sheets
from arrondissements.models import Office
from requests_app.catalogue.inputs import phone_in_words
from requests_app.desk.access import MAY_EXPORT
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.walk_ins import access
from requests_app.models import ServiceRequest
from requests_app.walk_ins import unclaimed

PAGE_ROWS = 50


@require_safe
def waiting(request: StaffRequest, office: str = "") -> HttpResponse:
    """What waits at the counter, the oldest first, with the reminders that left. 11 queries at most."""
    desk = Desk(request.user)
    here = access.counter(desk, office)
    days, slug = _days(request), request.GET.get("service", "")[:60]
    page = Paginator(_rows(here, days, slug), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "desk": desk,
        "office": here,
        "offices": access.counters(desk),
        "page_obj": page,
        "rows": [(case, unclaimed.days_waited(case), list(case.unclaimed_notices.all())) for case in page],
        "days": days,
        "choices": _choices(),
        "service": slug,
        "services": _services(here),
        "may_export": desk.serves_as(here, *MAY_EXPORT),
    }
    return show(request, "desk/walk_ins/unclaimed.html", context)


@require_safe
def export(request: StaffRequest, office: str, kind: str) -> HttpResponseBase:
    """The same as a spreadsheet, for those who may take names away; it is written in the journal."""
    desk = Desk(request.user)
    here = access.counter(desk, office)
    if not desk.serves_as(here, *MAY_EXPORT):
        raise Http404
    journal.record_reading(obj=f"unclaimed:{here.code}", by=request.user, office=here, reason="export")
    lines = _lines(_rows(here, _days(request), request.GET.get("service", "")[:60]))
    if kind == "xlsx":
        answer = StreamingHttpResponse(
            sheets.xlsx_bytes(_("Non réclamés"), _headings(), lines), content_type=sheets.XLSX_TYPE
        )
    else:
        answer = StreamingHttpResponse(sheets.csv_lines(_headings(), lines), content_type="text/csv; charset=utf-8")
    name = f"non-reclames-{here.code}-{timezone.localdate().isoformat()}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _rows(office: Office, days: int, slug: str) -> QuerySet[ServiceRequest]:
    rows = unclaimed.waiting([office], days=days).prefetch_related("unclaimed_notices")
    return rows.filter(version__service__slug=slug) if slug else rows


def _services(office: Office) -> list[tuple[str, str]]:
    """The services of which something waits. 2 queries."""
    found = {case.version.service.slug: case.version.title for case in unclaimed.waiting([office])[:500]}
    return sorted(found.items(), key=lambda pair: pair[1])


def _choices() -> list[int]:
    return [0, settings.UNCLAIMED_FIRST_DAYS, settings.UNCLAIMED_SECOND_DAYS, settings.UNCLAIMED_LISTED_DAYS]


def _days(request: StaffRequest) -> int:
    asked = request.GET.get("jours", "")
    return int(asked) if asked.isdecimal() and int(asked) in _choices() else settings.UNCLAIMED_FIRST_DAYS


def _headings() -> list[str]:
    return [
        _("Numéro de suivi"),
        _("Démarche"),
        _("Demandeur"),
        _("Téléphone"),
        _("Prêt le"),
        _("Jours d’attente"),
        _("Rappels"),
    ]


def _lines(rows: QuerySet[ServiceRequest]) -> Iterator[list[sheets.Cell]]:
    for case in rows.iterator(chunk_size=500):
        phone = next(iter(case.told_phones), "")
        yield [
            case.shown_reference,
            case.version.title,
            case.applicant_name,
            phone_in_words(phone) if phone else "",
            timezone.localdate(case.ready_at) if case.ready_at else None,
            unclaimed.days_waited(case),
            ", ".join(f"{notice} {timezone.localdate(notice.at):%d/%m/%Y}" for notice in case.unclaimed_notices.all()),
        ]
