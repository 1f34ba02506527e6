"""Questions are asked from data, answers kept as JSON, read back in words; what is wrong is said plainly."""

import json
import unicodedata

import pytest
import time_machine
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_app.catalogue.forms import (
    InvalidAnswers,
    answer_rows,
    clean_answers,
    field_labels,
    form_for_fields,
    form_for_step,
)
from tests.requests_app.catalogue.conftest import field, text, version_with

pytestmark = pytest.mark.usefixtures("places")

TODAY = "2026-11-23 10:00"


def ask(definition, **posted):
    """The form of one question, answered."""
    form = form_for_step(version_with(definition), 0, posted)
    form.is_valid()
    return form


def answer(definition, **posted):
    form = ask(definition, **posted)
    assert form.is_valid(), form.errors
    return form.answers()["q"]


def refusal(definition, **posted) -> str:
    form = ask(definition, **posted)
    assert not form.is_valid()
    return " ".join(form.errors["q"])


def words(definition, stored) -> str:
    [(_title, [(_label, value, _key)])] = answer_rows(version_with(definition), {"q": stored})
    return value


def day(*parts: str) -> dict[str, str]:
    return dict(zip(("q_day", "q_month", "q_year"), parts, strict=True))


# -- Texts ------------------------------------------------------------------------------------------


def test_200_kilobytes_of_text_are_refused_plainly_and_nothing_is_lost():
    typed = "é" * 100_000
    form = ask(field("q", "text"), q=typed)
    assert "100000" in form.errors["q"][0]
    assert "200 signes au plus" in form.errors["q"][0]
    assert typed in str(form["q"])


@pytest.mark.parametrize(("length", "accepted"), [(80, True), (81, False)])
def test_a_text_has_its_bound(length, accepted):
    assert ask(field("q", "text", max_length=80), q="a" * length).is_valid() is accepted


def test_the_length_is_judged_after_invisible_signs_are_gone():
    assert answer(field("q", "text", max_length=3), q="\u202eA\u200bw\u200ba ") == "Awa"


def test_only_invisible_signs_is_no_answer():
    assert refusal(field("q", "text"), q="\u200b\u202e \x00") == "Répondez à cette question."


@pytest.mark.parametrize("name", ["Ɖɛ̀ká", "N’DIAYE", "O’Neill Jean-Paul", "A"])
def test_a_name_is_kept_as_it_is_on_the_act(name):
    assert answer(field("q", "name"), q=name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", ["12345", "Awa2", "---", "?"])
def test_a_name_is_made_of_letters(name):
    assert "en lettres" in refusal(field("q", "name"), q=name)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["text", "name", "long_text", "integer", "phone", "email", "npi", "quartier"]), typed=st.text()
)
def test_naughty_text_never_breaks_a_question_and_what_is_stored_is_stable(kind, typed):
    version = version_with(field("q", kind))
    form = form_for_step(version, 0, {"q": typed})
    if not form.is_valid():
        assert form.errors["q"]
        assert str(form)
        return
    answers = json.loads(json.dumps(form.answers()))
    assert clean_answers(version, answers) == answers
    assert answer_rows(version, answers)[0][1][0][1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)))
def test_naughty_dates_never_break_a_question(parts):
    form = ask(field("q", "date"), **day(*parts))
    assert form.is_valid() or form.errors["q"]
    assert str(form)


# -- Numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "stored"), [("12", 12), (" 1 000 ", 1000), ("1\u202f000", 1000), ("0", 0)])
def test_a_whole_number_may_have_spaces(typed, stored):
    assert answer(field("q", "integer"), q=typed) == stored


@pytest.mark.parametrize("typed", ["douze", "1,5", "1.5", "9" * 5000, "1e3"])
def test_what_is_not_a_whole_number_is_said(typed):
    assert "nombre entier" in refusal(field("q", "integer"), q=typed) or typed == "9" * 5000


