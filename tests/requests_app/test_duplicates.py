"""A likely duplicate is said before filing to whoever may know of it, and to nobody else; one tick goes on."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app import access, duplicates, workflow
from requests_app.models import Channel, ServiceRequest
from requests_app.states import OPEN_STATES, State
from tests.requests_app.citizen import page, proved, sent
from tests.requests_app.test_tracking import without_csrf

pytestmark = pytest.mark.django_db
PHONE, OTHER_PHONE, LIFE = "+2290196000002", "+2290197999999", "certificat-vie"
WARNING = "Cette demande semble déjà déposée"


def state_of(case):
    return ServiceRequest.objects.get(pk=case.pk).state


def review(client, case):
    return client.get(page(case, "review")).text


def test_whoever_proved_the_phone_is_warned_with_the_number(awa, draft, filed_case):
    filed = filed_case()
    case = draft(LIFE, surname="AUTRE")
    proved(awa, PHONE)
    text = review(awa, case)
    assert WARNING in text
    assert filed.shown_reference in text


def test_one_tick_goes_on_and_without_it_nothing_leaves(awa, draft, filed_case):
    filed_case()
    case = draft(LIFE, surname="AUTRE")
    proved(awa, PHONE)
    answer = sent(awa, case)
    assert answer.status_code == 422
    assert "Cochez cette case pour déposer quand même" in answer.text
    assert state_of(case) == State.DRAFT
    assert awa.post(page(case, "submit"), {"declaration": "on", "again": "on"}).status_code == 303
    assert state_of(case) == State.SUBMITTED


@pytest.mark.parametrize("state", [State.DELIVERED, State.READY])
def test_what_is_no_longer_open_is_no_duplicate(awa, draft, filed_case, state):
    filed_case(LIFE, state)
    case = draft(LIFE, surname="AUTRE")
    proved(awa, PHONE)
    assert WARNING not in review(awa, case)


def test_another_service_is_no_duplicate(awa, draft, filed_case):
    filed_case("attestation-souche", phone=PHONE)
    case = draft(LIFE)
    proved(awa, PHONE)
    assert WARNING not in review(awa, case)


def test_a_stranger_learns_nothing_of_a_name_or_of_a_phone(site, draft, filed_case):
    """The same page, whether the name and phone typed in the draft have an open request or not."""
    empty = draft(LIFE, surname="AUTRE")
    before = review(Client(), empty)
    filed_case()
    after = review(Client(), empty)
    assert without_csrf(before) == without_csrf(after)
    assert WARNING not in after
    assert "Vérifier avec mon téléphone" in after


def test_a_namesake_with_another_proved_phone_learns_nothing(awa, draft, filed_case):
    filed_case()
    case = draft(LIFE, phone=OTHER_PHONE, surname="AUTRE")
    proved(awa, OTHER_PHONE)
    assert WARNING not in review(awa, case)


def test_a_proved_phone_says_nothing_of_the_phone_typed_in_the_draft(awa, draft, filed_case):
    filed_case()
    mine = draft(LIFE, phone=OTHER_PHONE, surname="AUTRE")
    proved(awa, OTHER_PHONE)
    ServiceRequest.objects.filter(pk=mine.pk).update(phone=PHONE)
    assert WARNING not in review(awa, mine)


def test_checking_with_the_phone_comes_back_to_the_review(awa, draft, filed_case):
    filed_case()
    case = draft(LIFE, surname="AUTRE")
    assert proved(awa, PHONE, suite=page(case, "review")).url == page(case, "review")
    assert WARNING in review(awa, case)


def test_a_parent_asks_for_a_second_child_without_a_warning(awa, draft, filed_case):
    first, second = filed_case(), draft(LIFE, surname="AUTRE")
    helper = {"on_behalf": "CHILD", "helper_name": "Awa", "helper_phone": PHONE, "contact_to": "HELPER"}
    for case, name in ((first, "sourou"), (second, "codjo")):
        ServiceRequest.objects.filter(pk=case.pk).update(**helper, applicant_key=name)
    proved(awa, PHONE)
    assert WARNING not in review(awa, second)
    ServiceRequest.objects.filter(pk=second.pk).update(applicant_key="sourou")
    assert WARNING in review(awa, second)


def test_the_same_request_sent_twice_is_still_one(awa, draft):
    case = draft(LIFE)
    proved(awa, PHONE)
    assert sent(awa, case).url == sent(awa, case).url
    twin = draft(LIFE)
    with pytest.raises(workflow.AlreadyOpen):
        workflow.submit(twin)


# -- At the counter -----------------------------------------------------------------------------


def test_a_clerk_is_told_of_the_same_name_in_her_office_only(filed_case, draft, cast, signed_in):
    filed = filed_case()
    case = draft(LIFE, channel=Channel.COUNTER, phone=OTHER_PHONE, surname="AUTRE")
    assert filed.shown_reference in review(signed_in(cast.fifame), case)
    assert WARNING not in review(signed_in(cast.codjo), case)
    assert WARNING not in review(Client(), case)


def test_a_name_is_compared_without_accents_or_case(filed_case, draft, cast):
    filed = filed_case(LIFE, name="Awa Sènan DOSSOU-YOVO")
    case = draft(LIFE, name="awa senan dossou-yovo", phone=OTHER_PHONE, surname="AUTRE")
    assert list(duplicates.of_applicant(case, cast.sena)) == [filed]


# -- What it costs ------------------------------------------------------------------------------


def test_whoever_proved_nothing_costs_no_query(awa, draft, filed_case):
    case = draft(LIFE, surname="AUTRE")
    with CaptureQueriesContext(connection) as queries:
        sent(awa, case)
    assert not [query for query in queries if "applicant_key" in query["sql"].partition("WHERE")[2]]


@pytest.mark.postgresql
def test_duplicates_are_found_by_their_indexes(db):
    cases = ServiceRequest.objects.order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "case_by_phone" in cases.filter(access.held_by(PHONE)).explain()
    assert "open_case_by_applicant" in cases.filter(applicant_key="awa", state__in=OPEN_STATES).explain()


def test_the_desk_address_is_used_at_the_counter(filed_case, draft, cast, signed_in):
    filed = filed_case()
    case = draft(LIFE, channel=Channel.COUNTER, surname="AUTRE")
    assert reverse("desk:case", args=[filed.shown_reference]) in review(signed_in(cast.fifame), case)
