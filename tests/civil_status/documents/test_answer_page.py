"""The answer's page is laid out for nobody and filled in for each visit."""

import datetime
import re

import pytest
from django.utils.html import escape
from django.utils.translation import override

from arrondissements.marks import MARK
from civil_status.documents.answer_page import answer_page
from civil_status.documents.document_codes import new_document_code, shown
from civil_status.documents.verification import UNKNOWN, Answer, Verification

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 23)


def about(number="N°0001/2026", status=Answer.VALID, holder="H••••• S•", **more):
    facts = {"type": "Certificat de vie", "issued_on": DAY, "office": "Bureau du 1er arrondissement"}
    return Verification(status, number=number, holder_masked=holder, **facts | more)


ALL = [
    about(),
    about(valid_until=DAY),
    about(status=Answer.EXPIRED, valid_until=DAY),
    about(status=Answer.REVOKED, ended_on=DAY),
    about(status=Answer.REPLACED, ended_on=DAY, replaced_by="N°0002/2026"),
    UNKNOWN,
]


@pytest.mark.parametrize("answer", ALL, ids=lambda answer: str(answer.status))
def test_every_word_of_the_answer_is_in_its_page_and_no_mark_is_left(answer):
    code = new_document_code()
    page = answer_page(answer, code)
    assert shown(code) in page
    assert f'data-code="{code}"' in page
    assert not MARK.search(page)
    for word in (answer.number, answer.type, answer.holder_masked, answer.office, answer.replaced_by):
        assert word is None or escape(word) in page
    if answer is not UNKNOWN:
        assert "23 novembre 2026" in page


def test_a_page_says_nothing_of_the_visit_before():
    first, second = new_document_code(), new_document_code()
    answer_page(about("N°0001/2026", holder="A••••• B•"), first)
    page = answer_page(about("N°0002/2026", holder="C••••• D•"), second)
    for before in (first, shown(first), "N°0001/2026", "A•••••"):
        assert before not in page


def test_what_a_document_says_is_text_and_never_markup():
    page = answer_page(about(office="<script>alert(1)</script>", holder="zqcodeqz"), new_document_code())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "zqcodeqz" in page  # a word is put in place once and not read again


def test_the_page_is_kept_in_each_language():
    code = new_document_code()
    french = answer_page(UNKNOWN, code)
    with override("en"):
        english = answer_page(UNKNOWN, code)
    assert re.search('<html lang="fr"', french)
    assert re.search('<html lang="en"', english)
    assert f"/en/v/{shown(code)}" in french