@pytest.mark.parametrize(("typed", "accepted"), [("0", False), ("1", True), ("12", True), ("13", False)])
def test_a_number_has_its_bounds(typed, accepted):
    assert ask(field("q", "integer", min=1, max=12), q=typed).is_valid() is accepted


def test_zero_is_an_answer():
    assert words(field("q", "integer"), 0) == "0"
    assert clean_answers(version_with(field("q", "integer")), {"q": 0}) == {"q": 0}


def test_a_year_is_not_cut_by_a_space_but_a_large_number_is():
    assert words(field("q", "integer"), 1962) == "1962"
    assert words(field("q", "integer"), 12500) == "12\u202f500"


# -- Dates ------------------------------------------------------------------------------------------


def test_a_date_is_three_boxes_and_no_calendar():
    html = str(ask(field("q", "date")))
    assert [f'name="q_{part}"' in html for part in ("day", "month", "year")] == [True] * 3
    assert 'type="date"' not in html


@pytest.mark.parametrize(
    ("parts", "stored"),
    [(("3", "5", "1962"), "1962-05-03"), (("03", "05", "1962"), "1962-05-03"), (("29", "2", "2024"), "2024-02-29")],
)
def test_a_date_is_kept_in_iso(parts, stored):
    assert answer(field("q", "date"), **day(*parts)) == stored


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("31", "2", "2026"), "Cette date n’existe pas : 31/2/2026"),
        (("29", "2", "2025"), "Cette date n’existe pas"),
        (("3", "13", "1999"), "Cette date n’existe pas"),
        (("trois", "5", "1999"), "en chiffres"),
        (("3", "5", "62"), "quatre chiffres"),
        (("3", "5", "0962"), "quatre chiffres"),
        (("3", "5", "9999"), "quatre chiffres"),
        (("3", "5", "19622"), "en chiffres"),
        (("", "5", "1962"), "manque le jour"),
        (("3", "", "1962"), "manque le mois"),
        (("3", "5", ""), "manque l’année"),
        (("", "", "1962"), "manque le jour et le mois"),
        (("", "", ""), "Répondez à cette question"),
    ],
)
def test_an_impossible_date_is_said_plainly_and_kept_on_the_page(parts, sentence):
    assert sentence in refusal(field("q", "date"), **day(*parts))
    html = str(ask(field("q", "date"), **day(*parts)))
    assert all(f'value="{part}"' in html for part in parts if part)


@time_machine.travel(TODAY)
@pytest.mark.parametrize(
    ("limit", "parts", "accepted"),
    [
        ("past", ("23", "11", "2026"), True),
        ("past", ("24", "11", "2026"), False),
        ("future", ("23", "11", "2026"), True),
        ("future", ("22", "11", "2026"), False),
    ],
)
def test_today_is_both_past_and_future_and_its_neighbours_are_not(limit, parts, accepted):
    assert ask(field("q", "date", limit=limit), **day(*parts)).is_valid() is accepted


@time_machine.travel("2026-11-22 23:30 +0000")
def test_today_is_today_in_cotonou():
    assert ask(field("q", "date", limit="past"), **day("23", "11", "2026")).is_valid()


@time_machine.travel(TODAY)
@pytest.mark.parametrize(("parts", "accepted"), [(("22", "1", "2027"), True), (("23", "1", "2027"), False)])
def test_a_date_may_be_bounded_in_days(parts, accepted):
    question = field("q", "date", limit="future", max_days=60)
    assert ask(question, **day(*parts)).is_valid() is accepted


@time_machine.travel(TODAY)
def test_a_year_alone_is_accepted_only_where_the_service_says_so():
    only_year = day("", "", "1962")
    assert answer(field("q", "date", limit="past", year_alone=True), **only_year) == "1962"
    assert "jour et le mois" in refusal(field("q", "date", limit="past"), **only_year)
    assert not ask(field("q", "date", limit="past", year_alone=True), **day("", "", "2027")).is_valid()


