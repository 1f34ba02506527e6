"""The page of a step without any script: files, groups, questions that appear. Nothing typed is lost."""

import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.demo.cases import picture
from requests_app import filing, workflow
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import definition_of, new_version, publish
from requests_app.models import Evidence, ServiceRequest
from tests.requests_app.catalogue.conftest import field, text
from tests.requests_app.citizen import LIFE, begun, filled, page, sent

pytestmark = pytest.mark.django_db


def asks(*steps, **parts):
    """Give the certificate of life a version with these steps before its own."""
    service = Service.objects.get(slug=LIFE)
    definition = copy.deepcopy(definition_of(service.current)) | parts
    own = definition["form"]["steps"]
    definition["form"]["steps"] = [
        {"title": text(title), "fields": fields} | more
        for title, fields, more in (one if len(one) == 3 else (*one, {}) for one in steps)
    ] + own
    return publish(new_version(service, definition))


def answers_of(case):
    return ServiceRequest.objects.get(pk=case.pk).answers


# -- Questions that appear ----------------------------------------------------------------------

TRAVELS = field("travels", "yes_no")
WHERE = field("where_to", "text", when={"field": "travels", "is": "equals", "value": True})
WITH = field("escort", "text", when={"field": "where_to", "is": "answered"})


def test_an_answer_that_calls_for_a_question_brings_the_page_back_and_loses_nothing(awa):
    asks(("Voyage", [field("name_of", "text"), TRAVELS, WHERE]))
    case = begun(awa)
    first = awa.get(page(case, "step", 1)).text
    assert "Question where_to" not in first
    assert 'name="_shown" value="name_of travels"' in first
    again = awa.post(page(case, "step", 1), {"_shown": "", "name_of": "Awa", "travels": "yes"})
    assert again.status_code == 200
    assert "Votre réponse appelle une question de plus." in again.text
    assert 'value="Awa"' in again.text
    assert "Question where_to" in again.text
    assert "Répondez à cette question." not in again.text
    assert answers_of(case) == {"name_of": "Awa", "travels": True}
    on = awa.post(
        page(case, "step", 1), {"_shown": ["", "where_to"], "name_of": "Awa", "travels": "yes", "where_to": "Lomé"}
    )
    assert on.url == page(case, "step", 2)
    assert answers_of(case)["where_to"] == "Lomé"


def test_the_page_says_how_many_questions_the_answers_call_for(awa):
    asks(("Voyage", [TRAVELS, WHERE, field("since", "date", when=WHERE["when"])]))
    case = begun(awa)
    again = awa.post(page(case, "step", 1), {"_shown": "travels", "travels": "yes"}).text
    assert "Vos réponses appellent 2 questions de plus." in again
    assert "une question de plus" not in again


def test_a_question_is_not_judged_while_one_that_has_just_appeared_may_take_it_away(awa):
    alone = field("alone", "declaration", when={"field": "where_to", "is": "empty"})
    asks(("Voyage", [TRAVELS, WHERE, alone]))
    case = begun(awa)
    assert "Question alone" in awa.get(page(case, "step", 1)).text
    again = awa.post(page(case, "step", 1), {"_shown": "travels alone", "travels": "yes"})
    assert again.status_code == 200
    assert "Votre réponse appelle une question de plus." in again.text
    assert "Cochez cette case" not in again.text
    typed = {"_shown": "travels where_to alone", "travels": "yes", "where_to": "Lomé"}
    assert awa.post(page(case, "step", 1), typed).url == page(case, "step", 2)
    # The near miss: nothing appears, and the declaration is asked for.
    refused = awa.post(page(case, "step", 1), {"_shown": "travels alone", "travels": "no"})
    assert refused.status_code == 422
    assert "Cochez cette case" in refused.text


def test_a_question_that_was_on_the_page_and_left_empty_is_said(awa):
    asks(("Voyage", [TRAVELS, WHERE]))
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), {"_shown": ["", "where_to"], "travels": "yes", "where_to": ""})
    assert answer.status_code == 422
    assert "Répondez à cette question." in answer.text


