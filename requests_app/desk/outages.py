"""The offices one heads: who is there, what is said to the citizens now, and the outages, declared and ended here."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from arrondissements.models import OutageKind
from requests_app.catalogue.models import Service
from requests_app.desk import access
from requests_app.desk.desk import StaffRequest, show
from requests_app.models import Capacity
from requests_app.moving import Refused
from requests_app.promises import capacity, outages


class OutageForm(forms.Form):
    """Which office, and what is missing there."""

    use_required_attribute = False
    office = forms.SlugField()
    kind = forms.ChoiceField(choices=OutageKind)


@require_http_methods(["GET", "POST"])
def office_now(request: StaffRequest) -> HttpResponse:
    """The state of the offices one heads, and the declaration of an outage. 10 queries, 1 more for each office."""
    offices = access.headed(request.user)
    if request.method == "POST":
        form = OutageForm(request.POST)
        here = next(
            (office for office in offices if form.is_valid() and office.code == form.cleaned_data["office"]), None
        )
        if here is None:
            messages.error(request, _("Choisissez la nature de la panne."))
        else:
            try:
                outages.declare(here, by=request.user, kind=form.cleaned_data["kind"])
                messages.success(
                    request, _("La panne est signalée. Les estimations données aux citoyens en tiennent compte.")
                )
            except Refused as refused:
                messages.error(request, str(refused))
        return redirect("desk:office-now")
    last = access.outages(request.user)[:20]
    lasting = {outage.office_id: outage for outage in last if outage.ended_at is None}
    kept = {row.office_id: row for row in Capacity.objects.filter(office__in=offices)}
    services = Service.objects.exclude(current=None).select_related("current")
    titles = {str(service.pk): service.current.title for service in services if service.current}
    context = {
        "offices": [
            {
                "office": office,
                "outage": lasting.get(office.pk),
                "judged": capacity.judged(office.pk),
                **_figures(kept.get(office.pk), titles),
            }
            for office in offices
        ],
        "outages": last,
        "kinds": OutageKind.choices,
    }
    return show(request, "desk/office_now.html", context)


@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """The office works again."""
    outage = access.outage(request.user, pk)
    try:
        outages.end(outage, by=request.user)
        messages.success(request, _("La panne est terminée."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("desk:office-now")


def _figures(kept: Capacity | None, titles: dict[str, str]) -> dict[str, object]:
    if kept is None:
        return {"kept": None, "services": []}
    rows = [
        {"title": titles[service], "minutes": round(pace["minutes"]), "days": pace["days"], "due": pace["due"]}
        for service, pace in kept.services.items()
        if pace["a_day"] and service in titles
    ]
    return {"kept": kept, "services": sorted(rows, key=lambda row: str(row["title"]))}