def test_dates_are_read_in_words():
    date = field("q", "date")
    assert words(date, "1962-05-03") == "3 mai 1962"
    assert words(date, "1962-05-01") == "1er mai 1962"
    assert words(date, "1962-05-21") == "21 mai 1962"
    assert words(date, "1962") == "vers 1962"
    with override("en"):
        assert words(date, "1962-05-01") == "1 May 1962"


# -- Phones, e-mail, NPI ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "01 97 00 00 00",
        "0197000000",
        "97 00 00 00",
        "97-00-00-00",
        "+229 01 97 00 00 00",
        "+22997000000",
        "00229 97000000",
    ],
)
def test_every_way_of_writing_a_number_of_benin_is_the_same_number(typed):
    assert answer(field("q", "phone"), q=typed) == "+2290197000000"


@pytest.mark.parametrize("typed", ["97 00 00 0", "97 00 00 00 0", "0297000000", "abc", "+229 12", "9" * 300])
def test_a_wrong_number_is_said_with_an_example(typed):
    assert "01 97 00 00 00" in refusal(field("q", "phone"), q=typed)


def test_a_number_of_another_country_keeps_its_code():
    assert answer(field("q", "phone"), q="+33 6 12 34 56 78") == "+33612345678"
    assert words(field("q", "phone"), "+33612345678") == "+33 6 12 34 56 78"
    assert words(field("q", "phone"), "+2290197000000") == "01\u00a097\u00a000\u00a000\u00a000"


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [("1234567890", True), ("1234 567 890", True), ("123456789", False), ("12345678901", False), ("123456789a", False)],
)
def test_an_npi_has_ten_figures(typed, accepted):
    assert ask(field("q", "npi"), q=typed).is_valid() is accepted


@pytest.mark.parametrize(("typed", "accepted"), [("awa@exemple.bj", True), ("awa@", False), ("awa exemple.bj", False)])
def test_an_email_is_complete(typed, accepted):
    assert ask(field("q", "email"), q=typed).is_valid() is accepted


# -- Choices, places ----------------------------------------------------------------------------------


def test_yes_and_no_are_both_answers_and_silence_is_not():
    assert answer(field("q", "yes_no"), q="yes") is True
    assert answer(field("q", "yes_no"), q="no") is False
    assert refusal(field("q", "yes_no"), q="maybe") == "Choisissez une réponse de la liste."
    assert refusal(field("q", "yes_no")) == "Répondez à cette question."
    assert [words(field("q", "yes_no"), value) for value in (True, False, None)] == ["Oui", "Non", "Non renseigné"]
    assert clean_answers(version_with(field("q", "yes_no")), {"q": False}) == {"q": False}


CHOICES = [{"value": "sale", "label": text("Achat", "Purchase")}, {"value": "gift", "label": text("Don", "Gift")}]


def test_a_choice_is_one_of_the_list_and_reads_in_both_languages():
    question = field("q", "choice", choices=CHOICES)
    assert answer(question, q="sale") == "sale"
    assert "liste" in refusal(question, q="theft")
    assert words(question, "gift") == "Don"
    with override("en"):
        assert words(question, "gift") == "Gift"


def test_the_same_quarter_name_in_two_boroughs_is_two_answers():
    question = field("q", "quartier")
    assert answer(question, q="5:Missité") == "5:Missité"
    assert answer(question, q="13:Missité") == "13:Missité"
    assert words(question, "13:Missité") == "Missité (13e arrondissement)"
    assert "liste" in refusal(question, q="6:Missité")
    assert "liste" in refusal(question, q="Missité")


def test_an_arrondissement_is_a_number_and_a_registration_office_a_borough_office():
    assert answer(field("q", "arrondissement"), q="5") == 5
    assert "liste" in refusal(field("q", "arrondissement"), q="14")
    assert answer(field("q", "registration_office"), q="arrondissement-13") == "arrondissement-13"
    assert words(field("q", "registration_office"), "arrondissement-13") == "Bureau du 13e arrondissement"
    assert "liste" in refusal(field("q", "registration_office"), q="etat-civil")


