"""The pages of a draft: steps, contact, pieces, review, filing. Each page is saved on the server.

They are compressed, since data is paid by the megabyte: Django hides the form's token anew in each answer and adds
chance bytes, and whoever could have such a page sent knows its secret address already.
"""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from arrondissements.models import User
from requests_app import access, filing, relaying, workflow
from requests_app.bad_line import quiet
from requests_app.catalogue.evidence import asked_pieces, names_asked, names_of_files
from requests_app.catalogue.fees import quote
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.forms import rows_by_step
from requests_app.citizen import journey, keeping, pointing, reusing, stepping
from requests_app.citizen.eligibility import stopped_by
from requests_app.citizen.forms import EvidenceForm, SubmitForm
from requests_app.citizen.twins import Twins, twins_of
from requests_app.contact_form import ContactForm
from requests_app.evidence.checks import RefusedFile
from requests_app.file_answers import evidence_answer
from requests_app.file_inputs import PIECE_PREFIX
from requests_app.models import Channel, Evidence, ServiceRequest
from requests_app.states import State

page = require_http_methods(["GET", "HEAD", "POST"])


class SeeOther(HttpResponseRedirect):
    """After a POST: look there, whatever the method was."""

    status_code = 303


@login_not_required
@gzip_page
@page
@quiet.told_where
def step(request: HttpRequest, token: uuid.UUID, number: int) -> HttpResponse:
    """One step of the form, saved when it holds."""
    case = access.draft(token)
    if not 1 <= number <= len(case.version.steps):
        raise Http404
    if not journey.is_asked(case, number):
        return redirect("requests:resume", token)
    if pointing.is_open(request, case, number - 1):
        return _form_page(
            request, case, forms.Form(), pointing.page_of(request, case, number - 1), "requests_app/map.html"
        )
    form = stepping.step_form(request, case, number - 1, pointing.typed(request, case, number - 1))
    if quiet.is_keeping(request):
        return keeping.keep(case, number - 1, form)
    if form.settled:
        saved = _saved(request, case, lambda: filing.save_step(case, number - 1, form.answers()))
        return redirect("requests:not-eligible", token) if stopped_by(case) else saved
    stepping.keep_what_holds(case, number - 1, form)
    if form.holds and stopped_by(case):
        # Before one question more is asked of somebody for nothing.
        return redirect("requests:not-eligible", token)
    response = _form_page(request, case, form, stepping.page_of(case, number - 1, form))
    if stepping.asks_a_position(case, number - 1):
        response.headers["Permissions-Policy"] = stepping.WITH_POSITION
    return response


