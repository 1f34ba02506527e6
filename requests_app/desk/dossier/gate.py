"""The question before a case that is not on one's desk: why open it? One key answers; nothing is shown before."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from requests_app import access, workflow
from requests_app.desk.desk import StaffRequest, show
from requests_app.dossier import reading
from requests_app.dossier.reading import Reason
from requests_app.models import ServiceRequest


class WhyForm(forms.Form):
    """One of the reasons offered to this person; "another one" in words."""

    reason = forms.ChoiceField(error_messages={"required": _("Choisissez une raison.")})
    words = forms.CharField(
        label=_("Laquelle ?"),
        required=False,
        max_length=reading.WORDS_MOST,
        help_text=_("Sans nom ni renseignement sur la personne : cette phrase reste dans le journal."),
    )

    def __init__(self, *args: object, offered: list[Reason], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, str]:
        said = super().clean() or {}
        if said.get("reason") == Reason.OTHER and not said.get("words", "").strip():
            self.add_error("words", _("Dites en quelques mots pourquoi vous ouvrez cette demande."))
        return said


def ask_first(request: StaffRequest, case: ServiceRequest) -> HttpResponse | None:
    """The page that asks why, in place of a page of `case`; None once today's reason is known, and written."""
    if reading.said_today(request.user, case):
        return None
    return ask_unless_given(request, case)


def ask_unless_given(request: StaffRequest, case: ServiceRequest) -> HttpResponse | None:
    """The same for whoever has not read the case today."""
    given = reading.given_reason(request.user, case)
    if given is not None:
        reading.say_why(case, by=request.user, reason=given)
        return None
    return _page(request, case, WhyForm(offered=reading.reasons_for(request.user, case)), request.get_full_path())


@require_POST
def open_case(request: StaffRequest, reference: str) -> HttpResponse:
    """Write why, take the case in hand when that is the reason, and go where the person was going."""
    case = access.readable(request.user, reference)
    going = _inside(case, request.POST.get("next", ""))
    form = WhyForm(request.POST, offered=reading.reasons_for(request.user, case))
    if not form.is_valid():
        return _page(request, case, form, going, status=422)
    said = form.cleaned_data
    reading.say_why(case, by=request.user, reason=Reason(said["reason"]), words=said["words"])
    if said["reason"] == Reason.TAKE:
        _take(request, case)
    return redirect(going)


def _take(request: StaffRequest, case: ServiceRequest) -> None:
    try:
        workflow.take(case, by=request.user)
    except workflow.Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{case.shown_reference} – {_('La demande est à votre nom.')}")


def _inside(case: ServiceRequest, going: str) -> str:
    """Where to go: a page of this very case, whatever was posted."""
    home = reverse("desk:case", args=[case.reference])
    return going if going.startswith(home) else home


def _page(request: StaffRequest, case: ServiceRequest, form: WhyForm, going: str, *, status: int = 200) -> HttpResponse:
    offered = reading.reasons_for(request.user, case)
    context = {
        "reference": case.reference,
        "shown_reference": case.shown_reference,
        "form": form,
        "going": going,
        "reasons": [(str(rank), reason) for rank, reason in enumerate(offered, 1) if reason != Reason.OTHER],
        "taking": reading.may_take(request.user, case),
    }
    return show(request, "desk/dossier/why.html", context, status=status)
