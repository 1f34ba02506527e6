"""The page of who may do what says what the rules say, act by act."""

import pytest

from arrondissements.models import Role
from requests_app import permissions
from requests_app.desk.overview import rights
from requests_app.states import TRANSITIONS, Actor
from tests.requests_app.desk import EVERYBODY, text_of

ROLES = list(Role)


def line(words):
    (found,) = [one for _title, lines in rights.matrix() for one in lines if str(one.act) == words]
    return {role: str(scope) for role, scope in zip(ROLES, found.scopes, strict=True)}


def test_each_act_of_the_rules_has_its_line():
    said = {str(one.act) for _title, lines in rights.matrix() for one in lines}
    for act in permissions.ROLES_OF_ACT:
        assert str(TRANSITIONS[act].label if act in TRANSITIONS else rights.OTHER_ACTS[act]) in said
    assert {str(move.label) for move in TRANSITIONS.values() if move.who == Actor.SIGNATORY} <= said


def test_the_lines_are_those_a_reader_expects():
    assert line("Demande refusée") == {
        Role.COUNTER: "", Role.CLERK: "son bureau", Role.REGISTRAR: "son bureau", Role.SUPERVISOR: "son bureau",
        Role.EXECUTIVE_SECRETARY: "", Role.AUDITOR: "",
    }  # fmt: skip
    assert line("Document remis au guichet")[Role.COUNTER] == "son bureau"
    assert line("Document signé")[Role.EXECUTIVE_SECRETARY] == "tous les bureaux"
    assert {role for role, scope in line("Examiner les anomalies").items() if scope} == {Role.AUDITOR}


def test_the_auditor_decides_nothing():
    groups = [lines for _title, lines in rights.matrix()[:2]]
    assert all(not one.scopes[ROLES.index(Role.AUDITOR)] for lines in groups for one in lines)


@pytest.mark.django_db
def test_the_page_is_for_whom_it_concerns(cast, signed_in):
    path = "/agent/chiffres/qui-peut-quoi/"
    answers = {name: signed_in(getattr(cast, name)).get(path).status_code for name in EVERYBODY}
    assert answers == {name: 200 if name in {"mahugnon", "secretary"} else 404 for name in EVERYBODY}
    assert "tous les bureaux" in text_of(signed_in(cast.secretary).get(path))
