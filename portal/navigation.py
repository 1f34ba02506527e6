"""Menus and notices: on every page, so kept a minute in the cache instead of asked each time."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from wagtail.models import Page

from portal.models import Notice, StandardPage
from portal.models.notices import Level

KEPT = 60  # seconds; an editor's change also clears it (portal.wagtail_hooks)
DEFAULT_LANGUAGE = "fr"
LANGUAGES = ("fr", "en")
GRAVEST_FIRST = list(Level.values)


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class ShownNotice:
    """A notice ready to show; `page_keys` empty: everywhere."""

    level: str
    text: str
    starts: dt.datetime
    ends: dt.datetime | None
    page_keys: frozenset


def menu(path: str) -> dict[str, Any]:
    """Links of the header and of the footer in the active language; the section of `path` is marked as current."""
    language = get_language() or DEFAULT_LANGUAGE
    key = f"portal:menu:{language}"
    found = cache.get(key)
    if found is None:
        found = _read_menu(language)
        cache.set(key, found, KEPT)
    return found | {"header": [replace(link, current=path.startswith(link.url)) for link in found["header"]]}


def current_notices(page: Page | None = None) -> list[ShownNotice]:
    """Notices to show now; one without translation is shown in French rather than hidden."""
    language = get_language() or DEFAULT_LANGUAGE
    key = f"portal:notices:{language}"
    found = cache.get(key)
    if found is None:
        found = _read_notices(language)
        cache.set(key, found, KEPT)
    now = timezone.now()
    page_key = getattr(page, "translation_key", None)
    return [
        notice
        for notice in found
        if notice.starts <= now
        and (notice.ends is None or notice.ends > now)
        and (not notice.page_keys or page_key in notice.page_keys)
    ]


def forget() -> None:
    """Clear what is kept: an editor has just changed a page or a notice."""
    cache.delete_many([f"portal:{what}:{language}" for what in ("menu", "notices") for language in LANGUAGES])


def _read_menu(language: str) -> dict[str, Any]:
    children = list(Page.objects.live().public().filter(depth=3, locale__language_code=language).order_by("path"))
    standard = set(StandardPage.objects.filter(pk__in=[page.pk for page in children]).values_list("pk", flat=True))
    header = [Link(page.title, page.get_url() or "") for page in children if page.show_in_menus]
    fixed = [(gettext("Suivre ma demande"), "requests:track"), (gettext("Vérifier un document"), "documents:type-code")]
    header[1:1] = [Link(label, url) for label, name in fixed if (url := _address(name))]
    footer = [
        Link(page.title, page.get_url() or "") for page in children if page.pk in standard and not page.show_in_menus
    ]
    if space := _address("requests:space"):
        footer.insert(0, Link(gettext("Mon espace"), space))
    home = "/" if language == DEFAULT_LANGUAGE else f"/{language}/"
    return {"header": header, "footer": footer, "home": home}


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _read_notices(language: str) -> list[ShownNotice]:
    """Those not yet over, so that one that starts within the minute is not missed."""
    rows = Notice.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=timezone.now()), locale__language_code__in={language, DEFAULT_LANGUAGE}
    ).select_related("locale")
    by_key: dict[Any, Notice] = {}
    for row in rows.prefetch_related("pages"):
        if row.locale.language_code == language or row.translation_key not in by_key:
            by_key[row.translation_key] = row
    shown = [
        ShownNotice(n.level, n.text, n.starts, n.ends, frozenset(p.translation_key for p in n.pages.all()))
        for n in by_key.values()
    ]
    return sorted(shown, key=lambda notice: GRAVEST_FIRST.index(notice.level))
