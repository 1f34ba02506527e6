"""What is closed or full is neither begun nor filed, and a draft begun before loses nothing."""

import datetime
import threading

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from requests_app import admission, filing, workflow
from requests_app.catalogue import opening
from requests_app.catalogue.models import Per, Restriction, Service
from requests_app.catalogue.publishing import definition_of, publish_definition, retire
from requests_app.evidence.standing import arrived_files
from requests_app.models import ServiceRequest
from requests_app.states import State
from tests.requests_app.citizen import filled, sent
from tests.requests_app.test_concurrency import fresh
from tests.together import all_at_once

pytestmark = pytest.mark.django_db
LIFE = "certificat-vie"
ONE = datetime.timedelta(days=1)
MESSAGE = {"fr": "Voyez l’ANIP.", "en": "See the ANIP."}


def restrict(**options):
    facts = {"starts": timezone.localdate(), "message_fr": "Le bureau est fermé.", "message_en": "Closed."}
    admission.forget()
    return Restriction.objects.create(service=Service.objects.get(slug=LIFE), **(facts | options))


def retire_yesterday():
    retire(Service.objects.get(slug=LIFE), on=timezone.localdate() - ONE, message=MESSAGE, by=None)


def test_a_retired_service_is_not_begun_but_a_draft_begun_before_is_filed(draft):
    case = draft(LIFE)
    retire_yesterday()
    with pytest.raises(workflow.NotOpen, match="ANIP"):
        filing.start(Service.objects.get(slug=LIFE), language="fr")
    assert workflow.submit(case).state == State.SUBMITTED


def test_a_draft_is_filed_on_the_version_it_began_with(draft):
    case = draft(LIFE)
    service = case.version.service
    definition = definition_of(case.version) | {"processing_days": 9}
    assert publish_definition(service, definition).number == 2
    filed = workflow.submit(fresh(case.pk))
    assert (filed.version.number, filed.version.processing_days) == (1, 2)


def test_a_closure_keeps_the_draft_and_lets_it_be_filed_afterwards(draft):
    case = draft(LIFE)
    restrict(ends=timezone.localdate())
    with pytest.raises(workflow.NotOpen, match="fermé"):
        workflow.submit(case)
    assert fresh(case.pk).state == State.DRAFT
    with time_machine.travel(timezone.now() + ONE):
        assert workflow.submit(fresh(case.pk)).state == State.SUBMITTED


def test_the_closure_of_another_office_or_service_changes_nothing(draft, cast):
    case = draft(LIFE)
    restrict(office=cast.fifth)
    Restriction.objects.create(
        service=Service.objects.get(slug="permis-inhumer"), starts=timezone.localdate(), message_fr="x", message_en="x"
    )
    assert workflow.submit(case).office == cast.first


def test_a_cap_counts_what_was_filed_today_in_that_office_but_no_trial(filed_case, draft, cast):
    filed_case(surname="UN")
    ServiceRequest.objects.filter(pk=filed_case(surname="ESSAI").pk).update(is_trial=True)
    ServiceRequest.objects.filter(pk=filed_case(surname="HIER").pk).update(submitted_at=timezone.now() - ONE)
    ServiceRequest.objects.filter(pk=filed_case(surname="AILLEURS").pk).update(office=cast.fifth)
    rule = restrict(cap=2, office=cast.first, message_fr="Complet aujourd’hui.")
    second, third = draft(LIFE, surname="DEUX"), draft(LIFE, surname="TROIS")
    assert workflow.submit(second).state == State.SUBMITTED
    with pytest.raises(workflow.NotOpen, match="Complet"):
        workflow.submit(third)
    rule.per, rule.starts, rule.cap = Per.PERIOD, timezone.localdate() - ONE, 4
    rule.save()
    assert workflow.submit(fresh(third.pk)).state == State.SUBMITTED


def test_a_resend_of_what_was_filed_is_not_refused_when_it_is_full(draft):
    case = draft(LIFE)
    seen_before = fresh(case.pk)
    restrict(cap=1)
    workflow.submit(case)
    assert workflow.submit(seen_before).reference == case.reference


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_filings_at_once_for_three_places_are_three(draft):
    cases = [draft(LIFE, surname=f"NOM{'ABCDEFGH'[i]}").pk for i in range(8)]
    restrict(cap=3)
    results = all_at_once(8, lambda i: workflow.submit(fresh(cases[i])))
    assert sum(isinstance(result, ServiceRequest) for result in results) == 3
    assert sum(isinstance(result, workflow.NotOpen) for result in results) == 5
    assert ServiceRequest.objects.filter(state=State.SUBMITTED).count() == 3


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_more_than_three_would_get_in(draft):
    """Negative control: the same race, with everybody counting before anybody writes."""
    cases = [draft(LIFE, surname=f"NOM{'ABCDEFGH'[i]}").pk for i in range(8)]
    restrict(cap=3)
    counted = threading.Barrier(8)

    def file_after_counting(i):
        case = fresh(cases[i])
        facts = workflow._filing_facts(case, arrived_files(case), timezone.now())
        today = timezone.localdate()
        rows = list(admission._rows(case.version.service_id, today))
        stop = opening.why_not_file(rows, facts["office"].pk, today, admission._counter(today))
        counted.wait(20)
        if not stop:
            ServiceRequest.objects.filter(pk=case.pk).update(state=State.SUBMITTED, **facts)

    all_at_once(8, file_after_counting)
    assert ServiceRequest.objects.filter(state=State.SUBMITTED).count() > 3


# -- On the pages ---------------------------------------------------------------------------------


def test_the_first_page_says_why_and_has_no_button(awa):
    address = reverse("requests:start", args=[LIFE])
    assert "data-portal-once" in awa.get(address).text
    restrict()
    page = awa.get(address)
    assert "Le bureau est fermé." in page.text
    assert "data-portal-once" not in page.text
    answer = awa.post(address)
    assert answer.status_code == 409
    assert not ServiceRequest.objects.exists()


def test_the_closure_of_one_office_is_told_with_its_name_and_leaves_the_button(awa, cast):
    restrict(office=cast.fifth)
    page = awa.get(reverse("requests:start", args=[LIFE]))
    assert "Le bureau est fermé." in page.text
    assert cast.fifth.name_fr in page.text
    assert "data-portal-once" in page.text


def test_a_full_draft_comes_back_to_its_review_with_the_reason(awa):
    case = filled(awa)
    restrict(cap=0, message_fr="Complet aujourd’hui : revenez demain.")
    answer = sent(awa, case)
    assert answer.status_code == 422
    assert "revenez demain" in answer.text


def test_the_counter_is_told_too(cast, site, signed_in):
    restrict()
    answer = signed_in(cast.fifame).get(reverse("desk:counter", args=[LIFE]))
    assert "Le bureau est fermé." in answer.text
    assert not ServiceRequest.objects.exists()


def test_a_retired_service_leaves_the_counters_list(cast, site, signed_in):
    retire_yesterday()
    answer = signed_in(cast.fifame).get(reverse("desk:new"))
    assert LIFE not in answer.text
    assert "permis-inhumer" in answer.text