def test_a_post_that_does_not_say_what_its_page_held_is_judged_whole(awa):
    asks(("Voyage", [TRAVELS, WHERE]))
    case = begun(awa)
    assert awa.post(page(case, "step", 1), {"travels": "yes"}).status_code == 422
    assert awa.post(page(case, "step", 1), {"travels": "no"}).status_code == 303


def test_a_question_may_call_for_another_and_comes_back_as_it_was_answered(awa):
    asks(("Voyage", [TRAVELS, WHERE, WITH]))
    case = begun(awa)
    filing.save_step(case, 0, {"travels": False, "where_to": "Lomé"})
    again = awa.post(page(case, "step", 1), {"_shown": "", "travels": "yes"})
    assert 'value="Lomé"' in again.text
    more = awa.post(page(case, "step", 1), {"_shown": ["", "where_to"], "travels": "yes", "where_to": "Lomé"})
    assert "Question escort" in more.text
    assert "Votre réponse appelle" in more.text


def test_a_doubtful_answer_keeps_the_questions_that_hang_on_it(awa):
    asks(
        ("Âge", [field("born", "date"), field("tutor", "text", when={"field": "born", "is": "age_below", "value": 18})])
    )
    case = begun(awa)
    typed = {"_shown": ["", "tutor"], "born_day": "31", "born_month": "2", "born_year": "2020", "tutor": "Sourou"}
    answer = awa.post(page(case, "step", 1), typed)
    assert answer.status_code == 422
    assert 'value="Sourou"' in answer.text


def test_what_is_no_longer_asked_is_neither_judged_nor_filed(awa):
    asks(("Voyage", [TRAVELS, WHERE]))
    case = begun(awa)
    awa.post(page(case, "step", 1), {"_shown": ["", "where_to"], "travels": "yes", "where_to": "Lomé"})
    awa.post(page(case, "step", 1), {"_shown": ["", "where_to"], "travels": "no", "where_to": ""})
    assert "Lomé" not in awa.get(page(case, "review")).text


# -- Questions asked twice ----------------------------------------------------------------------


def test_a_soft_question_left_empty_is_asked_once_more_then_let_go(awa):
    asks(("Contact", [field("mail", "email", required=False, soft_required=True)]))
    case = begun(awa)
    again = awa.post(page(case, "step", 1), {"mail": ""})
    assert again.status_code == 200
    assert "Vous avez laissé cette réponse vide" in again.text
    assert 'name="_insisted" value="mail"' in again.text
    assert "mail" not in answers_of(case)
    on = awa.post(page(case, "step", 1), {"mail": "", "_insisted": "mail"})
    assert on.url == page(case, "step", 2)
    assert answers_of(case)["mail"] is None
    # Coming back later, it was asked twice already.
    assert awa.post(page(case, "step", 1), {"mail": ""}).status_code == 303


def test_a_soft_question_that_is_answered_is_asked_once(awa):
    asks(("Contact", [field("mail", "email", required=False, soft_required=True)]))
    case = begun(awa)
    assert awa.post(page(case, "step", 1), {"mail": "awa@exemple.bj"}).status_code == 303


# -- Steps that are skipped ---------------------------------------------------------------------


def test_a_step_that_is_not_asked_is_not_walked(awa):
    when = {"field": "travels", "is": "equals", "value": True}
    asks(("Voyage", [TRAVELS]), ("Le trajet", [field("route", "text")], {"when": when}))
    case = begun(awa)
    assert "Le trajet" not in awa.get(page(case, "step", 1)).text
    assert awa.post(page(case, "step", 1), {"travels": "no"}).url == page(case, "step", 3)
    assert awa.get(page(case, "step", 2)).url == page(case, "resume")
    assert awa.post(page(case, "step", 1), {"travels": "yes"}).url == page(case, "step", 2)
    assert "Le trajet" in awa.get(page(case, "step", 2)).text


# -- Groups -------------------------------------------------------------------------------------

