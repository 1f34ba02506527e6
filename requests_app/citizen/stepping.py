"""A step of the form on the page: what its buttons do before anything is judged, its files, its new questions."""

import base64
from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from requests_app import filing, workflow
from requests_app.catalogue.asking import FILE_TYPES
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.forms import StepForm, form_for_step
from requests_app.catalogue.inputs import HeldFilesField
from requests_app.evidence.checks import RefusedFile
from requests_app.maps import tiles
from requests_app.models import Evidence, ServiceRequest

# The buttons of a step that give the page back as it was typed, changed in one place, and judge nothing.
SHOW_AGAIN = ("add", "drop", "attach", "remove", "look", "_map")
# The types of questions that `fields.js` makes easier.
COMFORTED = frozenset({"place", "linked_choice", "map_point", "signature"})
# The policy of those pages alone: elsewhere no page may ask where somebody is.
WITH_POSITION = "camera=(self), geolocation=(self), microphone=()"
DRAWN = "data:image/png;base64,"
LARGEST_DRAWING = 400_000  # signs of base64: 300 kB
Refusals = dict[str, list[str]]


def step_form(request: HttpRequest, case: ServiceRequest, index: int, posted: QueryDict | None = None) -> StepForm:
    """The form of the step `index` (0 is the first) as it must be shown or judged; its files are dealt with first.

    `posted` is what was typed, when the request carries something more.
    """
    if request.method != "POST":
        return form_for_step(case.version, index, answers=case.answers)
    refused = receive_files(request, case, index)
    form = form_for_step(
        case.version, index, rearranged(request.POST if posted is None else posted), answers=case.answers
    )
    form.judged = not any(button in request.POST for button in SHOW_AGAIN)
    for key, sentences in refused.items():
        if key in form.fields:
            form.errors.pop(key, None)
            form.add_error(key, sentences)
    return form


def receive_files(request: HttpRequest, case: ServiceRequest, index: int) -> Refusals:
    """Attach what was sent for the questions of this step, remove what was asked; the sentences of those refused."""
    keys = [field["key"] for field in case.version.steps[index]["fields"] if field["type"] in FILE_TYPES]
    refused: Refusals = {}
    if not keys:
        return refused
    _remove(request, case, keys)
    for key in keys:
        for upload in request.FILES.getlist(key):
            try:
                filing.attach(case, key, upload)
            except (RefusedFile, workflow.Refused) as refusal:
                refused.setdefault(key, []).append(f"{filing.shown_name(upload.name or '')} : {refusal}")
        if sentence := _attach_drawing(request, case, key):
            refused.setdefault(key, []).append(sentence)
    return refused


def questions_shown(case: ServiceRequest, form: StepForm) -> list[dict[str, Any]]:
    """Each question of a step as `includes/asked.html` draws it. 1 query when a question is answered by files."""
    files: dict[str, list[Evidence]] = {}
    if any(isinstance(field, HeldFilesField) for field in form.fields.values()):
        files = filing.removable(case)
    return [
        {
            "question": question,
            "key": question.field.name,
            "field": question.field,
            "by_files": isinstance(question.field.field, HeldFilesField),
            "files": files.get(question.field.name, []),
            "map": tiles.is_on() and form.definitions[question.field.name]["type"] == "map_point",
        }
        for question in form.questions
    ]


def keep_what_holds(case: ServiceRequest, index: int, form: StepForm) -> None:
    """Keep the answers of a step that comes back only because it asks one question more."""
    if form.holds:
        with suppress(workflow.Refused):  # filed meanwhile: the next press says so
            filing.save_step(case, index, form.answers_that_hold())


def page_of(case: ServiceRequest, index: int, form: StepForm) -> dict[str, Any]:
    """What the page of a step shows beside its form. 1 query when a question is answered by files."""
    questions = questions_shown(case, form)
    # Of all the questions of the step: those that an answer calls for come in later.
    kinds = _kinds(case.version.steps[index]["fields"])
    return {
        "title": form.title,
        "intro": form.intro,
        "questions": questions,
        "by_files": bool(kinds & FILE_TYPES),
        "comforts": bool(kinds & COMFORTED),
        "keeps": True,
        "word": word_on_top(form),
        "fresh": [question["field"] for question in questions if question["question"].fresh],
    }


def asks_a_position(case: ServiceRequest, index: int) -> bool:
    """Whether a page of this step may ask the phone where it is."""
    return "map_point" in _kinds(case.version.steps[index]["fields"])


def _kinds(fields: list[dict[str, Any]]) -> set[str]:
    return {field["type"] for field in fields} | {
        inner["type"] for field in fields for inner in field.get("fields", ())
    }


def word_on_top(form: StepForm) -> str:
    """What the page says when it comes back without any error, or ""."""
    if not form.holds:
        return ""
    if form.has_appeared:
        return form.word_of_appeared
    if form.insists:
        return gettext("Il reste une réponse vide. Vous pouvez l’écrire, ou continuer sans elle.")
    return ""


def _remove(request: HttpRequest, case: ServiceRequest, keys: list[str]) -> None:
    pk = request.POST.get("remove", "")
    if not (pk.isdecimal() and len(pk) < 16):
        return
    wanted = case.evidence.filter(pk=pk, piece__in=keys).first()
    if wanted:
        wanted.case = case
        filing.detach(wanted)


def _attach_drawing(request: HttpRequest, case: ServiceRequest, key: str) -> str:
    """Attach the signature drawn on the screen, if one was; the sentence that refuses it, or ""."""
    typed = request.POST.get(f"{key}_drawn", "")
    if not typed:
        return ""
    try:
        filing.attach(case, key, SimpleUploadedFile("signature.png", _drawing(typed), "image/png"))
    except (RefusedFile, ValueError):
        return gettext(
            "La signature dessinée n’est pas arrivée entière. Dessinez-la à nouveau, ou signez sur papier et "
            "envoyez une photo."
        )
    except workflow.Refused as refusal:
        return str(refusal)
    return ""


def _drawing(typed: str) -> bytes:
    """The picture in a `data:` address. Raises ValueError when it is none, or too large."""
    if not typed.startswith(DRAWN) or len(typed) > LARGEST_DRAWING:
        raise ValueError("not a drawing")
    return base64.b64decode(typed.removeprefix(DRAWN), validate=True)
