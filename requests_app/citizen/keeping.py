"""What a page sends by itself while somebody types.

A step page posts itself to its own address with `X-Portal-Quiet: keep`: what holds is kept, the rest is left
as it was, and the answer (JSON) says what the step asks now. Without scripts this does not happen: the same page is
posted by its button, to the same address.
"""

from http import HTTPStatus

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from requests_app import filing, workflow
from requests_app.catalogue.field_types.step_form import SHOWN
from requests_app.catalogue.forms import Answers, StepForm
from requests_app.citizen import stepping
from requests_app.models import ServiceRequest


def keep(case: ServiceRequest, index: int, form: StepForm) -> JsonResponse:
    """Keep the answers of the bound `form` of the step `index` that hold, and say so.

    When they change what is asked, the answer carries the questions as the page would show them had its button been
    pressed. Once the request is filed the answer is 409, and the page stops keeping.
    """
    held = worth_keeping(form)
    try:
        filing.save_step(case, index, held)
    except workflow.Refused:
        return JsonResponse({}, status=HTTPStatus.CONFLICT)
    whole = all(form.is_left_empty(key) and form.saved.get(key) is None for key in form.errors)
    told = {"kept": sorted(held), "whole": whole, "words": _words(whole=whole)}
    if _asks_otherwise(form):
        context = {"form": form, "questions": stepping.questions_shown(case, form), "case": case}
        told["html"] = render_to_string("requests_app/includes/asked.html", context)
    return JsonResponse(told)


def _asks_otherwise(form: StepForm) -> bool:
    """Whether the answers change what is asked, here or in an item of a group."""
    shown = form.posted.words(SHOWN) if form.posted else None
    if shown is not None and shown != set(form.definitions):
        return True
    return any(_asks_otherwise(inner) for inner in form.inner_forms)


def worth_keeping(form: StepForm) -> Answers:
    """The answers that hold; an empty one only where it takes another's place.

    A question that should be answered is never kept empty: its person is still to be asked once more.
    """
    return {
        key: answer
        for key, answer in form.answers_that_hold().items()
        if answer is not None or (form.saved.get(key) is not None and not form.definitions[key].get("soft_required"))
    }


def _words(*, whole: bool) -> str:
    context = {"at": timezone.now(), "whole": whole}
    return render_to_string("requests_app/includes/kept_words.html", context)
