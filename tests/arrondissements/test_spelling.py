"""Names as they are heard: the spellings of one name meet, and two names stay two."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrondissements.spelling import LONGEST_SOUND, fold, openings, sound, sounds

SAME = [
    ("Koffi", "Coffi"), ("Koffi", "Kofi"), ("Kossi", "Cossi"), ("Houngbédji", "Hounbedji"), ("Hounbédji", "Houmbédji"),
    ("Adjovi", "Ajovi"), ("Dossou", "Dossu"), ("Ahouansou", "Ahwansou"), ("Ahouansou", "Awansou"),
    ("Xavier", "Gzavier"), ("Xavier", "Zavier"), ("Kpɔ́dji", "Kpodji"), ("Kouassi", "Kwassi"), ("Tchibozo", "Chibozo"),
    ("Quenum", "Kenum"), ("Gbaguidi", "Gbagidi"), ("Gnonlonfoun", "Nyonlonfoun"), ("Assogba", "Asogba"),
    ("Xwlacodji", "Houlacodji"), ("Houessou", "Wessou"), ("Mensah", "Mensa"), ("Joseph", "Josef"),
    ("Cécile", "Sécile"), ("Paul", "Pol"), ("Yves", "Ives"), ("François", "Fransois"), ("ƉƆSU", "Dossou"),
    ("Alexis", "Aleksis"), ("d’Almeida", "D'Almeïda"), ("d’Almeida", "Dalmeida"), ("Akplogan", "Aplogan"),
    ("Sènan", "Senan"), ("Fiacre", "Fiakre"), ("Théophile", "Téofile"), ("Noëlle", "Noelle"),
]  # fmt: skip
DIFFERENT = [
    ("Koffi", "Kossi"), ("Adjovi", "Adjovè"), ("Adjovi", "Adjavi"), ("Dossou", "Dossa"), ("Dossou", "Tossou"),
    ("Houngbédji", "Houngbo"), ("Zinsou", "Sinsou"), ("Kouassi", "Kassi"), ("Ablawa", "Ablavi"), ("Afi", "Afia"),
    ("Codjo", "Codjia"), ("Sossa", "Sossou"), ("Agossa", "Agossou"), ("Mensah", "Mansah"), ("Yao", "Yawa"),
    ("Houessou", "Houssou"), ("Tchibozo", "Tibozo"), ("Kpossou", "Bossou"), ("Gbédo", "Kpédo"), ("Georges", "Djorge"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_name_are_heard_alike(one, other):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_names_stay_two(one, other):
    assert sound(one) != sound(other)


def test_a_whole_name_is_heard_word_by_word_each_once():
    assert sounds("Dossou-Yovo  Dossu, Awa") == [sound("Dossou"), sound("Yovo"), sound("Awa")]


@pytest.mark.parametrize("text", ["", "  ", "12", "–", "'", "٣", "漢字"])
def test_what_has_no_letter_has_no_sound(text):
    assert sound(text) == ""
    assert sounds(text) == []


# Syllables as names of the town are made of, each with the ways they are written.
SPELLINGS = [
    ["kou", "ku", "cou"], ["ko", "co", "cco"], ["dji", "ji", "djih"], ["gbè", "be", "gbé"], ["ssou", "su", "sou"],
    ["houa", "wa", "oua"], ["tcha", "cha", "sha"], ["kpo", "po", "kpɔ́"], ["ffi", "fi", "phi"], ["gno", "nyo", "nio"],
    ["zin", "zinn"], ["la", "lah", "là"], ["vi", "vy"], ["dè", "ɖe", "de"],
]  # fmt: skip
written_twice = st.lists(
    st.sampled_from(SPELLINGS).flatmap(lambda ways: st.tuples(st.sampled_from(ways), st.sampled_from(ways))),
    min_size=1,
    max_size=5,
)


@given(written_twice)
def test_a_name_written_in_two_ways_is_heard_once(syllables):
    one, other = ("".join(way) for way in zip(*syllables, strict=True))
    assert sound(one) == sound(other)


@given(st.text(max_size=60))
def test_a_sound_is_a_few_small_letters(text):
    assert all("a" <= letter <= "z" for letter in sound(text))
    assert len(sound(text)) <= LONGEST_SOUND


@given(st.text(st.characters(categories=["L"], max_codepoint=0x2FF), max_size=30))
def test_case_and_how_accents_are_stored_change_nothing(text):
    assert sound(text.title()) == sound(text.title().lower())
    assert sound(unicodedata.normalize("NFD", text)) == sound(unicodedata.normalize("NFC", text))


@given(written_twice, st.integers(1, 20))
def test_the_beginning_of_a_name_is_the_beginning_of_its_sound(syllables, typed):
    name = fold("".join(way for way, _other in syllables))
    begun = openings(name[:typed])
    assert not begun or sound(name).startswith(tuple(begun))


@pytest.mark.parametrize(
    ("typed", "names"), [("Hounb", ["Houngbédji", "Hounbo"]), ("cof", ["Koffi", "Kofia"]), ("Ko", ["Koffi", "Kouassi"])]
)
def test_a_name_may_be_only_begun(typed, names):
    assert openings(typed)
    assert all(sound(name).startswith(tuple(openings(typed))) for name in names)


@pytest.mark.parametrize(("typed", "name"), [("Houngbédja", "Houngbédji"), ("Kos", "Koffi"), ("Adjove", "Adjovi")])
def test_the_beginning_of_another_name_is_not_that_of_this_one(typed, name):
    assert not sound(name).startswith(tuple(openings(typed)))


@pytest.mark.parametrize("typed", ["", "K", "Kp", "12"])
def test_too_little_typed_opens_nothing(typed):
    assert openings(typed) == []
