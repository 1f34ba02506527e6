"""News of the town hall: dated, short, with a picture only when it says something."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from portal.models.base import SitePage

NEWS_PER_PAGE = 10


def today() -> dt.date:
    """The date in Cotonou."""
    return timezone.localdate()


class NewsIndexPage(SitePage):
    """The list of news, newest first."""

    template = "portal/news_index.html"
    parent_page_types = ["portal.HomePage"]
    subpage_types = ["portal.NewsPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("liste des actualités")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The page asked for. 2 queries for the list whatever its length: count, rows."""
        context = super().get_context(request, *args, **kwargs)
        news = NewsPage.objects.child_of(self).live().public().order_by("-date", "-pk").defer("body")
        context["page_obj"] = Paginator(news, NEWS_PER_PAGE).get_page(request.GET.get("page"))
        return context


class NewsPage(SitePage):
    """One piece of news."""

    date = models.DateField(_("date"), default=today)
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("image"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    image_alt = models.CharField(
        _("ce que montre l’image"),
        max_length=200,
        blank=True,
        help_text=_("Lu à voix haute aux personnes qui ne voient pas l’image. Obligatoire quand il y a une image."),
    )

    template = "portal/news.html"
    parent_page_types = ["portal.NewsIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], heading=_("image")),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("actualité")
        verbose_name_plural = _("actualités")

    def clean(self) -> None:
        """Refuse a picture without words: a person who does not see it must know what it shows."""
        super().clean()
        if self.image_id and not self.image_alt.strip():
            raise ValidationError({"image_alt": gettext("Décrivez l’image en quelques mots.")})
