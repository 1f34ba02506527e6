"""Where a draft stands among its pages: the steps of the form, contact, pieces, review."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from requests_app import filing
from requests_app.models import ServiceRequest

# Posted and kept in the address by the "Modifier" links: after this page, back to the review.
TO_REVIEW = "relire"


def stages(case: ServiceRequest) -> list[tuple[str, str]]:
    """(title, address) of each page of a draft, in order."""
    pages = [(title, address(case, "step", number)) for number, title in enumerate(case.version.step_titles, 1)]
    pages.append((gettext("Vos coordonnées"), address(case, "contact")))
    if case.version.evidence_i18n:
        pages.append((gettext("Vos pièces"), address(case, "evidence")))
    return [*pages, (gettext("Vérifier et envoyer"), address(case, "review"))]


def address(case: ServiceRequest, name: str, *args: Any) -> str:
    """The address of one of the case's secret pages."""
    return reverse(f"requests:{name}", args=[case.token, *args])


def shown(request: HttpRequest, case: ServiceRequest, url: str) -> dict[str, Any]:
    """What every page of the journey shows: the step list, where it is, the way back, the way to resume."""
    pages = stages(case)
    current = [page_url for _title, page_url in pages].index(url) + 1
    back = pages[current - 2][1] if current > 1 else reverse("requests:start", args=[case.version.service.slug])
    return {
        "case": case,
        "version": case.version,
        "titles": [title for title, _url in pages],
        "current": current,
        "total": len(pages),
        "stage": pages[current - 1][0],
        "back": address(case, "review") if to_review(request) else back,
        "to_review": to_review(request),
        "resume": settings.SITE_BASE_URL + address(case, "resume"),
    }


def after(request: HttpRequest, case: ServiceRequest, url: str) -> str:
    """The page that follows `url`, or the review when the person came from there to change something."""
    if to_review(request):
        return address(case, "review")
    urls = [page_url for _title, page_url in stages(case)]
    return urls[urls.index(url) + 1]


def to_review(request: HttpRequest) -> bool:
    return TO_REVIEW in request.GET or TO_REVIEW in request.POST


def place_of(case: ServiceRequest, gap: filing.Gap) -> str:
    """Where a gap is filled in."""
    return address(case, gap.stage, gap.number) if gap.stage == "step" else address(case, gap.stage)
