"""What editors write is shown with the facts of the catalogue and of the offices beside it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from arrondissements.models import Office
from portal.blocks import BodyBlock
from portal.models import OfficePage
from requests_app.catalogue.builder.streams import QuietStreamField
from tests.portal.pieces import add, version

pytestmark = pytest.mark.django_db


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def queries_of(client, address):
    client.get(address)  # menus and sites are now in the cache
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_news_list_costs_the_same_for_5_and_10_news(client, put_news):
    for number in range(5):
        put_news(f"Nouvelle {number}")
    cost = queries_of(client, "/actualites/")
    for number in range(5, 10):
        put_news(f"Nouvelle {number}")
    # Wagtail finds the page, its parents and their restrictions in 8; then crumbs, count, rows, translations
    assert queries_of(client, "/actualites/") == cost <= 12


def test_the_service_list_costs_the_same_for_10_and_20_services(client, put_service):
    for number in range(10):
        put_service(f"Démarche {number}")
    cost = queries_of(client, "/demarches/")
    for number in range(10, 20):
        put_service(f"Démarche {number}")
    assert queries_of(client, "/demarches/") == cost <= 12


def test_the_news_list_is_paged_newest_first(client, put_news):
    for number in range(1, 13):
        put_news(f"Nouvelle {number}", day=dt.date(2026, 11, number))
    page = client.get("/actualites/").context["page_obj"]
    assert next(item.title for item in page) == "Nouvelle 12"
    assert len(page.object_list) == 10
    assert "Nouvelle 1<" in text_of(client, "/actualites/?page=2")


def test_a_service_page_shows_the_fee_in_force(client, put_service):
    page = put_service("Casier judiciaire", fee_status="CONFIRMED", fee_amount=1900)
    assert "1\u202f900\u00a0F\u00a0CFA" in text_of(client, f"/demarches/{page.slug}/")
    page.service.current = version(page.service, "Casier judiciaire", number=2, fee_status="CONFIRMED", fee_amount=2500)
    page.service.save()
    shown = text_of(client, f"/demarches/{page.slug}/")
    assert "2\u202f500\u00a0F\u00a0CFA" in shown
    assert "1\u202f900" not in shown


def test_an_unknown_fee_is_said_to_be_unknown(client, put_service):
    page = put_service("Certificat de vie")
    shown = text_of(client, f"/demarches/{page.slug}/")
    assert "Montant à confirmer par la mairie" in shown
    assert "Délai à confirmer par la mairie" in shown


def test_an_orientation_has_no_start_button(client, put_service):
    page = put_service("Acte de naissance", external_url="https://example.org/acte")
    shown = text_of(client, f"/demarches/{page.slug}/")
    assert "Commencer la demande" not in shown
    assert 'href="https://example.org/acte"' in shown


def test_a_service_prepared_here_can_be_started(client, put_service):
    page = put_service("Mariage", mode="PREPARED_HERE")
    assert "Commencer la demande" in text_of(client, f"/demarches/{page.slug}/")


def test_the_list_filters_without_accents_and_says_when_nothing_is_found(client, put_service):
    put_service("Certificat de résidence")
    put_service("Permis d’inhumer")
    shown = text_of(client, "/demarches/?q=residences")
    assert "Certificat de résidence" in shown
    assert "Permis d’inhumer" not in shown
    assert "Aucune démarche trouvée" in text_of(client, "/demarches/?q=passeport")


def test_an_office_without_address_or_phone_says_so(client, places, site):
    office = Office.objects.get(code="arrondissement-5")
    add(site.offices, OfficePage(title="5e", slug="bureau-5", office=office, locale=site.french))
    shown = text_of(client, "/mairie/bureau-5/")
    assert shown.count("À confirmer par la mairie") == 2
    assert "8\u00a0h – 12\u00a0h\u00a030" in shown
    office.phone = "+2290197000000"
    office.save()
    assert "01\u00a097\u00a000\u00a000\u00a000" in text_of(client, "/mairie/bureau-5/")


def test_the_offices_cost_the_same_whatever_their_number(client, places, site):
    for number in (1, 2):
        put_office(site, number)
    cost = queries_of(client, "/mairie/")
    for number in range(3, 10):
        put_office(site, number)
    assert queries_of(client, "/mairie/") == cost <= 12


def put_office(site, number):
    office = Office.objects.get(arrondissement=number)
    add(site.offices, OfficePage(title=office.name_fr, slug=office.code, office=office, locale=site.french))


def test_an_office_is_found_by_its_quarter(client, places, site):
    put_office(site, 5)
    put_office(site, 6)
    shown = text_of(client, "/recherche/?q=gbeto")
    assert "/mairie/arrondissement-5/" in shown
    assert "/mairie/arrondissement-6/" not in shown


def test_an_unknown_page_answers_404_in_the_look_of_the_site(client, site):
    answer = client.get("/n-existe-pas/")
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.content.decode()
    assert 'href="/demarches/"' in answer.content.decode()


def test_a_draft_answers_404(client, put_news):
    page = put_news("Brouillon", live=False)
    assert client.get(f"/actualites/{page.slug}/").status_code == 404


def test_the_language_link_leads_to_the_translated_page(client, site):
    assert 'hreflang="en" lang="en"' in text_of(client, "/")
    assert 'href="/en/"' in text_of(client, "/")
    # Not translated: the English home page, not a dead link.
    assert 'class="lang" href="/en/"' in text_of(client, "/a-propos/")
    assert 'class="lang" href="/"' in text_of(client, "/en/")
    assert 'class="lang" href="/en/recherche/?q=vie"' in text_of(client, "/recherche/?q=vie")


def test_a_picture_needs_its_words(put_news):
    image = get_image_model().objects.create(title="Photo", file=get_test_image_file())
    page = put_news("Avec photo")
    page.image = image
    with pytest.raises(ValidationError) as refused:
        page.full_clean()
    assert "image_alt" in refused.value.message_dict
    page.image_alt = "Deux agents devant le bureau"
    page.full_clean()


def test_a_picture_is_served_small_and_lazy(client, put_news):
    image = get_image_model().objects.create(title="Photo", file=get_test_image_file(size=(2000, 1000)))
    page = put_news("Avec photo", image=image, image_alt="Deux agents")
    shown = text_of(client, f"/actualites/{page.slug}/")
    assert 'width="640" height="320" alt="Deux agents" loading="lazy"' in shown
    assert ".webp" in shown


def test_adding_a_block_needs_no_migration():
    one = QuietStreamField(BodyBlock())
    other = QuietStreamField([("text", blocks.TextBlock()), ("price", blocks.IntegerBlock())])
    assert one.deconstruct()[1:] == other.deconstruct()[1:]


def test_no_migration_is_missing():
    call_command("makemigrations", "portal", check=True, dry_run=True, verbosity=0)
