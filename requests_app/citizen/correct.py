"""Answering an office, field by field: from the link of the SMS, which opens nothing else, or from the case."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app import access, corrections, filing, workflow
from requests_app.bad_line import quiet
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.field_types.step_form import SHOWN, Posted
from requests_app.catalogue.forms import StepForm, definitions_of, in_words
from requests_app.citizen.fill_in import (
    SeeOther,
    attach_posted,
    own_file,
    page,
    pieces_shown,
    refuse_missing,
    remove_asked,
)
from requests_app.citizen.follow import back_to, of_the_applicant
from requests_app.citizen.forms import with_a_word
from requests_app.file_inputs import PIECE_PREFIX
from requests_app.models import InformationRequest, ServiceRequest
from requests_app.states import State

GONE = 410


@dataclass(frozen=True)
class Opened:
    """A question of an office as somebody opened it: by names of addresses and their first part, `key`."""

    case: ServiceRequest
    wanted: InformationRequest
    file_url: str
    uploads: str
    key: Any
    back: str = ""


@login_not_required
@page
@quiet.told_where
def by_link(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The link of the SMS: what is wrong, why, and where to correct it; nothing else of the case.

    Once answered or closed it says so.
    """
    wanted = access.question(token)
    case = wanted.case
    if wanted.answered_at or case.state != State.NEEDS_INFORMATION:
        # A page that was just sent is not an error; a link opened too late is gone.
        status = 200 if "envoye" in request.GET else GONE
        context = {"wanted": wanted, "case": case, "sent": "envoye" in request.GET}
        return render(request, "requests_app/corrected.html", context, status=status)
    opened = Opened(case, wanted, "requests:corrected-file", "requests:corrected-uploads", token)
    return _correct(request, opened, f"{request.path}?envoye=1")


@login_not_required
@require_safe
def linked_file(request: HttpRequest, token: uuid.UUID, pk: int) -> HttpResponseBase:
    """A file that is asked again, or that was joined since, by the link of the SMS. The others are not found."""
    wanted = access.waiting_question(token)
    file = access.evidence(wanted.case, pk)
    if file.message_id or file.piece not in corrections.open_pieces(wanted.case, wanted):
        raise Http404
    return own_file(request, file)


@of_the_applicant
@page
@quiet.told_where
def answer(request: HttpRequest, case: ServiceRequest) -> HttpResponse:
    """The same, from the case one opened with a code."""
    wanted = filing.open_question(case)
    if wanted is None:
        return back_to(request, case, _("Rien n’est demandé pour cette demande."))
    back = reverse("requests:case", args=[case.shown_reference])
    opened = Opened(case, wanted, "requests:evidence-file", "requests:case-uploads", case.shown_reference, back)
    return _correct(request, opened, "")


def _correct(request: HttpRequest, opened: Opened, sent_url: str) -> HttpResponse:
    case, wanted = opened.case, opened.wanted
    form, needed = _form(case, wanted, None if request.method != "POST" else rearranged(request.POST))
    if request.method == "POST" and _sent(request, opened, form, needed):
        if sent_url:
            return SeeOther(sent_url)
        return back_to(request, case, _("Vos corrections sont envoyées. Le bureau reprend votre demande."))
    context = {
        "case": case,
        "asked": wanted,
        "back": opened.back,
        "form": form,
        "marks": dict(form.marks) | {SHOWN: " ".join(form.definitions)},
        "questions": _questions(case, wanted, form),
        "pieces": _pieces(case, wanted, form),
        "file_url": opened.file_url,
        "uploads": opened.uploads,
        "key": opened.key,
    }
    return render(request, "requests_app/answer.html", context, status=422 if form.errors else 200)


def _form(case: ServiceRequest, wanted: InformationRequest, data: Any) -> tuple[StepForm, set[str]]:
    """The marked questions and pieces, and those that the answers just given call for; the pieces that are needed."""

    def made() -> StepForm:
        return StepForm.of(
            definitions_of(case.version),
            None if data is None else Posted(data),
            case.answers,
            asked_under=lambda given: corrections.questions_to_answer(case, wanted, given),
        )

    pieces = corrections.pieces_to_join(case, wanted, {} if data is None else made().answers_that_hold())
    needed = {piece["key"] for piece in pieces if piece["required"] or piece["key"] in wanted.pieces}
    form = made()
    # While files are added and removed the questions are not judged yet.
    form.judged = data is None or "send" in data
    return with_a_word(form, pieces), needed


def _sent(request: HttpRequest, opened: Opened, form: StepForm, needed: set[str]) -> bool:
    """Keep the good files at once; send the whole when nothing is missing."""
    case = opened.case
    try:
        remove_asked(request, case)
        attach_posted(request, case, form)
        if "send" not in request.POST:
            return False
        if form.has_appeared:
            form.add_error(None, form.word_of_appeared)
        refuse_missing(case, form, needed)
        if not form.settled:
            return False
        workflow.answer(case, answers=form.answers(), message=form.cleaned_data["message"])
    except workflow.Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _questions(case: ServiceRequest, wanted: InformationRequest, form: StepForm) -> list[dict[str, Any]]:
    """Each question of the form, with what was answered and why it is wrong."""
    return [
        {
            "field": form[key],
            "is_marked": key in wanted.fields,
            "answered": in_words(definition, case.answers) if key in wanted.fields else "",
            "reason": wanted.reasons.get(key, ""),
        }
        for key, definition in form.definitions.items()
    ]


def _pieces(case: ServiceRequest, wanted: InformationRequest, form: StepForm) -> list[dict[str, Any]]:
    """Each piece of the form with its new files, the old ones, and why these are wrong."""
    old = corrections.files_before(case, wanted)
    single = corrections.marked_files(wanted)
    files = {file.pk: file for file in case.evidence.filter(piece__in=corrections.open_pieces(case, wanted))}
    return [
        shown
        | {
            "reason": wanted.reasons.get(key, ""),
            "wrong": [
                {"file": files[pk], "reason": wanted.reasons.get(f"{key}{corrections.ONE_FILE}{pk}", "")}
                for pk in old.get(key, [])
                if pk in single.get(key, {pk})
            ],
        }
        for shown in pieces_shown(case, form)
        for key in [shown["field"].name.removeprefix(PIECE_PREFIX)]
    ]
