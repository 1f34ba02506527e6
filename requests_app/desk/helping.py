"""Help between offices: what is offered to us, what we help with, what we gave; and the offer itself."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arrondissements.models import Office
from requests_app.desk import access
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.forms import CHOOSE_ONE
from requests_app.models import ServiceRequest
from requests_app.moving import Refused
from requests_app.promises import capacity, helping

MOST_SHOWN = 100


class OfferForm(forms.Form):
    """To which office, with what each of them says now."""

    use_required_attribute = False

    def __init__(self, *args: object, case: ServiceRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        days = {one.office.pk: one.days for one in capacity.every_estimate_of(case.version.service_id)}
        home = case.office
        alike = Office.objects.filter(kind=home.kind).exclude(pk=home.pk) if home else Office.objects.none()
        field = OfficeField(
            alike, label=gettext_lazy("Bureau qui aiderait"), widget=forms.RadioSelect, empty_label=None
        )
        field.error_messages |= CHOOSE_ONE
        field.days = days
        self.fields["to"] = field


class OfficeField(forms.ModelChoiceField):
    """An office, with the days it takes now when they are known."""

    days: dict[int, int] = {}

    def label_from_instance(self, office: Office) -> str:
        if office.pk not in self.days:
            return str(office)
        return _("%(office)s (en ce moment : %(days)d j)") % {"office": office, "days": self.days[office.pk]}


@require_safe
def to_help(request: StaffRequest) -> HttpResponse:
    """Offers to answer, cases helped, cases given. Of what is only offered, nothing of the applicant is shown."""
    context = {
        "offers": helping.offers_to(request.user)[:MOST_SHOWN],
        "helped": helping.helped_by(request.user)[:MOST_SHOWN],
        "given": helping.given_by(request.user)[:MOST_SHOWN],
    }
    return show(request, "desk/to_help.html", context)


@require_http_methods(["GET", "POST"])
def offer(request: StaffRequest, reference: str) -> HttpResponse:
    """The head of the office offers one of its cases to another."""
    case = access.to_offer(request.user, reference)
    refusal = helping.why_not(case)
    form = OfferForm(request.POST if request.method == "POST" else None, case=case)
    if request.method == "POST" and form.is_valid():
        try:
            helping.offer(case, to=form.cleaned_data["to"], by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("L’aide est proposée. Le bureau compétent reste le vôtre."))
            return redirect("desk:case", case.reference)
    status = 200 if not form.errors else 409 if form.non_field_errors() else 422
    return show(request, "desk/offer_help.html", {"case": case, "form": form, "refusal": refusal}, status=status)


@require_POST
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """The case comes on our desk."""
    offered = access.offered_help(request.user, pk)
    try:
        helping.accept(offered, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("desk:to-help")
    messages.success(request, _("Vous aidez à instruire cette demande."))
    return redirect("desk:case", offered.case.reference)


@require_POST
def give_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Decline, or give back: a reason in one line."""
    offered = access.open_help(request.user, pk)
    try:
        helping.give_back(offered, by=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, _("La demande retourne au bureau compétent."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("desk:to-help")
