"""The demonstration's pages: complete in both languages, built once, inventing nothing."""

import pytest
from wagtail.models import Page

from portal.demo_site import build, marked, texts
from portal.models import NewsPage, OfficePage, ServicePage

pytestmark = pytest.mark.django_db


def test_the_pages_are_built_once_in_both_languages_and_left_as_the_editors_change_them(catalogue, client):
    assert build() > 70
    news = NewsPage.objects.order_by("pk").first()
    news.title = "Changé par la rédaction"
    news.save_revision().publish()
    assert build() == 0
    assert NewsPage.objects.get(pk=news.pk).title == "Changé par la rédaction"
    pages = Page.objects.filter(depth__gt=1)
    by_language = {code: pages.filter(locale__language_code=code).count() for code in ("fr", "en")}
    assert by_language["fr"] == by_language["en"]
    assert ServicePage.objects.count() == 20
    assert OfficePage.objects.count() == 34
    assert [page.url for page in pages if client.get(page.url).status_code != 200] == []
    for address in ("/", "/en/", "/demarches/", "/en/services/", "/mairie/", "/mentions-legales/", "/actualites/"):
        assert client.get(address).status_code == 200, address


def test_every_text_has_its_two_languages():
    entries = [texts()["home"], *texts()["sections"], *texts()["standard"], *texts()["news"]]
    for entry in entries:
        assert entry["fr"].keys() == entry["en"].keys()
        assert len(entry["fr"].get("body", [])) == len(entry["en"].get("body", []))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_news_begins_by_saying_it_is_a_demonstration(language):
    for entry in texts()["news"]:
        assert marked(entry)[language]["body"][0] == [
            "notice",
            {"level": "info", "text": texts()["demo_mark"][language]},
        ]
