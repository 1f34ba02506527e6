"""The signatory: his list, the specimen, one signature or many."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from arrondissements import postings
from arrondissements.models import Office, User
from civil_status.documents import issuance, rendering
from civil_status.documents.content import DocumentContent, Draft
from requests_app import issuing, permissions, queues
from requests_app.desk import access, handling
from requests_app.desk.acts import ACTS, perform, show_act
from requests_app.desk.desk import StaffRequest, show
from requests_app.desk.dossier import gate
from requests_app.desk.signing_code import SigningForm
from requests_app.dossier.reading import Reason, note_reading
from requests_app.file_answers import file_answer
from requests_app.models import ServiceRequest
from requests_app.moving import TooLate
from requests_app.promises.deadlines import deadline_of
from requests_app.teamwork.row_acts import MOST_SIGNATURES

ISSUE = ACTS["issue"]


@require_safe
def sign(request: StaffRequest) -> HttpResponse:
    """What waits for this signature, over all the offices it covers; ticked lines go to `batch_signing`.

    8 queries: session, user, device, powers (2), rows (1 more where the promised cases end), menu (3).
    """
    page = queues.page(
        queues.awaiting_signature(request.user),
        queues.Place.read(request.GET.get("after", "")),
        size=MOST_SIGNATURES,
    )
    rows = [(case, deadline_of(case)) for case in page.rows]
    return show(request, "desk/sign.html", {"rows": rows, "following": page.following, "most": MOST_SIGNATURES})


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def issue(request: StaffRequest, reference: str) -> HttpResponse:
    """Show exactly what will be printed, then sign it, with the second factor on the same page."""
    case = access.signable(request.user, reference)
    form = SigningForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid() and _signed(request, case, form):
        handling.note_act(request.session, case, ISSUE.name, request.user)
        return _after_signature(request, case)
    if request.method == "GET":
        note_reading(case.obj, request.user, case.office, Reason.SIGNING)
        handling.note_opening(request.session, case)
    content, why_not = _specimen(case, request.user)
    more = {"content": content, "why_not": why_not, "deadline": deadline_of(case), **paper_dates(content)}
    return show_act(request, ISSUE, case, form, template="desk/issue.html", **more)


@require_safe
def preview(request: StaffRequest, reference: str) -> HttpResponse:
    """The specimen as a PDF: no number, no code, no seal."""
    case = access.signable(request.user, reference)
    content, why_not = _specimen(case, request.user)
    if content is None:
        raise Http404(why_not)
    note_reading(case.obj, request.user, case.office, Reason.SIGNING)
    name = _("specimen-%(reference)s.pdf") % {"reference": case.shown_reference}
    return _pdf(rendering.preview_pdf(content), name)


@require_safe
def document_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The file of a document issued by one's office. Whoever comes from elsewhere says why he opens the request."""
    document = access.document(request.user, pk)
    if not postings.serves(request.user, document.office):
        case = ServiceRequest.objects.select_related("office", "version__service").filter(document=document).first()
        asking = gate.ask_first(request, case) if case else None
        if asking is not None:
            return asking
    try:
        file = rendering.open_pdf(document)
    except FileNotFoundError:
        raise Http404 from None
    note_reading(f"document:{document.pk}", request.user, document.office, Reason.FILE)
    name = f"{document.number.replace('/', '-')}.pdf"
    return file_answer(
        request, file, name=name, media_type="application/pdf", tag=document.file_sha256, inline=True, ours=True
    )


def _signed(request: StaffRequest, case: ServiceRequest, form: SigningForm) -> bool:
    """Whether it is signed. What would be refused anyway costs no code."""
    _content, why_not = _specimen(case, request.user)
    if form.is_stale:
        form.add_error(None, str(TooLate(case)))
    elif why_not:
        form.add_error(None, why_not)
    return not form.errors and form.confirms(request.user) and perform(ISSUE, case, form, request.user)


def _after_signature(request: StaffRequest, case: ServiceRequest) -> HttpResponse:
    if case.is_trial:
        messages.success(request, _("L’essai est signé, sans numéro ni cachet : il se télécharge comme un citoyen."))
        return redirect("desk:case", case.reference)
    messages.success(
        request,
        _("%(reference)s – signé sous le numéro %(number)s. Le demandeur sera prévenu dès que le fichier sera prêt.")
        % {"reference": case.shown_reference, "number": case.document.number if case.document else ""},
    )
    return redirect("desk:sign")


def _specimen(case: ServiceRequest, by: User) -> tuple[DocumentContent | None, str]:
    """What will be printed, or why nothing can be."""
    today = timezone.localdate()
    power = permissions.signing_power(by, case) if case.document_id is None else None
    if power is None or case.office is None:
        return None, _why_no_power(case, by)
    try:
        return content_of(case, case.office, issuing.draft_of(case, power, by, today)), ""
    except ValidationError as unprintable:
        return None, " ".join(unprintable.messages)


def content_of(case: ServiceRequest, office: Office, draft: Draft) -> DocumentContent:
    """The content as `workflow.issue` will freeze it today, but for its number."""
    today = timezone.localdate()
    until = issuing.valid_until(case, today)
    return issuance.freeze(draft.cleaned(), kind=case.version.service.slug, office=office, on=today, valid_until=until)


def paper_dates(content: DocumentContent | None) -> dict[str, str]:
    """The dates as the paper writes them, in French whatever the screen."""
    if content is None:
        return {}
    last = content.valid_until
    return {
        "issued_on": rendering.long_date(content.issued_on),
        "valid_until": rendering.long_date(last) if last else "",
    }


def _why_no_power(case: ServiceRequest, by: User) -> str:
    if case.document_id or case.state != "ACCEPTED":
        return _("Cette demande n’attend plus de signature.")
    if case.instructed_by_id == by.pk or permissions.has_prepared(by, case):
        return _("Vous avez instruit cette demande : une autre personne doit signer le document.")
    return permissions.why_no_signature(by, case)


def _pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
