"""A step that keeps itself while it is filled in: what holds is kept, nothing else changes, nothing is trusted."""

import pytest

from requests_app.models import ServiceRequest
from tests.requests_app.catalogue.conftest import field
from tests.requests_app.citizen import begun, filled, page, posted_step, sent
from tests.requests_app.test_steps import TRAVELS, WHERE, asks

pytestmark = pytest.mark.django_db
KEEP = {"HTTP_X_PORTAL_QUIET": "keep"}
SEND = {"HTTP_X_PORTAL_QUIET": "send"}


def answers_of(case):
    return ServiceRequest.objects.get(pk=case.pk).answers


def kept(client, case, number=1, **answers):
    return client.post(page(case, "step", number), answers, **KEEP)


def test_what_holds_is_kept_and_what_does_not_is_left_as_it_was(awa):
    case = begun(awa)
    told = kept(awa, case, surname="DOSSOU", given_names="7", birth_place="Ouidah").json()
    assert answers_of(case) == {"surname": "DOSSOU", "birth_place": "Ouidah"}
    assert told["kept"] == ["birth_place", "surname"]
    assert told["whole"] is False
    assert "sauf une réponse à corriger" in told["words"]


def test_an_empty_question_that_is_required_does_not_erase_what_was_kept(awa):
    case = begun(awa)
    kept(awa, case, surname="DOSSOU")
    told = kept(awa, case, surname="", birth_place="Ouidah").json()
    assert answers_of(case)["surname"] == "DOSSOU"
    assert told["whole"] is False


def test_a_whole_step_is_said_to_be_kept_with_the_hour(awa):
    case = begun(awa)
    told = awa.post(page(case, "step", 1), posted_step(case, 1), **KEEP).json()
    assert told["whole"] is True
    assert told["words"].startswith("Enregistré à ")


def test_keeping_shows_nothing_and_moves_nowhere(awa):
    case = begun(awa)
    answer = awa.post(page(case, "step", 1), posted_step(case, 1), **KEEP)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "html" not in answer.json()


def test_an_optional_answer_that_is_emptied_is_kept_empty(awa):
    case = begun(awa)
    kept(awa, case, given_names="Awa")
    kept(awa, case, given_names="")
    assert answers_of(case) == {"given_names": None}


def test_a_question_that_does_not_exist_is_not_kept(awa):
    case = begun(awa)
    kept(awa, case, surname="DOSSOU", state="SUBMITTED", purpose="pension_benin")
    assert answers_of(case) == {"surname": "DOSSOU"}


def test_nothing_is_kept_once_the_request_is_filed(awa):
    case = filled(awa)
    before = answers_of(case)
    sent(awa, case)
    assert kept(awa, case, surname="AUTRE").status_code == 404
    assert answers_of(case) == before


def test_a_page_sent_again_and_again_is_told_the_same_way_on(awa):
    case = begun(awa)
    answers = [awa.post(page(case, "step", 1), posted_step(case, 1), **SEND).json() for _ in range(2)]
    assert answers == [{"next": page(case, "step", 2)}] * 2


def test_a_page_that_has_something_to_say_gives_no_way_on(awa):
    case = begun(awa)
    assert awa.post(page(case, "step", 1), posted_step(case, 1, surname=""), **SEND).json() == {"next": ""}


def test_a_request_sent_again_is_filed_once(awa):
    case = filled(awa)
    ways = [awa.post(page(case, "submit"), {"declaration": "on"}, **SEND).json()["next"] for _ in range(3)]
    assert ways == [page(case, "receipt")] * 3
    assert ServiceRequest.objects.exclude(reference=None).count() == 1


def test_keeping_needs_the_token_of_the_form(awa):
    case = begun(awa)
    awa.handler.enforce_csrf_checks = True
    assert kept(awa, case, surname="DOSSOU").status_code == 403
    assert answers_of(case) == {}


def test_the_answer_carries_the_questions_that_it_calls_for(awa):
    asks(("Voyage", [TRAVELS, WHERE]))
    case = begun(awa)
    told = kept(awa, case, _shown="travels", travels="yes").json()
    assert 'data-portal-field="where_to"' in told["html"]
    assert 'name="_shown" value="travels where_to"' in told["html"]
    assert "Répondez à cette question." not in told["html"]
    assert "html" not in kept(awa, case, _shown="travels where_to", travels="yes", where_to="Lomé").json()
    assert "where_to" not in kept(awa, case, _shown="travels where_to", travels="no").json()["html"]


def test_a_page_tried_in_vain_has_done_nothing_yet(awa):
    asks(("Voyage", [field("purpose_of", "text", soft_required=True)]))
    case = begun(awa)
    assert awa.post(page(case, "step", 1), {"purpose_of": ""}, **SEND).json() == {"next": ""}
    assert answers_of(case) == {}
    # Then the browser posts it itself: its person is asked once more, as without scripts.
    assert "continuer sans elle" in awa.post(page(case, "step", 1), {"purpose_of": ""}).text


def test_a_question_to_insist_on_is_not_kept_empty(awa):
    asks(("Voyage", [field("purpose_of", "text", soft_required=True)]))
    case = begun(awa)
    kept(awa, case, purpose_of="")
    assert answers_of(case) == {}
    assert "continuer sans elle" in awa.post(page(case, "step", 1), {"purpose_of": ""}).text


def test_keeping_costs_the_same_for_one_answer_as_for_a_step(awa, django_assert_max_num_queries):
    case = begun(awa)
    kept(awa, case, surname="DOSSOU")
    with django_assert_max_num_queries(7):  # the draft, its lock, its update and the transaction around them
        kept(awa, case, surname="DOSSOU-YOVO")
    with django_assert_max_num_queries(7):
        awa.post(page(case, "step", 1), posted_step(case, 1), **KEEP)
