"""The front page: search first, then the moments of life, the news, the offices."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from portal.models.base import SitePage
from portal.models.news import NewsIndexPage, NewsPage
from portal.models.offices import OfficeIndexPage, OfficePage
from portal.models.services import ServiceIndexPage, by_life_event, listed_services

NEWS_ON_HOME = 3


class HomePage(SitePage):
    """The front page of one language."""

    examples = models.CharField(
        _("exemples de recherche"),
        max_length=200,
        blank=True,
        help_text=_("Quelques mots que les gens cherchent, séparés par des virgules."),
    )

    template = "portal/home.html"
    max_count_per_parent = 2
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "portal.ServiceIndexPage",
        "portal.NewsIndexPage",
        "portal.OfficeIndexPage",
        "portal.StandardPage",
    ]
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("examples"), FieldPanel("body")]

    class Meta:
        verbose_name = _("page d’accueil")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context |= {
            "example_words": [word.strip() for word in self.examples.split(",") if word.strip()],
            "life_events": by_life_event(listed_services(self)),
            "news": list(NewsPage.objects.descendant_of(self).live().public().order_by("-date", "-pk")[:NEWS_ON_HOME]),
            "offices": list(
                OfficePage.objects.descendant_of(self)
                .live()
                .filter(office__arrondissement__isnull=False)
                .select_related("office")
                .order_by("office__arrondissement")
            ),
            "service_index": ServiceIndexPage.objects.child_of(self).live().first(),
            "news_index": NewsIndexPage.objects.child_of(self).live().first(),
            "office_index": OfficeIndexPage.objects.child_of(self).live().first(),
        }
        return context
