"""A definition that cannot work is refused with a sentence at its place."""

import contextlib
import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_app.catalogue.schema import DefinitionError, validate_definition
from tests.requests_app.catalogue.conftest import DEFINITION, field, text

pytestmark = pytest.mark.usefixtures("places")


def faults(definition) -> str:
    with pytest.raises(DefinitionError) as caught:
        validate_definition(definition)
    assert all(sentence.strip() for sentence in caught.value.sentences)
    return "\n".join(caught.value.sentences)


def first_field(definition):
    return definition["form"]["steps"][0]["fields"][0]


def test_the_small_service_holds(definition):
    validate_definition(definition)


def change(path, value):
    def apply(definition):
        place = definition
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value

    return apply


STEPS = ("form", "steps")
FIELDS = (*STEPS, 0, "fields")


@pytest.mark.parametrize(
    ("apply", "place", "words"),
    [
        (change(("title",), {"fr": "Seul"}), "title", "Il manque : « anglais »"),
        (change(("title", "en"), "   "), "title.en", "ne s’écrit pas ainsi"),
        (change(("colour",), "red"), "", "colour"),
        (change(("mode",), "MAGIC"), "mode", "Délivré par la mairie"),
        (change(("signatory_role",), "MAYOR"), "signatory_role", "officier de l’état civil"),
        (change(("external_url",), "http://a.bj"), "external_url", "ne s’écrit pas ainsi"),
        (change((*FIELDS, 0, "type"), "telepathy"), "form.steps[0].fields[0].type", "telepathy"),
        (change((*FIELDS, 0, "key"), "Nom !"), "form.steps[0].fields[0].key", "Nom !"),
        (change((*FIELDS, 1, "key"), "surname"), "form.steps[0].fields[1].key", "deux fois"),
        (change((*FIELDS, 1, "key"), "birth_year"), "form.steps[0].fields[2].key", "birth_year"),
        (change((*FIELDS, 0, "limit"), "past"), "form.steps[0].fields[0].limit", "dates permises"),
        (change((*FIELDS, 0), field("c", "choice")), "form.steps[0].fields[0].choices", "liste des réponses"),
        (change((*FIELDS, 0), field("n", "integer", min=5, max=4)), "form.steps[0].fields[0].min", "minimum dépasse"),
        (change(FIELDS, []), "form.steps[0].fields", "à remplir"),
        (change((*STEPS,), []), "form.steps", "à remplir"),
        (change((*FIELDS,), [field(f"f{n}", "text") for n in range(5000)]), "form.steps[0].fields", "200"),
        (change(("evidence", 1, "key"), "identity"), "evidence[1].key", "identity"),
        (change(("routing", "default"), "la-lune"), "routing.default", "la-lune"),
        (change(("routing", "rules", 0, "field"), "surname"), "routing.rules[0].field", "désigne un lieu"),
        (change(("routing", "rules", 0, "field"), "nobody"), "routing.rules[0].field", "désigne un lieu"),
        (change(("routing", "rules", 0, "by"), "office_of"), "routing.rules[0].field", "désigne un lieu"),
        (
            change(("routing", "rules", 0), {"by": "central", "reason": {"fr": "x", "en": "x"}}),
            "routing.rules[0].office",
            "Choisissez un bureau",
        ),
        (change(("routing",), {}), "routing", "règle d’orientation"),
        (change(("document", "body"), ["Bonjour {nobody}"]), "document.body[0]", "nobody"),
        (change(("document", "body"), ["Né le {birth}"]), "document.body", "toujours imprimé"),
        (change(("document", "body"), ["{surname.__class__}"]), "document.body[0]", "surname.__class__"),
        (change(("document", "body"), ["{surname"]), "document.body[0]", "accolade"),
        (change(("document", "printed", 0, "field"), "nobody"), "document.printed[0].field", "nobody"),
        (change(("document", "holder", "surname"), "given_names"), "document.holder.surname", "given_names"),
        (change(("document",), {}), "document", "signataire"),
        (change(("signatory_role",), ""), "signatory_role", "signataire"),
        (change(("fee_amount",), 500), "fee_amount", "À confirmer : aucun montant"),
        (change(("fee_status",), "FREE"), "fee_amount", "Gratuit : 0"),
        (change(("fee_amount",), -1), "fee_amount", "trop petit"),
        (change(("processing_days",), 2.5), "processing_days", "nombre entier"),
        (change(("mode",), "ORIENTATION"), "form", "n’a rien à remplir"),
    ],
)
def test_a_wrong_definition_is_refused_at_its_place(definition, apply, place, words):
    apply(definition)
    said = faults(definition)
    assert words in said
    assert any(line.startswith(f"{place} :") for line in said.splitlines()) or not place


def test_an_orientation_says_where_to_go_and_asks_nothing(definition):
    definition |= {"mode": "ORIENTATION", "form": {}, "routing": {}, "document": {}, "evidence": []}
    assert "dit où aller" in faults(definition)
    validate_definition(definition | {"where_to_go": text("Au guichet.")})


def test_a_prepared_service_needs_no_paper(definition):
    validate_definition(
        definition | {"mode": "PREPARED_HERE", "document": {}, "document_template": "", "signatory_role": ""}
    )


def test_two_questions_may_have_names_that_only_look_alike(definition):
    """The near miss of `birth_year`: `birth_place` is not a part of a date."""
    first_field(definition)["key"] = "birth_place"
    definition["document"]["body"] = ["Né à {birth_place}."]
    definition["document"]["printed"] = [{"field": "birth_place", "label": text("Lieu")}]
    definition["document"]["holder"] = {"surname": "birth_place", "given_names": "given_names"}
    validate_definition(definition)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(DEFINITION)), value=JSON)
def test_whatever_is_put_in_a_definition_it_is_accepted_or_refused(name, value):
    definition = copy.deepcopy(DEFINITION) | {name: value}
    with contextlib.suppress(DefinitionError):
        validate_definition(definition)


def test_what_is_not_a_definition_at_all_is_refused():
    for data in ([], "x", None, 3):
        assert faults(data)


def test_every_text_of_the_ten_services_is_said_in_both_languages():
    folder = Path("requests_app/catalogue/data")
    files = [*sorted((folder / "services").glob("*.json")), folder / "rejection_motives.json"]
    assert len(files) == 11
    for file in files:
        for pair in texts_in(json.loads(file.read_text(encoding="utf-8"))):
            assert set(pair) == {"fr", "en"}, file
            assert all(words.strip() for words in pair.values()), file


def texts_in(data):
    if isinstance(data, dict):
        if "fr" in data or "en" in data:
            yield data
        else:
            for value in data.values():
                yield from texts_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts_in(value)
