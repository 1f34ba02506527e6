import datetime
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from arrondissements.models import Office
from civil_status.documents.models import NumberSeries
from civil_status.documents.numbering import next_number

DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def first(places) -> Office:
    return Office.objects.get(code="arrondissement-1")


def test_numbers_follow_each_other_and_read_as_the_town_hall_writes_them(first):
    numbers = [next_number(first, "certificat-vie", DAY, series="CV") for _ in range(3)]
    assert [number.seq for number in numbers] == [1, 2, 3]
    assert numbers[2].text == f"N°0003/2026/MCOT/{first.short_code}/CV"


def test_each_office_kind_and_year_counts_alone(first):
    fifth = Office.objects.get(code="arrondissement-5")
    next_number(first, "certificat-vie", DAY)
    for office, kind, day in [
        (fifth, "certificat-vie", DAY),
        (first, "attestation-souche", DAY),
        (first, "certificat-vie", datetime.date(2027, 1, 2)),
    ]:
        assert next_number(office, kind, day).seq == 1


def test_two_kinds_without_a_series_never_share_a_number(first):
    texts = {next_number(first, kind, DAY).text for kind in ("certificat-vie", "certificat-veuvage", "certificat-v")}
    assert len(texts) == 3


def test_another_city_writes_its_numbers_its_own_way(first, settings):
    settings.DOCUMENT_NUMBER_PATTERN = "{seq}/{service}/{year}"
    assert next_number(first, "certificat-vie", DAY, series="CV").text == "1/CV/2026"


def test_a_number_given_back_is_given_again(first):
    next_number(first, "certificat-vie", DAY)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert next_number(first, "certificat-vie", DAY).seq == 2
        1 / 0  # noqa: B018
    assert next_number(first, "certificat-vie", DAY).seq == 2


# -- Eight threads, two hundred documents -----------------------------------------------------------


def unguarded(office: Office, kind: str, on: datetime.date) -> int:
    """The negative control: read, add one, write, as if alone."""
    series, _created = NumberSeries.objects.get_or_create(office=office, kind=kind, year=on.year)
    series.last += 1
    series.save()
    return series.last


def guarded(office: Office, kind: str, on: datetime.date) -> int:
    return next_number(office, kind, on).seq


def taken_by_eight_threads(take, office: Office) -> list[int]:
    def one(turn: int) -> int:
        try:
            with transaction.atomic():
                seq = take(office, "certificat-vie", DAY)
                if turn % 10 == 3:  # one transaction in ten is abandoned
                    transaction.set_rollback(True)
                    return 0
                return seq
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        return [seq for seq in threads.map(one, range(220)) if seq]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_threads_leave_no_gap_and_no_double(transactional_db):
    call_command("load_places", verbosity=0)
    taken = taken_by_eight_threads(guarded, Office.objects.get(code="arrondissement-1"))
    assert sorted(taken) == list(range(1, 199))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_control_without_the_row_lock_numbers_are_given_twice(transactional_db):
    call_command("load_places", verbosity=0)
    office = Office.objects.get(code="arrondissement-1")
    NumberSeries.objects.create(office=office, kind="certificat-vie", year=DAY.year)
    taken = taken_by_eight_threads(unguarded, office)
    assert max(Counter(taken).values()) > 1
