import dataclasses
import datetime
import json

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from civil_status.documents.content import (
    REPERTOIRE,
    DocumentContent,
    Holder,
    UnprintableContent,
    clean_line,
)
from civil_status.documents.press import FONTS


def test_the_canonical_text_is_sorted_compact_and_comes_back_whole(frozen):
    text = frozen.canonical()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert DocumentContent.from_canonical(text) == frozen
    assert '"issued_on":"2026-11-23"' in text


def test_the_digest_changes_with_the_smallest_change(frozen):
    other = dataclasses.replace(frozen, valid_until=datetime.date(2027, 2, 24))
    assert other.digest() != frozen.digest()
    assert frozen.digest() == DocumentContent.from_canonical(frozen.canonical()).digest()


def test_text_is_composed_and_loses_what_cannot_be_seen():
    assert clean_line("E\u0301lo\u0323la\u202e\u200b\x07\u2066 \n  fin") == "Élọla fin"


def test_tones_of_fon_and_yoruba_survive():
    assert clean_line("Ɖɔ̀nanɖé Ẹniọlá ɛ̀ Ṣadé") == "Ɖɔ̀nanɖé Ẹniọlá ɛ̀ Ṣadé"


@pytest.mark.parametrize("text", ["Awa 😀", "Ива", "小川", "ﷺ"])
def test_a_character_the_fonts_cannot_draw_is_refused_by_name(text):
    with pytest.raises(UnprintableContent) as error:
        clean_line(text, part="Nom")
    assert "Nom" in error.value.messages[0]
    assert "U+" in error.value.messages[0]


def test_a_name_too_long_is_refused_and_never_cut(certificate):
    with pytest.raises(UnprintableContent, match="trop long"):
        dataclasses.replace(certificate, holder=Holder(surname="A" * 201)).cleaned()
    longest = dataclasses.replace(certificate, holder=Holder(surname="A" * 200)).cleaned()
    assert longest.holder.surname == "A" * 200


def test_a_paper_names_somebody(certificate):
    with pytest.raises(UnprintableContent, match="nom de la personne"):
        dataclasses.replace(certificate, holder=Holder(surname=" \u200b ")).cleaned()


def test_an_unknown_template_is_refused(certificate):
    with pytest.raises(UnprintableContent, match="n’existe pas"):
        dataclasses.replace(certificate, template="../etc/passwd").cleaned()


def test_empty_facts_are_left_out_and_the_order_is_kept(certificate):
    draft = dataclasses.replace(certificate, facts=(("B", "2"), ("vide", "  "), ("A", "1"))).cleaned()
    assert draft.facts == (("B", "2"), ("A", "1"))


@given(st.text(max_size=80))
def test_any_text_is_either_cleaned_for_good_or_refused(text):
    try:
        cleaned = clean_line(text)
    except UnprintableContent:
        return
    assert clean_line(cleaned) == cleaned


@pytest.mark.parametrize(
    ("holder", "masked"),
    [
        (Holder(surname="HOUNKPATIN", given_names="Sènan Aurore"), "H••••• S•"),
        (Holder(surname="SÈ"), "S•••••"),
        (Holder(surname="Ɖossou", given_names="ɔ̀lá"), "Ɖ••••• ɔ̀•"),
    ],
)
def test_the_masked_holder_gives_initials_and_not_lengths(holder, masked):
    assert holder.masked == masked


@pytest.mark.parametrize("name", ["NotoSans-Regular.ttf", "NotoSans-Bold.ttf"])
def test_the_bundled_fonts_draw_the_whole_repertoire(name):
    drawn = TTFont(FONTS / name).getBestCmap()
    missing = [hex(point) for first, last in REPERTOIRE for point in range(first, last + 1) if point not in drawn]
    assert missing == []
