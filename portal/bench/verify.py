"""The public page that says whether a document stands, for random codes of a full registry."""

import random
from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from civil_status.documents.document_codes import index_of
from civil_status.documents.models import IssuedDocument
from portal.bench import crowd, load
from portal.bench.results import Result, rates
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale

TARGET = 0.7
CONNECTIONS = 4
SEED = 20261123
SHOWN = ("status", "number", "type_label", "issued_on", "office_name", "holder_masked", "valid_until")


@login_not_required
@require_safe
def floor(request: HttpRequest, code: str) -> HttpResponse:
    """One indexed lookup and its words, with the same middleware."""
    row = IssuedDocument.objects.filter(code_index=index_of(code)).order_by().values_list(*SHOWN).get()
    return HttpResponse(format_html("<!doctype html><title>bench</title><p>{} {} {} {} {} {} {}", *row))


def run(scale: Scale, port: int) -> Result:
    """Codes verified a second."""
    codes = crowd.documents(scale.documents)
    crowd.settle(IssuedDocument)
    measured, floors = in_turns(
        scale.rounds, lambda: _drive(scale, port, "/v/", codes), lambda: _drive(scale, port, "/bench/verify/", codes)
    )
    return rates(
        "verify",
        measured,
        floors,
        TARGET,
        facts={"documents": len(codes), "verified": sum(len(sample.times) for sample in measured)},
    )


def _drive(scale: Scale, port: int, path: str, codes: list[str]) -> load.Sample:
    visits = _visits(path, codes)
    return load.drive(port, visits, seconds=scale.seconds, connections=CONNECTIONS, status=200)


def _visits(path: str, codes: list[str]) -> Iterator[bytes]:
    # Not for secrets: the same codes in the same order at each run.
    chance = random.Random(SEED)  # noqa: S311
    while True:
        yield load.get(path + chance.choice(codes))
