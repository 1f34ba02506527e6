"""Conditions, fees, routing, flow and papers that cannot work are refused at their place; their near misses hold."""

import copy
import datetime
from typing import Any

import pytest
from django.utils import timezone

from requests_app.catalogue.conditions import DEEPEST
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.faults.document import missing_warnings
from requests_app.catalogue.samples import sample_answers
from requests_app.catalogue.schema import DefinitionError, definition_faults, validate_definition
from requests_app.catalogue.shape import MOST_FIELDS
from tests.requests_app.catalogue.conftest import DEFINITION, field, text

pytestmark = pytest.mark.usefixtures("places")


def choice(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": text(value)} for value in values]


PURPOSE = field("purpose", "choice", choices=choice("school", "travel", "other"))
COPIES = field("copies", "integer", min=1, max=20)
CHILDREN = field("children", "group", fields=[field("first_name", "name"), field("born", "date")])


def rich(*more: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The small service with a purpose, a number of copies and `more` in its first step."""
    definition = copy.deepcopy(DEFINITION) | parts
    definition["form"]["steps"][0]["fields"] += [copy.deepcopy(PURPOSE), copy.deepcopy(COPIES), *more]
    return definition


def at(definition: dict[str, Any]) -> dict[str, str]:
    return {fault.place: fault.sentence for fault in definition_faults(definition)}


def when(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": name, "is": operator} | ({} if value is None else {"value": value}) | more


NOW = "form.steps[0].fields[5]"


@pytest.mark.parametrize(
    ("condition", "place", "words"),
    [
        (when("nobody", "answered"), "when.field", "n’est pas une question"),
        (when("home", "answered"), "when.field", "ne se lit pas ici"),
        (when("purpose.first", "answered"), "when.field", "pas de partie"),
        (when("purpose", "greater", "school"), "when.is", "Cette comparaison ne va pas"),
        (when("purpose", "equals", "holiday"), "when.value", "réponse possible"),
        (when("purpose", "in", "school"), "when.value", "liste de réponses"),
        (when("purpose", "in", []), "when.value", "liste de réponses"),
        (when("purpose", "in", ["school", "holiday"]), "when.value", "holiday"),
        (when("purpose", "equals"), "when.value", "Il manque la valeur"),
        (when("purpose", "answered", "school"), "when.value", "se passent de valeur"),
        (when("copies", "greater", "three"), "when.value", "pas une réponse à une question de la sorte"),
        (when("copies", "equals", True), "when.value", "pas une réponse à une question de la sorte"),
        (when("birth", "age_at_least", 17.5), "when.value", "en années"),
        (when("birth", "age_at_least", 18, on="surname"), "when.on", "question de date"),
        (when("copies", "at_least", 2, on="birth"), "when.on", "calculer un âge"),
        (when("birth", "less", "1962-13-01"), "when.value", "pas une réponse à une question de la sorte"),
        (when("extra", "answered"), "when", "« extra » → « extra »"),
        ({"all": [when("purpose", "equals", "nothing")]}, "when.all[0].value", "nothing"),
        ({"any": []}, "when.any", "à remplir"),
        ({"not": []}, "when", "not"),
    ],
)
def test_a_condition_that_cannot_be_judged_is_refused(condition, place, words):
    said = at(rich(field("extra", "text", when=condition)))
    assert words in said[f"{NOW}.{place}"]


@pytest.mark.parametrize(
    "condition",
    [
        when("purpose", "in", ["school", "travel"]),
        when("copies", "at_least", 2),
        when("birth", "age_below", 18),
        when("birth", "at_least", "1962"),
        when("given_names", "empty"),
        {"any": [when("purpose", "equals", "travel"), {"all": [when("copies", "less", 3), when("birth", "answered")]}]},
    ],
)
def test_a_condition_that_can_be_judged_holds(condition):
    validate_definition(rich(field("extra", "text", when=condition)))


def test_a_circle_of_conditions_is_named():
    definition = rich(
        field("first", "text", when=when("third", "answered")),
        field("second", "text", when=when("first", "answered")),
        field("third", "text", when=when("second", "answered")),
        field("outside", "text", when=when("third", "answered")),
    )
    assert at(definition) == {
        "form.steps[0].fields[5].when": "Ces questions s’attendent l’une l’autre : "
        "« first » → « third » → « second » → « first »."
    }


def test_a_chain_that_does_not_close_is_no_circle():
    definition = rich(
        field("first", "text"),
        field("second", "text", when=when("first", "answered")),
        field("third", "text", when={"all": [when("second", "answered"), when("first", "answered")]}),
    )
    validate_definition(definition)


def test_a_step_depends_on_the_steps_before_it_only():
    definition = rich()
    definition["form"]["steps"][1]["when"] = when("home", "answered")
    assert "ne se lit pas ici" in at(definition)["form.steps[1].when.field"]
    definition["form"]["steps"][1]["when"] = when("purpose", "equals", "travel")
    validate_definition(definition)


def nested(levels: int) -> dict[str, Any]:
    condition = when("purpose", "equals", "travel")
    for _ in range(levels - 1):
        condition = {"all": [condition]}
    return condition


def test_a_condition_has_four_floors_at_most():
    validate_definition(rich(field("extra", "text", when=nested(DEEPEST))))
    assert "trop d’étages" in at(rich(field("extra", "text", when=nested(DEEPEST + 1))))[f"{NOW}.when"]


def test_a_bottomless_condition_is_refused_and_not_followed():
    assert "trop d’étages" in at(rich(field("extra", "text", when=nested(5000))))[""]


def test_a_form_asks_two_hundred_questions_at_most_over_all_its_steps():
    def steps(each: int) -> dict[str, Any]:
        definition = rich(document={}, document_template="", signatory_role="", mode="PREPARED_HERE")
        definition["form"]["steps"] += [
            {"title": text("x"), "fields": [field(f"f{step}_{n}", "text") for n in range(each)]} for step in range(4)
        ]
        return definition

    assert f"{MOST_FIELDS} au plus" in at(steps(50))["form"]
    validate_definition(steps(48))


@pytest.mark.parametrize("name", ["relire", "csrfmiddlewaretoken", "message"])
def test_a_question_does_not_take_a_name_of_the_page(name):
    assert "réservé" in at(rich(field(name, "text")))[f"{NOW}.key"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[A-Z", "crochet"),
        ("(A-Z", "parenthèse"),
        (r"(.)\1", "renvois"),
        ("(?=a)b", "spéciaux"),
        ("a{5000}", "répétitions"),
        ("((a{1,90}){1,90}){1,90}", "répétitions"),
        ("a++", "répétitions"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern, words):
    said = at(rich(field("plate", "text", pattern=pattern, pattern_message=text("Comme sur la plaque."))))
    assert words in said[f"{NOW}.pattern"]


def test_a_pattern_is_explained_by_a_message():
    assert "expliqué" in at(rich(field("plate", "text", pattern="[A-Z]{2}")))[f"{NOW}.pattern_message"]
    assert "Il manque" in at(rich(field("plate", "text", pattern_message=text("x"))))[f"{NOW}.pattern_message"]
    validate_definition(
        rich(field("plate", "text", pattern=r"[A-Z]{2} ?\d{4} ?(RB|BJ)?", pattern_message=text("Comme sur la plaque.")))
    )


FEE = {
    "key": "stamp",
    "label": text("Timbre"),
    "kind": "base",
    "legal_basis": text("Délibération à confirmer"),
    "from": "2026-01-01",
    "amount": 500,
}
EXEMPTION = {"reason": text("r"), "legal_basis": text("b"), "from": "2026-01-01"}
SLABS = [{"up_to": 10, "amount": 1000}, {"up_to": 50, "amount": 3000}, {"up_to": None, "amount": 9000}]
KNOWN = {"fee_amount": 500, "fee_status": "CONFIRMED"}


@pytest.mark.parametrize(
    ("fee", "parts", "place", "words"),
    [
        ({"when": when("nobody", "answered")}, {}, ".when.field", "n’est pas une question"),
        ({"until": "2025-12-31"}, {}, ".until", "finit avant"),
        ({"from": "2026-02-30"}, {}, ".from", "n’est pas une date"),
        ({"kind": "per_copy"}, {}, ".quantity", "nombre entier"),
        ({"kind": "per_copy", "quantity": "surname"}, {}, ".quantity", "nombre entier"),
        ({"quantity": "copies"}, {}, ".quantity", "ne se multiplie pas"),
        ({"kind": "slab", "quantity": "copies", "slabs": SLABS}, {}, ".amount", "n’a pas de « montant en F CFA »"),
        ({"shares": [{"beneficiary": text("Mairie"), "percent": 60}]}, {}, ".shares", "60 pour cent"),
        (
            {"exemptions": [EXEMPTION | {"when": when("purpose", "equals", "x")}]},
            {},
            ".exemptions[0].when.value",
            "réponse possible",
        ),
    ],
)  # fmt: skip
def test_a_fee_that_cannot_be_computed_is_refused(fee, parts, place, words):
    said = at(rich(fees=[FEE | fee], **parts))
    assert words in said[f"fees[0]{place}"]


def without(thing: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name not in names}


def test_a_line_without_amount_only_while_the_fee_is_to_be_confirmed():
    validate_definition(rich(fees=[without(FEE, "amount")]))
    assert "Il manque le montant" in at(rich(fees=[without(FEE, "amount")], **KNOWN))["fees[0].amount"]
    validate_definition(rich(fees=[FEE], **KNOWN))


@pytest.mark.parametrize(
    ("bounds", "place"),
    [
        ([10, 5, None], "[1]"),
        ([10, 10, None], "[1]"),
        ([None, 20], "[1]"),
        ([10, None, None], "[1]"),
        ([10, 20], "[1]"),
    ],
)
def test_slabs_go_up_and_the_last_is_open(bounds, place):
    slabs = [{"up_to": bound, "amount": 100} for bound in bounds]
    fee = without(FEE, "amount") | {"kind": "slab", "quantity": "copies", "slabs": slabs}
    assert f"fees[0].slabs{place}.up_to" in at(rich(fees=[fee]))
    validate_definition(rich(fees=[fee | {"slabs": SLABS}]))


def test_a_free_service_computes_no_fee():
    assert "gratuite" in at(rich(fees=[FEE], fee_amount=0, fee_status="FREE"))["fees"]


def routed(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return rich(routing={"rules": list(rules), "default": "etat-civil"} | more)


BY_HOME = DEFINITION["routing"]["rules"][0]
CENTRAL = {"by": "central", "office": "etat-civil", "reason": text("x"), "when": when("purpose", "equals", "travel")}


def test_a_rule_with_a_condition_is_checked_as_any_condition():
    validate_definition(routed(CENTRAL, BY_HOME))
    bad = CENTRAL | {"when": when("purpose", "equals", "moon")}
    assert "réponse possible" in at(routed(bad))["routing.rules[0].when.value"]


def test_a_sample_lands_where_it_is_said():
    good = [
        {"answers": {"home": "5:Missité", "purpose": "school"}, "office": "arrondissement-5"},
        {"answers": {"home": "5:Missité", "purpose": "travel"}, "office": "etat-civil"},
        {"answers": {}, "office": "etat-civil"},
    ]
    validate_definition(routed(CENTRAL, BY_HOME, samples=good))
    bad = [good[0] | {"office": "arrondissement-13"}]
    said = at(routed(CENTRAL, BY_HOME, samples=bad))["routing.samples[0].office"]
    assert "« arrondissement-5 » et non « arrondissement-13 »" in said
    assert (
        "nobody"
        in at(routed(samples=[{"answers": {"nobody": 1}, "office": "etat-civil"}]))["routing.samples[0].answers"]
    )
    assert "la-lune" in at(routed(samples=[{"answers": {}, "office": "la-lune"}]))["routing.samples[0].office"]


OPINION = {"office": "etat-civil", "question": text("?"), "days": 5}


@pytest.mark.parametrize(
    ("flow", "place", "words"),
    [
        ({"opinions": [OPINION | {"office": "la-lune"}]}, "flow.opinions[0].office", "n’existe pas"),
        ({"opinions": [OPINION] * 2}, "flow.opinions[1].office", "un seul"),
        ({"delivery": ["download", "download"]}, "flow.delivery", "deux fois"),
        ({"delivery": []}, "flow.delivery", "à remplir"),
        ({"four_eyes": True}, "flow.four_eyes", "sans document"),
        ({"appointment_note": text("x")}, "flow.appointment_note", "rendez-vous"),
        ({"overflow": {"after_days": 2}}, "flow.overflow", ""),
        ({"overflow": {"basis": text("x"), "after_days": 61}}, "flow.overflow.after_days", "60"),
        ({"overflow": {"basis": text("x"), "after_days": 2}, "appointment": True}, "flow.overflow", "rendez-vous"),
        ({"silence": {"after_days": 5, "effect": "acceptance"}}, "flow.silence.effect", "un rappel au bureau"),
    ],
)  # fmt: skip
def test_a_course_that_cannot_be_followed_is_refused(flow, place, words):
    assert words in at(rich(flow=flow))[place]


def test_who_is_not_eligible_is_sent_to_an_address_that_can_be_trusted():
    rule = {"when": when("purpose", "equals", "travel"), "message": text("Non."), "where": text("Ailleurs.")}
    for url in ("", "/services/", "https://service-public.bj"):
        validate_definition(rich(eligibility=[rule | {"url": url}]))
    for url in ("http://a.bj", "//a.bj", "javascript:alert(1)", "/\\a.bj"):
        assert "https://" in at(rich(eligibility=[rule | {"url": url}]))["eligibility[0].url"]


# -- Groups and lists --------------------------------------------------------------------------


def grouped(*inner: dict[str, Any], **options: Any) -> dict[str, Any]:
    return rich(field("children", "group", fields=list(inner), **options))


@pytest.mark.parametrize("kind", ["file", "photo", "signature", "group", "heading", "explanation"])
def test_a_group_holds_only_what_can_be_asked_again_and_again(kind):
    assert "Un groupe ne contient pas" in at(grouped(field("inner", kind)))[f"{NOW}.fields[0].type"]


def test_in_a_group_a_condition_reads_the_same_item_only():
    inside = field("school", "text", when=when("age", "at_least", 6))
    validate_definition(grouped(field("age", "integer"), inside))
    outside = field("school", "text", when=when("purpose", "equals", "school"))
    assert "ne se lit pas ici" in at(grouped(field("age", "integer"), outside))[f"{NOW}.fields[1].when.field"]


def test_the_questions_of_a_group_have_different_names_and_no_circle():
    assert "deux fois" in at(grouped(field("age", "integer"), field("age", "text")))[f"{NOW}.fields[1].key"]
    validate_definition(grouped(field("surname", "name")))  # the near miss: a name of the form outside
    looping = grouped(field("a", "text", when=when("b", "answered")), field("b", "text", when=when("a", "answered")))
    assert "« a » → « b » → « a »" in at(looping)[f"{NOW}.fields[0].when"]


def test_a_group_has_questions_and_limits_that_agree():
    assert "au moins une question" in at(rich(field("children", "group")))[f"{NOW}.fields"]
    assert "minimum dépasse" in at(grouped(field("age", "integer"), min_items=3, max_items=2))[f"{NOW}.min_items"]


def test_linked_lists_have_a_second_level_and_other_lists_have_none():
    two = [{"value": "a", "label": text("A"), "choices": choice("x", "y")}, *choice("b")]
    validate_definition(rich(field("trade", "linked_choice", choices=two)))
    assert "second niveau" in at(rich(field("trade", "linked_choice", choices=choice("a", "b"))))[f"{NOW}.choices"]
    assert "Seules les listes liées" in at(rich(field("trade", "choice", choices=two)))[f"{NOW}.choices[0].choices"]
    twice = [two[0] | {"choices": choice("x", "x")}, *choice("b")]
    assert "deux fois" in at(rich(field("trade", "linked_choice", choices=twice)))[f"{NOW}.choices[0].choices"]


def test_a_condition_reads_a_level_of_a_linked_list():
    two = field(
        "trade",
        "linked_choice",
        choices=[{"value": "a", "label": text("A"), "choices": choice("x", "y")}, *choice("b")],
    )
    validate_definition(rich(two, field("extra", "text", when=when("trade.second", "equals", "y"))))
    wrong = rich(two, field("extra", "text", when=when("trade.first", "equals", "y")))
    assert "réponse possible" in at(wrong)["form.steps[0].fields[6].when.value"]
    whole = rich(two, field("extra", "text", when=when("trade", "equals", "a")))
    assert "Possible : « est vide », « est rempli »" in at(whole)["form.steps[0].fields[6].when.is"]


def test_a_file_and_a_piece_do_not_share_a_name():
    assert "deux fois" in at(rich(field("identity", "file")))["evidence[0].key"]


# -- Papers ------------------------------------------------------------------------------------


def printed(*body: Any, **more: Any) -> dict[str, Any]:
    definition = rich()
    definition["document"] = definition["document"] | {"body": list(body)} | more
    return definition


ALWAYS = "Il est certifié que {surname} habite ici."


@pytest.mark.parametrize(
    "body",
    [
        "{% for child in children %}{{ child }}{% endfor %}",
        "{{ surname }}",
        "{# rien #}",
        "{%if surname%}",
        "${surname}",
        "<% surname %>",
        "<?php echo 1 ?>",
        "{ % for % }",
    ],
)
def test_a_template_with_a_loop_is_refused(body):
    assert "n’est pas un programme" in at(printed(body))["document.body[0]"]


@pytest.mark.parametrize(
    "body", ["{surname", "surname}", "{Surname}", "{surname!r}", "{surname:>100000000}", "{surname[0]}", "{}"]
)
def test_braces_hold_a_name_and_nothing_else(body):
    assert "document.body[0]" in at(printed(body))


def test_a_tag_is_a_question_a_part_or_a_fact():
    for tag in ("nobody", "surname.first", "constructor", "office.code"):
        assert "ni une question" in at(printed(ALWAYS, f"{{{tag}}}"))["document.body[1]"]
    for fact in ("reference", "filed_on", "office", "signatory", "signatory_title", "today", "applicant", "town_hall"):
        validate_definition(printed(ALWAYS, f"{{{fact}}}"))


def test_a_question_named_as_a_fact_cannot_be_printed():
    definition = printed(ALWAYS, "Vu {office}.")
    definition["form"]["steps"][0]["fields"].append(field("office", "text"))
    assert "renommez" in at(definition)["document.body[1]"]


def test_a_paper_has_a_paragraph_that_is_always_printed():
    conditional = {"text": ALWAYS, "when": when("purpose", "equals", "travel")}
    assert "toujours imprimé" in at(printed(conditional))["document.body"]
    assert "toujours imprimé" in at(printed("Né le {birth}."))["document.body"]
    validate_definition(printed(conditional, ALWAYS))


def test_publishing_tells_which_answers_may_be_missing():
    definition = printed(ALWAYS, "Né le {birth}, prénoms {given_names}.", "Bureau : {office_address}.")
    assert [(fault.place, fault.sentence.split(" peut")[0]) for fault in missing_warnings(definition)[:2]] == [
        ("document.body[1]", "La réponse « birth »"),
        ("document.body[1]", "La réponse « given_names »"),
    ]
    assert missing_warnings(definition)[2].place == "document.body[2]"
    assert missing_warnings(printed(ALWAYS, "Pour {purpose}.")) == []
    asked_twice = printed(ALWAYS, "Pour {reason}.")
    asked_twice["form"]["steps"][0]["fields"].append(field("reason", "text", soft_required=True))
    assert len(missing_warnings(asked_twice)) == 1


def test_a_question_with_a_condition_may_be_missing_unless_the_paragraph_has_the_same():
    trip = when("purpose", "equals", "travel")

    def told(paragraph: Any) -> list[Fault]:
        definition = printed(ALWAYS, paragraph)
        definition["form"]["steps"][0]["fields"].append(field("country", "text", when=trip))
        validate_definition(definition)
        return missing_warnings(definition)

    assert len(told("Pays : {country}.")) == 1
    assert len(told({"text": "Pays : {country}.", "when": when("copies", "at_least", 2)})) == 1
    assert told({"text": "Pays : {country}.", "when": trip}) == []
    assert told({"text": "Pays : {country}.", "when": {"all": [trip, when("copies", "at_least", 2)]}}) == []
    assert told({"text": "Pays : {country}.", "when": when("country", "answered")}) == []
    assert len(told({"text": "Pays : {country}.", "when": when("country", "differs", "x")})) == 1


def test_the_holder_of_a_paper_always_has_a_name():
    assert (
        "toujours"
        in at(printed(ALWAYS, holder={"surname": "given_names", "given_names": "surname"}))["document.holder.surname"]
    )
    assert "document.holder.birth" in at(
        printed(ALWAYS, holder={"surname": "surname", "given_names": "surname", "birth": "surname"})
    )


# -- Samples -----------------------------------------------------------------------------------


def test_sample_answers_are_plausible_and_the_same_each_time():
    definition = rich(field("plate", "text", pattern=r"[A-Z]{2} \d{4}", pattern_message=text("x")))
    today = timezone.localdate()
    first = sample_answers(definition, today=today)
    assert first == sample_answers(definition, today=today)
    assert first != sample_answers(definition, 1, today=today)
    assert set(first) == {"surname", "given_names", "birth", "purpose", "copies", "plate", "home", "declaration"}
    assert datetime.date.fromisoformat(first["birth"]) < today


def test_a_sample_answers_only_what_is_asked():
    hidden = field(
        "extra", "text", when={"all": [when("purpose", "equals", "travel"), when("purpose", "equals", "school")]}
    )
    assert "extra" not in sample_answers(rich(hidden))


def test_a_fault_knows_its_place_in_pieces():
    fault = Fault("form.steps[0].fields[2].label", "Non.")
    assert fault.path == ("form", "steps", 0, "fields", 2, "label")
    assert str(fault) == "form.steps[0].fields[2].label : Non."
    with pytest.raises(DefinitionError) as caught:
        validate_definition({})
    assert [str(fault) for fault in caught.value.faults] == caught.value.sentences
