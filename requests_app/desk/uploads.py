"""The desk's addresses of resumable uploads: the page of the counter, and a letter; see `requests_app.bad_line.tus`.

A stranger to the page reads 404: who did not open this page of the counter, who may not write about this case.
"""

import uuid

from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseBase

from requests_app import access, letters, workflow
from requests_app.bad_line.tus import Door, begin, go_on, refusal, tus
from requests_app.desk import access as desk_access
from requests_app.desk import counter
from requests_app.desk.desk import Desk, StaffRequest
from requests_app.models import ServiceRequest
from requests_app.walk_ins import papers


@tus("POST")
def counter_uploads(request: StaffRequest, slug: str, number: int, key: uuid.UUID) -> HttpResponseBase:
    """Begin a file of the page of the counter; its draft begins with it."""
    if not Desk(request.user).offices:
        raise Http404
    draft = desk_access.counter_draft(request.user, key)
    try:
        return begin(request, _of_counter(draft or _begun(request, slug, number, key)))
    except workflow.Refused as refused:
        return refusal(str(refused), 422)


@tus("GET", "HEAD", "PATCH", "DELETE")
def counter_upload(request: StaffRequest, slug: str, number: int, key: uuid.UUID, pk: uuid.UUID) -> HttpResponseBase:
    """One file of the page of the counter on its way."""
    draft = desk_access.counter_draft(request.user, key)
    if draft is None or not Desk(request.user).offices:
        raise Http404
    return go_on(request, _of_counter(draft), pk)


@tus("POST")
def letter_uploads(request: StaffRequest, reference: str) -> HttpResponseBase:
    """Begin a file of the next letter of this clerk."""
    return begin(request, _of_letter(request, reference))


@tus("GET", "HEAD", "PATCH", "DELETE")
def letter_upload(request: StaffRequest, reference: str, pk: uuid.UUID) -> HttpResponseBase:
    """One file of the next letter of this clerk on its way."""
    return go_on(request, _of_letter(request, reference), pk)


def _of_counter(draft: ServiceRequest) -> Door:
    return Door(draft, ahead=papers.coming_ahead(draft))


def _of_letter(request: StaffRequest, reference: str) -> Door:
    case = access.workable(request.user, reference, "write")
    return Door(case, ahead=letters.coming_ahead(case, request.user))


def _begun(request: StaffRequest, slug: str, number: int, key: uuid.UUID) -> ServiceRequest:
    """The draft of this page; begun twice at once (the answer was lost), it is one. Raises `workflow.Refused`."""
    service, version = counter.asked_for(slug, number)
    try:
        with transaction.atomic():
            return counter.begin(request, service, version, key)
    except IntegrityError:
        draft = desk_access.counter_draft(request.user, key)
        if draft is None:
            raise
        return draft
