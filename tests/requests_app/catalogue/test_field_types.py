"""Each kind of field takes what people type, keeps it in one form, says it in words, and refuses with a sentence."""

import pytest
from django.utils.translation import override

from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.forms import answer_rows, as_posted, clean_answers, form_for_step
from tests.requests_app.catalogue.conftest import field, text, version_with

pytestmark = pytest.mark.usefixtures("places")

LINKED = [
    {
        "value": "trade",
        "label": text("Commerce"),
        "choices": [{"value": "food", "label": text("Vivres")}, {"value": "cloth", "label": text("Tissus")}],
    },
    {"value": "craft", "label": text("Artisanat"), "choices": [{"value": "food", "label": text("Cuisine")}]},
    {"value": "other", "label": text("Autre")},
]
PAPERS = [{"value": value, "label": text(value.title())} for value in ("cip", "passport", "licence")]


def ask(definition, **posted):
    form = form_for_step(version_with(definition), 0, {name.replace("__", "-"): text for name, text in posted.items()})
    form.is_valid()
    return form


def answer(definition, **posted):
    form = ask(definition, **posted)
    assert form.is_valid(), form.errors
    stored = form.answers()["q"]
    # What is kept can be checked again as it was posted, whatever the type.
    assert clean_answers(version_with(definition), {"q": stored}) == {"q": stored}
    assert str(form)
    return stored


def refusal(definition, **posted) -> str:
    form = ask(definition, **posted)
    assert not form.is_valid()
    assert str(form)
    return " ".join(form.errors["q"])


def words(definition, stored) -> str:
    [(_title, [(_label, value, _key)])] = answer_rows(version_with(definition), {"q": stored})
    return value


# -- Numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"), [("2,50", "2.50"), ("2.5", "2.5"), ("007", "7"), (" 1 000,25 ", "1000.25"), ("0", "0")]
)
def test_a_decimal_is_kept_exactly(typed, stored):
    assert answer(field("q", "decimal"), q=typed) == stored


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("deux", "en chiffres"),
        ("1e3", "en chiffres"),
        ("1,2,3", "en chiffres"),
        ("²", "en chiffres"),
        ("٣", "en chiffres"),
        ("1,234", "2 chiffres au plus après la virgule"),
        ("-1", "0 au moins"),
        ("10,01", "10 au plus"),
        ("9" * 400, "en chiffres"),
    ],
)
def test_a_decimal_out_of_its_bounds_is_refused_plainly(typed, sentence):
    assert sentence in refusal(field("q", "decimal", max=10), q=typed)


def test_a_decimal_has_the_comma_of_the_language_and_its_unit():
    question = field("q", "decimal", unit="m²")
    assert words(question, "12500.50") == "12\u202f500,50\u00a0m²"
    with override("en"):
        assert words(question, "2.50") == "2.50\u00a0m²"


@pytest.mark.parametrize("typed", ["2500", "2 500", "2\u202f500 F CFA", "2500fcfa", "2500 XOF"])
def test_an_amount_is_whole_francs(typed):
    assert answer(field("q", "amount"), q=typed) == 2500
    assert words(field("q", "amount"), 2500) == "2\u202f500\u00a0F\u00a0CFA"


@pytest.mark.parametrize(
    ("typed", "sentence"), [("2,5", "en francs"), ("mille", "en francs"), ("99", "100 au moins"), ("-5", "en francs")]
)
def test_an_amount_that_is_not_francs_is_refused(typed, sentence):
    assert sentence in refusal(field("q", "amount", min=100), q=typed)


def test_no_franc_at_all_is_an_answer():
    assert answer(field("q", "amount"), q="0") == 0


# -- Dates and hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "stored", "said"),
    [
        (("", "", "1962"), "1962", "vers 1962"),
        (("", "5", "1962"), "1962-05", "mai 1962"),
        (("3", "5", "1962"), "1962-05-03", "3 mai 1962"),
    ],
)
def test_a_date_is_given_as_far_as_it_is_known(parts, stored, said):
    day, month, year = parts
    question = field("q", "approximate_date")
    assert answer(question, q_day=day, q_month=month, q_year=year) == stored
    assert words(question, stored) == said


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("3", "", "1962"), "manque le mois"),
        (("", "5", ""), "manque l’année"),
        (("", "13", "1962"), "n’existe pas"),
        (("", "12", "2090"), "quatre chiffres"),
        (("", "12", "2050"), "pas encore passée"),
    ],
)
def test_a_date_that_cannot_be_is_refused_even_when_it_is_rough(parts, sentence):
    day, month, year = parts
    assert sentence in refusal(field("q", "approximate_date", limit="past"), q_day=day, q_month=month, q_year=year)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("14:30", "14:30"), ("14h30", "14:30"), ("8 h", "08:00"), ("8", "08:00"), ("0h05", "00:05"), ("8 H 05", "08:05")],
)
def test_an_hour_is_typed_as_people_say_it(typed, stored):
    assert answer(field("q", "time"), q=typed) == stored


