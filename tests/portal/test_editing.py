"""Inès writes in the Wagtail admin: every form opens, a publication shows at once, a stranger stays out."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Page

from arrondissements.models import Office, User
from portal.models import NewsPage, Notice, OfficePage
from tests.portal.pieces import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(signed_in):
    """A member of Wagtail's group that publishes, with no other power."""
    ines = User.objects.create_user("ines", password="mot-de-passe-de-test")
    ines.groups.add(Group.objects.get(name="Moderators"))
    return signed_in(ines)


def test_every_kind_of_page_can_be_edited(editor, site, places, put_service, put_news):
    put_service("Certificat de vie")
    put_news("Nouvelle", body=[("notice", {"level": "info", "text": "x"}), ("steps", ["un", "deux"])])
    office = Office.objects.get(code="arrondissement-5")
    add(site.offices, OfficePage(title="5e", slug="bureau-5", office=office, locale=site.french))
    pages = Page.objects.filter(depth__gt=1).specific()
    kinds = {model for model in apps.get_app_config("portal").get_models() if issubclass(model, Page)}
    assert {type(page) for page in pages} == kinds
    for page in pages:
        answer = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
        assert answer.status_code == 200, page
        assert editor.get(page.url).status_code == 200, page


def test_a_news_written_in_the_admin_is_public_at_once_and_in_the_menu_s_section(editor, site, client):
    assert client.get("/actualites/marche/").status_code == 404
    form = {
        "title": "Le marché rouvre",
        "slug": "marche",
        "date": "2026-11-23",
        "lead": "Demain.",
        "image": "",
        "image_alt": "",
        "body-count": "0",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    address = reverse("wagtailadmin_pages:add", args=["portal", "newspage", site.news.pk])
    answer = editor.post(address, form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert NewsPage.objects.get(slug="marche").live
    assert "Le marché rouvre" in client.get("/actualites/").content.decode()
    assert "Le marché rouvre" in client.get("/recherche/?q=marche").content.decode()


def test_a_new_section_is_in_the_menu_without_waiting(editor, site, client):
    assert "Actualités</a>" in client.get("/").content.decode()
    editor.post(reverse("wagtailadmin_pages:unpublish", args=[site.news.pk]))
    assert "Actualités</a>" not in client.get("/").content.decode()


def test_a_notice_written_in_the_admin_shows_at_once(editor, site, client):
    assert "coupure" not in client.get("/").content.decode()
    form = {"level": "warning", "text": "Une coupure de courant", "starts": "2020-01-01 08:00", "ends": ""}
    answer = editor.post(reverse(Notice.snippet_viewset.get_url_name("add")), form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert "Une coupure de courant" in client.get("/").content.decode()


def test_a_notice_that_ends_before_it_starts_is_refused(editor, site):
    form = {"level": "info", "text": "x", "starts": "2026-11-23 08:00", "ends": "2026-11-22 08:00"}
    answer = editor.post(reverse(Notice.snippet_viewset.get_url_name("add")), form)
    assert answer.status_code == 200
    assert "La fin vient après le début." in answer.content.decode()
    assert not Notice.objects.exists()


def test_a_stranger_edits_nothing(client, site):
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[site.home.pk]))
    assert answer.status_code == 302