CHILDREN = field(
    "children",
    "group",
    fields=[
        field("name_of", "name"),
        field("birth", "approximate_date", required=False),
        field("kept", "person", required=False),
    ],
    max_items=3,
    item_label=text("Enfant"),
)


def test_adding_an_item_gives_the_page_back_with_all_that_was_typed(awa):
    asks(("Famille", [field("head", "text"), CHILDREN]))
    case = begun(awa)
    typed = {"head": "Awa", "children-count": "1", "children-0-name_of": "Koffi", "children-0-birth_year": "31"}
    more = awa.post(page(case, "step", 1), typed | {"add": "children"})
    assert more.status_code == 200
    assert more.text.count("<legend>Enfant ") == 2
    for kept in ('value="Awa"', 'value="Koffi"', 'value="31"', 'name="children-count" value="2"'):
        assert kept in more.text
    assert "errorlist" not in more.text
    assert answers_of(case) == {}


def test_removing_an_item_moves_the_next_one_up(awa):
    asks(("Famille", [CHILDREN]))
    case = begun(awa)
    typed = {"children-count": "3"} | {f"children-{n}-name_of": name for n, name in enumerate(["Koffi", "Afi", "Sèna"])}
    typed |= {"children-2-birth_year": "2019", "children-1-kept-surname": "Dossou"}
    less = awa.post(page(case, "step", 1), typed | {"drop": "children-0"}).text
    assert "Koffi" not in less
    assert (
        less.index('value="Afi"')
        < less.index('value="Dossou"')
        < less.index('value="Sèna"')
        < less.index('value="2019"')
    )
    assert 'name="children-1-birth_year" value="2019"' in less


@pytest.mark.parametrize(
    "button", [{"add": "nobody"}, {"drop": "children-9"}, {"drop": "children"}, {"drop": "-1"}, {"add": "head"}]
)
def test_a_button_that_names_nothing_changes_nothing(awa, button):
    asks(("Famille", [field("head", "text"), CHILDREN]))
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), {"children-count": "1", "children-0-name_of": "Koffi"} | button)
    assert answer.status_code == 200
    assert 'value="Koffi"' in answer.text


def test_no_more_items_than_the_service_takes(awa):
    asks(("Famille", [CHILDREN]))
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), {"children-count": "999", "add": "children"}).text
    assert answer.count("<legend>Enfant ") == 3
    assert 'name="add"' not in answer


def test_what_is_wrong_in_an_item_is_said_beside_its_question_and_on_top(awa):
    asks(("Famille", [CHILDREN]))
    case = begun(awa)
    typed = {"children-count": "2", "children-0-name_of": "Koffi", "children-1-name_of": "Afi2"}
    answer = awa.post(page(case, "step", 1), typed)
    assert answer.status_code == 422
    assert "Enfant 2" in answer.text
    sentence = "Écrivez le nom en lettres, comme sur l’acte."
    assert answer.text.count(sentence) == 2
    assert answer.text.rindex(sentence) > answer.text.index("Afi") - 400


def test_items_are_kept_in_order_and_an_empty_one_is_none(awa):
    asks(("Famille", [CHILDREN]))
    case = begun(awa)
    typed = {
        "children-count": "3",
        "children-0-name_of": "Koffi",
        "children-2-name_of": "Sèna",
        "children-2-birth_year": "2019",
    }
    assert awa.post(page(case, "step", 1), typed).status_code == 303
    assert [child["name_of"] for child in answers_of(case)["children"]] == ["Koffi", "Sèna"]
    review = awa.get(page(case, "review")).text
    assert "Enfant 1" in review
    assert "Enfant 2" in review
    assert "vers 2019" in review
    assert awa.get(page(case, "step", 1)).text.count("<legend>Enfant ") == 2


def test_a_group_that_is_needed_has_one_item_at_least(awa):
    asks(("Famille", [CHILDREN]))
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), {"children-count": "1", "children-0-name_of": ""})
    assert answer.status_code == 422
    assert "Répondez à cette question." in answer.text


