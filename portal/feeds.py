"""The news as RSS, one feed per language."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from portal.models import NewsPage

ITEMS = 20


class NewsFeed(Feed):
    """The latest news in the language of the address (`/rss/`, `/en/rss/`)."""

    def title(self) -> str:
        return gettext("Actualités du Pôle Cotonou")

    def description(self) -> str:
        return gettext("Les nouvelles de la mairie et de ses bureaux.")

    def link(self) -> str:
        return reverse("portal:rss")

    def items(self) -> QuerySet[NewsPage]:
        news = NewsPage.objects.live().public().filter(locale__language_code=get_language())
        return news.order_by("-date", "-pk").defer("body")[:ITEMS]

    def item_title(self, item: NewsPage) -> str:
        return item.title

    def item_description(self, item: NewsPage) -> str:
        return item.lead

    def item_link(self, item: NewsPage) -> str:
        return item.get_url() or "/"

    def item_pubdate(self, item: NewsPage) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(item.date, dt.time(8)))


@login_not_required
def rss(request: HttpRequest) -> HttpResponse:
    """Serve the feed; public, kept five minutes by the reader."""
    response = NewsFeed()(request)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
