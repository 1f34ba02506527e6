"""What is printed comes from the version and the answers, in French, whoever reads the screen."""

from typing import Any

import pytest
from django.utils.translation import override

from requests_app.catalogue.evidence import missing_pieces, most_files
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.paper import fill, paper_of
from tests.requests_app.catalogue.conftest import field, text
from tests.requests_app.catalogue.test_forms import ANSWERS

FACTS = {"reference": "K7M2-X4TD-B", "filed_on": "23 novembre 2026", "office": "Bureau du 5e arrondissement"}


def test_the_answers_take_the_place_of_the_tags(version):
    paper = paper_of(version, ANSWERS, FACTS)
    assert paper.paragraphs == ["Il est certifié, sur la demande K7M2-X4TD-B, que AGBO habite ici."]
    assert (paper.surname, paper.given_names, paper.birth) == ("AGBO", "", "1962")


def test_a_question_left_empty_has_no_line(version):
    assert paper_of(version, ANSWERS, FACTS).facts == [("Nom", "AGBO")]
    assert paper_of(version, ANSWERS | {"given_names": "Awa"}, FACTS).facts[1] == ("Prénoms", "Awa")


def test_the_paper_is_french_on_an_english_screen(version):
    with override("en"):
        assert paper_of(version, ANSWERS, FACTS).title == "Certificat d’essai"


def test_what_a_citizen_types_is_never_read_as_a_tag(version):
    paper = paper_of(version, ANSWERS | {"surname": "{reference}"}, FACTS)
    assert "que {reference} habite ici" in paper.paragraphs[0]


def test_a_tag_without_words_stops_rather_than_prints_a_hole():
    with pytest.raises(KeyError):
        fill("Né le {birth}", {})


def test_required_pieces_are_missing_until_they_are_given(version):
    pieces = version.evidence
    assert [piece["key"] for piece in missing_pieces(pieces, [])] == ["identity"]
    assert missing_pieces(pieces, ["identity"]) == []
    assert [piece["key"] for piece in missing_pieces(pieces, ["mandate"])] == ["identity"]


def test_a_piece_takes_so_many_files_and_an_unknown_one_none(version):
    assert most_files(version, "identity") == 2
    assert most_files(version, "intruder") == 0


# -- Paragraphs with conditions, parts and groups ----------------------------------------------------


def letter(*body: Any, **answers: Any) -> list[str]:
    """The paragraphs of a small letter about children who travel."""
    trip = {"field": "purpose", "is": "equals", "value": "travel"}
    purposes = [{"value": value, "label": text(label)} for value, label in (("travel", "Voyage"), ("school", "École"))]
    children = field("children", "group", fields=[field("first_name", "name"), field("born", "approximate_date")])
    version = ServiceVersion(
        document_template="letter",
        document={"series": "L", "title": text("x"), "body": list(body), "printed": [], "holder": HOLDER},
        form={
            "steps": [
                {
                    "title": text("x"),
                    "fields": [
                        field("parent", "person"),
                        field("purpose", "choice", choices=purposes),
                        field("country", "text", when=trip),
                        children,
                        field("where", "address", required=False),
                    ],
                }
            ]
        },
    )
    return paper_of(version, ANSWERED | answers, FACTS | {"office_address": ""}).paragraphs


HOLDER = {"surname": "parent.surname", "given_names": "parent.given_names", "birth": "parent.birth"}
ANSWERED = {
    "parent": {"surname": "AGBO", "given_names": "Awa", "birth": "1985-05"},
    "purpose": "school",
    "country": "Togo",
    "children": [{"first_name": "Koffi", "born": "2015-05-03"}, {"first_name": "Afi", "born": "2017"}],
}
ABROAD = {"text": "Pays : {country}.", "when": {"field": "purpose", "is": "equals", "value": "travel"}}


def test_a_paragraph_is_printed_only_when_its_condition_holds():
    assert letter("Motif : {purpose}.", ABROAD) == ["Motif : École."]
    assert letter("Motif : {purpose}.", ABROAD, purpose="travel") == ["Motif : Voyage.", "Pays : Togo."]


def test_a_paragraph_that_lacks_an_answer_is_left_out_whole():
    assert letter("Toujours.", "Chez {where}, le {filed_on}.", "Bureau : {office_address}.") == ["Toujours."]
    assert letter("Toujours.", "Pays : {country}.") == ["Toujours."], "the answer to a hidden question is no answer"


def test_a_part_of_an_answer_is_read_in_words():
    [said] = letter("{parent.given_names} {parent.surname}, naissance : {parent.birth}.")
    assert said == "Awa AGBO, naissance : mai 1985."
    assert letter("x", "{parent.given_names}.", parent={"surname": "AGBO", "given_names": None, "birth": None}) == ["x"]


def test_a_group_is_one_sentence():
    assert letter("Enfants : {children}.") == ["Enfants : Koffi, 3 mai 2015 ; Afi, vers 2017."]
    assert letter("x", "Enfants : {children}.", children=[]) == ["x"]


def test_what_looks_like_a_program_is_printed_as_it_was_typed():
    nasty = {"surname": "{% now 'Y' %}{{ 7|add:7 }}", "given_names": "{reference}", "birth": None}
    assert letter("{parent.surname} {parent.given_names}", parent=nasty) == ["{% now 'Y' %}{{ 7|add:7 }} {reference}"]
