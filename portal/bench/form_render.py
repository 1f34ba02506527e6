"""A step of a service of 60 questions in 8 steps, shown to the citizen, answers kept before in it.

The floor is the same questions as somebody would write them once in a Django form, in a bare page: one query for
the draft, Django's own fields and markup, no step list, no conditions, no translation. One visitor at a time.
"""

import itertools
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.bench import load, services
from portal.bench.results import Result, waits
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from requests_app.models import ServiceRequest

TARGET = 3.0
DRAFTS = 200
PAGE = """<!doctype html><html lang="fr"><title>bench</title>
<form method="post">{{ form.as_div }}<button>ok</button></form></html>"""


@login_not_required
@require_safe
def floor(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The draft and its questions, with the same middleware."""
    case = ServiceRequest.objects.get(token=token)
    return HttpResponse(_page().render(Context({"form": plain_form()(initial=case.answers)})))


@lru_cache
def plain_form() -> type[forms.Form]:
    """The questions of the measured step as a form class, made once."""
    asked = {field["key"]: _PLAIN[field["type"]](field) for field in services.step_of(services.BIG)}
    return type("PlainForm", (forms.Form,), asked)


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which 95 pages in 100 are shown."""
    tokens = services.drafts(services.BIG, DRAFTS)
    pages = [load.get(reverse("requests:step", args=[token, services.STEP[services.BIG]])) for token in tokens]
    bare = [load.get(f"/bench/form/{token}/") for token in tokens]
    measured, floors = in_turns(scale.rounds, lambda: _drive(scale, port, pages), lambda: _drive(scale, port, bare))
    return waits(
        "form_render",
        measured,
        floors,
        TARGET,
        facts={"questions in the page": len(services.step_of(services.BIG)), "pages": load.total(measured)},
    )


def _drive(scale: Scale, port: int, pages: list[bytes]) -> load.Sample:
    return load.drive(port, itertools.cycle(pages), seconds=scale.seconds, connections=1, status=200)


@lru_cache
def _page() -> Template:
    return Template(PAGE)


def _choices(field: dict[str, Any]) -> list[tuple[str, str]]:
    return [(choice["value"], choice["label"]["fr"]) for choice in field["choices"]]


_PLAIN: dict[str, Callable[[dict[str, Any]], forms.Field]] = {
    "text": lambda field: forms.CharField(label=field["label"]["fr"], max_length=200),
    "date": lambda field: forms.DateField(label=field["label"]["fr"]),
    "choice": lambda field: forms.ChoiceField(
        label=field["label"]["fr"], choices=_choices(field), widget=forms.RadioSelect
    ),
    "integer": lambda field: forms.IntegerField(label=field["label"]["fr"], max_value=1000),
    "yes_no": lambda field: forms.ChoiceField(
        label=field["label"]["fr"], choices=[("yes", "Oui"), ("no", "Non")], widget=forms.RadioSelect
    ),
    "name": lambda field: forms.CharField(label=field["label"]["fr"], max_length=100),
    "phone": lambda field: forms.CharField(label=field["label"]["fr"], max_length=20),
    "long_text": lambda field: forms.CharField(label=field["label"]["fr"], max_length=2000, widget=forms.Textarea),
}
