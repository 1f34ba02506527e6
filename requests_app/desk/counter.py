"""Filing for a walk-in, by keyboard: choose the service in three letters, one page of questions, a slip, the next."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from arrondissements.codes import show_code
from arrondissements.spelling import fold
from requests_app import admission, duplicates, filing, slip, workflow
from requests_app.bad_line import quiet
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.published import filed_here
from requests_app.desk import access
from requests_app.desk.counter_form import CounterForm, counter_form, held_by
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.walk_ins import keying
from requests_app.evidence.checks import RefusedFile
from requests_app.file_inputs import PIECE_PREFIX
from requests_app.models import Channel, ServiceRequest
from requests_app.states import State
from requests_app.walk_ins import papers

KEY = "_key"


@require_safe
def new(request: StaffRequest) -> HttpResponse:
    """Choose what the walk-in asks for; a few letters that leave one service go straight to its page."""
    desk = Desk(request.user)
    if not desk.offices:
        return show(request, "desk/nowhere.html", {"desk": desk}, status=HttpResponseForbidden.status_code)
    typed = request.GET.get("q", "").strip()[:80]
    services = list(filed_here())
    found = matching(services, typed)
    if typed and len(found) == 1:
        return redirect("desk:counter", found[0].slug)
    return show(request, "desk/new.html", {"desk": desk, "typed": typed, "services": services, "found": found})


def matching(services: list[Service], typed: str) -> list[Service]:
    """The services whose title has every word typed, or is exactly what was typed; all when nothing was."""
    words = fold(typed).split()
    titles = [(service, fold(service.current.title)) for service in services if service.current]
    exact = [service for service, title in titles if title == fold(typed)]
    return exact or [service for service, title in titles if all(word in title for word in words)]


@require_http_methods(["GET", "POST"])
@quiet.told_where
def fill(request: StaffRequest, slug: str, number: int | None = None) -> HttpResponse:
    """All the questions of a service on one page; filed at once when nothing is missing.

    `number` is the version of a form filled in on paper. Sent twice, it is filed once.
    """
    desk = Desk(request.user)
    if not desk.offices:
        return show(request, "desk/nowhere.html", {"desk": desk}, status=HttpResponseForbidden.status_code)
    service, version = asked_for(slug, number)
    key = _key(request)
    draft = access.counter_draft(request.user, key)
    if draft and draft.state != State.DRAFT:
        return redirect("desk:filed", draft.reference)
    if draft and "remove" in request.POST:
        papers.remove(draft, request.POST["remove"])
    keyed = keying.of(request)
    form = counter_form(version, request.POST if request.method == "POST" else None, draft)
    if request.method == "POST":
        draft = _with_files(request, service, version, key, draft, form)
        hour_fits = keyed is None or keyed.is_complete
        if draft and form.is_complete and hour_fits and _filed(request, draft, form, keyed):
            return redirect("desk:filed", draft.reference)
    stop = admission.why_not_begin(service)
    context = {"desk": desk, "service": service, "version": version, "form": form, "key": key, "stop": stop}
    wrong = form.errors or (keyed and keyed.form.errors)
    return show(request, "desk/counter.html", {**context, "keyed": keyed}, status=422 if wrong else 200)


@require_safe
def filed(request: StaffRequest, reference: str) -> HttpResponse:
    """The number in large, the slip, and the next walk-in; for whoever has just filed it, whatever its office."""
    case = access.filed_at_counter(request.user, reference)
    return show(request, "desk/filed.html", {"case": case, "ticket": slip.ticket_facts(case)})


@require_safe
def ticket(request: StaffRequest, reference: str) -> HttpResponse:
    """The slip for an 80 mm printer, as a PDF."""
    case = access.filed_at_counter(request.user, reference)
    headers = {"Content-Disposition": f'inline; filename="ticket-{case.shown_reference}.pdf"'}
    return HttpResponse(slip.ticket_pdf(case), content_type="application/pdf", headers=headers)


def asked_for(slug: str, number: int | None) -> tuple[Service, ServiceVersion]:
    """The service and the version to ask, or 404."""
    service = Service.objects.select_related("current").filter(slug=slug).first()
    if service is None:
        raise Http404
    version = service.current
    if number is not None and (version is None or version.number != number):
        version = service.versions.filter(number=number, published_at__lte=timezone.now()).first()
    if version is None or not version.is_filed_online:
        raise Http404
    version.service = service
    return service, version


def begin(request: StaffRequest, service: Service, version: ServiceVersion, key: uuid.UUID) -> ServiceRequest:
    """The draft of a page of the counter. Raises `workflow.Refused` when the service takes none now."""
    language = (get_language() or "fr")[:2]
    return filing.start(
        service, language=language, channel=Channel.COUNTER, by=request.user, version=version, token=key
    )


def _key(request: StaffRequest) -> uuid.UUID:
    """What makes a page sent twice one request."""
    try:
        return uuid.UUID(request.POST.get(KEY, ""))
    except ValueError:
        return uuid.uuid4()


def _with_files(
    request: StaffRequest,
    service: Service,
    version: ServiceVersion,
    key: uuid.UUID,
    draft: ServiceRequest | None,
    form: CounterForm,
) -> ServiceRequest | None:
    """The draft with the files just sent; begun when there is something to keep. Refusals go to the form."""
    form.ask_papers({name.removeprefix(PIECE_PREFIX) for name in request.FILES} | form.coming.keys())
    if draft is None and not (request.FILES or form.is_complete):
        return None
    try:
        if draft is None:
            draft = begin(request, service, version, key)
        # A piece may be asked because of an answer, or for whom one asks: they come first.
        filing.save_answers(draft, draft.answers | form.said.answers)
        filing.save_contact(draft, **form.contact())
        for name in [name for name in form.fields if name.startswith(PIECE_PREFIX)]:
            for upload in request.FILES.getlist(name):
                _attach(draft, form, name, upload)
    except workflow.Refused as refusal:
        form.add_error(None, str(refusal))
    if draft is not None:
        form.held = held_by(draft)
    return draft


def _attach(draft: ServiceRequest, form: CounterForm, name: str, upload: Any) -> None:
    try:
        filing.attach(draft, name.removeprefix(PIECE_PREFIX), upload)
    except RefusedFile as refusal:
        form.add_error(name, f"{filing.shown_name(upload.name or '')} : {refusal}")


def _filed(request: StaffRequest, draft: ServiceRequest, form: CounterForm, keyed: keying.Keyed | None) -> bool:
    try:
        filing.save_answers(draft, form.all_answers())
        filing.save_contact(draft, **form.contact())
        filing.show_at_the_counter(draft, form.seen_pieces(), by=request.user)
        if form.may_go_on(_twins(request, draft)) and _joined(draft, form):
            keying.file(draft, keyed, request)
    except workflow.Incomplete as refusal:
        form.add_error(None, _incomplete_sentence(refusal))
    except workflow.Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


def _joined(draft: ServiceRequest, form: CounterForm) -> bool:
    """Whether the files that came ahead are attached; those that are refused say why beside their piece."""
    if not form.coming:
        return True
    refused = papers.join(draft, {piece["key"] for piece in form.pieces})
    form.held, form.coming = held_by(draft), {}
    for piece, sentences in refused.items():
        form.add_error(PIECE_PREFIX + piece, sentences)
    return not refused


def _twins(request: StaffRequest, draft: ServiceRequest) -> list[str]:
    """The references of the requests alike that this clerk may read, as people read them."""
    alike = duplicates.of_applicant(draft, request.user).values_list("reference", flat=True)
    return [show_code(reference) for reference in alike[: duplicates.MOST_SHOWN] if reference]


def _incomplete_sentence(refusal: workflow.Incomplete) -> str:
    missing = [piece["label"] for piece in refusal.pieces]
    return _("Il manque : %(what)s.") % {"what": ", ".join(missing)} if missing else str(refusal)
