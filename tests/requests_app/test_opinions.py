"""Opinions asked from other offices: who asks, who answers, who reads, and what a missing one holds back."""

import copy

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arrondissements.models import JournalEntry
from requests_app import opinions, permissions, workflow
from requests_app.catalogue.models import RejectionMotive, Service
from requests_app.catalogue.publishing import definition_of, publish_definition
from requests_app.models import Message, Opinion, ServiceRequest
from requests_app.states import State
from tests.requests_app.citizen import LIFE
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db
QUESTION = {"fr": "Le terrain est-il libre ?", "en": "Is the plot free?"}


def rule(office, **more):
    return {"office": office, "question": QUESTION, "days": 3} | more


@pytest.fixture
def foreseen(catalogue):
    """`foreseen(rule, …)`: the certificate of life, published anew with these opinions."""

    def _foreseen(*rules):
        service = Service.objects.select_related("current").get(slug=LIFE)
        definition = copy.deepcopy(definition_of(service.current)) | {"flow": {"opinions": list(rules)}}
        return publish_definition(service, definition)

    return _foreseen


@pytest.fixture
def asked(filed_case, cast):
    """An opinion asked of the funeral affairs by Sèna, necessary."""
    case = filed_case(state=State.UNDER_REVIEW)
    opinion = workflow.ask_opinion(case, by=cast.sena, office=cast.funerals, question="Est-il enterré chez vous ?")
    return Opinion.objects.select_related("case__office", "office").get(pk=opinion.pk)


