"""A service leaves one town hall as a file and comes into another as a draft, with a report."""

import copy
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrondissements.models import Office
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.portable import Unreadable, as_file, export_service, read, written
from requests_app.catalogue.publishing import complete


@pytest.fixture(autouse=True)
def _in_french():
    with override("fr"):
        yield


@pytest.fixture
def file(version):
    version.service.refresh_from_db()
    return export_service(version.service)


def as_bytes(data):
    return json.dumps(data).encode()


def refusal_of(content):
    with pytest.raises(Unreadable) as error:
        read(content)
    assert all(sentence.strip() for sentence in error.value.sentences)
    return error.value.sentences


def test_what_is_exported_is_what_is_imported(file, definition):
    imported = read(written(file))
    assert imported.definition == complete(definition)
    assert (imported.slug, imported.life_event, imported.faults) == ("certificat-essai", "PAPERS", [])


def test_the_file_holds_no_identifier_of_this_towns_tables(file):
    assert set(file) == {
        "format", "version", "slug", "life_event", "order", "town_hall", "offices", "definition",
    }  # fmt: skip
    office = {"code": "etat-civil", "kind": "CENTRAL", "name": {"fr": "État civil", "en": ""}}
    assert [one.keys() for one in file["offices"] if one["code"] == "etat-civil"] == [office.keys()]


def test_importing_writes_nothing(file):
    read(written(file))
    assert (Service.objects.filter(slug="certificat-essai").count(), ServiceVersion.objects.filter(
        service__slug="certificat-essai").count()) == (1, 1)  # fmt: skip


def test_the_report_says_what_exists_here(file):
    assert read(written(file)).existing.slug == "certificat-essai"
    assert "existe ici" in read(written(file)).sentences[0]
    other = read(written(file), slug="autre-nom")
    assert (other.slug, other.existing) == ("autre-nom", None)
    assert "est nouvelle ici" in other.sentences[0]


def test_an_office_unknown_here_is_reported_by_its_name_and_can_be_mapped(file):
    Office.objects.filter(code="etat-civil").delete()
    imported = read(written(file))
    assert list(imported.unknown_offices) == ["etat-civil"]
    assert any("n’existe pas ici" in sentence for sentence in imported.sentences)
    assert imported.faults
    mapped = read(written(file), offices={"etat-civil": "arrondissement-5"})
    assert (mapped.unknown_offices, mapped.faults) == ({}, [])
    assert mapped.definition["routing"]["default"] == "arrondissement-5"


def test_mapping_reaches_every_place_an_office_is_named(file):
    definition = copy.deepcopy(file["definition"])
    definition["routing"]["rules"].append(
        {"by": "central", "office": "ailleurs", "reason": {"fr": "Toujours", "en": "Always"}}
    )
    definition["routing"]["samples"] = [{"answers": {}, "office": "ailleurs"}]
    question = {"fr": "Qu’en pensez-vous ?", "en": "What do you think?"}
    definition["flow"] = {"opinions": [{"office": "ailleurs", "question": question, "days": 5}]}
    mapped = read(written(file | {"definition": definition}), offices={"ailleurs": "etat-civil"})
    assert "ailleurs" not in json.dumps(mapped.definition)
    assert "ailleurs" in read(written(file | {"definition": definition})).unknown_offices


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ne se lit pas"),
        (b"\xff\xfe", "ne se lit pas"),
        (b"[" * 100_000, "ne se lit pas"),
        (b"[]", "n’est pas une démarche"),
        (b'{"format": "autre"}', "n’est pas une démarche"),
        (b" " * 2_000_001, "trop lourd"),
    ],
    ids=["empty", "not text", "deep", "a list", "another format", "too big"],
)
def test_what_is_not_a_service_is_refused_with_a_sentence(db, content, words):
    assert words in refusal_of(content)[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "version plus récente"),
        ({"slug": "Pas Bon"}, "en minuscules"),
        ({"slug": None}, "en minuscules"),
        ({"life_event": "HOLIDAYS"}, "moment de vie"),
        ({"definition": None}, "Il manque la définition"),
        ({"definition": {}}, "Il manque"),
    ],
)
def test_each_fault_of_the_file_is_a_sentence(file, change, words):
    assert words in refusal_of(as_bytes(file | change))[0]


def test_a_definition_of_the_wrong_shape_is_refused_at_its_place(file):
    file["definition"]["form"]["steps"][0]["fields"][0]["type"] = "telepathy"
    assert refusal_of(as_bytes(file))[0].startswith("formulaire › étape 1 › question 1")


def answer_to(content):
    try:
        return read(content).sentences
    except Unreadable as error:
        return error.sentences


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=8), parts, max_size=3),
    max_leaves=8,
)
PARTS = ["definition", "offices", "slug", "life_event", "routing", "form", "flow", "evidence", "fees"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(PARTS), junk=JUNK)
def test_whatever_a_file_holds_the_answer_is_a_report_or_sentences(file, part, junk):
    spoilt = copy.deepcopy(file)
    holder = spoilt if part in spoilt else spoilt["definition"]
    holder[part] = junk
    assert answer_to(as_bytes(spoilt))


def test_a_draft_can_be_exported_too(service, definition):
    definition["title"]["fr"] = "Pas encore publiée"
    assert as_file(service, definition)["definition"]["title"]["fr"] == "Pas encore publiée"
    with pytest.raises(Unreadable, match="pas encore de version"):
        export_service(service)


def test_the_command_writes_the_file_and_refuses_with_a_sentence(version, tmp_path):
    call_command("export_service", "certificat-essai", "--to", str(tmp_path / "out.json"))
    assert read((tmp_path / "out.json").read_bytes()).slug == "certificat-essai"
    said = io.StringIO()
    call_command("export_service", "certificat-essai", stdout=said)
    assert said.getvalue().encode() == (tmp_path / "out.json").read_bytes()
    with pytest.raises(CommandError, match="Aucune démarche"):
        call_command("export_service", "inconnue")
