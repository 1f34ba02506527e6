"""A small site: two home pages, the three sections in French, news and a service on demand."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from portal.models import (
    HomePage,
    NewsIndexPage,
    NewsPage,
    OfficeIndexPage,
    ServiceIndexPage,
    ServicePage,
    StandardPage,
)
from requests_app.catalogue.models import Service
from tests.portal.pieces import add, version


@pytest.fixture(autouse=True)
def _static_files_without_collecting(settings: Any) -> None:
    # Assigned, not changed in place: Django forgets the storages it already knows only then.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def site(db: None) -> SimpleNamespace:
    """`home`, `services`, `news`, `offices`, `about` in French; `english`: the other home page."""
    Page.objects.filter(depth=2).delete()
    root = Page.get_first_root_node() or Page.add_root(title="Root")
    french, _ = Locale.objects.get_or_create(language_code="fr")
    english, _ = Locale.objects.get_or_create(language_code="en")
    home = add(root, HomePage(title="Vos démarches", slug="accueil", locale=french))
    other = HomePage(title="Your services", slug="home-en", locale=english, translation_key=home.translation_key)
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    Site.clear_site_root_paths_cache()
    services = ServiceIndexPage(title="Démarches", slug="demarches", locale=french, show_in_menus=True)
    return SimpleNamespace(
        french=french,
        english=add(root, other),
        home=home,
        services=add(home, services),
        news=add(home, NewsIndexPage(title="Actualités", slug="actualites", locale=french, show_in_menus=True)),
        offices=add(home, OfficeIndexPage(title="Mairie", slug="mairie", locale=french, show_in_menus=True)),
        about=add(home, StandardPage(title="À propos", slug="a-propos", locale=french, lead="Qui nous sommes.")),
    )


@pytest.fixture
def put_news(site: SimpleNamespace) -> Callable[..., NewsPage]:
    """`put_news("Titre", lead="…", live=False)`."""

    def _put_news(title: str, *, day: dt.date = dt.date(2026, 11, 20), **fields: Any) -> NewsPage:
        return add(site.news, NewsPage(title=title, slug=slugify(title), date=day, locale=site.french, **fields))

    return _put_news


@pytest.fixture
def put_service(site: SimpleNamespace) -> Callable[..., ServicePage]:
    """`put_service("Permis d’inhumer", fee_amount=2500)`: a listed service with its page."""

    def _put_service(title: str, *, other_words: str = "", is_listed: bool = True, **facts: Any) -> ServicePage:
        slug = f"demarche-{Service.objects.count()}"
        service = Service.objects.create(slug=slug, life_event="PAPERS", is_listed=is_listed)
        service.current = version(service, title, **facts)
        service.save()
        page = ServicePage(title=title, slug=slug, service=service, other_words=other_words, locale=site.french)
        return add(site.services, page)

    return _put_service
