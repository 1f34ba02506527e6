"""Money, dates, phones and places are written the way people of Cotonou read them."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from portal.component_gallery import STATES, SampleForm, samples
from portal.templatetags.portal_tags import clock, long_date, money, ordinal, phone, state_icon, state_tone
from requests_app.catalogue.models import LifeEvent
from requests_app.states import State

DAY = dt.date(2026, 11, 23)


def test_money_does_not_break_at_the_end_of_a_line():
    assert money(2500) == "2\u202f500\u00a0F\u00a0CFA"
    assert money(500) == "500\u00a0F\u00a0CFA"
    assert money(1250000) == "1\u202f250\u202f000\u00a0F\u00a0CFA"


def test_dates_are_written_in_full():
    with override("fr"):
        assert long_date(DAY) == "lundi 23 novembre 2026"
    with override("en"):
        assert long_date(DAY) == "Monday 23 November 2026"
    assert long_date(None) == ""


def test_a_moment_is_dated_in_cotonou():
    late = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)
    with override("fr"):
        assert long_date(late) == "mardi 24 novembre 2026"


@pytest.mark.parametrize("number", ["+2290197000000", "0197000000", "01 97 00 00 00", "002290197000000"])
def test_phones_are_written_in_pairs(number):
    expected = "01\u00a097\u00a000\u00a000\u00a000"
    assert phone(number) == (expected if not number.startswith("00229") else number)


@pytest.mark.parametrize("number", ["+33612345678", "7054", ""])
def test_other_phones_are_left_alone(number):
    assert phone(number) == number


def test_hours_are_written_as_people_say_them():
    with override("fr"):
        assert clock(dt.time(8)) == "8\u00a0h"
        assert clock(dt.time(12, 30)) == "12\u00a0h\u00a030"
    with override("en"):
        assert clock(dt.time(8)) == "8:00"


def test_the_first_borough_is_1er_and_the_eleventh_11th():
    with override("fr"):
        assert [ordinal(1), ordinal(2)] == ["1<sup>er</sup>", "2<sup>e</sup>"]
    with override("en"):
        assert [ordinal(n) for n in (1, 2, 3, 11, 13)] == [
            "1<sup>st</sup>",
            "2<sup>nd</sup>",
            "3<sup>rd</sup>",
            "11<sup>th</sup>",
            "13<sup>th</sup>",
        ]


def test_every_state_of_a_request_has_a_tone_and_an_icon_of_its_own():
    from portal.icons import STATES as DRAWN

    assert {state.value for state in State} <= set(DRAWN)
    assert state_tone("REJECTED") == "bad-tone"
    assert state_icon("valid") == "check"
    assert state_tone("whatever") == "quiet"


def test_every_moment_of_life_has_its_icon():
    from portal.icons import LIFE_EVENTS, PATHS

    assert set(LIFE_EVENTS) == set(LifeEvent.values)
    assert set(LIFE_EVENTS.values()) <= set(PATHS)


def test_an_error_is_named_on_top_and_beside_its_field():
    form = SampleForm({"name": "", "phone": "0197000000", "choice": "", "district": "5"})
    summary = render_to_string("components/errors.html", {"form": form})
    assert '<a href="#id_name">' in summary
    assert '<a href="#champ-choice">' in summary
    field = render_to_string("components/field.html", {"field": form["name"]})
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert 'id="id_name_error"' in field
    assert 'aria-invalid="true"' in field
    group = render_to_string("components/field.html", {"field": form["choice"]})
    assert 'id="champ-choice"' in group
    assert "<legend>" in group


def test_a_form_without_error_has_no_summary():
    form = SampleForm({"name": "A", "phone": "1", "choice": "me", "district": "5", "sure": "on"})
    assert render_to_string("components/errors.html", {"form": form}).strip() == ""


def test_an_optional_field_says_so_and_a_required_one_does_not():
    form = SampleForm()
    assert "(facultatif)" in render_to_string("components/field.html", {"field": form["story"]})
    assert "(facultatif)" not in render_to_string("components/field.html", {"field": form["name"]})


@pytest.mark.parametrize(
    ("amount", "status", "words"),
    [(0, "FREE", "Gratuit"), (2500, "CONFIRMED", "2\u202f500"), (None, "TO_CONFIRM", "à confirmer par la mairie")],
)
def test_a_fee_is_said_in_words(amount, status, words):
    assert words in render_to_string("components/fee.html", {"amount": amount, "status": status})


def test_pages_of_a_list_keep_the_filters():
    request = RequestFactory().get("/", {"q": "é & b", "page": "2"})
    shown = render_to_string("components/pagination.html", {"page_obj": samples()["page_obj"]}, request)
    assert 'href="?q=%C3%A9+%26+b&amp;page=3"' in shown


def test_each_state_of_the_gallery_has_its_word():
    for state, label in STATES:
        shown = render_to_string("components/status.html", {"state": state, "label": label})
        assert str(label) in shown
        assert "<svg" in shown
