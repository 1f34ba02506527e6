"""What other offices ask of this one before deciding: the list, the opinion given, and doing without one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app import opinions
from requests_app.desk import access
from requests_app.desk.desk import StaffRequest, show
from requests_app.workflow import Refused

PAGE_ROWS = 50
LONGEST_WORDS = 2000


class GiveForm(forms.Form):
    """Yes or no, and why."""

    favourable = forms.TypedChoiceField(
        label=gettext_lazy("Votre avis"),
        choices=[("yes", gettext_lazy("Favorable")), ("no", gettext_lazy("Défavorable"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez une réponse.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Vos raisons"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Lues par le bureau qui décide, jamais par le demandeur."),
    )


class DropForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi décider sans cet avis"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Dites pourquoi la demande peut être décidée sans cet avis.")},
    )


@require_safe
def to_give(request: StaffRequest) -> HttpResponse:
    """What is asked of one's offices, the most urgent first. 7 queries: session, user, device, rows, menus (3)."""
    rows = list(access.opinions_to_give(request.user)[: PAGE_ROWS + 1])
    context = {"rows": rows[:PAGE_ROWS], "more": len(rows) > PAGE_ROWS}
    return show(request, "desk/opinions.html", context)


@require_http_methods(["GET", "POST"])
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer for one's office. The case itself is read on its own page, while the opinion is awaited."""
    opinion = access.opinion_to_give(request.user, pk)
    form = GiveForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, lambda: opinions.give_opinion(opinion, by=request.user, **form.cleaned_data)):
        messages.success(request, _("L’avis est donné : le bureau qui décide le lit dès maintenant."))
        return redirect("desk:opinions")
    return _page(request, form, opinion=opinion, title=_("Donner un avis"), button=_("Donner cet avis"))


@require_http_methods(["GET", "POST"])
def drop(request: StaffRequest, pk: int) -> HttpResponse:
    """The head of the office decides without an opinion that does not come."""
    opinion = access.opinion_to_drop(request.user, pk)
    form = DropForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, lambda: opinions.drop_opinion(opinion, by=request.user, **form.cleaned_data)):
        messages.success(request, _("La demande peut être décidée sans cet avis. La raison est notée."))
        return redirect("desk:case", opinion.case.reference)
    return _page(request, form, opinion=opinion, title=_("Décider sans cet avis"), button=_("Décider sans cet avis"))


def _done(form: forms.Form, act: Any) -> bool:
    try:
        act()
    except Refused as refused:
        form.add_error(None, str(refused))
    return not form.errors


def _page(request: StaffRequest, form: forms.Form, **more: Any) -> HttpResponse:
    status = 200 if not form.errors else 409 if form.non_field_errors() else 422
    return show(request, "desk/opinion.html", {"form": form, **more}, status=status)
