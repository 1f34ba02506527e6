"""A case its applicant opened with a one-time code: where it stands, what is asked, the document, the way out.

For whoever did not open it, every address answers the same 404, whether the case exists or not.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from civil_status.documents import rendering
from civil_status.documents.models import IssuedDocument, Status
from requests_app import access, corrections, filing, letters, trials, workflow
from requests_app.citizen.fill_in import SeeOther, attach_posted, by_piece, own_file, page, pieces_shown, posted
from requests_app.citizen.forms import EvidenceForm, TrackingForm
from requests_app.evidence import standing
from requests_app.experts import asking
from requests_app.file_answers import file_answer
from requests_app.history import history_of
from requests_app.models import ServiceRequest
from requests_app.promises import capacity, clocks
from requests_app.states import TRANSITIONS, WITH_THE_OFFICE, State


def of_the_applicant(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view the case this browser opened; otherwise a 404 that says how to open it."""

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            case = access.tracked(request.session, reference)
        except Http404:
            form = TrackingForm(initial={"reference": reference[:20]})
            return render(request, "requests_app/closed.html", {"form": form}, status=404)
        return view(request, case, *args, **kwargs)

    return opened


@of_the_applicant
@require_safe
def case_page(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    """Where the request stands, since when, and what can be done."""
    document = _document_in_force(case)
    context = {
        "case": case,
        "entries": history_of(case),
        "letters": case.messages.filter(internal=False).order_by("-at", "-id").prefetch_related("attachments"),
        "opinions": asking.shown_to_citizen(case),
        "can_write": letters.is_open(case),
        "asked": filing.open_question(case),
        "moves": clocks.moves_of(case),
        "ready_on": capacity.ready_on(case) if case.state in WITH_THE_OFFICE and not case.is_trial else None,
        "changes": corrections.changes(case),
        "because": case.refused_because,
        "files": by_piece(case, case.evidence.filter(message=None, opinion=None)),
        "replaced": corrections.replaced(case),
        "document": document,
        "downloadable": case.version.circuit.downloads and (document or trials.has_paper(case)),
        "told": trials.told(case) if case.is_trial else [],
        "ended": case.document is not None and case.document.status != Status.VALID,
        "to_replace": standing.pieces_to_replace(case),
        "can_withdraw": case.state in TRANSITIONS["withdraw"].sources,
    }
    return render(request, "requests_app/case.html", context)


@of_the_applicant
@require_safe
def download(request: HttpRequest, case: ServiceRequest) -> HttpResponseBase:
    """The document; fetching it the first time is the handing over."""
    if not case.version.circuit.downloads:
        raise Http404
    if case.is_trial:
        return _trial_paper(request, case)
    document = _document_in_force(case)
    if document is None:
        raise Http404
    file = rendering.open_pdf(document)
    if request.method == "GET":
        workflow.download(case)
    name = f"{case.version.service.slug}-{case.shown_reference}.pdf"
    return file_answer(request, file, name=name, media_type="application/pdf", tag=document.file_sha256, ours=True)


@of_the_applicant
@page
def withdraw(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    """Take the request back, after a page that says what it means."""
    if request.method == "POST":
        try:
            workflow.withdraw(case)
        except workflow.Refused as refusal:
            return back_to(request, case, str(refusal), level=messages.ERROR)
        return back_to(request, case, gettext("Votre demande est retirée."))
    if case.state not in TRANSITIONS["withdraw"].sources:
        return back_to(request, case, gettext("Cette demande ne peut plus être retirée."), level=messages.ERROR)
    return render(request, "requests_app/withdraw.html", {"case": case})


@of_the_applicant
@page
def replace(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    """Another file instead of one that was dangerous, and nothing else."""
    wanted = standing.pieces_to_replace(case)
    pieces = [piece for piece in corrections.pieces_of(case) if piece["key"] in wanted]
    if not pieces:
        return back_to(request, case, gettext("Aucun fichier n’est à renvoyer."))
    form = EvidenceForm(pieces, posted(request), request.FILES)
    if request.method == "POST":
        attach_posted(request, case, form)
        if not form.errors:
            return back_to(request, case, gettext("Votre fichier est reçu."))
    context = {"case": case, "form": form, "pieces": pieces_shown(case, form)}
    return render(request, "requests_app/replace.html", context, status=422 if form.errors else 200)


@of_the_applicant
@require_safe
def evidence_file(request: HttpRequest, case: ServiceRequest, pk: int) -> HttpResponseBase:
    """One's own file."""
    return own_file(request, access.evidence(case, pk))


def back_to(request: HttpRequest, case: ServiceRequest, sentence: str, level: int = messages.SUCCESS) -> HttpResponse:
    """Back to the page of the case, with a sentence."""
    messages.add_message(request, level, sentence)
    return SeeOther(reverse("requests:case", args=[case.shown_reference]))


def _trial_paper(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    pdf = trials.paper(case)
    if pdf is None:
        raise Http404
    if request.method == "GET":
        workflow.download(case)
    headers = {"Content-Disposition": f'attachment; filename="essai-{case.shown_reference}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _document_in_force(case: ServiceRequest) -> IssuedDocument | None:
    document = case.document if case.state in (State.READY, State.DELIVERED) else None
    return document if document and document.status == Status.VALID else None
