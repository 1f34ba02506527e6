"""The page of a service says how long it takes now, office by office, beside the legal delay and with its age."""

import datetime

import pytest
import time_machine

from portal import service_pages
from portal.models import ServicePage
from requests_app.catalogue.models import Service
from requests_app.models import Capacity
from requests_app.promises import capacity

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 17, 7, 10, tzinfo=datetime.UTC)


@pytest.fixture
def page(site, catalogue, cast, client):
    """`page({office: days})`: the page of the certificate of life with these figures, of ten past eight."""
    service = Service.objects.get(slug="certificat-vie")
    service_pages.offer(service, {"fr": "Certificat de vie"}, by=None)
    address = ServicePage.objects.get(service=service, locale__language_code="fr").url

    def _page(days, *, is_cut=False, at=NOW):
        for office, found in days.items():
            pace = {"minutes": 30.0, "signing": 0.0, "a_day": 30.0, "due": 2, "days": found}
            figures = {"at": at, "is_cut": is_cut, "services": {str(service.pk): pace}}
            Capacity.objects.update_or_create(office=office, defaults=figures)
        capacity.forget()
        return client.get(address)

    with time_machine.travel(NOW, tick=False):
        yield _page


def test_one_office_is_named_with_its_figure_and_its_hour(page, cast):
    text = page({cast.first: 2}).text
    assert "En ce moment : 2 jours ouvrés, Bureau du 1er arrondissement (estimation du 17/11 à 08:10)." in text
    assert "Objectif proposé" in text  # the legal delay and its note stay


def test_several_offices_are_summed_up_and_listed(page, cast):
    text = page({cast.first: 4, cast.fifth: 2}).text
    assert "En ce moment : de 2 à 4 jours ouvrés selon le bureau" in text
    assert "Bureau du 5e arrondissement : 2 jours ouvrés" in text
    assert text.count("Estimation du 17/11 à 08:10") == 1
    assert "En ce moment : 1 jour ouvré dans chaque bureau" in page({cast.first: 1, cast.fifth: 1}).text


def test_an_outage_is_said(page, cast):
    assert "Une panne est signalée dans ce bureau" in page({cast.first: 3}, is_cut=True).text


def test_without_figures_or_with_old_ones_nothing_is_said(page, cast):
    assert "En ce moment" not in page({}).text
    assert "En ce moment" not in page({cast.first: 2}, at=NOW - datetime.timedelta(hours=4)).text


def test_the_estimates_cost_one_query_however_many_offices(page, cast, client, django_assert_max_num_queries):
    address = page({cast.first: 2}).request["PATH_INFO"]
    capacity.forget()
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    asked = len(one)  # before another request empties the log
    page({cast.first: 2, cast.fifth: 3, cast.funerals: 4})
    capacity.forget()
    with django_assert_max_num_queries(asked):
        client.get(address)
