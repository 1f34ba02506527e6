"""Search, the map of the site for search engines, robots."""

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page

from portal.models.services import SEARCH_LENGTH
from portal.search import search

RESULTS_PER_PAGE = 20
SITEMAP_LIMIT = 5000


@login_not_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Results for `?q=`, services first."""
    query = request.GET.get("q", "")[:SEARCH_LENGTH].replace("\0", "").strip()
    results = search(query)
    page_obj = Paginator(results, RESULTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/search.html", {"query": query, "page_obj": page_obj, "found": len(results)})


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in its languages, and the two forms everybody may need."""
    entries = [{"url": settings.SITE_BASE_URL + reverse(name)} for name in ("requests:track", "documents:type-code")]
    context = {"entries": _page_entries() + entries}
    return render(request, "portal/sitemap.xml", context, content_type="application/xml; charset=utf-8")


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages may be indexed; documents, requests and the desk may not."""
    lines = [
        "User-agent: *",
        "Disallow: /v/",
        "Disallow: /admin/",
        f"Sitemap: {settings.SITE_BASE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _page_entries() -> list[dict[str, Any]]:
    """One entry per page, each naming its translations (2 queries)."""
    pages = Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("path")[:SITEMAP_LIMIT]
    groups = defaultdict(list)
    for page in pages:
        if url := page.get_url():
            groups[page.translation_key].append((page, settings.SITE_BASE_URL + url))
    return [
        {
            "url": url,
            "changed": page.last_published_at,
            "languages": [(other.locale.language_code, address) for other, address in group] if len(group) > 1 else [],
        }
        for group in groups.values()
        for page, url in group
    ]
