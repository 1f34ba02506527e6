"""Writing to a citizen from the desk, in one's own words or in ready ones; the case stays where it is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from requests_app import access, letters
from requests_app.bad_line import quiet
from requests_app.catalogue.models import CannedReply
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.dossier import gate
from requests_app.dossier.reading import Reason, note_reading
from requests_app.evidence.checks import RefusedFile
from requests_app.file_inputs import LetterForm
from requests_app.models import ServiceRequest
from requests_app.workflow import Refused

INSERT = "insert"


class ReplyForm(LetterForm):
    """A letter, and the ready replies that may be put in it."""

    ready = forms.ModelChoiceField(
        CannedReply.objects.filter(is_active=True),
        label=gettext_lazy("Réponse prête"),
        required=False,
        empty_label=gettext_lazy("Choisissez…"),
        to_field_name="code",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Message au demandeur")
        self.fields["body"].help_text = _("Il lira ce texte tel quel. Un SMS le prévient, sans le contenu.")


@require_http_methods(["GET", "POST"])
@quiet.told_where
def write(request: StaffRequest, reference: str) -> HttpResponse:
    """Words and files for the citizen; "Insérer" puts the chosen reply under what is already typed."""
    case = access.workable(request.user, reference, "write")
    asking = gate.ask_first(request, case) if request.method == "GET" else None
    if asking is not None:
        return asking
    if INSERT in request.POST:
        return _page(request, case, ReplyForm(initial=_with_reply(request, case)))
    if "remove" in request.POST:
        letters.forget_ahead(case, request.POST["remove"], by=request.user)
        return _page(request, case, ReplyForm(initial={"body": request.POST.get("body", "")}))
    form = ReplyForm(request.POST or None, request.FILES or None)
    if form.is_valid() and _sent(request, case, form):
        messages.success(request, _("Le message est envoyé. Le demandeur en est prévenu."))
        return redirect("desk:case", case.reference)
    return _page(request, case, form)


@require_POST
def have_read(request: StaffRequest, reference: str) -> HttpResponse:
    """What the citizen wrote needs no answer: take its mark off the queue."""
    case = access.workable(request.user, reference, "write")
    letters.have_read(case, by=request.user)
    return redirect("desk:case", case.reference)


def _with_reply(request: StaffRequest, case: ServiceRequest) -> dict[str, str]:
    """What was typed, and the words of the chosen reply in the language of the request."""
    chosen = CannedReply.objects.filter(is_active=True, code=request.POST.get("ready", "")[:40]).first()
    typed = request.POST.get("body", "").strip()
    parts = [typed, chosen.body_in(case.language) if chosen else ""]
    return {"body": "\n\n".join(filter(None, parts))}


def _sent(request: StaffRequest, case: ServiceRequest, form: ReplyForm) -> bool:
    try:
        letters.write(case, by=request.user, body=form.cleaned_data["body"], files=request.FILES.getlist("attached"))
    except RefusedFile as refusal:
        form.add_error("attached", str(refusal))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


def _page(request: StaffRequest, case: ServiceRequest, form: ReplyForm) -> HttpResponse:
    status = 422 if form.errors else 200
    note_reading(case.obj, request.user, case.office, Reason.ACT)
    past = case.messages.filter(internal=False).select_related("author").prefetch_related("attachments")
    ahead = letters.files_ahead(case, request.user)
    context = {"case": case, "form": form, "letters": past, "ahead": ahead, "key": letters.ahead_key(request.user)}
    return show(request, "desk/write.html", context, status=status)
