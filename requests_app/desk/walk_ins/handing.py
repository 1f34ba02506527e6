"""The page on which a document is handed over: who receives it, the paper shown, a signature or the code."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from requests_app import access, workflow
from requests_app.catalogue.inputs import phone_in_words
from requests_app.desk.acts import ACTS, answer, show_act
from requests_app.desk.desk import StaffRequest
from requests_app.desk.dossier import gate
from requests_app.desk.forms import CHOOSE_ONE, ActForm
from requests_app.dossier.reading import Reason, note_reading
from requests_app.file_answers import evidence_answer
from requests_app.file_inputs import ACCEPTED_FILES
from requests_app.models import FileState, IdentityPaper, ServiceRequest
from requests_app.walk_ins import handing

DELIVER = ACTS["deliver"]
TEMPLATE = "desk/walk_ins/hand_over.html"
# The signature field: the drawing comes in a hidden field beside the file, as on a citizen's page.
SIGNATURE, DRAWING, SEND = "signature", "signature_drawn", "send"


class HandOverForm(ActForm):
    """What is kept of a hand-over. The number of the paper shown is never asked."""

    recipient = forms.CharField(
        label=gettext_lazy("Nom et prénoms de la personne qui reçoit"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Écrivez le nom de la personne qui reçoit le document.")},
    )
    identity = forms.ChoiceField(
        label=gettext_lazy("Pièce d’identité montrée"),
        choices=IdentityPaper,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Regardez la pièce et rendez-la. Son numéro n’est pas gardé."),
        error_messages=CHOOSE_ONE,
    )
    phone = forms.ChoiceField(label=gettext_lazy("Téléphone qui reçoit le code"), required=False)
    code = forms.CharField(
        label=gettext_lazy("Code reçu par SMS"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "medium"}),
    )
    signature = forms.FileField(
        label=gettext_lazy("Photo de la signature"),
        required=False,
        help_text=gettext_lazy("Sans signature à l’écran : la personne signe sur papier, prenez la feuille en photo."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED_FILES["photo"], "capture": "environment"}),
    )

    def __init__(self, *args: Any, case: ServiceRequest, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["recipient"].initial = case.applicant_name
        phones = self.fields["phone"]
        if isinstance(phones, forms.ChoiceField):
            phones.choices = [(phone, phone_in_words(phone)) for phone in case.told_phones]
        if len(case.told_phones) < 2:
            phones.widget = forms.HiddenInput()
            phones.initial = next(iter(case.told_phones), "")

    def proof(self) -> handing.Proof:
        """What the person gave to prove that the document is for her."""
        given = self.cleaned_data
        return handing.Proof(given["code"], str(self.data.get(DRAWING, "")), given["signature"])


@require_http_methods(["GET", "POST"])
def hand_over(request: StaffRequest, reference: str) -> HttpResponse:
    """Hand a document over; the button "send" only sends the code, and what was typed stays."""
    case = access.workable(request.user, reference, "deliver")
    if request.method != "POST":
        return gate.ask_first(request, case) or _show(request, case, HandOverForm(case=case))
    form = HandOverForm(request.POST, request.FILES, case=case)
    if SEND in request.POST:
        return _send(request, case, form)
    if form.is_valid() and _handed(request, case, form):
        return answer(request, DELIVER, case)
    return _show(request, case, form)


@require_safe
def signature(request: StaffRequest, reference: str) -> HttpResponseBase:
    """The signature given against a document, for those who may open its case and said why; or 404."""
    case = access.readable(request.user, reference)
    kept = handing.signature_of(case)
    if kept is None or kept.state != FileState.AVAILABLE:
        raise Http404
    asking = gate.ask_first(request, case)
    if asking is not None:
        return asking
    note_reading(f"evidence:{kept.pk}", request.user, case.office, Reason.FILE)
    return evidence_answer(request, kept, to_staff=True, inline=True)


def _send(request: StaffRequest, case: ServiceRequest, form: HandOverForm) -> HttpResponse:
    phone = request.POST.get("phone", "")
    try:
        handing.send_code(case, phone, by=request.user)
    except workflow.Refused as refusal:
        form.is_valid()
        form.errors.clear()
        form.add_error(None, str(refusal))
        return _show(request, case, form)
    messages.success(
        request,
        _("Un code est envoyé au %(phone)s. Demandez-le à la personne.") % {"phone": phone_in_words(phone)},
    )
    # What was typed stays in the boxes, and nothing is judged yet.
    typed = HandOverForm(initial={key: request.POST.get(key, "") for key in form.fields if key != "seen"}, case=case)
    return _show(request, case, typed)


def _handed(request: StaffRequest, case: ServiceRequest, form: HandOverForm) -> bool:
    given = form.cleaned_data
    try:
        if form.is_stale:
            raise workflow.TooLate(case)
        handing.hand_over(
            case,
            by=request.user,
            recipient=given["recipient"],
            identity=given["identity"],
            proof=form.proof(),
            phone=given["phone"],
        )
    except workflow.Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


def _show(request: StaffRequest, case: ServiceRequest, form: HandOverForm) -> HttpResponse:
    """The page names who asked and her phone: that is a reading, for the act."""
    note_reading(case.obj, request.user, case.office, Reason.ACT)
    return show_act(request, DELIVER, case, form, template=TEMPLATE, phones=len(case.told_phones))
