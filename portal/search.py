"""Search over services and pages, the same on every database: words are folded before they are compared."""

from dataclasses import dataclass

from django.utils.translation import get_language
from wagtail.models import Locale, Page

from portal.models import NewsPage, OfficePage, ServicePage
from portal.models.services import listed_services, matching
from portal.wording import query_words

MAX_PAGES = 60


@dataclass(frozen=True)
class Result:
    """One line of the results; `kind` names the word shown beside it (service, office, news, page)."""

    kind: str
    title: str
    summary: str
    page: Page


def search(query: str) -> list[Result]:
    """Services first, then pages, in the active language; when no page holds every word, those that hold one."""
    words = query_words(query)
    if not words:
        return []
    locale = Locale.objects.get_for_language(get_language())
    services = [_result(page) for page in matching(_services(locale), query)]
    return services + ([_result(page) for page in _pages(words, locale)] or ([] if services else _near(words, locale)))


def _services(locale: Locale) -> list[ServicePage]:
    return listed_services(Page(locale=locale))


def _pages(words: list[str], locale: Locale) -> list[Page]:
    """Pages other than services that hold every word, those with the words in the title first."""
    found = Page.objects.live().public().filter(locale=locale).not_type(ServicePage).filter(depth__gt=2)
    for word in words:
        found = found.filter(search_text__words__contains=word)
    pages = list(found.order_by("-first_published_at", "pk").select_related("search_text")[:MAX_PAGES])
    pages.sort(key=lambda page: -sum(word in page.search_text.title for word in words))
    specific = {page.pk: page for page in Page.objects.filter(pk__in=[p.pk for p in pages]).specific()}
    return [specific[page.pk] for page in pages]


def _near(words: list[str], locale: Locale) -> list[Result]:
    """What holds at least one of the words, longest word first."""
    services = _services(locale)
    seen: dict[int, Page] = {}
    for word in sorted(words, key=len, reverse=True):
        for page in [*matching(services, word), *_pages([word], locale)]:
            seen.setdefault(page.pk, page)
    return [_result(page) for page in list(seen.values())[:MAX_PAGES]]


def _result(page: Page) -> Result:
    if isinstance(page, ServicePage):
        version = page.service.current
        return Result("service", page.title, page.lead or version.summary, page)
    kind = {NewsPage: "news", OfficePage: "office"}.get(type(page), "page")
    return Result(kind, page.title, page.lead, page)
