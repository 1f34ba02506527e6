"""What an editor writes is warned about, with a place, a sentence and an advice; nothing stops her."""

import json
from pathlib import Path

import pytest
from django.utils.translation import override

from requests_app.catalogue import lint
from requests_app.catalogue.effort import SECONDS, minutes_to_fill_in
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.lint import figures_of, remarks_of
from requests_app.catalogue.readability import reading_of, syllables_of
from tests.requests_app.catalogue.conftest import field, text

SERVICES = Path(lint.__file__).parent / "data" / "services"


@pytest.fixture(autouse=True)
def _in_french():
    with override("fr"):
        yield


def codes(definition):
    return {(remark.place, remark.code) for remark in remarks_of(definition)}


def first_step(definition):
    return definition["form"]["steps"][0]


# -- Reading level --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("chat", 1), ("table", 1), ("tables", 1), ("naissance", 2), ("mairie", 2), ("école", 2), ("document", 3),
        ("demandent", 2), ("agent", 2), ("arrondissement", 5), ("le", 1), ("CIP", 3), ("2026", 4), ("ɖɛkpɛ", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_by_ear(word, count):
    assert syllables_of(word) == count


def test_the_score_is_the_formula_of_kandel_and_moles():
    reading = reading_of("Le chat dort. Il a bien mangé. La nuit est douce et calme.")
    assert (reading.words, reading.sentences, reading.syllables) == (13, 3, 14)
    assert reading.score == pytest.approx(207 - 1.015 * 13 / 3 - 73.6 * 14 / 13)


def test_a_text_of_a_few_words_is_not_judged():
    assert reading_of("Nom de famille").score is None
    assert reading_of("").score is None


def test_an_administrative_sentence_is_harder_than_a_plain_one():
    hard = reading_of(
        "Nonobstant les dispositions réglementaires susvisées, l’administration communale se réserve la possibilité "
        "d’exiger la production de justificatifs complémentaires."
    )
    plain = reading_of("Vous n’avez pas la carte ? Venez au bureau. Nous vous dirons quoi faire, et ce que ça coûte.")
    assert hard.score < 50 < 70 < plain.score


def test_a_hard_summary_and_a_long_sentence_are_named_at_their_place(definition):
    definition["summary"]["fr"] = (
        "L’administration communale procède à l’instruction réglementaire des sollicitations formulées "
        "électroniquement par les administrés."
    )
    definition["where_to_go"] = text("Allez au bureau " + "et puis au marché " * 8)
    assert ("summary", "hard_text") in codes(definition)
    assert ("where_to_go", "long_sentence") in codes(definition)
    assert ("", "hard_whole") in codes(definition)


# -- Length ---------------------------------------------------------------------------------------


def test_every_type_of_question_has_a_weight():
    assert SECONDS.keys() >= TYPES.keys()


def test_more_questions_take_longer_and_conditional_ones_half(definition):
    short = minutes_to_fill_in(definition)
    first_step(definition)["fields"] += [field(f"more{i}", "long_text") for i in range(4)]
    longer = minutes_to_fill_in(definition)
    for one in first_step(definition)["fields"][-4:]:
        one["when"] = {"field": "surname", "is": "answered"}
    assert short < minutes_to_fill_in(definition) < longer


def test_a_group_counts_for_two_items(definition):
    alone = minutes_to_fill_in(definition)
    first_step(definition)["fields"].append(field("children", "group", fields=[field("x", "long_text")]))
    assert minutes_to_fill_in(definition) - alone == 2


def test_an_orientation_takes_no_time():
    assert minutes_to_fill_in({"form": {}}) == 0


def test_a_long_step_is_warned_about_and_the_limit_is_not(definition):
    fields = first_step(definition)["fields"]
    fields += [field(f"more{i}", "yes_no") for i in range(lint.MOST_QUESTIONS_PER_STEP - len(fields))]
    assert ("form.steps[0]", "long_step") not in codes(definition)
    fields.append(field("note", "explanation"))
    assert ("form.steps[0]", "long_step") not in codes(definition)
    fields.append(field("one_more", "yes_no"))
    assert ("form.steps[0]", "long_step") in codes(definition)


def test_a_long_form_says_how_many_minutes(definition):
    first_step(definition)["fields"] += [field(f"more{i}", "long_text") for i in range(15)]
    [remark] = [one for one in remarks_of(definition) if one.code == "long_form"]
    assert f"environ {minutes_to_fill_in(definition)} minutes" in remark.sentence
    assert remark.advice


# -- Personal data, translations, help, pieces ------------------------------------------------------


def test_personal_data_are_counted_by_class(definition):
    first_step(definition)["fields"] += [
        field("phone", "phone", personal="contact"),
        field("colour", "text", personal="none"),
    ]
    figures = figures_of(definition)
    assert figures.personal["identity"] == 2
    assert figures.personal["contact"] == 1
    assert figures.personal_total == 3


def test_much_personal_data_is_warned_about(definition):
    first_step(definition)["fields"] += [field(f"who{i}", "text", personal="family") for i in range(lint.MOST_PERSONAL)]
    assert ("form", "much_personal") in codes(definition)


def test_a_name_without_class_and_a_sensitive_question_without_reason(definition):
    fields = first_step(definition)["fields"]
    fields.append(field("illness", "text", personal="sensitive"))
    assert {("form.steps[0].fields[0]", "unclassed"), ("form.steps[0].fields[3]", "sensitive_unexplained")} <= codes(
        definition
    )
    fields[0]["personal"] = "identity"
    fields[3] |= {"help": text("Pour adapter l’accueil.", "To adapt."), "retention_days": 90}
    assert not {place for place, code in codes(definition) if code in ("unclassed", "sensitive_unexplained")} & {
        "form.steps[0].fields[0]",
        "form.steps[0].fields[3]",
    }


def test_missing_and_repeated_translations(definition):
    definition["title"] = {"fr": "Un titre", "en": "Un titre"}
    definition["summary"] = {"fr": "Un résumé."}
    first_step(definition)["title"] = {"fr": "Date", "en": "Date"}
    found = codes(definition)
    assert {("title", "same_text"), ("summary", "untranslated")} <= found
    assert ("form.steps[0].title", "same_text") not in found


def test_questions_that_need_help_and_pieces_that_need_an_example(definition):
    fields = first_step(definition)["fields"]
    fields += [field("npi", "npi"), field("code", "text", pattern="[A-Z]+"), field("why", "text")]
    found = {place for place, code in codes(definition) if code in ("no_help", "no_example")}
    assert found == {"form.steps[0].fields[3]", "form.steps[0].fields[4]", "evidence[0]"}
    fields[3]["help"] = text("Au dos de la carte.", "On the back.")
    definition["evidence"][0]["example"] = text("La carte entière.", "The whole card.")
    found = {place for place, code in codes(definition) if code in ("no_help", "no_example")}
    assert found == {"form.steps[0].fields[4]"}


def test_the_questions_of_a_group_are_looked_at_too(definition):
    first_step(definition)["fields"].append(field("children", "group", fields=[field("npi", "npi")]))
    assert ("form.steps[0].fields[3].fields[0]", "no_help") in codes(definition)


def test_a_paragraph_that_an_answer_may_leave_out_is_told(definition):
    definition["document"]["body"].append("Né le {birth}.")
    assert ("document.body[1]", "missing_answer") in codes(definition)
    first_step(definition)["fields"][2]["required"] = True
    assert "missing_answer" not in {code for _place, code in codes(definition)}


@pytest.mark.parametrize("unfinished", [{}, {"form": {}}, {"form": {"steps": [{"fields": [{"key": "a"}]}]}}])
def test_an_unfinished_definition_is_looked_at_without_a_fall(unfinished):
    remarks_of(unfinished)
    figures_of(unfinished)


@pytest.mark.parametrize("file", sorted(SERVICES.glob("*.json")), ids=lambda file: file.stem)
def test_every_remark_on_the_services_of_the_town_hall_says_where_what_and_how(file):
    for remark in remarks_of(json.loads(file.read_text(encoding="utf-8"))):
        assert remark.sentence.endswith(".")
        assert remark.advice.endswith(".")
