"""What the tests of a case look at."""

from arrondissements.models import JournalEntry
from requests_app.models import (
    ServiceRequest,
)


def page_of(case):
    return f"/agent/demande/{case.reference}/"


def readings(case):
    lines = JournalEntry.objects.filter(chain="reads", obj=case.obj).order_by("seq")
    return [(line.by.username, line.reason) for line in lines.select_related("by")]


def stored(case):
    return ServiceRequest.objects.select_related("version", "office").get(pk=case.pk)
