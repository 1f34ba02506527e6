"""Pages about services: the editor writes the prose, the catalogue gives the facts."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from arrondissements.spelling import fold
from portal.models.base import SitePage
from portal.wording import query_words
from requests_app import admission
from requests_app.catalogue import opening
from requests_app.catalogue.models import LifeEvent, Service
from requests_app.promises import capacity

SEARCH_LENGTH = 100


class ServiceIndexPage(SitePage):
    """All services by moment of life, with a filter that works without JavaScript."""

    template = "portal/service_index.html"
    parent_page_types = ["portal.HomePage"]
    subpage_types = ["portal.ServicePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("liste des démarches")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One query for the list, whatever its length."""
        context = super().get_context(request, *args, **kwargs)
        query = request.GET.get("q", "")[:SEARCH_LENGTH].strip()
        found = matching(listed_services(self), query) if query else listed_services(self)
        context |= {"query": query, "life_events": by_life_event(found), "found": len(found)}
        return context


class ServicePage(SitePage):
    """One service: why, how, for whom in the editor's words; cost, delay, papers from the catalogue."""

    service = models.ForeignKey(
        Service, verbose_name=_("démarche du catalogue"), on_delete=models.PROTECT, related_name="pages"
    )
    other_words = models.CharField(
        _("autres mots"),
        max_length=300,
        blank=True,
        help_text=_("Les mots que les gens emploient pour cette démarche : ils aident à la trouver."),
    )

    template = "portal/service.html"
    parent_page_types = ["portal.ServiceIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("service"),
        FieldPanel("lead"),
        FieldPanel("other_words"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("page de démarche")
        verbose_name_plural = _("pages de démarche")

    def words(self) -> str:
        """The editor's words and today's words of the catalogue."""
        version = self.service.current
        facts = [version.title, version.summary, version.issuing_authority] if version else []
        return " ".join([super().words(), self.other_words, self.service.get_life_event_display(), *facts])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        notices = admission.notices(self.service)
        context |= {
            "version": self.service.current,
            "notices": notices,
            "spread": capacity.spread_of(self.service_id),
            "open": not any(notice.stops for notice in notices),
        }
        return context


def listed_services(page: Page) -> list[ServicePage]:
    """Live pages of listed services in the language of `page`, in the order of the catalogue (1 query).

    A retired service keeps its page, which says where to go, and leaves the list.
    """
    today = timezone.localdate()
    pages = (
        ServicePage.objects.live()
        .public()
        .filter(locale_id=page.locale_id, service__is_listed=True, service__current__isnull=False)
        .select_related("service__current")
        .order_by("service__order", "title")
    )
    return [page for page in pages if not opening.is_retired(page.service, today)]


def by_life_event(pages: list[ServicePage]) -> list[dict[str, Any]]:
    """Group pages by moment of life, in the catalogue's order; empty moments are left out."""
    groups = [
        {"code": event.value, "label": event.label, "pages": [p for p in pages if p.service.life_event == event]}
        for event in LifeEvent
    ]
    return [group for group in groups if group["pages"]]


def matching(pages: list[ServicePage], query: str) -> list[ServicePage]:
    """Services that hold every word of the query, accents and plurals aside; titles first."""
    words = query_words(query)
    if not words:
        return pages
    folded = [(page, fold(page.title), fold(page.words())) for page in pages]
    found = [(page, title) for page, title, text in folded if all(word in text for word in words)]
    return [page for page, title in sorted(found, key=lambda f: -sum(word in f[1] for word in words))]
