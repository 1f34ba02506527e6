"""A service published in the workshop has its page where citizens look; closures, replies and motives are edited."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from arrondissements.models import JournalEntry, User
from portal.models import ServiceIndexPage, ServicePage
from requests_app.catalogue.builder import acts, convert
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.models import CannedReply, CorrectionReason, RejectionMotive, Restriction, Service
from requests_app.catalogue.publishing import definition_of
from tests.portal.pieces import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def designer(db):
    viviane = User.objects.create_user("viviane", password="mot-de-passe-de-test")
    viviane.groups.add(Group.objects.get(name="Concepteurs de démarches"))
    return viviane


@pytest.fixture
def new_draft(catalogue):
    """A new service, complete, that nobody has published."""
    draft = ServiceDraft(slug="certificat-neuf")
    convert.fill(draft, definition_of(Service.objects.get(slug="certificat-vie").current))
    draft.series = "NEUF"
    draft.title_fr, draft.title_en = "Certificat neuf", "New certificate"
    draft.save()
    return draft


def test_a_service_is_found_in_the_list_as_soon_as_it_is_published(site, new_draft, designer, client):
    add(site.english, ServiceIndexPage(title="Services", slug="services", locale=site.english.locale))
    assert "Certificat neuf" not in client.get("/demarches/").content.decode()
    acts.publish(new_draft, by=designer)
    assert "Certificat neuf" in client.get("/demarches/").content.decode()
    assert "Certificat neuf" in client.get("/demarches/certificat-neuf/").content.decode()
    french, english = ServicePage.objects.filter(service=new_draft.service).order_by("path")
    assert (english.title, english.slug) == ("New certificate", "new-certificate")
    assert french.translation_key == english.translation_key


def test_publishing_again_leaves_the_page_as_the_editor_made_it(site, new_draft, designer):
    acts.publish(new_draft, by=designer)
    page = ServicePage.objects.get(service=new_draft.service)
    page.unpublish()
    new_draft.title_fr = "Certificat plus neuf"
    acts.publish(new_draft, by=designer)
    assert [(page.title, page.live) for page in ServicePage.objects.filter(service=new_draft.service)] == [
        ("Certificat neuf", False)
    ]


def test_an_address_that_another_page_has_does_not_stop_the_publication(site, new_draft, designer):
    other = Service.objects.get(slug="permis-inhumer")
    add(site.services, ServicePage(title="x", slug="certificat-neuf", service=other, locale=site.french))
    acts.publish(new_draft, by=designer)
    assert ServicePage.objects.get(service=new_draft.service).slug == "certificat-neuf-2"


# -- Closures, replies, motives -----------------------------------------------------------------


def test_a_designer_closes_a_service_and_it_is_in_the_journal(catalogue, designer, signed_in):
    service = Service.objects.get(slug="certificat-vie")
    form = {
        "service": service.pk, "office": "", "starts": "2031-01-01", "ends": "2031-01-15", "cap": "", "per": "DAY",
        "message_fr": "Fermé pour travaux.", "message_en": "Closed for works.",
    }  # fmt: skip
    client = signed_in(designer)
    client.post("/admin/restrictions/new/", form)
    assert Restriction.objects.get().message_fr == "Fermé pour travaux."
    assert JournalEntry.objects.filter(act="restriction.created", by=designer).exists()
    refused = client.post("/admin/restrictions/new/", form | {"ends": "2030-01-01"}).content.decode()
    assert "La fermeture finit avant de commencer." in refused


def test_a_motive_is_written_in_two_boxes_and_kept_in_two_languages(catalogue, designer, signed_in):
    form = {
        "code": "hors-delai", "is_active": "on", "label_fr": "Trop tard", "label_en": "Too late",
        "remedy_fr": "Recommencez.", "remedy_en": "Start again.", "order": "5", "starts": "2026-01-01",
        "ends": "2031-12-31", "legal_basis_fr": "Article à confirmer", "legal_basis_en": "Article to be confirmed",
    }  # fmt: skip
    client = signed_in(designer)
    client.post("/admin/motives/new/", form)
    motive = RejectionMotive.objects.get(code="hors-delai")
    assert motive.label_i18n == {"fr": "Trop tard", "en": "Too late"}
    assert motive.legal_basis_i18n["fr"] == "Article à confirmer"
    assert (str(motive.starts), str(motive.ends), motive.order) == ("2026-01-01", "2031-12-31", 5)
    backwards = client.post("/admin/motives/new/", form | {"code": "a-rebours", "ends": "2025-01-01"})
    assert "Le motif finit avant de commencer." in backwards.content.decode()
    assert 'value="Trop tard"' in client.get(f"/admin/motives/edit/{motive.pk}/").content.decode()
    client.post(f"/admin/motives/edit/{motive.pk}/", form | {"label_fr": "Hors délai"})
    motive.refresh_from_db()
    assert motive.label_i18n == {"fr": "Hors délai", "en": "Too late"}
    missing = client.post("/admin/motives/new/", form | {"code": "autre", "remedy_en": ""})
    assert missing.status_code == 200
    assert not RejectionMotive.objects.filter(code="autre").exists()


def test_a_ready_reply_is_edited(catalogue, designer, signed_in):
    form = {"code": "merci", "title": "Merci", "body_fr": "Merci.", "body_en": "Thank you.", "is_active": "on"}
    signed_in(designer).post("/admin/canned_replies/new/", form)
    assert CannedReply.objects.get(code="merci").body_in("en") == "Thank you."


def test_a_ready_reason_for_a_correction_is_edited_by_a_designer_and_not_by_an_editor(
    catalogue, cast, designer, signed_in
):
    form = {
        "code": "griffonnee", "about": "answer", "order": "9", "body_fr": "C’est illisible.",
        "body_en": "It cannot be read.", "is_active": "on",
    }  # fmt: skip
    cast.ines.groups.add(Group.objects.get(name="Rédacteurs"))
    signed_in(cast.ines).post("/admin/correction_reasons/new/", form)
    assert not CorrectionReason.objects.filter(code="griffonnee").exists()
    signed_in(designer).post("/admin/correction_reasons/new/", form)
    assert CorrectionReason.objects.get(code="griffonnee").body_in("en") == "It cannot be read."


def test_an_editor_closes_nothing(catalogue, cast, signed_in):
    cast.ines.groups.add(Group.objects.get(name="Rédacteurs"))
    assert signed_in(cast.ines).get("/admin/restrictions/new/").status_code in (302, 403)


@pytest.mark.parametrize("group", ["Rédacteurs", "Concepteurs de démarches"])
def test_neither_who_writes_services_nor_who_publishes_them_sees_a_request(group, filed_case, cast, signed_in):
    case = filed_case()
    cast.ines.groups.add(Group.objects.get(name=group))
    address = reverse("desk:case", args=[case.reference])
    assert signed_in(cast.ines).get(address).status_code == 404
    assert signed_in(cast.sena).get(address).status_code == 200
