"""Filing a request, end to end: the POST that a citizen's browser sends, up to the last byte of the answer.

Checked afterwards: everything that was acknowledged is filed once, with one line of journal, and the chain holds.
"""

import uuid
from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from arrondissements import journal
from arrondissements.codes import new_code
from arrondissements.models import JournalEntry, OutboxMessage
from portal.bench import crowd, load
from portal.bench.results import Result, rates
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale
from portal.demo import cases
from requests_app.catalogue.models import Service
from requests_app.citizen.fill_in import SeeOther
from requests_app.models import REFERENCE_SYMBOLS, ServiceRequest
from requests_app.offices import office_named
from requests_app.states import State

TARGET = 0.35
CONNECTIONS = 4
# More than two workers file in a second here; what is left over serves in the next round.
MOST_A_SECOND = 500
SECRET = "b" * CSRF_SECRET_LENGTH
COOKIES = f"csrftoken={SECRET}"
FORM = f"csrfmiddlewaretoken={SECRET}&declaration=on".encode()


@login_not_required
@require_POST
def floor(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """One insert of a request and the way to its receipt, unchecked and untold, with the same middleware."""
    office = office_named()[crowd.OFFICE]
    ServiceRequest.objects.create(
        token=token, version_id=request.POST["version"], reference=new_code(REFERENCE_SYMBOLS), state=State.SUBMITTED,
        office=office, submitted_at=timezone.now(), answers=dict(cases.LIFE.answers),
    )  # fmt: skip
    return SeeOther(reverse("requests:receipt", args=[token]))


def run(scale: Scale, port: int) -> Result:
    """Requests filed a second. Raises `AssertionError` when something acknowledged is not filed once."""
    prepared: list[uuid.UUID] = []
    sent: list[uuid.UUID] = []

    def subject() -> load.Sample:
        wanted = int(MOST_A_SECOND * scale.seconds) + CONNECTIONS
        prepared.extend(crowd.drafts(wanted - len(prepared)))
        return _drive(scale, port, _filings(prepared, sent))

    def bare() -> load.Sample:
        return _drive(scale, port, _inserts())

    crowd.settle(ServiceRequest)
    measured, floors = in_turns(scale.rounds, subject, bare)
    return rates(
        "submit",
        measured,
        floors,
        TARGET,
        facts={"filed once each": filed_once(sent), "journal lines": chain_holds()},
    )


def filed_once(sent: list[uuid.UUID]) -> int:
    """How many acknowledged requests there are, each of them filed, with one line of journal and its notice."""
    filed = list(ServiceRequest.objects.filter(token__in=sent, state=State.SUBMITTED).values_list("pk", flat=True))
    lines = JournalEntry.objects.filter(act="case.submit", obj__in=[f"case:{pk}" for pk in filed]).count()
    notices = OutboxMessage.objects.filter(key__in=[f"received:{pk}:sms" for pk in filed]).count()
    if not len(sent) == len(set(sent)) == len(filed) == lines == notices:
        raise AssertionError(f"{len(sent)} acknowledged, {len(filed)} filed, {lines} lines, {notices} notices")
    return len(filed)


def chain_holds() -> int:
    """How many lines of the journal hold; raises `AssertionError` at the first that does not."""
    lines, fault = journal.verify(journal.ACTS)
    if fault:
        raise AssertionError(f"journal: {fault}")
    return lines


def _filings(prepared: list[uuid.UUID], sent: list[uuid.UUID]) -> Iterator[bytes]:
    while prepared:
        token = prepared.pop()
        sent.append(token)
        yield load.post(reverse("requests:submit", args=[token]), FORM, cookies=COOKIES)


def _inserts() -> Iterator[bytes]:
    version = Service.objects.get(slug=crowd.KIND).current_id
    while True:
        yield load.post(f"/bench/submit/{uuid.uuid4()}/", FORM + f"&version={version}".encode(), cookies=COOKIES)


def _drive(scale: Scale, port: int, requests: Iterator[bytes]) -> load.Sample:
    return load.drive(port, requests, seconds=scale.seconds, connections=CONNECTIONS, status=SeeOther.status_code)
