"""What a new version changes is said in sentences, each change once, and nothing when nothing changed."""

import copy

import pytest
from django.utils.translation import override

from requests_app.catalogue.difference import Kind, differences
from tests.requests_app.catalogue.conftest import DEFINITION, field, text


@pytest.fixture(autouse=True)
def _in_french():
    with override("fr"):
        yield


@pytest.fixture
def before():
    return copy.deepcopy(DEFINITION)


def the_change(before, after):
    [change] = differences(before, after)
    return change


def steps_of(definition):
    return definition["form"]["steps"]


def test_the_same_definition_changes_nothing(before, definition):
    assert differences(before, definition) == []
    assert differences(before, definition | {"fees": [], "eligibility": [], "flow": {}}) == []


def test_the_first_version_says_that_it_is_the_first(definition):
    assert the_change(None, definition).kind == Kind.ADDED


def test_a_removed_question_is_said_by_its_name(before, definition):
    del steps_of(definition)[0]["fields"][1]
    definition["document"]["printed"].pop()
    del definition["document"]["holder"]["given_names"]
    changes = differences(before, definition)
    assert changes[0].sentence == "La question « Question given_names » n’est plus posée."
    assert changes[0].kind == Kind.REMOVED
    assert {change.part for change in changes[1:]} == {"Document"}


def test_an_added_question_is_said_with_its_step(before, definition):
    steps_of(definition)[1]["fields"].insert(0, field("reason", "text"))
    change = the_change(before, definition)
    assert change.sentence == "Nouvelle question « Question reason » dans l’étape « La demande »."


def test_a_changed_label_gives_both_wordings(before, definition):
    steps_of(definition)[0]["fields"][0]["label"] = text("Votre nom", "Your surname")
    change = the_change(before, definition)
    assert change.sentence == "Question « Votre nom » : le libellé change."
    assert (change.before, change.after) == ("Question surname", "Votre nom")


def test_a_changed_english_text_is_shown_in_english(before, definition):
    definition["summary"]["en"] = "To try it."
    change = the_change(before, definition)
    assert change.sentence == "Le résumé change. (en anglais)"
    assert (change.before, change.after) == ("To try.", "To try it.")


def test_a_question_moved_to_another_step_is_moved_not_removed(before, definition):
    moved = steps_of(definition)[0]["fields"].pop()
    steps_of(definition)[1]["fields"].append(moved)
    change = the_change(before, definition)
    assert (change.kind, change.before, change.after) == (Kind.MOVED, "La personne", "La demande")


def test_a_question_moved_inside_its_step_is_the_only_one_named(before, definition):
    fields = steps_of(definition)[0]["fields"]
    fields.insert(0, fields.pop())
    change = the_change(before, definition)
    assert change.sentence == "La question « Question birth » change de place dans l’étape « La personne »."


def test_a_renamed_step_keeps_its_questions(before, definition):
    steps_of(definition)[0]["title"] = text("Vous", "You")
    change = the_change(before, definition)
    assert change.sentence == "Étape « Vous » : le titre change."


def test_a_new_step_and_a_removed_one(before, definition):
    steps_of(definition).append({"title": text("Fin", "End"), "fields": [field("last", "text")]})
    sentences = [change.sentence for change in differences(before, definition)]
    assert sentences == ["Nouvelle étape « Fin ».", "Nouvelle question « Question last » dans l’étape « Fin »."]
    back = [change.sentence for change in differences(definition, before)]
    assert back == ["L’étape « Fin » disparaît.", "La question « Question last » n’est plus posée."]


def test_a_condition_is_read_in_words(before, definition):
    condition = {"all": [{"field": "surname", "is": "answered"}, {"field": "birth", "is": "age_below", "value": 18}]}
    steps_of(definition)[0]["fields"][1]["when"] = condition
    change = the_change(before, definition)
    assert change.before == "toujours"
    expected = "« Question surname » est rempli et l’âge d’après « Question birth » est de moins de 18 ans"
    assert change.after == expected


def test_optional_made_required_says_yes_and_no(before, definition):
    del steps_of(definition)[0]["fields"][1]["required"]
    change = the_change(before, definition)
    assert (change.before, change.after) == ("non", "oui")


def test_the_questions_of_a_group_are_compared_too(before, definition):
    for one in (before, definition):
        group = field("children", "group", fields=[field("child", "name"), field("age", "integer")])
        steps_of(one)[0]["fields"].append(group)
    steps_of(definition)[0]["fields"][-1]["fields"][1] = field("born", "date")
    sentences = {change.sentence for change in differences(before, definition)}
    assert sentences == {
        "Nouvelle question « Question born » dans le groupe « Question children ».",
        "La question « Question age » du groupe « Question children » n’est plus posée.",
    }


def test_pieces_and_fees_are_named(before, definition):
    definition["evidence"][0]["max_files"] = 3
    definition["evidence"].pop()
    definition["fees"] = [
        {"key": "base", "label": text("Timbre"), "kind": "base", "legal_basis": text("Loi"), "from": "2026-01-01"}
    ]
    sentences = [change.sentence for change in differences(before, definition)]
    assert sentences == [
        "La pièce « Une procuration » n’est plus demandée.",
        "Pièce « Une pièce d’identité » : le nombre de fichiers change.",
        "Nouveau droit « Timbre ».",
    ]
    dearer = copy.deepcopy(definition)
    dearer["fees"][0]["amount"] = 1500
    change = the_change(definition, dearer)
    assert (change.before, change.after) == ("à confirmer", "1\u202f500 F CFA")


def test_rules_of_routing_are_said_in_words(before, definition):
    rule = {
        "by": "central",
        "office": "etat-civil",
        "reason": text("Toujours"),
        "when": {"field": "home", "is": "empty"},
    }
    definition["routing"]["rules"].append(rule)
    change = the_change(before, definition)
    assert change.sentence == "Ligne ajoutée : le bureau « etat-civil » si « Question home » est vide"


def test_the_delay_the_letter_and_the_flow(before, definition):
    definition["processing_days"] = 1
    definition["document"]["body"] = ["{surname}."]
    definition["flow"] = {"delivery": ["counter"]}
    changes = differences(before, definition)
    assert [(change.before, change.after) for change in changes] == [
        ("2 jours ouvrés", "1 jour ouvré"),
        ("Il est certifié, sur la demande {reference}, que {surname} habite ici.", "{surname}."),
        ("rien", "guichet"),
    ]


def leaves(thing, path=()):
    """Every value at the bottom of a definition, with the way to it."""
    parts = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    if not isinstance(thing, dict | list):
        yield path
    for name, part in parts:
        yield from leaves(part, (*path, name))


def changed_at(definition, path):
    changed = copy.deepcopy(definition)
    holder = changed
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = "autre" if isinstance(holder[path[-1]], str) else 77
    return changed


@pytest.mark.parametrize("path", [p for p in leaves(DEFINITION) if p[-1] not in {"key", "by", "type"}], ids=str)
def test_no_change_goes_unsaid(before, path):
    changes = differences(before, changed_at(before, path))
    assert len(changes) >= 1
    assert all(change.sentence for change in changes)
