"""Emergency slips on paper, three to an A4 page: what to write, the QR that opens its page, a stub for the citizen."""

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from arrondissements.models import Office
from civil_status.documents import qr
from civil_status.documents.press import press
from requests_app.models import EmergencySlip

TO_A_PAGE = 3


def sheet_pdf(office: Office, slips: Iterable[EmergencySlip]) -> bytes:
    """The pages of these slips of `office`, in French. The same slips give the same bytes."""
    html = sheet_html(office, slips)
    return press().print(html, identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode())


def sheet_html(office: Office, slips: Iterable[EmergencySlip]) -> str:
    """The page that is printed."""
    with translation.override("fr"):
        rows = [{"slip": slip, "qr": qr.data_uri([address_of(slip)])} for slip in slips]
        context = {
            "office": office,
            "pages": [rows[at : at + TO_A_PAGE] for at in range(0, len(rows), TO_A_PAGE)],
            "town_hall": settings.TOWN_HALL,
            "demo": settings.DEMO,
        }
        return render_to_string("requests_app/documents/slips.html", context)


def address_of(slip: EmergencySlip) -> str:
    """What the QR of a slip opens, for the staff of its office."""
    return settings.SITE_BASE_URL + reverse("desk:slip", args=[slip.code])
