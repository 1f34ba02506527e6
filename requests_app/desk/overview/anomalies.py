"""What looks unusual, for the auditor: the list, the elements of each, his conclusion, and the file."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from arrondissements import journal, sheets
from arrondissements.codes import show_code
from civil_status.documents.models import IssuedDocument
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.overview import access
from requests_app.models import Anomaly, AnomalyKind, AnomalyState, ServiceRequest
from requests_app.moving import Refused
from requests_app.oversight import watching

PAGE_ROWS = 25
CHUNK = 200  # lines of the file made at once
JUDGEMENTS = [(state.value, state.label) for state in (AnomalyState.EXPLAINED, AnomalyState.CONFIRMED)]


class FilterForm(forms.Form):
    """What makes no sense is ignored: a filter is never an error page."""

    kind = forms.ChoiceField(choices=AnomalyKind, required=False)
    state = forms.ChoiceField(choices=AnomalyState, required=False)
    office = forms.SlugField(required=False)
    after = forms.RegexField(r"^\d{4}-\d\d-\d\d\.\d{1,18}$", required=False)


class JudgeForm(forms.Form):
    """The conclusion of the auditor, always with his words."""

    state = forms.ChoiceField(
        label=gettext_lazy("Votre conclusion"),
        choices=JUDGEMENTS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites si l’anomalie est expliquée ou confirmée.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Ce que vous avez vérifié"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Écrivez ce que vous avez vérifié, même en quelques mots.")},
    )


@require_safe
def anomalies(request: StaffRequest) -> HttpResponse:
    """The anomalies, the latest first. 6 queries: session, user, device, postings, offices, rows."""
    desk = Desk(request.user)
    offices = access.audited_offices(desk)
    asked = _asked(request)
    rows = list(_page(_filtered(asked), asked.get("after") or "")[: PAGE_ROWS + 1])
    shown = rows[:PAGE_ROWS]
    query = {name: value for name, value in asked.items() if value and name != "after"}
    last = f"{shown[-1].day.isoformat()}.{shown[-1].pk}" if len(rows) > PAGE_ROWS else ""
    context = {
        "desk": desk,
        "rows": shown,
        "asked": asked,
        "query": urlencode(query),
        "following": "?" + urlencode(query | {"after": last}) if last else "",
        "offices": offices,
        "kinds": AnomalyKind.choices,
        "states": AnomalyState.choices,
    }
    return show(request, "desk/overview/anomalies.html", context)


@require_http_methods(["GET", "POST"])
def anomaly(request: StaffRequest, pk: int) -> HttpResponse:
    """The elements of an anomaly, each leading to its case, and the conclusion of the auditor."""
    desk = Desk(request.user)
    found = access.anomaly(desk, pk)
    form = JudgeForm(request.POST or None)
    if form.is_valid() and _judge(request, found, form):
        return redirect("desk:anomalies")
    context = {
        "desk": desk,
        "anomaly": found,
        "form": form,
        "cases": _cases(found),
        "documents": _documents(found),
        "own": found.person_id == request.user.pk,
    }
    return show(request, "desk/overview/anomaly.html", context, status=409 if form.errors else 200)


@require_safe
def sheet(request: StaffRequest) -> StreamingHttpResponse:
    """The list as filtered, for a spreadsheet; taking names away is written in the journal."""
    access.audited_offices(Desk(request.user))
    asked = _asked(request)
    journal.record_reading(obj="anomalies", by=request.user, office=None, reason="export")
    columns = [
        _("Jour"), _("Nature"), _("Bureau"), _("Agent"), _("Nombre"), _("Habitude"), _("Objets"), _("État"),
        _("Conclusion"), _("Examinée par"),
    ]  # fmt: skip
    response = StreamingHttpResponse(
        sheets.csv_lines(columns, _lines(_filtered(asked))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="anomalies-{timezone.localdate().isoformat()}.csv"'
    return response


def _asked(request: StaffRequest) -> dict[str, Any]:
    form = FilterForm(request.GET)
    form.is_valid()
    return {name: form.cleaned_data.get(name) or "" for name in form.fields}


def _filtered(asked: dict[str, Any]) -> QuerySet[Anomaly]:
    rows = Anomaly.objects.select_related("office", "person", "judged_by")
    wanted = {"kind": asked["kind"], "state": asked["state"], "office__code": asked["office"]}
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def _page(rows: QuerySet[Anomaly], after: str) -> QuerySet[Anomaly]:
    if not after:
        return rows
    day, _dot, pk = after.partition(".")
    try:
        return rows.filter(Q(day__lt=day) | Q(day=day, pk__lt=int(pk)))
    except forms.ValidationError:  # a day that no calendar has
        return rows


def _judge(request: StaffRequest, found: Anomaly, form: JudgeForm) -> bool:
    try:
        state = AnomalyState(form.cleaned_data["state"])
        watching.judge(found, by=request.user, state=state, words=form.cleaned_data["words"])
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Votre conclusion est enregistrée."))
    return True


def _ids(found: Anomaly, kind: str) -> list[int]:
    objects = found.evidence.get("objects", [])
    return [int(obj.removeprefix(kind)) for obj in objects if obj.startswith(kind) and obj[len(kind) :].isdecimal()]


def _cases(found: Anomaly) -> list[ServiceRequest]:
    """The cases among the elements. Their numbers only: opening one asks why, as for anybody."""
    rows = ServiceRequest.objects.filter(pk__in=_ids(found, "case:"), reference__isnull=False)
    return list(rows.select_related("version").only("reference", "state", "submitted_at", "version__title_i18n"))


def _documents(found: Anomaly) -> list[IssuedDocument]:
    """The documents among the elements, with the cases they answer."""
    rows = IssuedDocument.objects.filter(pk__in=_ids(found, "document:")).select_related("case")
    return list(rows.only("number", "type_label", "case__reference"))


def _lines(rows: QuerySet[Anomaly]) -> Iterator[list[sheets.Cell]]:
    """A line for each; the numbers of the cases are read for `CHUNK` lines at once."""
    whole = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(whole, CHUNK)):
        wanted = {pk for row in chunk for pk in _ids(row, "case:")}
        numbers = dict(ServiceRequest.objects.filter(pk__in=wanted).values_list("pk", "reference"))
        for row in chunk:
            yield _line(row, [numbers.get(pk) for pk in _ids(row, "case:")])


def _line(row: Anomaly, references: Iterable[str | None]) -> list[sheets.Cell]:
    return [
        row.day, str(row.get_kind_display()), row.office.name if row.office else "",
        (row.person.get_full_name() or row.person.username) if row.person else "",
        row.evidence.get("count"), row.evidence.get("usual"),
        " ".join(show_code(reference) for reference in references if reference),
        str(row.get_state_display()), row.words,
        (row.judged_by.get_full_name() or row.judged_by.username) if row.judged_by else "",
    ]  # fmt: skip
