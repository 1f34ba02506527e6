"""Where a draft stands among its pages: the steps of the form, contact, pieces, review."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from requests_app import filing
from requests_app.catalogue.asking import asked
from requests_app.catalogue.evidence import asked_pieces
from requests_app.models import ServiceRequest

# Posted and kept in the address by the "Modifier" links: after this page, back to the review.
TO_REVIEW = "relire"


def stages(case: ServiceRequest) -> list[tuple[str, str]]:
    """(title, address) of each page of a draft that is asked of this person, in order."""
    titles = case.version.step_titles
    relevant = asked(case.version, case.answers, today=timezone.localdate())
    pages = [(titles[index], address(case, "step", index + 1)) for index in relevant.steps]
    pages.append((gettext("Vos coordonnées"), address(case, "contact")))
    if asked_pieces(case.version, case.answers, relevant=relevant, mandate=case.needs_mandate):
        pages.append((gettext("Vos pièces"), address(case, "evidence")))
    return [*pages, (gettext("Vérifier et envoyer"), address(case, "review"))]


def is_asked(case: ServiceRequest, number: int) -> bool:
    """Whether the step `number` (1 is the first) is asked of this person."""
    return asked(case.version, case.answers, today=timezone.localdate()).step(number - 1)


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
    if url in urls:
        return urls[urls.index(url) + 1]
    # A step that its own answers have closed: the first page that is still lacking.
    return address(case, "resume")


def to_review(request: HttpRequest) -> bool:
    return TO_REVIEW in request.GET or TO_REVIEW in request.POST


def place_of(case: ServiceRequest, gap: filing.Gap) -> str:
    """Where a gap is filled in."""
    return address(case, gap.stage, gap.number) if gap.stage == "step" else address(case, gap.stage)