@login_not_required
@gzip_page
@page
@quiet.told_where
def contact(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Who asks, for whom, and how to reach them; another answer to "for whom" brings its own questions."""
    case = access.draft(token)
    form = ContactForm(posted(request), case=case)
    if form.is_turned:
        return _form_page(request, case, form.turned(), {"turned": True}, "requests_app/contact.html")
    if form.is_valid():
        return _saved(request, case, lambda: filing.save_contact(case, **form.contact()))
    return _form_page(request, case, form, {"turned": False}, "requests_app/contact.html")


@login_not_required
@gzip_page
@page
@quiet.told_where
def evidence(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The pieces: a file that is refused says why, those that are good are kept at once."""
    case = access.draft(token)
    pieces = asked_pieces(case.version, case.answers, mandate=case.needs_mandate)
    if not pieces:
        return redirect("requests:resume", token)
    form = EvidenceForm(pieces, posted(request), request.FILES)
    if request.method == "POST":
        remove_asked(request, case)
        reusing.take_asked(request, case, form)
        attach_posted(request, case, form)
        if "next" in request.POST:
            refuse_missing(case, form, {piece["key"] for piece in pieces if piece["required"]})
        if not form.errors:
            here = request.get_full_path()
            return SeeOther(journey.after(request, case, request.path) if "next" in request.POST else here)
    return _form_page(request, case, form, _pieces_page(request, case, form), "requests_app/evidence.html")


@login_not_required
@require_safe
def draft_file(request: HttpRequest, token: uuid.UUID, pk: int) -> HttpResponseBase:
    """One's own file, before the filing."""
    return own_file(request, access.evidence(access.draft(token), pk))


@login_not_required
@gzip_page
@require_safe
def review(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Everything read back before it is filed; who is not eligible reads why instead."""
    case = access.draft(token)
    if stopped_by(case):
        return redirect("requests:not-eligible", token)
    twins = twins_of(request, case)
    return _review_page(request, case, SubmitForm(warned=twins.found), twins)


@login_not_required
@page
@quiet.told_where
def submit(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """File the draft and see the receipt; sent again, the same receipt. The test counts its queries."""
    if request.method != "POST":
        return redirect("requests:resume", token)
    case = access.started(token)
    twins = twins_of(request, case) if case.state == State.DRAFT else Twins()
    form = SubmitForm(request.POST, warned=twins.found)
    if case.state == State.DRAFT and not form.is_valid():
        return _review_page(request, case, form, twins)
    if case.channel == Channel.RELAY and access.holds(request.session, case):
        relaying.take_over(case)
    try:
        workflow.submit(case, by=_staff(request, case))
    except workflow.NotEligible:
        return SeeOther(journey.address(case, "not-eligible"))
    except workflow.Refused as refusal:
        form.add_error(None, str(refusal))
        return _review_page(request, case, form, twins)
    return SeeOther(journey.address(case, "receipt"))


def _staff(request: HttpRequest, case: ServiceRequest) -> User | None:
    """Who files at the counter or at a relay, with both factors; on the web nobody is looked for: no session."""
    if case.channel == Channel.WEB:
        return None
    user: Any = request.user  # with `is_verified`, added by django_otp's middleware
    return cast(User, user) if user.is_authenticated and user.is_verified() else None


# -- Shared with the answer to an office --------------------------------------------------------


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a bound form, the items of its groups added or removed as was asked, or None."""
    return rearranged(request.POST) if request.method == "POST" else None


def attach_posted(request: HttpRequest, case: ServiceRequest, form: forms.Form) -> None:
    """Attach each file that was sent to its piece; the reasons of those refused go to the form."""
    for name in list(form.fields):
        if not name.startswith(PIECE_PREFIX):
            continue
        for upload in request.FILES.getlist(name):
            _attach_one(case, form, name, upload)


def _attach_one(case: ServiceRequest, form: forms.Form, name: str, upload: Any) -> None:
    try:
        filing.attach(case, name.removeprefix(PIECE_PREFIX), upload)
    except (RefusedFile, workflow.Refused) as refusal:
        form.add_error(name, f"{filing.shown_name(upload.name or '')} : {refusal}")


def remove_asked(request: HttpRequest, case: ServiceRequest) -> None:
    """Remove the file whose "Retirer" button was pressed, if it may still be; a second press is harmless."""
    pk = request.POST.get("remove", "")
    wanted = case.evidence.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 16 else None
    if wanted:
        filing.detach(wanted)


def refuse_missing(case: ServiceRequest, form: forms.Form, keys: set[str]) -> None:
    """Say beside each of these pieces that it is still missing."""
    for key in keys - filing.given_now(case):
        if PIECE_PREFIX + key not in form.errors:
            form.add_error(PIECE_PREFIX + key, filing.missing_sentence())


def pieces_shown(case: ServiceRequest, form: forms.Form) -> list[dict[str, Any]]:
    """Each piece of the form with its files, in order."""
    files = filing.removable(case)
    return [
        {"key": key, "field": form[PIECE_PREFIX + key], "files": files.get(key, []), "earlier": []}
        for key in (name.removeprefix(PIECE_PREFIX) for name in form.fields if name.startswith(PIECE_PREFIX))
    ]


def by_piece(case: ServiceRequest, files: Iterable[Evidence]) -> list[tuple[str, list[Evidence]]]:
    """These files under the name of what each of them answers, in the order of the form."""
    found: dict[str, list[Evidence]] = {}
    for file in sorted(files, key=lambda file: file.pk):
        found.setdefault(file.piece, []).append(file)
    return [(name, found[key]) for key, name in names_of_files(case.version).items() if key in found]


def own_file(request: HttpRequest, file: Evidence) -> HttpResponseBase:
    """The citizen's file as a download: it is never rendered in our pages. Marked for the staff, as at the desk."""
    return evidence_answer(request, file, to_staff=_is_staff(request, file.case))


def _is_staff(request: HttpRequest, case: ServiceRequest) -> bool:
    """Whether it may be staff who look: signed in, or at the secret address of a draft they began for somebody."""
    if request.user.is_authenticated:
        return True
    begun_by_staff = case.state == State.DRAFT and case.channel != Channel.WEB
    return begun_by_staff and not access.holds(request.session, case)


def _pieces_page(request: HttpRequest, case: ServiceRequest, form: forms.Form) -> dict[str, Any]:
    pieces = pieces_shown(case, form)
    return {"pieces": reusing.offered(request, case, pieces), "prove": reusing.way_to_prove(request, case)}


def _saved(request: HttpRequest, case: ServiceRequest, save: Any) -> HttpResponse:
    try:
        save()
    except workflow.Refused:
        # Filed meanwhile in another tab: the receipt says so.
        return redirect("requests:receipt", case.token)
    return SeeOther(journey.after(request, case, request.path))


def _form_page(
    request: HttpRequest,
    case: ServiceRequest,
    form: forms.Form,
    more: dict[str, Any],
    template: str = "requests_app/step.html",
) -> HttpResponse:
    context = journey.shown(request, case, request.path) | {"form": form} | more
    return render(request, template, context, status=422 if form.errors else 200)


def _review_page(request: HttpRequest, case: ServiceRequest, form: SubmitForm, twins: Twins) -> HttpResponse:
    url = journey.address(case, "review")
    sections = [
        (title, journey.address(case, "step", index + 1), rows)
        for index, title, rows in rows_by_step(case.version, case.answers)
    ]
    today = timezone.localdate()
    wanted = names_asked(case.version, case.answers, today=today, mandate=case.needs_mandate)
    context = journey.shown(request, case, url) | {
        "form": form,
        "sections": sections,
        "gaps": [(gap, journey.place_of(case, gap)) for gap in filing.gaps(case)],
        "files": by_piece(case, case.evidence.filter(piece__in=wanted)),
        "asks_pieces": bool(asked_pieces(case.version, case.answers, mandate=case.needs_mandate)),
        "quote": quote(case.version, case.answers, today),
        "twins": twins,
        "review_url": url,
        "needs_consent": case.channel == Channel.RELAY and not case.consented_at,
    }
    return render(request, "requests_app/review.html", context, status=422 if form.errors else 200)
