"""A service with conditions, walked as a citizen does: only what is asked, stopped early, told where to go, priced."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.demo.cases import picture
from requests_app import filing, workflow
from requests_app.catalogue.fees import thawed
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import definition_of, new_version, publish
from requests_app.evidence.checks import RefusedFile
from requests_app.models import ServiceRequest
from requests_app.states import State
from tests.requests_app.catalogue.conftest import DEFINITION, field, text
from tests.requests_app.citizen import begun, filled, page, sent

TRIP = {"field": "purpose", "is": "equals", "value": "travel"}
MINOR = {"field": "birth", "is": "age_below", "value": 18}
PURPOSES = [{"value": value, "label": text(value)} for value in ("school", "travel")]
STEPS = [
    {
        "title": text("L’enfant"),
        "fields": [field("surname", "name"), field("birth", "date"), field("copies", "integer")],
    },
    {"title": text("Le motif"), "fields": [field("purpose", "choice", choices=PURPOSES)]},
    {"title": text("Le voyage"), "when": TRIP, "fields": [field("country", "text")]},
    {"title": text("Le lieu"), "fields": [field("home", "quartier")]},
]
PIECES = [
    {"key": "birth_record", "label": text("Acte de naissance"), "formats": ["pdf"], "required": False},
    {"key": "ticket", "label": text("Billet"), "when": TRIP, "formats": ["photo"]},
]
RULES = [
    {"by": "central", "office": "etat-civil", "reason": text("Voyages"), "when": TRIP},
    {"by": "arrondissement_of", "field": "home", "reason": text("Résidence")},
]
STAMP = {
    "key": "stamp",
    "label": text("Timbre"),
    "kind": "per_copy",
    "quantity": "copies",
    "amount": 500,
    "legal_basis": text("Délibération à confirmer"),
    "from": "2020-01-01",
}
STOP = {
    "when": {"field": "birth", "is": "age_at_least", "value": 18},
    "message": text("Cette autorisation est pour les enfants de moins de 18 ans."),
    "where": text("Un adulte voyage sans autorisation : demandez un passeport."),
    "url": "https://service-public.bj",
}
CHILD = {"surname": "AGBO", "birth_day": "3", "birth_month": "5", "birth_year": "2020", "copies": "3"}
ADULT = CHILD | {"birth_year": "1990"}


@pytest.fixture
def outing(site: None) -> Service:
    """A service in which nearly everything depends on an answer."""
    definition = copy.deepcopy(DEFINITION) | {
        "mode": "PREPARED_HERE",
        "document": {},
        "document_template": "",
        "signatory_role": "",
        "form": {"steps": STEPS},
        "evidence": PIECES,
        "routing": {"rules": RULES, "default": "etat-civil"},
        "eligibility": [STOP],
        "fees": [STAMP],
        "fee_status": "CONFIRMED",
        "fee_amount": 500,
    }
    service = Service.objects.create(slug="sortie", life_event="PAPERS")
    publish(new_version(service, definition))
    return service


def walked(client: Client, *, child: dict[str, str] = CHILD, purpose: str = "school") -> ServiceRequest:
    case = begun(client, "sortie")
    client.post(page(case, "step", 1), child)
    client.post(page(case, "step", 2), {"purpose": purpose})
    if purpose == "travel":
        client.post(page(case, "step", 3), {"country": "Togo"})
    client.post(page(case, "step", 4), {"home": "5:Gbéto"})
    client.post(page(case, "contact"), {"name": "Awa Dossou", "phone": "01 96 00 00 02", "email": ""})
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def again(case: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def test_a_step_that_is_not_asked_is_not_in_the_way(awa, outing):
    case = begun(awa, "sortie")
    awa.post(page(case, "step", 1), CHILD)
    answer = awa.post(page(case, "step", 2), {"purpose": "school"})
    assert answer.url == page(case, "step", 4)
    assert "Le voyage" not in awa.get(answer.url).text
    assert awa.get(page(case, "step", 3)).url == page(case, "resume")
    answer = awa.post(page(case, "step", 2), {"purpose": "travel"})
    assert answer.url == page(case, "step", 3)
    assert "Le voyage" in awa.get(answer.url).text


def test_the_answers_of_a_way_not_taken_are_not_filed(awa, outing):
    case = walked(awa, purpose="travel")
    awa.post(page(case, "step", 2), {"purpose": "school"})
    assert again(case).answers["country"] == "Togo", "kept meanwhile: nothing is lost"
    assert sent(awa, case).status_code == 303
    assert again(case).answers == {
        "surname": "AGBO",
        "birth": "2020-05-03",
        "copies": 3,
        "purpose": "school",
        "home": "5:Gbéto",
    }


def test_a_piece_is_asked_only_when_its_condition_holds(awa, outing):
    case = walked(awa)
    assert "Billet" not in awa.get(page(case, "evidence")).text
    assert filing.gaps(case) == []
    with pytest.raises(RefusedFile, match="pas demandée"):
        filing.attach(case, "ticket", picture("billet.jpg", "billet"))
    case = walked(awa, purpose="travel")
    assert "Billet" in awa.get(page(case, "evidence")).text
    assert [gap.label for gap in filing.gaps(case)] == ["Billet"]
    with pytest.raises(workflow.Incomplete):
        workflow.submit(case)
    filing.attach(case, "ticket", picture("billet.jpg", "billet"))
    assert workflow.submit(case).state == State.SUBMITTED


def test_a_file_of_another_format_is_refused_with_a_sentence(awa, outing):
    case = walked(awa)
    upload = {"piece-birth_record": picture("acte.jpg", "acte"), "attach": "1"}
    answer = awa.post(page(case, "evidence"), upload)
    assert answer.status_code == 422
    assert "Il faut un PDF ici, pas une photo." in answer.text
    assert not again(case).evidence.exists()


def test_a_rule_with_a_condition_routes_first(awa, outing):
    at_home, away = walked(awa), walked(awa, purpose="travel")
    filing.attach(away, "ticket", picture("billet.jpg", "billet"))
    assert workflow.submit(at_home).office.code == "arrondissement-5"
    assert workflow.submit(away).office.code == "etat-civil"
    assert (at_home.routing_reason, away.routing_reason) == ("Résidence", "Voyages")


# -- Who is not eligible -----------------------------------------------------------------------


def test_who_is_not_eligible_is_told_at_once_why_and_where_to_go(awa, outing):
    case = begun(awa, "sortie")
    answer = awa.post(page(case, "step", 1), ADULT)
    assert answer.url == page(case, "not-eligible")
    told = awa.get(answer.url).text
    assert "moins de 18 ans" in told
    assert "demandez un passeport" in told
    assert 'href="https://service-public.bj"' in told
    assert f'href="{page(case, "step", 1)}#q-birth"' in told
    assert "3 mai 1990" in told
    assert "copies" not in told, "only the answer that decided"


def test_who_is_not_eligible_is_told_before_one_question_more_is_asked(awa, outing):
    """The answer that stops the request is on the same page as one that calls for a question."""
    outing.refresh_from_db()
    definition = copy.deepcopy(definition_of(outing.current))
    adult = {"field": "birth", "is": "age_at_least", "value": 18}
    definition["form"]["steps"][0]["fields"].append(field("job", "text", when=adult))
    publish(new_version(outing, definition))
    case = begun(awa, "sortie")
    answer = awa.post(page(case, "step", 1), ADULT | {"_shown": "surname birth copies"})
    assert (answer.status_code, answer.url) == (302, page(case, "not-eligible"))
    assert "moins de 18 ans" in awa.get(answer.url).text
    # The near miss: one who may ask is asked what remains, and is not sent away for an answer that does not hold.
    wrong = awa.post(page(case, "step", 1), ADULT | {"surname": "", "_shown": "surname birth copies"})
    assert wrong.status_code == 422
    assert awa.post(page(case, "step", 1), CHILD | {"_shown": "surname birth copies"}).url == page(case, "step", 2)


def test_a_wrong_answer_is_changed_and_the_request_goes_on(awa, outing):
    case = begun(awa, "sortie")
    awa.post(page(case, "step", 1), ADULT)
    assert awa.post(page(case, "step", 1), CHILD).url == page(case, "step", 2)
    assert awa.get(page(case, "not-eligible")).url == page(case, "resume")


def test_who_is_not_eligible_cannot_file_by_another_way(awa, outing):
    case = walked(awa, child=ADULT)
    assert awa.get(page(case, "review")).url == page(case, "not-eligible")
    assert sent(awa, case).url == page(case, "not-eligible")
    with pytest.raises(workflow.NotEligible, match="moins de 18 ans"):
        workflow.submit(case)
    assert again(case).state == State.DRAFT


def test_the_page_of_who_is_not_eligible_is_as_secret_as_the_draft(awa, outing):
    case = walked(awa)
    sent(awa, case)
    assert awa.get(page(case, "not-eligible")).status_code == 404
    assert awa.get(reverse("requests:not-eligible", args=["00000000-0000-4000-8000-000000000000"])).status_code == 404


# -- What it costs -----------------------------------------------------------------------------


def test_the_fee_is_shown_before_filing_and_frozen_with_it(awa, outing):
    case = walked(awa)
    assert "1\u202f500\u00a0F\u00a0CFA" in awa.get(page(case, "review")).text
    sent(awa, case)
    kept = thawed(again(case).fee)
    assert kept
    assert (kept.total, kept.to_confirm) == (1500, False)
    assert "1\u202f500\u00a0F\u00a0CFA" in awa.get(page(case, "receipt")).text


def test_a_service_without_fee_lines_freezes_nothing(awa):
    case = filled(awa)
    assert "Calcul des droits" not in awa.get(page(case, "review")).text
    sent(awa, case)
    assert again(case).fee == {}


def test_what_was_frozen_does_not_move_with_a_new_tariff(awa, outing):
    case = walked(awa)
    sent(awa, case)
    definition: dict[str, Any] = copy.deepcopy(DEFINITION) | {"fees": [STAMP | {"quantity": "copies", "amount": 9000}]}
    definition["form"]["steps"][0]["fields"].append(field("copies", "integer"))
    publish(new_version(outing, definition))
    assert thawed(again(case).fee).total == 1500


def test_a_file_that_is_no_longer_asked_for_is_erased_at_filing(awa, outing, django_capture_on_commit_callbacks):
    case = walked(awa, purpose="travel")
    ticket = filing.attach(case, "ticket", picture("billet.jpg", "billet"))
    awa.post(page(case, "step", 2), {"purpose": "school"})
    assert again(case).evidence.count() == 1, "kept meanwhile: the person may change her mind again"
    assert "billet" not in awa.get(page(case, "review")).text
    storage, name = ticket.file.storage, ticket.file.name
    with django_capture_on_commit_callbacks(execute=True):
        sent(awa, case)
    assert again(case).state == State.SUBMITTED
    assert not again(case).evidence.exists()
    assert not storage.exists(name)


def test_a_file_that_is_asked_for_stays(awa, outing):
    case = walked(awa, purpose="travel")
    filing.attach(case, "ticket", picture("billet.jpg", "billet"))
    sent(awa, case)
    assert again(case).evidence.count() == 1
