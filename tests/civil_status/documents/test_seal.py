import dataclasses
import datetime

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from civil_status.documents import base41, qr, seal
from civil_status.documents.content import Holder

KEY = ec.derive_private_key(0xC07091, ec.SECP256R1())
PUBLIC = KEY.public_key()
KID = seal.key_id(PUBLIC)
CODE = "0123456789ABCDEF"
DIGEST = bytes(range(16))


def sealed(content, **changes) -> bytes:
    return seal.seal_content(content, digest=DIGEST, **{"code": CODE, "key": KEY, "kid": KID} | changes)


def test_the_vector_of_the_frozen_format(frozen):
    """Paper outlives programs: if this fails, documents already printed no longer verify."""
    data = sealed(frozen)
    assert KID == "4b18e149"
    assert base41.encode(data) == (
        "K5:ORM5WFAGH3WEB8TDJ4Q1T31*IBZB:VQY47D$7K47QF7QL78EAABCXQ9+17K4AAI0D4RNH0JERPR0P00XYB0KC:QAY+TV*"
        "AGGB4-H+FK:DMR3JM*EYEUSSTWS50CSB3EY4TWS13DB5*1BIC45G22EY81FA2150010CN0P40*Q1971LT1YA25WDI1L5UZ27"
        "+N+F-34KBX4ES:SU+7FGOCR-BV6P*LXPY2+AAQWFE+JXHUKMI7CEE4IJJEF9ICCE*:I+NTF1O0YAV8KGH4V6463F:A"
    )
    assert cbor2.loads(data)[0].hex() == "a2012604" + "44" + KID


def test_the_claims_say_what_is_printed(frozen):
    claims = seal.check(sealed(frozen), code=CODE, key=PUBLIC)
    assert claims == {
        0: 20,
        1: "N°0001/2026/MCOT/A01/CV",
        2: (datetime.date(2026, 11, 23) - datetime.date(1900, 1, 1)).days,
        3: (datetime.date(2027, 2, 23) - datetime.date(1900, 1, 1)).days,
        4: 1,
        5: "HOUNGBÉDJI",
        6: "Ɖɔ̀nanɖé Ṣadé",
        7: (datetime.date(1951, 4, 17) - datetime.date(1900, 1, 1)).days,
        8: "Ouidah",
        9: 2,
        13: DIGEST,
    }


def test_a_birth_year_alone_is_a_negative_number(frozen):
    holder = Holder(surname="SÈ", birth_year=1951)
    content = dataclasses.replace(frozen, draft=dataclasses.replace(frozen.draft, holder=holder))
    assert seal.claims_of(content, DIGEST)[seal.BIRTH] == -1951


def test_a_kind_made_without_a_developer_is_named_in_the_free_line(frozen):
    claims = seal.claims_of(dataclasses.replace(frozen, kind="certificat-nouveau"), DIGEST)
    assert (claims[seal.TYPE], claims[seal.ESSENTIAL]) == (2, "Certificat de vie")


def test_sealing_twice_gives_the_same_bytes(frozen):
    assert sealed(frozen) == sealed(frozen)


@pytest.mark.parametrize("place", range(0, 180, 7))
def test_one_altered_bit_anywhere_is_refused(frozen, place):
    data = bytearray(sealed(frozen))
    data[place % len(data)] ^= 1
    with pytest.raises(seal.Altered):
        seal.check(bytes(data), code=CODE, key=PUBLIC)


def test_a_seal_pasted_beside_another_code_is_refused(frozen):
    data = sealed(frozen)
    assert seal.check(data, code=CODE, key=PUBLIC)
    with pytest.raises(seal.Altered):
        seal.check(data, code="0123456789ABCDE0", key=PUBLIC)


def test_a_seal_of_another_key_is_refused(frozen):
    other = ec.derive_private_key(7, ec.SECP256R1())
    with pytest.raises(seal.Altered):
        seal.check(sealed(frozen, key=other), code=CODE, key=PUBLIC)


def test_a_seal_of_another_city_is_refused(frozen, settings):
    data = sealed(frozen)
    settings.DOCUMENT_CODE_PREFIX = "bj-ailleurs"
    with pytest.raises(seal.Altered):
        seal.check(data, code=CODE, key=PUBLIC)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x84", b"\x9f" * 300, cbor2.dumps([b"", {}, b"", b""]), b"\xff" * 40])
def test_bytes_that_are_no_seal_are_refused_quietly(data):
    with pytest.raises(seal.Altered):
        seal.check(data, code=CODE, key=PUBLIC)


def test_bytes_after_the_seal_are_refused(frozen):
    with pytest.raises(seal.Altered):
        seal.check(sealed(frozen) + b"\x00", code=CODE, key=PUBLIC)


def version_of(content) -> int:
    return qr.version_for(seal.segments(content.site, CODE, sealed(content)))


def test_an_ordinary_certificate_stays_small(frozen):
    assert version_of(frozen) <= 11


def test_above_version_13_the_digest_goes_first(frozen):
    parents = ("ADJOVI-KPÈDÉKPO Codjo Gérard Théophile Mahugnon", "HOUNGBÉDJI-AGBODJAN Afiavi Régina Immaculée Sourou")
    holder = Holder(
        surname="ADJOVI-KPÈDÉKPO de SOUZA HOUNGBÉDJI",
        given_names="Marie-Immaculée Ɖɔ̀nanɖé Sèwanou Emmanuella",
        birth_place="Abomey-Calavi (Atlantique)",
    )
    content = dataclasses.replace(frozen, draft=dataclasses.replace(frozen.draft, holder=holder, parents=parents))
    claims = seal.check(sealed(content), code=CODE, key=PUBLIC)
    assert seal.DIGEST not in claims
    assert claims[seal.SURNAME] == holder.surname
    assert parents[0].startswith(claims[seal.PARENT_1])
    assert version_of(content) <= seal.LARGEST_VERSION


def test_the_longest_names_still_fit_version_15(frozen):
    holder = Holder(surname="Ɖɔ̀" * 66, given_names="ɛ̀ọ́" * 50, birth_place="ẹ" * 200, birth_year=1900)
    draft = dataclasses.replace(
        frozen.draft, holder=holder, parents=("ọ́" * 100, "ɛ̀" * 100), act_reference="Ṣ" * 80, essential="ẹ" * 160
    )
    content = dataclasses.replace(frozen, draft=draft.cleaned())
    assert version_of(content) <= seal.LARGEST_VERSION
    claims = seal.check(sealed(content), code=CODE, key=PUBLIC)
    assert holder.surname.startswith(claims[seal.SURNAME])
    assert len(claims[seal.SURNAME]) >= 40
