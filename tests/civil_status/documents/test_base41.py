import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil_status.documents import base41
from civil_status.documents.qr import _ALPHANUMERIC

VECTORS = [(b"", ""), (b"\x00", "00"), (b"\xff", "69"), (b"\x00\x01", "001"), (b"\xff\xff", "+:H"), (b"CTN1", "AAGB*9")]


@pytest.mark.parametrize(("data", "text"), VECTORS)
def test_the_vectors_of_the_format(data, text):
    assert base41.encode(data) == text
    assert base41.decode(text) == data


@given(st.binary(max_size=400))
def test_every_byte_comes_back(data):
    assert base41.decode(base41.encode(data)) == data


@given(st.binary(min_size=1, max_size=60))
def test_every_symbol_is_alphanumeric_for_a_qr_and_legal_in_a_fragment(data):
    text = base41.encode(data)
    assert _ALPHANUMERIC.fullmatch(text)
    assert not set(text) & set(" %/.#?")


@pytest.mark.parametrize("text", ["0", "0000", "zzz", "A/B", ":::", "::", "É00", "00 "])
def test_what_encode_cannot_have_written_is_refused(text):
    with pytest.raises(ValueError):
        base41.decode(text)
