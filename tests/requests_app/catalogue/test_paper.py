"""What is printed comes from the version and the answers, in French, whoever reads the screen."""

import pytest
from django.utils.translation import override

from requests_app.catalogue.evidence import missing_pieces, most_files
from requests_app.catalogue.paper import fill, paper_of
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
