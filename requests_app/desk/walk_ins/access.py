"""The ways in of the counter's pages: offices, slips and tickets of whoever serves there today, or 404."""

from django.http import Http404

from arrondissements import postings
from arrondissements.codes import MalformedCode, clean_code
from arrondissements.models import Office, Role, User
from requests_app.desk.desk import Desk
from requests_app.models import EmergencySlip
from requests_app.permissions import AT_THE_COUNTER
from requests_app.walk_ins import slips


def counters(desk: Desk) -> list[Office]:
    """The offices at whose counter the person serves today."""
    return list({row.office_id: row.office for row in desk.postings if row.role in AT_THE_COUNTER}.values())


def counter(desk: Desk, code: str) -> Office:
    """The office named `code`, where the person serves at the counter, or 404; the first one when no code is given."""
    for office in counters(desk):
        if code in ("", office.code):
            return office
    raise Http404


def slip(user: User, code: str) -> EmergencySlip:
    """The slip whose QR was read, for the counter of its office, or 404."""
    try:
        code = clean_code(code, slips.SYMBOLS)
        found = EmergencySlip.objects.select_related("office", "case", "closed_by").get(code=code)
    except (MalformedCode, EmergencySlip.DoesNotExist):
        raise Http404 from None
    if not postings.serves(user, found.office, *AT_THE_COUNTER):
        raise Http404
    return found


def prints(desk: Desk, office: Office) -> bool:
    """Whether the person may print slips of `office`: its head."""
    return desk.serves_as(office, Role.SUPERVISOR)
