"""Notices appear between their dates, on their pages, in the reader's language."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from portal.models import Notice
from portal.navigation import current_notices, forget, menu

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def put(site, text, **fields):
    defaults = {"locale": site.french, "starts": timezone.now() - HOUR}
    return Notice.objects.create(text=text, **defaults | fields)


def shown(page=None):
    forget()
    return [notice.text for notice in current_notices(page)]


def test_a_notice_appears_between_its_dates(site):
    now = timezone.now()
    put(site, "maintenant", ends=now + HOUR)
    put(site, "demain", starts=now + HOUR)
    put(site, "hier", starts=now - 2 * HOUR, ends=now - HOUR)
    assert shown() == ["maintenant"]


def test_a_notice_that_ends_while_the_cache_holds_it_disappears(site):
    put(site, "bref", ends=timezone.now() + dt.timedelta(seconds=0.05))
    assert shown() == ["bref"]
    import time

    time.sleep(0.06)
    assert current_notices() == []


def test_the_gravest_comes_first(site):
    put(site, "info")
    put(site, "urgent", level="danger")
    put(site, "attention", level="warning")
    assert shown() == ["urgent", "attention", "info"]


def test_a_notice_on_a_page_appears_on_it_and_on_its_translation_only(site):
    notice = put(site, "ici")
    notice.pages = [site.home]
    notice.save()
    assert shown(site.home) == ["ici"]
    assert shown(site.about) == []
    assert shown(None) == []
    with override("en"):
        assert shown(site.english) == ["ici"]


def test_a_notice_without_translation_is_shown_in_french_rather_than_hidden(site):
    french = put(site, "coupure")
    with override("en"):
        assert shown() == ["coupure"]
        put(site, "power cut", locale=site.english.locale, translation_key=french.translation_key)
        assert shown() == ["power cut"]
    assert shown() == ["coupure"]


def test_an_english_notice_alone_does_not_reach_french_pages(site):
    put(site, "only English", locale=site.english.locale)
    assert shown() == []


def test_a_notice_is_escaped_on_the_page(client, site):
    put(site, "<b>gras</b>")
    forget()
    assert "&lt;b&gt;gras" in client.get("/").content.decode()


def test_menus_and_notices_cost_nothing_once_kept(site, django_assert_num_queries):
    menu("/")
    current_notices()
    with django_assert_num_queries(0):
        menu("/")
        current_notices()


def test_the_menu_marks_the_section_of_the_page(site):
    current = {link.label for link in menu("/demarches/permis/")["header"] if link.current}
    assert current == {"Démarches"}
    assert [link.label for link in menu("/")["footer"]] == ["Mon espace", "À propos"]
