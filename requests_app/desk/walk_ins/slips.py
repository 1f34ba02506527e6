"""The pages of the emergency slips: print a batch, count each one, open one by its QR."""

import datetime
from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from arrondissements import journal, sheets
from arrondissements.models import Office
from requests_app import workflow
from requests_app.catalogue.published import filed_here
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.forms import CHOOSE_ONE
from requests_app.desk.walk_ins import access
from requests_app.models import EmergencySlip, SlipState
from requests_app.walk_ins import slip_sheet, slips

PAGE_ROWS = 60
STATES = [*SlipState.choices, (slips.MISSING, gettext_lazy("manquant"))]


class BatchForm(forms.Form):
    """How many slips to print."""

    use_required_attribute = False
    count = forms.IntegerField(
        label=gettext_lazy("Combien de bordereaux"),
        min_value=1,
        max_value=slips.MOST_PRINTED,
        initial=15,
        help_text=gettext_lazy("Trois par page. Imprimez-les avant la coupure, et rangez-les au guichet."),
        error_messages={"required": gettext_lazy("Écrivez un nombre, en chiffres.")},
    )


class PutAwayForm(forms.Form):
    """What happened to a slip that will not be keyed in."""

    use_required_attribute = False
    state = forms.ChoiceField(
        label=gettext_lazy("Ce bordereau est"),
        choices=[(SlipState.SPOILED, SlipState.SPOILED.label), (SlipState.LOST, SlipState.LOST.label)],
        widget=forms.RadioSelect,
        error_messages=CHOOSE_ONE,
    )
    note = forms.CharField(
        label=gettext_lazy("Ce qui est arrivé"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Dites ce qui est arrivé à ce bordereau.")},
    )


@require_http_methods(["GET", "POST"])
def report(request: StaffRequest, office: str = "") -> HttpResponse:
    """Every slip of the office, with who and when; the head of the office prints new ones here.

    10 queries at most, whatever the number of slips.
    """
    desk = Desk(request.user)
    here = access.counter(desk, office)
    may_print = access.prints(desk, here)
    form = BatchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_print:
            raise Http404
        if form.is_valid():
            printed = slips.print_batch(here, form.cleaned_data["count"], by=request.user)
            messages.success(request, _("Les bordereaux sont numérotés. Ouvrez la feuille et imprimez-la."))
            return redirect(f"{request.path}?first={printed[0].serial}&last={printed[-1].serial}")
    state = _state(request)
    context = {
        "desk": desk,
        "office": here,
        "offices": access.counters(desk),
        "form": form,
        "may_print": may_print,
        "counted": slips.counted(here),
        "last_used": slips.last_used(here),
        "state": state,
        "states": STATES,
        "page_obj": Paginator(slips.of_office(here, state), PAGE_ROWS).get_page(request.GET.get("page")),
        "printed": _range(request),
    }
    return show(request, "desk/walk_ins/slips.html", context, status=422 if form.errors else 200)


@require_safe
def sheet(request: StaffRequest, office: str) -> HttpResponse:
    """The pages to print, of slips that are still blank; each time it is opened is written in the journal."""
    desk = Desk(request.user)
    here = access.counter(desk, office)
    wanted = _range(request)
    if not access.prints(desk, here) or wanted is None:
        raise Http404
    first, last = wanted
    wanted_slips = EmergencySlip.objects.filter(office=here, state=SlipState.BLANK, serial__range=(first, last))
    blank = list(wanted_slips.order_by("serial")[: slips.MOST_PRINTED])
    if not blank:
        raise Http404
    details = {"first": blank[0].serial, "last": blank[-1].serial}
    journal.record("slips.sheet", obj=f"office:{here.pk}", by=request.user, office=here, details=details)
    answer = HttpResponse(slip_sheet.sheet_pdf(here, blank), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="bordereaux-{here.code}-{first}-{last}.pdf"'
    return answer


@require_safe
def export(request: StaffRequest, office: str, kind: str) -> HttpResponseBase:
    """The report as a spreadsheet: each slip, its state, and who did what when."""
    here = access.counter(Desk(request.user), office)
    headings, lines = _headings(), _lines(here, _state(request))
    name = f"bordereaux-{here.code}-{timezone.localdate().isoformat()}.{kind}"
    if kind == "xlsx":
        answer = StreamingHttpResponse(
            sheets.xlsx_bytes(_("Bordereaux"), headings, lines), content_type=sheets.XLSX_TYPE
        )
    else:
        answer = StreamingHttpResponse(sheets.csv_lines(headings, lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
def one(request: StaffRequest, code: str) -> HttpResponse:
    """What the QR opens: choose the service written on the paper, or say what happened to it."""
    slip = access.slip(request.user, code)
    form = PutAwayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            slips.put_away(slip, SlipState(form.cleaned_data["state"]), form.cleaned_data["note"], by=request.user)
            messages.success(request, _("C’est écrit dans le rapport des bordereaux."))
            return redirect("desk:slips", slip.office.code)
        except workflow.Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "slip": slip,
        "form": form,
        "keyable": slip.state in slips.KEYABLE,
        "services": filed_here() if slip.state in slips.KEYABLE else [],
    }
    return show(request, "desk/walk_ins/slip.html", context, status=422 if form.errors else 200)


def _state(request: StaffRequest) -> str:
    asked = request.GET.get("state", "")
    return asked if asked in dict(STATES) else ""


def _range(request: StaffRequest) -> tuple[int, int] | None:
    try:
        first, last = int(request.GET.get("first", "")), int(request.GET.get("last", ""))
    except ValueError:
        return None
    return (first, last) if 0 < first <= last < 10**9 else None


def _headings() -> list[str]:
    return [
        _("Numéro"),
        _("État"),
        _("Imprimé le"),
        _("Imprimé par"),
        _("Heure écrite"),
        _("Saisi ou déclaré le"),
        _("Par"),
        _("Numéro de suivi"),
        _("Explication"),
    ]


def _lines(office: Office, state: str) -> Iterator[list[sheets.Cell]]:
    last = slips.last_used(office)
    words = dict(STATES)
    for slip in slips.of_office(office, state).iterator(chunk_size=500):
        is_missing = slip.state == SlipState.BLANK and slip.serial < last
        yield [
            str(slip),
            str(words[slips.MISSING] if is_missing else slip.get_state_display()),
            _moment(slip.printed_at),
            slip.printed_by.get_full_name() or slip.printed_by.username,
            _moment(slip.received_at),
            _moment(slip.closed_at),
            (slip.closed_by.get_full_name() or slip.closed_by.username) if slip.closed_by else "",
            slip.case.shown_reference if slip.case else "",
            slip.note,
        ]


def _moment(at: datetime.datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