@pytest.mark.parametrize("typed", ["24:00", "14:60", "midi", "14:3", "1430h"])
def test_an_hour_that_is_not_one_is_refused(typed):
    assert "14 h 30" in refusal(field("q", "time"), q=typed)


def test_an_hour_is_read_as_people_say_it():
    assert [words(field("q", "time"), hour) for hour in ("14:30", "08:00")] == ["14\u00a0h\u00a030", "8\u00a0h"]


# -- Numbers of papers ---------------------------------------------------------------------------------


def test_an_ifu_has_thirteen_figures():
    assert answer(field("q", "ifu"), q="3 2012 1234 5678") == "3201212345678"
    assert "13 chiffres" in refusal(field("q", "ifu"), q="320121234567")
    assert "13 chiffres" in refusal(field("q", "ifu"), q="32012123456789")
    assert words(field("q", "ifu"), "3201212345678") == "3\u00a02012\u00a01234\u00a05678"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("RB/COT/25 A 111231", "RB/COT/25 A 111231"),
        ("RB/Cot/07 B 827", "RB/COT/07 B 827"),
        ("rb-cot-07-b-827", "RB/COT/07 B 827"),
        ("RBCOT07B827", "RB/COT/07 B 827"),
    ],
)
def test_a_trade_register_number_is_written_one_way(typed, stored):
    assert answer(field("q", "rccm"), q=typed) == stored


@pytest.mark.parametrize("typed", ["RB/COT/25 111231", "TG/LOM/25 A 1", "RB/COT/25 A", "RB" + "/" * 200])
def test_another_number_is_not_a_trade_register_number(typed):
    assert "RB/COT/25 A 111231" in refusal(field("q", "rccm"), q=typed)


# -- Choices ------------------------------------------------------------------------------------------


def test_several_answers_are_kept_in_the_order_of_the_list():
    question = field("q", "choices", choices=PAPERS, max=2)
    assert answer(question, q=["licence", "cip"]) == ["cip", "licence"]
    assert "2 réponses au plus" in refusal(question, q=["licence", "cip", "passport"])
    assert "1 réponse au plus" in refusal(question | {"max": 1}, q=["licence", "cip"])
    assert "2 réponses au moins" in refusal(question | {"min": 2}, q=["cip"])
    assert "liste" in refusal(question, q=["licence", "moon"])
    assert "Répondez" in refusal(question, q=[])
    assert words(question, ["cip", "licence"]) == "Cip, Licence"


def test_no_box_ticked_is_no_answer_when_none_is_needed():
    assert answer(field("q", "choices", choices=PAPERS, required=False), q=[]) is None


def test_the_second_choice_goes_with_the_first():
    question = field("q", "linked_choice", choices=LINKED)
    assert answer(question, q_first="trade", q_second="trade:food") == {"first": "trade", "second": "food"}
    assert answer(question, q_first="", q_second="craft:food") == {"first": "craft", "second": "food"}
    assert answer(question, q_first="other", q_second="") == {"first": "other", "second": None}
    assert "ne vont pas ensemble" in refusal(question, q_first="craft", q_second="trade:food")
    assert "seconde" in refusal(question, q_first="trade", q_second="")
    assert "liste" in refusal(question, q_first="craft", q_second="craft:cloth")
    assert "liste" in refusal(question, q_first="moon", q_second="")
    assert words(question, {"first": "craft", "second": "food"}) == "Artisanat – Cuisine"
    assert TYPES["linked_choice"].part_in_words(question, {"first": "craft", "second": "food"}, "second") == "Cuisine"


# -- Places -------------------------------------------------------------------------------------------


