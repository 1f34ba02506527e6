"""On whose desk a case lies, from its page; the pile of the office spread over who is present."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from arrondissements.models import Role, User
from requests_app import access
from requests_app.desk import access as desk_access
from requests_app.desk.batches import PersonField, ReasonField
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.forms import ActForm
from requests_app.models import BatchAct, ServiceRequest
from requests_app.permissions import HELPED_STATES, INSTRUCTING
from requests_app.states import OPEN_STATES
from requests_app.teamwork import assigning, balancing, batches
from requests_app.workflow import Refused

# In the session: the case this person has just given, which its page offers to take back.
JUST_GIVEN = "just_given"


class GiveForm(ActForm):
    reason = ReasonField()

    def __init__(self, *args: Any, case: ServiceRequest, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        office = case.helping_office or case.office
        colleagues = assigning.instructors(office) if office else User.objects.none()
        self.fields = {"to": PersonField(colleagues.exclude(pk=case.assigned_to_id or 0)), **self.fields}


def may_assign(case: ServiceRequest, desk: Desk) -> bool:
    """`assigning.can_assign` from the postings the page already asked. No query."""
    offices = [case.office, case.helping_office if case.state in HELPED_STATES else None]
    if case.state not in OPEN_STATES or not any(desk.serves_as(office, *INSTRUCTING) for office in offices):
        return False
    heads = any(desk.serves_as(office, Role.SUPERVISOR) for office in offices)
    return case.assigned_to_id in (None, desk.user.pk) or heads


def may_take_back(request: StaffRequest, case: ServiceRequest) -> bool:
    """Whether the page offers to undo: the act judges again. No query."""
    if request.session.get(JUST_GIVEN) != case.pk or case.assigned_at is None:
        return False
    given = case.assigned_to_id not in (None, request.user.pk)
    return given and case.assigned_at > timezone.now() - assigning.UNDO


@require_http_methods(["GET", "POST"])
def give(request: StaffRequest, reference: str) -> HttpResponse:
    """Give a case to a colleague of the office, or take it on one's own desk."""
    case = _assignable(request.user, reference)
    form = GiveForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid():
        try:
            person = assigning.assign(case, by=request.user, **form.words())
        except Refused as refused:
            form.add_error(None if form.words()["reason"] else "reason", str(refused))
        else:
            if person != request.user:
                request.session[JUST_GIVEN] = case.pk
            words = _("%(reference)s – la demande est sur le bureau de %(name)s.")
            messages.success(request, words % {"reference": case.shown_reference, "name": assigning.name_of(person)})
            return redirect("desk:case", case.reference)
    status = 200 if not form.errors else 409 if form.non_field_errors() else 422
    return show(request, "desk/give.html", {"case": case, "form": form}, status=status)


@require_POST
def give_back(request: StaffRequest, reference: str) -> HttpResponse:
    """Put a case back on the pile of the office."""
    case = _assignable(request.user, reference)
    try:
        assigning.give_back(case, by=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, _("La demande est revenue dans la pile du bureau."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("desk:case", case.reference)


@require_POST
def take_back(request: StaffRequest, reference: str) -> HttpResponse:
    """Undo what one has just given to a colleague."""
    case = access.workable(request.user, reference, "assign")
    request.session.pop(JUST_GIVEN, None)
    try:
        assigning.take_back(case, by=request.user)
        messages.success(request, _("La demande est de nouveau sur votre bureau."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("desk:case", case.reference)


@require_http_methods(["GET", "POST"])
def balance(request: StaffRequest, office: str) -> HttpResponse:
    """The head of the office sees who would get what, then presses one button; what is done is what was shown."""
    here = desk_access.office_headed(request.user, office)
    plan = balancing.plan(here)
    changed = request.method == "POST" and request.POST.get("mark") != plan.mark
    if request.method == "POST" and not changed and plan.count:
        rows = [(case.pk, case.updated_at.isoformat()) for share in plan.shares for case in share.gets]
        shares = {str(case.pk): share.clerk.pk for share in plan.shares for case in share.gets}
        batch = batches.order(BatchAct.ASSIGN, rows, by=request.user, office=here, params={"shares": shares})
        return redirect("desk:batch", batch.pk)
    context = {"office": here, "plan": plan, "changed": changed}
    return show(request, "desk/balance.html", context, status=409 if changed else 200)


def _assignable(user: User, reference: str) -> ServiceRequest:
    """A case whose desk `user` may say, or 404: a colleague's is for him and the head of the office to give."""
    case = access.workable(user, reference, "assign")
    if not assigning.can_assign(user, case):
        raise Http404
    return case
