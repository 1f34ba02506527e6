"""References people read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrondissements.codes import ALPHABET, MalformedCode, check_symbol, clean_code, new_code, show_code

BODIES = st.text(alphabet=ALPHABET, min_size=8, max_size=15)


def test_a_new_code_is_read_back_as_it_was_given():
    code = new_code(9)
    assert clean_code(show_code(code), 9) == code


def test_a_code_is_read_whatever_the_case_spaces_and_look_alikes():
    body = "10AB1C0D"
    code = body + check_symbol(body)
    assert clean_code(f" lOab-ic od {code[-1].lower()} ", 9) == code


@given(BODIES, st.data())
def test_every_single_substitution_is_caught(body, data):
    code = body + check_symbol(body)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([s for s in ALPHABET if s != code[place]]))
    with pytest.raises(MalformedCode):
        clean_code(code[:place] + other + code[place + 1 :], len(code))


@given(BODIES, st.data())
def test_every_adjacent_transposition_is_caught(body, data):
    code = body + check_symbol(body)
    place = data.draw(st.integers(0, len(body) - 2))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped == code:
        assert clean_code(swapped, len(code)) == code
    else:
        with pytest.raises(MalformedCode):
            clean_code(swapped, len(code))


@pytest.mark.parametrize("text", ["", "K7M2", "K7M2X4TDBZ", "UUUUUUUUU", "é" * 9, "<script>x", "\0" * 9])
def test_what_is_no_code_is_refused_before_any_query(text):
    with pytest.raises(MalformedCode):
        clean_code(text, 9)
