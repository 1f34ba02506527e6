"""What other programs read: RSS, the map of the site, robots."""

import datetime as dt
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_rss_gives_the_latest_news_with_whole_addresses(client, put_news):
    put_news("Ancienne", day=dt.date(2026, 11, 1))
    put_news("Récente", day=dt.date(2026, 11, 20), lead="Deux phrases.")
    put_news("Brouillon", live=False)
    answer = client.get("/rss/")
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    items = ElementTree.fromstring(answer.content).findall("channel/item")
    assert [item.findtext("title") for item in items] == ["Récente", "Ancienne"]
    assert items[0].findtext("link") == "http://testserver/actualites/recente/"
    assert items[0].findtext("description") == "Deux phrases."
    assert "20 Nov 2026" in (items[0].findtext("pubDate") or "")


def test_english_has_its_own_feed(client, put_news):
    put_news("Récente")
    assert b"R\xc3\xa9cente" not in client.get("/en/rss/").content


def test_rss_costs_the_same_for_2_and_12_news(client, put_news, django_assert_max_num_queries):
    for number in range(2):
        put_news(f"Nouvelle {number}")
    client.get("/rss/")
    with django_assert_max_num_queries(3) as two:
        client.get("/rss/")
    for number in range(2, 12):
        put_news(f"Nouvelle {number}")
    with django_assert_max_num_queries(len(two)):
        client.get("/rss/")


def test_the_sitemap_lists_every_public_page_in_its_languages(client, put_news, settings):
    settings.SITE_BASE_URL = "https://pole.example"
    put_news("Publique")
    put_news("Brouillon", live=False)
    answer = client.get("/sitemap.xml")
    assert answer.headers["Content-Type"].startswith("application/xml")
    urls = ElementTree.fromstring(answer.content).findall(f"{SITEMAP}url")
    places = [url.findtext(f"{SITEMAP}loc") for url in urls]
    assert "https://pole.example/actualites/publique/" in places
    assert "https://pole.example/en/" in places
    assert not [place for place in places if "brouillon" in (place or "")]
    home = next(url for url in urls if url.findtext(f"{SITEMAP}loc") == "https://pole.example/")
    alternates = {link.get("hreflang"): link.get("href") for link in home if "link" in link.tag}
    assert alternates == {"fr": "https://pole.example/", "en": "https://pole.example/en/"}


def test_robots_keep_out_of_documents_and_the_desk(client, db):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /v/" in lines
    assert any(line.startswith("Sitemap: ") for line in lines)
