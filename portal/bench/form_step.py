"""A step of a service of 60 questions in 8 steps, answered: the POST of the browser, up to the way to the next page.

The floor is the same questions in a Django form: cleaned, written in one UPDATE, and the same redirection.
Checked afterwards: what was typed is what every draft holds.
"""

import itertools
import json
import uuid
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.bench import load, services
from portal.bench.form_render import DRAFTS, plain_form
from portal.bench.results import Result, waits
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from requests_app.citizen.fill_in import SeeOther
from requests_app.models import ServiceRequest

TARGET = 4.0
SECRET = "b" * CSRF_SECRET_LENGTH
COOKIES = f"csrftoken={SECRET}"


@login_not_required
@require_POST
def floor(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Clean, keep in one statement, go on; with the same middleware."""
    form = plain_form()(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    answers = json.loads(DjangoJSONEncoder().encode(form.cleaned_data))
    ServiceRequest.objects.filter(token=token).update(answers=answers)
    return SeeOther(reverse("requests:step", args=[token, services.STEP[services.BIG] + 1]))


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which 95 steps in 100 are kept. Raises `AssertionError` when a draft lost an answer."""
    tokens, other = services.drafts(services.BIG, DRAFTS), services.drafts(services.BIG, DRAFTS)
    form = posted(services.BIG)
    plain = form | {field["key"]: "2001-05-03" for field in services.step_of(services.BIG) if field["type"] == "date"}
    place = services.STEP[services.BIG]
    steps = [_post(reverse("requests:step", args=[token, place]), form) for token in tokens]
    bare = [_post(f"/bench/form/{token}/keep/", plain) for token in other]
    before = services.answers_of(tokens[0])
    measured, floors = in_turns(scale.rounds, lambda: _drive(scale, port, steps), lambda: _drive(scale, port, bare))
    wrong = [token for token in tokens if services.answers_of(token) != before]
    if wrong:
        raise AssertionError(f"{len(wrong)} drafts do not hold what was typed")
    return waits(
        "form_step",
        measured,
        floors,
        TARGET,
        facts={"steps kept": load.total(measured), "drafts read back": len(tokens)},
    )


def posted(size: tuple[int, int]) -> dict[str, str]:
    """The form of the measured step, as a browser sends it."""
    return {"csrfmiddlewaretoken": SECRET} | services.typed(size)


def _post(path: str, form: dict[str, str]) -> bytes:
    return load.post(path, urlencode(form).encode(), cookies=COOKIES)


def _drive(scale: Scale, port: int, steps: list[bytes]) -> load.Sample:
    status = SeeOther.status_code
    return load.drive(port, itertools.cycle(steps), seconds=scale.seconds, connections=1, status=status)
