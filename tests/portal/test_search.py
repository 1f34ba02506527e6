"""Search finds what people type, the way they type it."""

import pytest
from wagtail.models import PageViewRestriction

from portal.search import search
from portal.wording import query_words

pytestmark = pytest.mark.django_db


def titles(query):
    return [result.title for result in search(query)]


@pytest.mark.parametrize(
    "typed", ["residence", "RÉSIDENCE", "résidences", "certificat de residence", "re\u0301sidence", "ma résidence svp"]
)
def test_a_service_is_found_without_accents_case_or_plural(put_service, typed):
    put_service("Certificat de résidence")
    assert titles(typed) == ["Certificat de résidence"]


def test_every_word_counts(put_service):
    put_service("Certificat de résidence")
    put_service("Certificat de vie")
    assert titles("certificat vie") == ["Certificat de vie"]


def test_a_word_that_is_nowhere_finds_nothing(put_service):
    put_service("Certificat de résidence")
    assert titles("passeport") == []


def test_a_service_is_found_by_the_words_people_use(put_service):
    put_service("Permis d’inhumer", other_words="enterrement, tombe")
    assert titles("enterrements") == ["Permis d’inhumer"]


def test_fon_letters_and_tones_do_not_matter(put_news):
    put_news("Fête à Kpɔ́dji")
    assert titles("kpodji") == ["Fête à Kpɔ́dji"]


def test_services_come_before_news(put_service, put_news):
    put_news("La résidence en trois questions")
    put_service("Certificat de résidence")
    assert titles("residence") == ["Certificat de résidence", "La résidence en trois questions"]


def test_the_words_of_the_body_are_found_and_its_tags_are_not(put_news):
    put_news("Nouvelle", body=[("text", "<p>Un <strong>guichet</strong> mobile</p>")])
    assert titles("guichet mobile") == ["Nouvelle"]
    assert titles("strong") == []


def test_drafts_and_private_pages_are_not_found(put_news):
    put_news("Brouillon secret", live=False)
    private = put_news("Page secret")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    put_news("Public secret")
    assert titles("secret") == ["Public secret"]


def test_a_service_that_is_not_listed_is_not_found(put_service):
    put_service("Démarche cachée", is_listed=False)
    assert titles("cachee") == []


def test_each_language_searches_its_own_pages(client, put_service):
    slug = put_service("Certificat de résidence").slug
    assert slug in client.get("/recherche/", {"q": "residence"}).content.decode()
    assert slug not in client.get("/en/recherche/", {"q": "residence"}).content.decode()


@pytest.mark.parametrize(
    "naughty", ["\0", "%", "_", "' OR 1=1 --", "<script>", "é" * 200_000, "💥", "\u202e", "a b " * 500]
)
def test_naughty_queries_answer_a_page(client, put_news, naughty):
    put_news("Nouvelle")
    answer = client.get("/recherche/", {"q": naughty})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content
    assert answer.context["found"] == 0 or naughty == "a b " * 500


def test_what_was_typed_is_written_back_escaped(client, site):
    answer = client.get("/recherche/", {"q": '"><b>x'})
    assert b'value="&quot;&gt;&lt;b&gt;x"' in answer.content


def test_empty_words_alone_are_still_a_question():
    assert query_words("de la") == ["de", "la"]
    assert query_words("actes de naissances") == ["acte", "naissance"]


def test_search_costs_the_same_for_10_and_20_results(client, put_news):
    for number in range(10):
        put_news(f"Nouvelle {number}")
    # locale, services, pages, their types and own rows, the site, and twice Wagtail's private pages
    cost = queries_of(client, "/recherche/?q=nouvelle")
    for number in range(10, 20):
        put_news(f"Nouvelle {number}")
    assert queries_of(client, "/recherche/?q=nouvelle") == cost <= 8


def queries_of(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)  # menus are now in the cache
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
