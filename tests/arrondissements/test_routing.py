"""Each request lands in exactly one competent office, and says why."""

import pytest

from arrondissements.routing import Competence, competent_office

OFFICES = {f"arrondissement-{n}" for n in range(1, 14)} | {"etat-civil", "affaires-funeraires"}
BY_HOME = {
    "rules": [{"by": "arrondissement_of", "field": "quartier", "reason": "quartier de résidence"}],
    "default": "etat-civil",
}
BY_REGISTRATION = {"rules": [{"by": "office_of", "field": "place"}], "default": "etat-civil"}


def test_the_borough_of_the_quartier_of_residence_is_competent():
    assert competent_office(BY_HOME, {"quartier": "5:Gbéto"}, OFFICES) == Competence(
        "arrondissement-5", "quartier de résidence"
    )


def test_a_name_that_two_boroughs_share_never_decides():
    fifth = competent_office(BY_HOME, {"quartier": "5:Missité"}, OFFICES)
    thirteenth = competent_office(BY_HOME, {"quartier": "13:Missité"}, OFFICES)
    assert (fifth.office, thirteenth.office) == ("arrondissement-5", "arrondissement-13")


def test_the_place_of_registration_is_competent():
    assert competent_office(BY_REGISTRATION, {"place": "arrondissement-6"}, OFFICES).office == "arrondissement-6"


def test_a_central_service_keeps_its_matters_wherever_one_lives():
    rule = {"rules": [{"by": "central", "office": "affaires-funeraires"}], "default": "etat-civil"}
    assert competent_office(rule, {"quartier": "5:Gbéto"}, OFFICES).office == "affaires-funeraires"


@pytest.mark.parametrize("answer", [None, "", "14:Ailleurs", "Gbéto", "²", "-1", "etat-inconnu"])
def test_the_default_serves_when_the_rule_finds_nothing(answer):
    assert competent_office(BY_HOME, {"quartier": answer}, OFFICES) == Competence("etat-civil", "default")


def test_the_first_rule_that_finds_an_office_wins():
    rule = {
        "rules": [{"by": "office_of", "field": "place"}, {"by": "arrondissement_of", "field": "quartier"}],
        "default": "etat-civil",
    }
    answers = {"place": "arrondissement-2", "quartier": "9:Fifadji"}
    assert competent_office(rule, answers, OFFICES).office == "arrondissement-2"
    assert competent_office(rule, answers | {"place": ""}, OFFICES).office == "arrondissement-9"
