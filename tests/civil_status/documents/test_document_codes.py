import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from arrondissements.codes import ALPHABET
from civil_status.documents.document_codes import (
    MalformedCode,
    index_of,
    lock,
    new_document_code,
    read_document_code,
    shown,
    unlock,
)

codes = st.builds(new_document_code)


@given(codes)
def test_a_code_is_read_however_it_is_typed(code):
    assert read_document_code(shown(code)) == code
    assert read_document_code(f"  {shown(code).lower().replace('0', 'o').replace('1', 'l')} ") == code


@given(codes)
def test_every_single_substitution_is_caught(code):
    for place in range(16):
        for symbol in ALPHABET.replace(code[place], ""):
            with pytest.raises(MalformedCode):
                read_document_code(code[:place] + symbol + code[place + 1 :])


@given(codes)
def test_every_adjacent_transposition_is_caught(code):
    for place in range(15):
        a, b = code[place : place + 2]
        if a != b:
            with pytest.raises(MalformedCode):
                read_document_code(code[:place] + b + a + code[place + 2 :])


def test_the_control_two_errors_that_cancel_out_are_not_caught():
    # 1·1 + 2·0 = 1·… : the check symbol is not a signature, the table answers "unknown" for these.
    assert read_document_code("2000000000000002") != read_document_code("0100000000000002")


@pytest.mark.parametrize("text", ["", "1234", "0" * 15, "0" * 17, "É" * 16, "U000000000000000", "0" * 5000])
def test_what_is_not_a_code_is_refused(text):
    with pytest.raises(MalformedCode):
        read_document_code(text)


def test_the_index_depends_on_a_key_kept_outside_the_database(settings):
    code = new_document_code()
    first = index_of(code)
    assert first == index_of(code)
    settings.DOCUMENT_CODE_KEY = "another key of forty characters, at least"
    assert index_of(code) != first


def test_the_locked_code_opens_with_its_key_only(settings):
    code = new_document_code()
    locked = lock(code)
    assert code not in locked
    assert unlock(locked) == code
    settings.DOCUMENT_CODE_KEY = "another key of forty characters, at least"
    with pytest.raises(InvalidToken):
        unlock(locked)