def test_a_question_of_an_item_may_appear_for_this_item_only(awa):
    school = field("school", "text", when={"field": "goes", "is": "equals", "value": True})
    asks(("Famille", [field("children", "group", fields=[field("goes", "yes_no"), school], item_label=text("Enfant"))]))
    case = begun(awa)
    typed = {"children-count": "2", "children-0-goes": "no", "children-1-goes": "yes"}
    typed |= {"children-0-_shown": "", "children-1-_shown": ""}
    answer = awa.post(page(case, "step", 1), typed)
    assert answer.status_code == 200
    assert "Votre réponse appelle une question de plus." in answer.text
    assert 'name="children-1-school"' in answer.text
    assert 'name="children-0-school"' not in answer.text
    typed |= {"children-1-_shown": ["", "school"], "children-1-school": "Gbégamey"}
    assert awa.post(page(case, "step", 1), typed).status_code == 303
    assert answers_of(case)["children"] == [{"goes": False}, {"goes": True, "school": "Gbégamey"}]


# -- Files --------------------------------------------------------------------------------------


def test_a_file_of_a_step_is_kept_at_once_even_when_another_answer_is_wrong(awa):
    asks(("Terrain", [field("plan", "file"), field("surface", "decimal")]))
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), {"plan": picture("plan.jpg", "plan"), "surface": "grand"})
    assert answer.status_code == 422
    assert "plan.jpg" in answer.text
    [file] = Evidence.objects.filter(case=case, piece="plan")
    assert answers_of(case) == {"plan": [file.pk]}
    assert awa.post(page(case, "step", 1), {"surface": "12,5"}).status_code == 303
    assert answers_of(case) == {"plan": [file.pk], "surface": "12.5"}


def test_a_file_may_be_removed_and_is_then_missing(awa):
    asks(("Terrain", [field("plan", "file", max_files=2), field("surface", "decimal")]))
    case = begun(awa)
    awa.post(page(case, "step", 1), {"plan": [picture("a.jpg", "a"), picture("b.jpg", "b")], "surface": "1"})
    first, second = Evidence.objects.filter(case=case).order_by("pk")
    answer = awa.post(page(case, "step", 1), {"remove": str(first.pk), "surface": "77"})
    assert answer.status_code == 200
    assert 'value="77"' in answer.text
    assert answers_of(case)["plan"] == [second.pk]
    awa.post(page(case, "step", 1), {"remove": str(second.pk)})
    assert answers_of(case)["plan"] is None
    answer = awa.post(page(case, "step", 1), {"surface": "77"})
    assert "Joignez ce fichier." in answer.text


def test_a_file_that_is_refused_says_why_beside_its_question(awa):
    asks(("Terrain", [field("plan", "file")]))
    case = begun(awa)
    wrong = picture("plan.jpg", "plan")
    wrong.name = "plan.exe"
    answer = awa.post(page(case, "step", 1), {"plan": wrong})
    assert answer.status_code == 422
    assert "plan.exe : Ce type de fichier n’est pas accepté." in answer.text
    assert "Joignez ce fichier." not in answer.text


def test_a_file_of_another_draft_is_not_removed_from_here(awa):
    asks(("Terrain", [field("plan", "file")]))
    other, case = begun(awa), begun(awa)
    awa.post(page(other, "step", 1), {"plan": picture("a.jpg", "a")})
    file = Evidence.objects.get(case=other)
    awa.post(page(case, "step", 1), {"remove": str(file.pk)})
    assert Evidence.objects.filter(pk=file.pk).exists()


DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_a_signature_is_drawn_or_photographed(awa):
    asks(("Signature", [field("sign", "signature")]))
    case = begun(awa)
    assert awa.post(page(case, "step", 1), {"sign_drawn": ""}).status_code == 422
    assert awa.post(page(case, "step", 1), {"sign_drawn": DOT}).status_code == 303
    [drawn] = Evidence.objects.filter(case=case, piece="sign")
    assert drawn.media_type == "image/png"
    awa.post(page(case, "step", 1), {"sign": picture("papier.jpg", "signature")})
    [photo] = Evidence.objects.filter(case=case, piece="sign")
    assert answers_of(case)["sign"] == [photo.pk]


