"""Writing to the office about one's request; its files may come ahead, over a bad line (see `uploads`)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from requests_app import letters
from requests_app.bad_line import quiet
from requests_app.citizen.fill_in import page, posted
from requests_app.citizen.follow import back_to, of_the_applicant
from requests_app.evidence.checks import RefusedFile
from requests_app.file_inputs import LetterForm
from requests_app.models import ServiceRequest
from requests_app.workflow import Refused


@of_the_applicant
@page
@quiet.told_where
def write(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    """Words and files for the office; a refused file says why and what was typed stays."""
    if not letters.is_open(case):
        sentence = _("Cette demande est finie : ses messages se lisent encore, mais on n’y écrit plus.")
        return back_to(request, case, sentence, level=messages.ERROR)
    if "remove" in request.POST:
        letters.forget_ahead(case, request.POST["remove"])
        return _page(request, case, LetterForm(initial={"body": request.POST.get("body", "")}))
    form = LetterForm(posted(request), request.FILES or None)
    if form.is_valid():
        try:
            letters.receive(case, body=form.cleaned_data["body"], files=request.FILES.getlist("attached"))
            return back_to(request, case, _("Votre message est envoyé au bureau."))
        except RefusedFile as refusal:
            form.add_error("attached", str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, case, form)


def _page(request: HttpRequest, case: ServiceRequest, form: LetterForm) -> HttpResponse:
    context = {"case": case, "form": form, "ahead": letters.files_ahead(case)}
    return render(request, "requests_app/write.html", context, status=422 if form.errors else 200)
