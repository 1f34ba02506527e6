"""The citizen's addresses of resumable uploads; the protocol is `requests_app.bad_line.tus`."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from requests_app import access, letters
from requests_app.bad_line.tus import Door, begin, go_on, tus
from requests_app.citizen.follow import of_the_applicant
from requests_app.models import ServiceRequest


@login_not_required
@tus("POST")
def draft_uploads(request: HttpRequest, token: uuid.UUID) -> HttpResponseBase:
    """Begin a file of a draft."""
    return begin(request, _of_draft(token))


@login_not_required
@tus("GET", "HEAD", "PATCH", "DELETE")
def draft_upload(request: HttpRequest, token: uuid.UUID, pk: uuid.UUID) -> HttpResponseBase:
    """One file of a draft on its way."""
    return go_on(request, _of_draft(token), pk)


@tus("POST")
@of_the_applicant
def case_uploads(request: HttpRequest, case: ServiceRequest) -> HttpResponseBase:
    """Begin a file that the office asked for, or that goes with the next message."""
    return begin(request, _of_case(case))


@tus("GET", "HEAD", "PATCH", "DELETE")
@of_the_applicant
def case_upload(request: HttpRequest, case: ServiceRequest, pk: uuid.UUID) -> HttpResponseBase:
    """One file of a filed request on its way."""
    return go_on(request, _of_case(case), pk)


@login_not_required
@tus("POST")
def corrected_uploads(request: HttpRequest, token: uuid.UUID) -> HttpResponseBase:
    """Begin a file that the office asked for, by the link of its question."""
    return begin(request, _of_question(token))


@login_not_required
@tus("GET", "HEAD", "PATCH", "DELETE")
def corrected_upload(request: HttpRequest, token: uuid.UUID, pk: uuid.UUID) -> HttpResponseBase:
    """One file asked by a link on its way."""
    return go_on(request, _of_question(token), pk)


def _of_draft(token: uuid.UUID) -> Door:
    return Door(access.draft(token), lambda file: reverse("requests:draft-file", args=[token, file.pk]))


def _of_case(case: ServiceRequest) -> Door:
    reference = case.shown_reference
    ahead = letters.coming_ahead(case)
    return Door(case, lambda file: reverse("requests:evidence-file", args=[reference, file.pk]), ahead)


def _of_question(token: uuid.UUID) -> Door:
    case = access.waiting_question(token).case
    return Door(case, lambda file: reverse("requests:corrected-file", args=[token, file.pk]))