def test_a_declaration_must_be_ticked():
    assert answer(field("q", "declaration"), q="on") is True
    assert refusal(field("q", "declaration")) == "Cochez cette case pour continuer."
    with pytest.raises(InvalidAnswers):
        clean_answers(version_with(field("q", "declaration")), {"q": "true"})


# -- The whole ----------------------------------------------------------------------------------------

ANSWERS = {
    "surname": "AGBO",
    "given_names": None,
    "birth": "1962",
    "home": "5:Missité",
    "declaration": True,
}


def test_each_step_asks_its_own_questions_in_the_language_of_the_reader(version):
    form = form_for_step(version, 0)
    assert (form.title, list(form.fields)) == ("La personne", ["surname", "given_names", "birth"])
    with override("en"):
        form = form_for_step(version, 1)
        assert (form.title, form.fields["home"].label) == ("The request", "Question home in English")


@pytest.mark.parametrize("step", [2, -1])
def test_there_is_no_other_step(version, step):
    with pytest.raises(IndexError):
        form_for_step(version, step)


def test_coming_back_to_a_step_shows_what_was_answered(version):
    html = str(form_for_step(version, 0, answers=ANSWERS)) + str(form_for_step(version, 1, answers=ANSWERS))
    assert 'value="AGBO"' in html
    assert 'value="1962"' in html
    assert '<option value="5:Missité" selected>' in html
    assert "checked" in html


def test_a_form_posted_by_a_browser_gives_the_same_answers(version):
    first = form_for_step(version, 0, QueryDict("surname=AGBO&birth_year=1962"))
    second = form_for_step(version, 1, QueryDict("home=5:Missité&declaration=on"))
    assert first.is_valid()
    assert second.is_valid()
    assert first.answers() | second.answers() == ANSWERS


def test_everything_is_checked_again_on_submission(version):
    assert clean_answers(version, ANSWERS) == ANSWERS
    assert clean_answers(version, ANSWERS | {"intruder": "x"}) == ANSWERS
    with pytest.raises(InvalidAnswers) as caught:
        clean_answers(version, ANSWERS | {"surname": "", "home": "99:Nulle-Part"})
    assert (set(caught.value.errors), caught.value.step) == ({"surname", "home"}, 0)


@pytest.mark.parametrize("junk", [[], ["1"], {"a": 1}, 12, "x" * 10, True])
@pytest.mark.parametrize("key", sorted(ANSWERS))
def test_junk_in_a_saved_answer_is_an_error_beside_its_question_or_cleaned(version, key, junk):
    try:
        assert set(clean_answers(version, ANSWERS | {key: junk})) == set(ANSWERS)
    except InvalidAnswers as error:
        assert set(error.errors) == {key}  # noqa: PT017


def test_the_answers_are_read_step_by_step(version):
    assert answer_rows(version, ANSWERS) == [
        (
            "La personne",
            [
                ("Question surname", "AGBO", "surname"),
                ("Question given_names", "Non renseigné", "given_names"),
                ("Question birth", "vers 1962", "birth"),
            ],
        ),
        (
            "La demande",
            [
                ("Question home", "Missité (5e arrondissement)", "home"),
                ("Question declaration", "Oui", "declaration"),
            ],
        ),
    ]


def test_an_office_may_ask_again_for_some_questions_only(version):
    form = form_for_fields(version, ["home", "surname", "unknown"], answers=ANSWERS)
    assert list(form.fields) == ["surname", "home"]
    assert list(field_labels(version)) == list(ANSWERS)


def test_a_longer_form_costs_no_more_queries(version, django_assert_num_queries):
    with django_assert_num_queries(0):
        str(form_for_step(version, 0))
    with django_assert_num_queries(1):
        str(form_for_step(version, 1))
