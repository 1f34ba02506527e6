"""What is typed loses its traps and keeps its letters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.catalogue.plain_text import one_line, paragraphs


@pytest.mark.parametrize("name", ["AGBODJÈDO Kɔkú", "Ɖɛ̀ká Ɔlá", "Ọlọ́run Ṣẹ́gun", "d’ALMEIDA Jean-Paul", "王小明"])
def test_the_letters_of_cotonou_survive(name):
    assert one_line(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("AWA\u202eGNITNUOM", "AWAGNITNUOM"),
        ("A\u200bW\ufeffA", "AWA"),
        ("A\x00W\x1bA\x7f", "AWA"),
        ("  Awa \t\u00a0 Rékia\r\nDOSSA ", "Awa Rékia DOSSA"),
        ("e\u0301te\u0301", "été"),
        ("e\u200d\u0301", "é"),
        ("\ud800abc", "abc"),
        ("\u2066\u2069", ""),
    ],
)
def test_invisible_signs_go(typed, kept):
    assert one_line(typed) == kept


def test_a_long_text_keeps_its_lines():
    assert paragraphs("Un\r\ndeux\rtrois\u2028quatre\n") == "Un\ndeux\ntrois\nquatre"


@given(st.text(alphabet=st.characters()))
def test_any_text_comes_out_storable_and_stays_as_it_is_the_second_time(text):
    for clean in (one_line, paragraphs):
        once = clean(text)
        assert clean(once) == once == unicodedata.normalize("NFC", once)
        once.encode()
        assert not {unicodedata.category(sign) for sign in once} & {"Cf", "Cs"}
        assert "\x00" not in once


@given(st.text(alphabet=st.characters(categories=["L", "N"])))
def test_no_letter_or_figure_is_ever_lost(text):
    assert one_line(text) == unicodedata.normalize("NFC", text)
