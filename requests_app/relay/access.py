"""The ways in of the relay agents, beside `access`: today's accreditation, one's own drafts and filings, or 404."""

import uuid

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from arrondissements import accreditations
from arrondissements.models import RelayAgent, User
from requests_app.models import Channel, ServiceRequest
from requests_app.states import State

# Of what he filed, an agent keeps the number, the day and the service: no name, no state, no answer.
COLUMNS = ["token", "reference", "submitted_at", "updated_at", "version__title_i18n", "version__service__slug"]


def agent(user: User) -> RelayAgent:
    """The accreditation of `user` today, or 404."""
    accreditation = accreditations.of(user)
    if accreditation is None:
        raise Http404
    return accreditation


def draft(user: User, token: uuid.UUID) -> ServiceRequest:
    """A draft this agent began, or 404."""
    begun = _of(user).select_related("version__service").filter(state=State.DRAFT)
    return get_object_or_404(begun, token=token)


def drafts(user: User) -> QuerySet[ServiceRequest]:
    """The drafts this agent began, the last touched first."""
    return _listed(user).filter(state=State.DRAFT).order_by("-updated_at", "-pk")


def filings(user: User) -> QuerySet[ServiceRequest]:
    """What this agent filed, newest first."""
    return _listed(user).exclude(state=State.DRAFT).order_by("-submitted_at", "-pk")


def _listed(user: User) -> QuerySet[ServiceRequest]:
    return _of(user).select_related("version__service").only(*COLUMNS)


def _of(user: User) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(channel=Channel.RELAY, filed_by=user)
