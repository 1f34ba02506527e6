"""The pages of the demonstration, in French and English; what exists already is left as the editors made it."""

import datetime as dt
import json
import uuid
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import override
from wagtail.models import Locale, Page, Site

from arrondissements.models import Office
from portal import models, navigation
from requests_app.catalogue.models import Service

TEXTS = Path(__file__).parent / "data" / "demo_site.json"
LANGUAGES = ("fr", "en")
Pages = dict[str, Page]


@cache
def texts() -> dict[str, Any]:
    """Titles and texts of the demonstration, by language."""
    return json.loads(TEXTS.read_text(encoding="utf-8"))


@transaction.atomic
def build() -> int:
    """Create the pages that are missing and return how many; safe to call again."""
    before = Page.objects.count()
    home = _home()
    sections = {
        entry["model"]: _both(home, getattr(models, entry["model"]), entry, menu=True) for entry in texts()["sections"]
    }
    for entry in texts()["standard"]:
        _both(home, models.StandardPage, entry)
    for entry in texts()["news"]:
        _both(sections["NewsIndexPage"], models.NewsPage, marked(entry), date=dt.date.fromisoformat(entry["date"]))
    _offices(sections["OfficeIndexPage"])
    _services(sections["ServiceIndexPage"])
    _notice()
    navigation.forget()
    return Page.objects.count() - before


def _home() -> Pages:
    for code in LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    root = Page.get_first_root_node()
    found = {page.locale.language_code: page for page in models.HomePage.objects.select_related("locale")}
    if not found:
        # Wagtail's own "Welcome" page holds the place of the first home page.
        Page.objects.filter(depth=2, slug="home").delete()
        root.refresh_from_db()
    entry = texts()["home"] | {"slug": {"fr": "accueil", "en": "home-en"}}
    pages = _both(dict.fromkeys(LANGUAGES, root), models.HomePage, entry)
    address = urlsplit(settings.SITE_BASE_URL)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or (443 if address.scheme == "https" else 80),
            "root_page": pages["fr"],
            "site_name": "Pôle Cotonou",
        },
    )
    return pages


def _both(parents: Pages, model: type[Page], entry: dict[str, Any], *, menu: bool = False, **fields: Any) -> Pages:
    """The page in each language, created when missing; translations share one key."""
    pages: Pages = {}
    key = uuid.uuid4()
    for code in LANGUAGES:
        slug = entry["slug"][code]
        page = model.objects.child_of(parents[code]).filter(slug=slug).first()
        if page is None:
            page = _create(parents[code], model, code, key, slug, entry[code] | fields | {"show_in_menus": menu})
        key = page.translation_key
        pages[code] = page
    return pages


def _create(parent: Page, model: type[Page], code: str, key: uuid.UUID, slug: str, fields: dict[str, Any]) -> Page:
    fields["body"] = [tuple(block) for block in fields.get("body", [])]
    page = model(locale=Locale.objects.get_for_language(code), translation_key=key, slug=slug, **fields)
    with override(code):
        parent.refresh_from_db()
        parent.add_child(instance=page)
        page.save_revision().publish()
    return page


def marked(entry: dict[str, Any]) -> dict[str, Any]:
    """The news with, first, the words that say it is only a demonstration."""
    marks = texts()["demo_mark"]
    notice = {code: [["notice", {"level": "info", "text": marks[code]}]] for code in LANGUAGES}
    return entry | {code: entry[code] | {"body": notice[code] + entry[code]["body"]} for code in LANGUAGES}


def _offices(parents: Pages) -> None:
    for office in Office.objects.all():
        kind = "borough" if office.arrondissement_id else "central"
        entry: dict[str, Any] = {"slug": dict.fromkeys(LANGUAGES, office.code)}
        for code in LANGUAGES:
            with override(code):
                entry[code] = {"title": office.name, "lead": texts()["offices"][code][kind]}
        _both(parents, models.OfficePage, entry, office=office)


def _services(parents: Pages) -> None:
    for service in Service.objects.filter(current__isnull=False).select_related("current"):
        version = service.current
        entry: dict[str, Any] = {"slug": {}}
        for code in LANGUAGES:
            with override(code):
                title = version.title if version else service.slug
                words = texts()["services"].get(service.slug, {}).get(code, "")
                entry[code] = {"title": title, "other_words": words}
                entry["slug"][code] = service.slug if code == "fr" else slugify(title)
        _both(parents, models.ServicePage, entry, service=service)


def _notice() -> None:
    if models.Notice.objects.exists():
        return
    key = uuid.uuid4()
    for code in LANGUAGES:
        locale = Locale.objects.get_for_language(code)
        models.Notice.objects.create(locale=locale, translation_key=key, text=texts()["notice"][code])