def fresh(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


# -- Asking -----------------------------------------------------------------------------------------


def test_what_the_version_foresees_is_asked_when_the_case_is_taken(foreseen, filed_case, cast):
    foreseen(rule("affaires-funeraires"), rule("arrondissement-5", required=False))
    case = filed_case()
    assert not case.opinions.exists()
    workflow.take(case, by=cast.sena)
    [first, second] = case.opinions.order_by("office__code")
    assert (first.office, first.required, first.question) == (cast.funerals, True, QUESTION["fr"])
    assert (second.office, second.required, second.asked_by) == (cast.fifth, False, cast.sena)


def test_an_opinion_under_a_condition_is_asked_only_when_it_holds(foreseen, filed_case, cast):
    answered = {"field": "surname", "is": "answered"}
    empty = {"field": "surname", "is": "empty"}
    foreseen(rule("affaires-funeraires", when=answered), rule("arrondissement-5", when=empty))
    case = filed_case(state=State.UNDER_REVIEW)
    assert [opinion.office for opinion in case.opinions.all()] == [cast.funerals]


def test_taken_again_after_a_transfer_nothing_is_asked_twice(foreseen, filed_case, cast):
    foreseen(rule("affaires-funeraires"))
    case = filed_case(state=State.UNDER_REVIEW)
    workflow.transfer(case, by=cast.sena, to=cast.fifth, reason="Elle habite le 5e.")
    workflow.take(case, by=cast.codjo)
    assert case.opinions.count() == 1


def test_the_office_of_the_case_is_not_asked_its_own_opinion(foreseen, filed_case, cast):
    foreseen(rule("arrondissement-1"))
    case = filed_case(state=State.UNDER_REVIEW)
    assert not case.opinions.exists()
    with pytest.raises(workflow.Refused, match="instruit déjà"):
        workflow.ask_opinion(case, by=cast.sena, office=cast.first, question="Et vous ?")


def test_only_an_instructor_of_the_office_asks_and_one_at_a_time(asked, cast):
    case = fresh(asked.case)
    for stranger in (cast.codjo, cast.koffi, cast.fifame):
        with pytest.raises(PermissionDenied):
            workflow.ask_opinion(case, by=stranger, office=cast.fifth, question="Et vous ?")
    with pytest.raises(workflow.Refused, match="déjà demandé"):
        workflow.ask_opinion(case, by=cast.sena, office=cast.funerals, question="Encore ?")
    with pytest.raises(workflow.Refused, match="question"):
        workflow.ask_opinion(case, by=cast.sena, office=cast.fifth, question=" ")


# -- Giving -------------------------------------------------------------------------------------------


def test_the_consulted_office_answers_once(asked, cast):
    opinions.give_opinion(asked, by=cast.koffi, favourable=True, body="Rien à dire.")
    asked.refresh_from_db()
    assert (asked.favourable, asked.answered_by, asked.body) == (True, cast.koffi, "Rien à dire.")
    with pytest.raises(workflow.Refused, match="déjà été donné"):
        opinions.give_opinion(asked, by=cast.koffi, favourable=False, body="Non.")
    line = JournalEntry.objects.get(act="case.give_opinion")
    assert (line.obj, line.office, line.by) == (asked.case.obj, cast.funerals, cast.koffi)


@pytest.mark.parametrize("stranger", ["sena", "mahugnon", "codjo", "fifame", "ines"])
def test_nobody_answers_for_another_office(asked, cast, stranger):
    with pytest.raises(PermissionDenied):
        opinions.give_opinion(asked, by=getattr(cast, stranger), favourable=True)


def test_an_unfavourable_opinion_says_why(asked, cast):
    with pytest.raises(workflow.Refused, match="pourquoi"):
        opinions.give_opinion(asked, by=cast.koffi, favourable=False, body=" ")
    opinions.give_opinion(asked, by=cast.koffi, favourable=False, body="Le terrain est pris.")


def test_an_opinion_is_no_longer_given_once_the_case_is_decided(asked, cast):
    motive = RejectionMotive.objects.first()
    workflow.reject(fresh(asked.case), by=cast.sena, motive=motive)
    with pytest.raises(workflow.Refused, match="plus attendu"):
        opinions.give_opinion(asked, by=cast.koffi, favourable=True)


# -- What a missing one holds back ----------------------------------------------------------------------


def test_a_necessary_opinion_holds_the_acceptance_and_names_the_office(asked, cast):
    with pytest.raises(workflow.Refused, match="funéraires"):
        workflow.accept(fresh(asked.case), by=cast.sena)
    opinions.give_opinion(asked, by=cast.koffi, favourable=False, body="Le terrain est pris.")
    workflow.accept(fresh(asked.case), by=cast.sena)  # an opinion binds nobody
    assert fresh(asked.case).state == State.ACCEPTED


def test_an_opinion_that_is_not_necessary_holds_nothing(filed_case, cast):
    """The near miss."""
    case = filed_case(state=State.UNDER_REVIEW)
    workflow.ask_opinion(case, by=cast.sena, office=cast.funerals, question="Une idée ?", required=False)
    workflow.accept(fresh(case), by=cast.sena)
    assert fresh(case).state == State.ACCEPTED


def test_a_rejection_waits_for_no_opinion(asked, cast):
    workflow.reject(fresh(asked.case), by=cast.sena, motive=RejectionMotive.objects.first())
    assert fresh(asked.case).state == State.REJECTED


def test_the_head_of_the_office_does_without_it_with_a_reason(asked, cast):
    for stranger in (cast.sena, cast.koffi, cast.codjo):
        with pytest.raises(PermissionDenied):
            opinions.drop_opinion(asked, by=stranger, reason="Trop long.")
    with pytest.raises(workflow.Refused, match="pourquoi"):
        opinions.drop_opinion(asked, by=cast.mahugnon, reason=" ")
    opinions.drop_opinion(asked, by=cast.mahugnon, reason="Bureau fermé.")
    workflow.accept(fresh(asked.case), by=cast.sena)
    assert Message.objects.filter(case=asked.case, internal=True, body__contains="Bureau fermé.").exists()
    assert JournalEntry.objects.filter(act="case.drop_opinion", by=cast.mahugnon).exists()


# -- Who reads, and the pages --------------------------------------------------------------------------


def test_the_consulted_office_reads_the_case_while_it_is_consulted(asked, cast, signed_in, site):
    address = reverse("desk:case", args=[asked.case.reference])
    koffi, codjo = signed_in(cast.koffi), signed_in(cast.codjo)
    page = koffi.get(address)
    assert page.status_code == 200
    assert "Est-il enterré chez vous ?" in page.text
    assert reverse("desk:give-opinion", args=[asked.pk]) in page.text
    assert workflow.possible_acts(fresh(asked.case), cast.koffi) == []
    assert codjo.get(address).status_code == 404
    opinions.give_opinion(asked, by=cast.koffi, favourable=True)
    assert not permissions.can_read(cast.koffi, fresh(asked.case))
    assert koffi.get(address).status_code == 404


def test_an_opinion_is_given_on_its_page(asked, cast, signed_in, site):
    koffi = signed_in(cast.koffi)
    assert asked.case.shown_reference in koffi.get(reverse("desk:opinions")).text
    address = reverse("desk:give-opinion", args=[asked.pk])
    assert koffi.post(address, {}).status_code == 422
    assert koffi.post(address, {"favourable": "no", "body": ""}).status_code == 409
    answer = koffi.post(address, {"favourable": "no", "body": "Le terrain est pris."})
    assert answer.url == reverse("desk:opinions")
    assert "Aucun avis n’est attendu" in koffi.get(reverse("desk:opinions")).text
    assert "Le terrain est pris." in signed_in(cast.sena).get(reverse("desk:case", args=[asked.case.reference])).text


@pytest.mark.parametrize("stranger", ["sena", "codjo", "fifame", "ines"])
def test_the_page_of_an_opinion_is_404_for_others(asked, cast, signed_in, site, stranger):
    client = signed_in(getattr(cast, stranger))
    assert client.get(reverse("desk:give-opinion", args=[asked.pk])).status_code == 404
    assert client.get(reverse("desk:drop-opinion", args=[asked.pk])).status_code == 404
    assert asked.case.shown_reference not in client.get(reverse("desk:opinions")).text


def test_the_head_does_without_it_on_its_page(asked, cast, signed_in, site):
    head = signed_in(cast.mahugnon)
    address = reverse("desk:drop-opinion", args=[asked.pk])
    assert address in read_by(head, asked.case).text
    assert head.post(address, {"reason": "Bureau fermé."}).status_code == 302
    assert not Opinion.objects.exists()


def test_a_clerk_asks_on_the_page_of_the_act(filed_case, cast, signed_in, site):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.sena)
    address = reverse("desk:ask-opinion", args=[case.reference])
    assert client.get(address).status_code == 200
    given = {"office": cast.funerals.pk, "question": "Et vous ?", "days": 4, "required": "on"}
    assert client.post(address, given).status_code == 302
    assert case.opinions.get().required


def test_the_list_costs_the_same_for_2_and_6_opinions(filed_case, cast, signed_in, site):
    koffi = signed_in(cast.koffi)

    def ask(count):
        for _ in range(count):
            case = filed_case(state=State.UNDER_REVIEW, surname=f"NOM{'ABCDEFGH'[Opinion.objects.count()]}")
            workflow.ask_opinion(case, by=cast.sena, office=cast.funerals, question="Et vous ?")

    def cost():
        koffi.get(reverse("desk:opinions"))  # the reader's session is as it will be
        with CaptureQueriesContext(connection) as queries:
            assert koffi.get(reverse("desk:opinions")).status_code == 200
        return len(queries)

    ask(2)
    first = cost()
    ask(4)
    assert cost() == first <= 7
