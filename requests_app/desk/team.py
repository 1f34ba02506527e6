"""Who is present in an office, what each has to do, and who stands in for whom: for its head."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from arrondissements.models import AbsenceReason, Office, Posting, User
from requests_app.desk import access
from requests_app.desk.batches import PersonField
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.states import WITH_THE_OFFICE
from requests_app.teamwork import absences, assigning
from requests_app.workflow import Refused


class AbsenceForm(forms.Form):
    """Who is away, when, and who stands in."""

    use_required_attribute = False
    starts = forms.DateField(
        label=gettext_lazy("Premier jour"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Donnez le premier jour.")},
    )
    ends = forms.DateField(
        label=gettext_lazy("Dernier jour"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Donnez le dernier jour.")},
    )
    reason = forms.ChoiceField(label=gettext_lazy("Raison"), choices=AbsenceReason)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = PersonField(_people(office), label=_("Qui est en absence"))
        self.fields["substitute"] = PersonField(
            assigning.instructors(office),
            label=_("Qui la ou le remplace"),
            required=False,
            empty_label=_("Personne : ses demandes reviennent dans la pile"),
            help_text=_("Remplacer ne donne aucun pouvoir de signature : seul un acte de délégation le donne."),
        )
        self.order_fields(["user", "starts", "ends", "reason", "substitute"])


@require_http_methods(["GET", "POST"])
def team(request: StaffRequest, office: str) -> HttpResponse:
    """The people of the office with what each has to do, the absences noted, and the form to note one."""
    here = access.office_headed(request.user, office)
    form = AbsenceForm(request.POST if request.method == "POST" else None, office=here)
    if form.is_valid():
        try:
            absence = absences.note(by=request.user, office=here, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            words = _("L’absence de %(name)s est notée.") % {"name": assigning.name_of(absence.user)}
            messages.success(request, words)
            return redirect("desk:team", here.code)
    today = timezone.localdate()
    people = list(_people(here).annotate(load=_load(here)))
    gone = absences.away(people, today)
    desk = Desk(request.user)
    context = {
        "desk": desk,
        "office": here,
        "headed": desk.headed,
        "people": [(person, person.pk in gone) for person in people],
        "absences": absences.of_office(here, today),
        "form": form,
    }
    status = 200 if not form.errors else 409 if form.non_field_errors() else 422
    return show(request, "desk/team.html", context, status=status)


@require_POST
def cancel(request: StaffRequest, office: str, pk: int) -> HttpResponse:
    """Somebody is not away after all, or is back before the day."""
    here = access.office_headed(request.user, office)
    absence = access.absence(here, pk)
    try:
        absences.cancel(absence, by=request.user, office=here)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("L’absence de %(name)s est levée.") % {"name": assigning.name_of(absence.user)})
    return redirect("desk:team", here.code)


def _people(office: Office) -> QuerySet[User]:
    """Who serves in the office today, in any function, by name."""
    serving = Posting.objects.on(timezone.localdate()).filter(office=office)
    people = User.objects.filter(is_active=True, pk__in=serving.values("user"))
    return people.order_by("last_name", "first_name", "username")


def _load(office: Office) -> Count:
    mine = Q(assigned_cases__office=office, assigned_cases__state__in=WITH_THE_OFFICE, assigned_cases__is_trial=False)
    return Count("assigned_cases", filter=mine)
