"""Many signatures at once: each document read as it will print, the second factor given once, the worker signs."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from arrondissements import delegations, journal
from arrondissements.delegations import SigningPower
from arrondissements.models import JournalEntry, Office, User
from civil_status.documents.content import DocumentContent
from requests_app import issuing, permissions
from requests_app.desk import signing, ticked
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.signing_code import CodeForm
from requests_app.dossier.reading import Reason
from requests_app.models import Batch, BatchAct, ServiceRequest
from requests_app.states import State
from requests_app.teamwork import batches
from requests_app.teamwork.row_acts import MOST_SIGNATURES
from requests_app.workflow import Refused

Power = Callable[[str, Office], SigningPower | None]


class SignForm(CodeForm):
    """The code; `key` makes one order of a form sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


@dataclass(frozen=True)
class Specimen:
    """A document as it will print, but for its number; or why it cannot be signed."""

    line: ticked.Line
    content: DocumentContent | None
    why_not: str
    dates: dict[str, str]


@sensitive_post_parameters("code")
@require_POST
def sign_many(request: StaffRequest) -> HttpResponse:
    """The specimens of the ticked lines, each still to untick; with the code, the order to sign them.

    The reading of each is written. A wrong code signs nothing, and keeps what was ticked.
    """
    lines = ticked.lines(request.POST, _cases(), MOST_SIGNATURES)
    specimens = _specimens(lines, request.user)
    if not specimens:
        messages.warning(request, _("Aucun document coché. Cochez au moins une ligne avant de signer."))
        return redirect("desk:sign")
    form = SignForm(request.POST if "confirmed" in request.POST else None)
    if form.is_bound and form.is_valid():
        rows = [(one.line.case.pk, one.line.seen) for one in specimens if one.line.ticked]
        if batch := _order(request, form, rows):
            return redirect("desk:batch", batch.pk)
    else:
        _note_readings([one.line.case for one in specimens if one.content], request.user)
    context = {"specimens": specimens, "count": sum(one.line.ticked for one in specimens), "form": form}
    return show(request, "desk/sign_batch.html", context, status=422 if form.errors else 200)


def _order(request: StaffRequest, form: SignForm, rows: list[tuple[int, str]]) -> Any:
    """The batch, once the code is checked: last, because a code serves once.

    A form sent twice is the batch of the first time, though its code has served.
    """
    ordered = Batch.objects.filter(pk=form.cleaned_data["key"], by=request.user)
    try:
        if known := ordered.first():
            return known
        if not rows:
            raise Refused(_("Cochez au moins un document."))
        if not form.confirms(request.user):
            return ordered.first()  # sent twice at the same moment
        return batches.order(BatchAct.ISSUE, rows, by=request.user, key=form.cleaned_data["key"], confirmed=True)
    except Refused as refused:
        form.add_error(None, str(refused))
    return None


def _cases() -> QuerySet[ServiceRequest]:
    """Never a draft nor a trial; who may sign which is judged line by line."""
    filed = ServiceRequest.objects.exclude(state=State.DRAFT).filter(is_trial=False)
    return filed.select_related("version__service", "office", "instructed_by")


def _specimens(lines: list[ticked.Line], by: User) -> list[Specimen]:
    """What each line would print today; a case beyond the powers of `by` is not there, as its page is not."""
    power = _powers(by)
    readable = _readable(lines, by, power)
    prepared = _prepared(lines, by)
    return [_specimen(line, by, power, line.case.obj in prepared) for line in lines if line.case.pk in readable]


def _readable(lines: list[ticked.Line], by: User, power: Power) -> set[int]:
    """The cases this person may open: within his powers, or of his office. Those of neither are asked one by one."""

    def may(case: ServiceRequest) -> bool:
        role = case.version.signatory_role
        if not role or case.office is None:
            return False
        return power(role, case.office) is not None or permissions.can_read(by, case)

    return {line.case.pk for line in lines if may(line.case)}


def _specimen(line: ticked.Line, by: User, power: Power, prepared: bool) -> Specimen:
    case = line.case
    content, why_not = None, ""
    mine = power(case.version.signatory_role, case.office) if case.office else None
    if case.state != State.ACCEPTED or case.document_id:
        why_not = _("Cette demande n’attend plus de signature.")
    elif prepared or case.instructed_by_id == by.pk:
        why_not = _("Vous avez instruit cette demande : une autre personne doit signer le document.")
    elif mine is None or case.office is None:
        why_not = permissions.why_no_signature(by, case)
    else:
        try:
            content = signing.content_of(case, case.office, issuing.draft_of(case, mine, by, timezone.localdate()))
        except ValidationError as unprintable:
            why_not = " ".join(unprintable.messages)
    if content is None:
        line = replace(line, ticked=False)
    return Specimen(line, content, why_not, signing.paper_dates(content))


def _powers(by: User) -> Power:
    """The power of `by` for each role and office, asked once each."""
    today = timezone.localdate()

    @cache
    def power(role: str, office: Office) -> SigningPower | None:
        return delegations.signing_power(by, role, office, today)

    return power


def _prepared(lines: list[ticked.Line], by: User) -> set[str]:
    """Those that `by` worked on, whoever finished them. 1 query."""
    acts = [f"case.{act}" for act in permissions.PREPARING]
    written = JournalEntry.objects.filter(obj__in=[line.case.obj for line in lines], chain=journal.ACTS, by=by)
    return set(written.filter(act__in=acts).values_list("obj", flat=True))


def _note_readings(cases: list[ServiceRequest], by: User) -> None:
    """Write that `by` read each, once a day. 1 query, and those of each line that is new."""
    objs = Q(obj__in=[case.obj for case in cases])
    today = JournalEntry.objects.filter(objs, chain=journal.READS, by=by, at__date=timezone.localdate())
    known = set(today.values_list("obj", flat=True))
    for case in cases:
        if case.obj not in known:
            journal.record_reading(obj=case.obj, by=by, office=case.office, reason=Reason.SIGNING.value)
