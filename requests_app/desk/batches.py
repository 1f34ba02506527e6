"""One act on the ticked lines of a queue: what it will do and send, then how far it is, line by line."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from arrondissements import sheets
from arrondissements.models import Office, User
from requests_app import labelling, queues
from requests_app.desk import access, queue_address, ticked
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.forms import LONGEST_WORDS
from requests_app.models import BatchAct, RowState, ServiceRequest
from requests_app.states import OPEN_STATES, State
from requests_app.teamwork import assigning, batches
from requests_app.teamwork.row_acts import MOST_CASES, ROW_ACTS
from requests_app.workflow import Refused

# From which states each act begins: the others are said beforehand, and refused line by line.
FITTING: dict[str, list[State]] = {
    BatchAct.TAKE: [State.SUBMITTED],
    BatchAct.ACCEPT: [State.UNDER_REVIEW],
    BatchAct.ASSIGN: list(OPEN_STATES),
    BatchAct.LABEL: [state for state in State if state != State.DRAFT],
    BatchAct.WRITE: [*OPEN_STATES, State.READY],
}


class OrderForm(forms.Form):
    """An order without words; `key` makes one order of a form sent twice."""

    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, office: Office, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office, self.by = office, by
        self.fields["key"].initial = uuid.uuid4

    def params(self) -> dict[str, Any]:
        """What the act needs, as `row_acts` names it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class ReasonField(forms.CharField):
    """Why a case goes to a colleague: asked by `assigning.assign`, unless one takes it oneself."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Pourquoi"),
            required=False,
            max_length=assigning.REASON_MOST,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=gettext_lazy(
                "Votre collègue le lira ; le demandeur jamais. Facultatif si vous prenez la demande vous-même."
            ),
        )


class AssignForm(OrderForm):
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"to": PersonField(assigning.instructors(self.office)), **self.fields}

    def clean_reason(self) -> str:
        """Whoever gives says why; `to` was read before."""
        reason: str = self.cleaned_data["reason"]
        if not reason and self.cleaned_data.get("to") not in (None, self.by):
            raise forms.ValidationError(assigning.why_sentence())
        return reason

    def params(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["to"].pk, "reason": self.cleaned_data["reason"]}


class PersonField(forms.ModelChoiceField):
    """A colleague, by name."""

    def __init__(self, queryset: QuerySet[Any], **options: Any) -> None:
        words = {
            "label": _("À qui"),
            "empty_label": _("Choisissez…"),
            "error_messages": {
                "required": _("Choisissez une personne."),
                "invalid_choice": _("Choisissez une personne."),
            },
        }
        super().__init__(queryset, **(words | options))

    def label_from_instance(self, person: Any) -> str:
        return assigning.name_of(person)


class LabelForm(OrderForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose = {"required": _("Choisissez une étiquette."), "invalid_choice": _("Choisissez une étiquette.")}
        self.fields["label"] = forms.ModelChoiceField(
            labelling.offered(self.office),
            label=_("Étiquette"),
            empty_label=_("Choisissez…"),
            error_messages=choose,
        )

    def params(self) -> dict[str, Any]:
        return {"label": self.cleaned_data["label"].pk}


class AcceptForm(OrderForm):
    note = forms.CharField(
        label=gettext_lazy("Note pour le signataire et vos collègues"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Interne : le demandeur ne la lit jamais."),
    )


class WriteForm(OrderForm):
    body = forms.CharField(
        label=gettext_lazy("Message aux demandeurs"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Chacun lira ce texte tel quel : n’y écrivez le nom de personne."),
        error_messages={"required": gettext_lazy("Écrivez le message.")},
    )


FORMS: dict[str, type[OrderForm]] = {
    BatchAct.TAKE: OrderForm,
    BatchAct.ASSIGN: AssignForm,
    BatchAct.ACCEPT: AcceptForm,
    BatchAct.LABEL: LabelForm,
    BatchAct.WRITE: WriteForm,
}


@require_POST
def confirm(request: StaffRequest, office: str) -> HttpResponse:
    """What will be done to which lines, then the order; nothing is done before "confirmed" is posted."""
    here = access.instructed(request.user, office)
    act = request.POST.get("act", "")
    if act not in FORMS:
        return redirect("desk:queue", here.code)
    lines = ticked.lines(_chosen(request, here), _cases(here), MOST_CASES)
    form = FORMS[act](request.POST if "confirmed" in request.POST else None, office=here, by=request.user)
    if form.is_bound and form.is_valid():
        rows = [(line.case.pk, line.seen) for line in lines if line.ticked]
        facts = {"by": request.user, "office": here, "params": form.params(), "key": form.cleaned_data["key"]}
        try:
            batch = batches.order(act, rows, **facts)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk:batch", batch.pk)
    unfit = [line for line in lines if line.ticked and line.case.state not in FITTING[act]]
    context = {
        "act": ROW_ACTS[act],
        "name": act,
        "office": here,
        "lines": lines,
        "count": sum(line.ticked for line in lines),
        "unfit": len(unfit),
        "sends": _sends(act, lines),
        "form": form,
        "is_whole": len(lines) == MOST_CASES,
        "most": MOST_CASES,
    }
    return show(request, "desk/batch_confirm.html", context, status=422 if form.errors else 200)


@require_safe
def progress(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """How far a batch of one's own is; once it is over, what became of each line."""
    batch = access.batch(request.user, pk)
    rows = batch.rows.select_related("case__version", "case__document")
    context = {
        "batch": batch,
        "act": ROW_ACTS[batch.act],
        "progress": batches.progress(batch),
        "refused": rows.filter(state=RowState.REFUSED),
        "done": rows.filter(state=RowState.DONE) if batch.ended_at else rows.none(),
        "signing": batch.act == BatchAct.ISSUE,
        "may_retry": batch.ended_at is not None and batch.office_id is not None and "shares" not in batch.params,
    }
    return show(request, "desk/batch.html", context)


@require_safe
def refused_rows(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The lines that were not done, with their sentence, for a spreadsheet: no name leaves with it."""
    batch = access.batch(request.user, pk)
    headings = [_("Numéro de suivi"), _("Démarche"), _("Pourquoi")]
    refused = batch.rows.filter(state=RowState.REFUSED).select_related("case__version")
    rows = [[row.case.shown_reference, row.case.version.title, row.words] for row in refused]
    response = HttpResponse("".join(sheets.csv_lines(headings, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="non-faites.csv"'
    return response


def _chosen(request: StaffRequest, office: Office) -> QueryDict:
    """What was posted; with "whole", every line of the filter that was on the screen, as many as an order may hold."""
    if "whole" not in request.POST:
        return request.POST
    looked = queue_address.read(QueryDict(request.POST.get("query", "")[:500])).looked
    found = queues.cases_of(office, looked, request.user).order_by("due_on", "pk")
    posted = request.POST.copy()
    posted.setlist("case", [str(reference) for reference in found.values_list("reference", flat=True)[:MOST_CASES]])
    return posted


def _cases(office: Office) -> QuerySet[ServiceRequest]:
    here = ServiceRequest.objects.filter(Q(office=office) | Q(helping_office=office)).exclude(state=State.DRAFT)
    return here.select_related("version", "assigned_to")


def _sends(act: str, lines: list[ticked.Line]) -> dict[str, int]:
    """How many SMS and e-mails will leave."""
    if act != BatchAct.WRITE:
        return {}
    cases = [line.case for line in lines if line.ticked and line.case.state in FITTING[act]]
    return {"sms": sum(len(case.told_phones) for case in cases), "emails": sum(bool(case.email) for case in cases)}
