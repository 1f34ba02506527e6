"""The 13 arrondissements, 166 quartiers and 17 offices."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from arrondissements.models import Arrondissement, Office, OpeningHours, Quartier

pytestmark = pytest.mark.django_db


def test_loading_places_gives_the_whole_town(places):
    assert Arrondissement.objects.count() == 13
    assert Quartier.objects.count() == 166
    assert Office.objects.filter(kind="BOROUGH").count() == 13
    assert set(Office.objects.filter(kind="CENTRAL").values_list("code", flat=True)) == {
        "etat-civil",
        "affaires-funeraires",
        "domaine-public",
        "secretariat-executif",
    }


def test_loading_twice_changes_nothing_and_keeps_what_the_town_hall_wrote(places):
    Office.objects.filter(code="arrondissement-3").update(phone="+2290121000000")
    call_command("load_places", verbosity=0)
    assert Quartier.objects.count() == 166
    assert OpeningHours.objects.count() == 10
    assert Office.objects.get(code="arrondissement-3").phone == "+2290121000000"


def test_the_same_name_lives_in_two_boroughs_but_once_in_each(places):
    assert set(Quartier.objects.filter(name="Missité").values_list("arrondissement", flat=True)) == {5, 13}
    with pytest.raises(IntegrityError), transaction.atomic():
        Quartier.objects.create(arrondissement_id=5, name="Missité")


def test_the_quartier_known_by_one_list_only_is_marked(places):
    assert list(Quartier.objects.filter(lists_that_agree=1).values_list("name", flat=True)) == ["Gbèwa"]


def test_unknown_addresses_and_phones_stay_empty(places):
    assert not Office.objects.exclude(phone="", address="", email="").exists()


def test_a_borough_office_without_its_arrondissement_is_refused(places):
    with pytest.raises(IntegrityError), transaction.atomic():
        Office.objects.create(code="x", kind="BOROUGH", name_fr="x", short_code="X")
