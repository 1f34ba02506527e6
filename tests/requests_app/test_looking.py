"""A case is found by what a clerk can read or hear: number, phone, record, document, name however it is written."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civil_status.documents.models import IssuedDocument
from requests_app import indexing, queues, workflow
from requests_app.catalogue.models import Service
from requests_app.models import SearchKey, ServiceRequest
from requests_app.queues import Looked, looking, order_named
from requests_app.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(cast):
    """`known("Awa Dossou", …)`: a case of that name in the archive of the 1st arrondissement."""
    version = Service.objects.get(slug="certificat-vie").current
    made = iter(range(1, 10_000))

    def _known(name, office=cast.first, state=State.DELIVERED, days_ago=0, **facts):
        case = ServiceRequest.objects.create(
            version=version, reference=f"{next(made):09d}", office=office, state=state, applicant_name=name,
            submitted_at=timezone.now() - datetime.timedelta(days_ago), **facts,
        )  # fmt: skip
        indexing.index(case)
        return case

    return _known


@pytest.fixture
def found(cast):
    """`found("Koffi")`: what a clerk of the 1st arrondissement finds, the newest first."""

    def _found(text, office=cast.first, **looked):
        cases = queues.cases_of(office, Looked(text=text, **looked), cast.sena)
        return queues.page(cases, order=order_named("", cases)).rows

    return _found


@pytest.mark.parametrize(
    "typed", ["Koffi Houngbédji", "coffi hounbedji", "HOUNGBEDJI Kofi", "Hounbédji", "kofi", "Hounb", "koffi houn"]
)
def test_a_name_is_found_however_it_is_written(known, found, typed):
    case = known("Koffi Houngbédji")
    known("Kossi Ahouansou")
    assert found(typed) == [case]


@pytest.mark.parametrize("typed", ["Kossi", "Koffi Adjovi", "Houngbédja", "K", "?", "...", "bédji"])
def test_another_name_finds_nobody(known, found, typed):
    known("Koffi Houngbédji")
    assert found(typed) == []


def test_who_helps_is_found_too(known, found):
    case = known("Awa Dossou", helper_name="Xavier Kpɔ́dji", helper_phone="+2290195000001")
    assert found("Gzavier Kpodji") == [case]
    assert found("01 95 00 00 01") == [case]


def test_two_people_of_one_name_come_the_newest_first(known, found):
    cases = [known("Awa Dossou", days_ago=days) for days in (3, 1, 2)]
    assert found("dossu awa") == [cases[1], cases[2], cases[0]]


def test_two_names_that_begin_alike_show_their_case_once(known, found):
    case = known("Dossouvi Dossouyovo")
    assert found("Doss") == [case]


def test_a_name_that_is_only_begun_shows_the_newest_and_a_second_name_narrows_first(known, found, monkeypatch):
    monkeypatch.setattr(looking, "MOST_BEGUN", 1)
    older, newer = known("Koffi Houngbo", days_ago=9), known("Awa Hounsou", days_ago=2)
    assert found("Houn") == [newer]
    assert found("Koffi Houn") == [older]


def test_the_search_by_name_stays_in_the_office(known, found, cast):
    known("Awa Dossou", office=cast.fifth)
    assert found("Awa Dossou") == []
    assert len(found("Awa Dossou", office=cast.fifth)) == 1


def test_whatever_is_typed_or_listed_nothing_of_another_office_is_there(filed_case, found, cast):
    theirs = filed_case(residence="5:Gbéto")
    assert theirs.office == cast.fifth
    for typed in ("", theirs.reference, theirs.shown_reference, theirs.phone, theirs.applicant_name):
        assert found(typed) == [], typed
        assert found(typed, office=cast.fifth) == [theirs], typed


def test_page_after_page_of_one_name_shows_each_case_once(known, cast):
    for days in (0, 1, 1, 1, 2, 5, 5):
        known("Awa Dossou", days_ago=days)
    cases = queues.cases_of(cast.first, Looked(text="Dossou"), cast.sena)
    order, seen, after = order_named("", cases), [], None
    for _ in range(10):
        page = queues.page(cases, after, 2, order)
        seen += [case.pk for case in page.rows]
        if not page.following:
            break
        after = queues.Place.read(page.following, order)
    assert seen == [case.pk for case in queues.page(cases, size=50, order=order).rows]
    assert len(set(seen)) == 7


# -- Numbers ------------------------------------------------------------------------------------


def test_the_number_of_a_record_finds_the_request(filed_case, found):
    case = filed_case("attestation-souche")
    filed_case("attestation-souche", record_number="402", surname="Autre")
    for typed in ("1187", "acte 1187", "1187/1998", "1187 / 1998", "N° 1187/1998", "1187 de 1998"):
        assert found(typed) == [case], typed
    assert found("1187/1999") == []
    assert found("118") == []


def test_a_name_and_a_number_narrow_each_other(filed_case, found):
    case = filed_case("attestation-souche")
    name = case.applicant_name.split()[-1]
    assert found(f"{name} 1187") == [case]
    assert found(f"{name} 402") == []


def test_the_number_of_a_document_finds_its_request(filed_case, found):
    case = filed_case(state=State.READY)
    number = IssuedDocument.objects.get(pk=case.document_id).number
    assert found(number) == [case]
    assert found(number.removeprefix("N°").lower()) == [case]
    assert found(number.replace("/", "/9", 1)) == []


@pytest.mark.parametrize(
    ("number", "year", "keys"),
    [
        ("1187", "1998", ["1187", "1187/1998"]),
        ("N° 012 bis", "", ["12bis"]),
        ("", "1998", []),
        ("bis", "1998", []),
    ],
)
def test_a_number_has_its_keys(number, year, keys):
    assert indexing.number_keys(number, year) == keys


# -- The keys follow the case -------------------------------------------------------------------


def test_a_request_is_found_as_soon_as_it_is_filed_and_no_draft_is(draft, found, cast):
    case = draft("certificat-vie")
    assert not SearchKey.objects.filter(case=case).exists()
    workflow.submit(case)
    assert found(case.applicant_name, office=case.office) == [case]


def test_a_transferred_request_is_found_where_it_went(filed_case, found, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    workflow.transfer(case, by=cast.sena, to=cast.fifth, reason="Elle habite le 5e.")
    assert found(case.applicant_name) == []
    assert found(case.applicant_name, office=cast.fifth) == [case]


def test_a_corrected_name_is_found_and_the_old_one_no_more(known, found):
    case = known("Awa Dossou")
    case.applicant_name = "Awa Adjovi"
    case.save()
    indexing.index_again(case)
    assert found("Ajovi") == [case]
    assert found("Dossou") == []


def test_what_is_missing_is_written_and_the_rest_is_left_alone(known, found):
    cases = [known(name) for name in ("Awa Dossou", "Koffi Adjovi", "…")]
    kept = SearchKey.objects.filter(case=cases[0]).values_list("pk", flat=True)
    before = list(kept)
    SearchKey.objects.filter(case=cases[1]).delete()
    assert sum(indexing.index_all()) == 2  # the one without a letter is looked at each time
    assert found("Adjovi") == [cases[1]]
    assert list(kept) == before
    assert sum(indexing.index_all(again=True)) == 3
    assert found("Dossou") == [cases[0]]


def test_a_thousand_cases_of_a_name_cost_the_queries_of_one(known, cast):
    costs = []
    for _ in range(2):
        for _ in range(5):
            known("Awa Dossou")
        with CaptureQueriesContext(connection) as queries:
            cases = queues.cases_of(cast.first, Looked(text="Awa Dossou"), cast.sena)
            queues.page(cases, order=order_named("", cases))
        costs.append(len(queries))
    assert costs[1] <= costs[0] <= 4
