"""The journal of a case as a page and as a file, for those who answer for what was done and read."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arrondissements import delegations, journal
from arrondissements.models import JournalEntry
from arrondissements.sheets import csv_lines
from requests_app import permissions
from requests_app.desk.case import label_of
from requests_app.desk.desk import StaffRequest, show
from requests_app.dossier import reading, tracing
from requests_app.dossier.reading import Reason, note_reading


@require_safe
def trace(request: StaffRequest, reference: str) -> HttpResponse:
    """Who did and who read what, newest first. Reading this is written too. 10 queries whatever its length."""
    delegations.remember(request.user)
    case = tracing.followable(request.user, reference)
    note_reading(f"journal:{case.pk}", request.user, case.office, Reason.CHECK)
    chain, start = request.GET.get("chain", ""), _start(request)
    lines = list(tracing.lines_of(case, chain)[start : start + tracing.PAGE + 1])
    names = tracing.names_of(case)
    context = {
        "case": case,
        "may_read": permissions.can_read(request.user, case),
        "chain": chain if chain in (journal.ACTS, journal.READS) else "",
        "rows": [(line, *_words(line), names.get(line.obj, "")) for line in lines[: tracing.PAGE]],
        "following": start + tracing.PAGE if len(lines) > tracing.PAGE else 0,
    }
    return show(request, "desk/dossier/journal.html", context)


@require_safe
def export(request: StaffRequest, reference: str) -> HttpResponseBase:
    """The whole journal of the case for a spreadsheet."""
    case = tracing.followable(request.user, reference)
    journal.record_reading(obj=f"journal:{case.pk}", by=request.user, office=case.office, reason=Reason.FILE)
    headings = [_("Date"), _("Personne"), _("Bureau"), _("Quoi"), _("Fichier"), _("Pourquoi"), _("Place")]
    rows = tracing.sheet(case, request.GET.get("chain", ""), _words)
    answer = StreamingHttpResponse(csv_lines(headings, rows), content_type="text/csv; charset=utf-8")
    name = _("journal-%(reference)s.csv") % {"reference": case.shown_reference}
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _words(line: JournalEntry) -> tuple[str, str]:
    """What was done and why."""
    if line.chain == journal.READS:
        what = _("Fichier ouvert") if line.obj.startswith("evidence:") else _("Demande ouverte")
        what = _("Document ouvert") if line.obj.startswith("document:") else what
        return what, str(reading.in_words(line.reason))
    return str(label_of(line.act)), line.reason


def _start(request: StaffRequest) -> int:
    given = request.GET.get("start", "")
    return int(given) if given.isdecimal() and len(given) < 7 else 0
