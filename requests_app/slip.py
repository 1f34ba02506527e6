"""The receipt on paper, a small page or the slip of the counter: the reference and a QR code. It proves nothing."""

import hashlib
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from civil_status.documents import qr
from civil_status.documents.press import press
from requests_app import relaying
from requests_app.models import ServiceRequest

# A roll has no pages: the slip is as long as its words. Millimetres, and signs on a line at least.
TICKET_HEIGHT, TICKET_LINE, TICKET_SIGNS = 128, 5, 32


def slip_pdf(case: ServiceRequest) -> bytes:
    """The slip of a filed request, A5, in the language of the request."""
    html = slip_html(case)
    return press().print(html, identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode())


def slip_html(case: ServiceRequest) -> str:
    """The page that is printed."""
    with translation.override(case.language):
        track = tracking_address(case)
        context = {
            "case": case,
            "agent": relaying.agent_of(case),
            "language": case.language,
            "town_hall": settings.TOWN_HALL,
            "demo": settings.DEMO,
            "site": settings.SITE_BASE_URL.split("://", 1)[1] + reverse("requests:track"),
            "qr": qr.data_uri([track]),
        }
        return render_to_string("requests_app/documents/slip.html", context)


def ticket_pdf(case: ServiceRequest) -> bytes:
    """The slip of the counter, 80 mm wide, in the language of the request."""
    with translation.override(case.language):
        facts = ticket_facts(case)
        facts["height"] = _ticket_height(str(case.office), case.version.title, ", ".join(facts["seen"]))
        html = render_to_string("requests_app/documents/ticket.html", facts)
    return press().print(html, identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode())


def ticket_facts(case: ServiceRequest) -> dict[str, Any]:
    """What the slip of the counter says, on paper and on the screen. 1 query."""
    labels = {piece["key"]: piece["label"] for piece in case.version.evidence}
    return {
        "case": case,
        "language": case.language,
        "town_hall": settings.TOWN_HALL,
        "demo": settings.DEMO,
        "site": settings.SITE_BASE_URL.split("://", 1)[1] + reverse("requests:track"),
        "qr": qr.data_uri([tracking_address(case)]),
        "seen": [labels.get(seen.piece, seen.piece) for seen in case.seen_pieces.all()],
    }


def _ticket_height(*words: str) -> int:
    """The millimetres of paper that the slip of the counter takes, when these `words` take more than a line each."""
    return TICKET_HEIGHT + TICKET_LINE * sum(len(text) // TICKET_SIGNS for text in words)


def tracking_address(case: ServiceRequest) -> str:
    """Where the status word of a case is read; the phone and a one-time code open the rest."""
    query = urlencode({"reference": case.shown_reference})
    return f"{settings.SITE_BASE_URL}{reverse('requests:track')}?{query}"