@pytest.mark.parametrize(
    "drawn", ["data:text/html;base64,PGI+", "data:image/png;base64,###", DOT[:70], DOT + "A" * 500_000]
)
def test_a_drawing_that_is_not_one_is_refused_at_its_question_and_nothing_else_is_lost(awa, drawn):
    asks(("Signature", [field("sign", "signature", required=False), field("why", "text"), field("plan", "file")]))
    case = begun(awa)
    typed = {"sign_drawn": drawn, "why": "Pour l’école", "plan": picture("plan.jpg", "plan")}
    answer = awa.post(page(case, "step", 1), typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"sign"}
    assert "La signature dessinée n’est pas arrivée entière." in str(answer.context["form"].errors["sign"])
    assert 'value="Pour l’école"' in answer.text
    assert "plan.jpg" in answer.text
    assert [file.piece for file in Evidence.objects.filter(case=case)] == ["plan"]


def test_a_drawing_that_is_refused_leaves_the_one_that_arrived_before(awa):
    asks(("Signature", [field("sign", "signature")]))
    case = begun(awa)
    awa.post(page(case, "step", 1), {"sign_drawn": DOT})
    kept = answers_of(case)["sign"]
    assert awa.post(page(case, "step", 1), {"sign_drawn": DOT[:70]}).status_code == 422
    assert answers_of(case)["sign"] == kept


def test_a_step_with_files_costs_the_same_with_many(awa, django_assert_max_num_queries):
    asks(("Terrain", [field(f"plan{n}", "file", max_files=5, required=False) for n in range(8)]))
    case = begun(awa)
    awa.get(page(case, "step", 1))
    with CaptureQueriesContext(connection) as few:
        awa.get(page(case, "step", 1))
        before = len(few)
    for n in range(4):
        awa.post(page(case, "step", 1), {f"plan{n}": [picture("a.jpg", f"a{n}"), picture("b.jpg", f"b{n}")]})
    with django_assert_max_num_queries(before):
        awa.get(page(case, "step", 1))


def test_a_page_of_many_questions_asks_the_database_no_more_than_one_of_few(awa, django_assert_max_num_queries):
    kinds = ["place", "address", "record_reference", "arrondissement", "person", "amount", "map_point", "quartier"]
    few = [field(f"q0_{kind}", kind) for kind in kinds]
    asks(("Peu", few), ("Beaucoup", [field(f"q{n}_{kind}", kind) for n in range(1, 8) for kind in kinds]))
    case = begun(awa)
    awa.get(page(case, "step", 1))
    with CaptureQueriesContext(connection) as queries:
        awa.get(page(case, "step", 1))
        before = len(queries)
    with django_assert_max_num_queries(before):
        assert awa.get(page(case, "step", 2)).status_code == 200


def test_a_request_with_a_file_a_group_and_a_signature_is_filed(awa):
    version = asks(("Tout", [field("plan", "file"), CHILDREN, field("sign", "signature"), field("home", "place")]))
    case = begun(awa)
    awa.post(
        page(case, "step", 1),
        {
            "plan": picture("plan.jpg", "plan"),
            "children-count": "1",
            "children-0-name_of": "Koffi",
            "sign_drawn": DOT,
            "home_arrondissement": "1",
            "home_quartier": "1:Dandji",
        },
    )
    whole = filled(awa)
    ServiceRequest.objects.filter(pk=whole.pk).update(answers=answers_of(whole) | answers_of(case))
    assert version.number
    Evidence.objects.filter(case=case).update(case=whole)
    assert "/recu/" in sent(awa, whole).url
    whole.refresh_from_db()
    assert whole.answers["children"] == [{"name_of": "Koffi", "birth": None, "kept": None}]
    assert workflow.submit(whole) == whole
    assert reverse("requests:receipt", args=[whole.token])