def test_a_quarter_of_another_arrondissement_is_refused():
    question = field("q", "place")
    assert answer(question, q_arrondissement="13", q_quartier="13:Missité") == "13:Missité"
    assert answer(question, q_arrondissement="", q_quartier="5:Missité") == "5:Missité"
    assert "n’est pas dans l’arrondissement" in refusal(question, q_arrondissement="5", q_quartier="13:Missité")
    assert "le quartier" in refusal(question, q_arrondissement="5", q_quartier="")
    assert "liste" in refusal(question, q_arrondissement="5", q_quartier="5:Nulle-Part")
    assert words(question, "13:Missité") == "Missité (13e arrondissement)"


def test_an_address_is_a_quarter_and_what_helps_to_find_it():
    question = field("q", "address")
    given = answer(question, q__quartier="5:Missité", q__landmark="face à la pharmacie", q__house="Lot 12")
    assert given == {"quartier": "5:Missité", "landmark": "face à la pharmacie", "street": None, "house": "Lot 12"}
    assert words(question, given) == "Lot 12, face à la pharmacie, Missité (5e arrondissement)"
    assert "Repère : Donnez un repère" in refusal(question, q__quartier="5:Missité")
    assert "Quartier : Répondez" in refusal(question, q__landmark="derrière l’école")


def test_a_point_of_the_map_is_in_benin_or_in_words():
    question = field("q", "map_point")
    assert answer(question, q__lat="6,37031234", q__lng="2.39") == {"lat": 6.37031, "lng": 2.39, "words": None}
    assert answer(question, q__words="après le caniveau")["words"] == "après le caniveau"
    assert "Longitude : Donnez la latitude et la longitude" in refusal(question, q__lat="6,37")
    assert "pas au Bénin" in refusal(question, q__lat="48,85", q__lng="2,35")
    assert "en chiffres" in refusal(question, q__lat="nord", q__lng="2,35")
    assert "Répondez" in refusal(question, q__words=" ")
    assert words(question, {"lat": 6.37, "lng": 2.39, "words": None}) == "6.37000, 2.39000"


# -- People and acts ------------------------------------------------------------------------------------


def test_a_person_may_have_one_name_and_a_rough_birth():
    question = field("q", "person")
    given = answer(question, q__surname="Dossou", q__birth_year="1962")
    assert given == {"surname": "Dossou", "given_names": None, "birth": "1962"}
    assert words(question, given) == "Dossou, naissance : vers 1962"
    assert TYPES["person"].part_in_words(question, given, "given_names") == ""
    assert "Nom de famille : Répondez" in refusal(question, q__given_names="Awa")
    assert "Date de naissance : Cette date n’est pas encore passée" in refusal(
        question, q__surname="Dossou", q__birth_year="2050"
    )


def test_a_person_who_is_not_needed_may_be_left_out_whole():
    question = field("q", "person", required=False)
    assert answer(question, q__surname=" ", q__birth_year="") is None
    assert "Nom de famille" in refusal(question, q__given_names="Awa")


def test_an_act_is_found_by_its_office_its_year_and_its_number():
    question = field("q", "record_reference")
    given = answer(question, q__office="arrondissement-5", q__year="1998", q__number="1187")
    assert given == {"office": "arrondissement-5", "year": 1998, "register": None, "number": "1187"}
    assert words(question, given) == "N° 1187 de 1998 – Bureau du 5e arrondissement"
    assert "Année de l’acte" in refusal(question, q__office="arrondissement-5", q__year="98", q__number="1")


# -- Layout and files -----------------------------------------------------------------------------------


def test_a_heading_and_an_explanation_are_read_and_never_answered():
    version = version_with(field("title", "heading"), field("why", "explanation", help=text("Parce que.")))
    form = form_for_step(version, 0, {})
    assert form.is_valid()
    assert form.answers() == {}
    assert "Question title" in str(form["title"])
    assert "Parce que." in str(form["why"])
    assert answer_rows(version, {}) == []


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("file", "Joignez ce fichier."),
        ("photo", "Joignez ce fichier."),
        ("signature", "Signez, ou joignez la photo de votre signature."),
    ],
)
def test_a_file_is_what_the_server_holds_and_never_what_the_browser_says(kind, sentence):
    version = version_with(field("q", kind))
    assert form_for_step(version, 0, {"q": "7", "q_held": "7"}).errors["q"] == [sentence]
    form = form_for_step(version, 0, {"q": "7"}, answers={"q": [3, 4]})
    assert form.is_valid()
    assert form.answers() == {"q": [3, 4]}
    assert clean_answers(version, {"q": [3]}) == {"q": [3]}
    assert as_posted(version.steps[0]["fields"], {"q": [3]}) == {}
