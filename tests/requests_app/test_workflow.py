"""The life of a request, act by act."""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from arrondissements.models import JournalEntry, Office, OutboxMessage
from civil_status.documents import issuance
from requests_app import moving, revocation, workflow
from requests_app.catalogue.models import RejectionMotive
from requests_app.catalogue.reasons import reason_in_words
from requests_app.models import Message, ServiceRequest
from requests_app.states import TRANSITIONS, State
from tests.cast import HANDED, deliver_all

pytestmark = pytest.mark.django_db


def acts(case):
    return list(JournalEntry.objects.filter(obj=case.obj).order_by("seq").values_list("act", flat=True))


def told(case):
    return set(OutboxMessage.objects.filter(key__endswith=":sms").values_list("key", flat=True))


def stored(case):
    return ServiceRequest.objects.get(pk=case.pk)


def motive():
    return RejectionMotive.objects.first()


# -- Filing -------------------------------------------------------------------------------------


def test_filing_gives_a_reference_an_office_a_promise_and_a_receipt(filed_case, cast):
    with time_machine.travel("2026-11-20 10:00+01:00", tick=False):  # a Friday
        case = filed_case("certificat-vie")
    assert len(case.reference) == 9
    assert case.office == cast.first
    assert case.routing_reason
    assert case.due_on == datetime.date(2026, 11, 24)
    assert acts(case)[-1] == "case.submit"
    assert f"received:{case.pk}:sms" in told(case)


def test_a_request_follows_the_quartier_to_its_borough(filed_case, cast):
    assert filed_case("certificat-vie", residence="5:Gbéto").office == cast.fifth


def test_a_resend_gives_the_same_request(draft):
    case = draft("certificat-vie")
    again = ServiceRequest.objects.select_related("version__service").get(pk=case.pk)
    first, second = workflow.submit(case), workflow.submit(again)
    assert first.reference == second.reference
    assert acts(first).count("case.submit") == 1
    assert OutboxMessage.objects.filter(key=f"received:{first.pk}:sms").count() == 1


def test_the_same_thing_asked_twice_in_two_tabs_is_one_request(filed_case, draft):
    case = filed_case("certificat-vie")
    with pytest.raises(workflow.AlreadyOpen) as refusal:
        workflow.submit(draft("certificat-vie"))
    assert case.shown_reference in str(refusal.value)


def test_the_same_thing_may_be_asked_again_once_the_first_is_over(filed_case, draft):
    workflow.withdraw(filed_case("certificat-vie"))
    assert workflow.submit(draft("certificat-vie")).state == State.SUBMITTED


def test_an_incomplete_draft_is_not_filed_and_nothing_is_lost(draft):
    case = draft("certificat-vie", birth_place="")
    with pytest.raises(workflow.Incomplete) as refusal:
        workflow.submit(case)
    assert "birth_place" in refusal.value.answers.errors
    assert stored(case).answers["surname"] == "DOSSOU-YOVO"
    assert stored(case).state == State.DRAFT


def test_a_missing_piece_is_named(draft):
    case = draft("certificat-vie")
    case.evidence.all().delete()
    with pytest.raises(workflow.Incomplete) as refusal:
        workflow.submit(case)
    assert [piece["key"] for piece in refusal.value.pieces] == ["identity"]


# -- At the desk --------------------------------------------------------------------------------


def test_a_clerk_of_the_office_takes_a_request(filed_case, cast):
    case = filed_case()
    workflow.take(case, by=cast.sena)
    assert (stored(case).state, stored(case).instructed_by) == (State.UNDER_REVIEW, cast.sena)


def test_a_clerk_of_another_borough_may_not(filed_case, cast):
    with pytest.raises(PermissionDenied):
        workflow.take(filed_case(), by=cast.codjo)


def test_the_counter_hands_over_but_decides_nothing(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    with pytest.raises(PermissionDenied):
        workflow.accept(case, by=cast.fifame)
    ready = filed_case(state=State.READY, surname="AUTRE")
    workflow.deliver(ready, by=cast.fifame, handed=HANDED)
    assert stored(ready).state == State.DELIVERED


def test_the_second_click_loses_and_says_who_was_first(filed_case, cast):
    case = filed_case()
    seen_by_the_other = ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)
    workflow.take(case, by=cast.sena)
    with pytest.raises(workflow.TooLate, match="Sena"):
        workflow.take(seen_by_the_other, by=cast.other_clerk)
    assert stored(case).instructed_by == cast.sena
    assert acts(case).count("case.take") == 1


def test_asking_for_information_stops_the_clock_and_the_answer_starts_it(filed_case, cast):
    with time_machine.travel("2026-11-23 09:00+01:00", tick=False):  # a Monday
        case = filed_case()  # two working days: Wednesday
        workflow.take(case, by=cast.sena)
        workflow.ask_information(case, by=cast.sena, fields=["birth_place"], pieces=[], message="Quelle ville ?")
        assert not stored(case).is_late
    with time_machine.travel("2026-12-07 09:00+01:00", tick=False):  # a Monday, two weeks later
        assert not stored(case).is_late
        workflow.answer(case, answers={"birth_place": "Ouidah"})
    after = stored(case)
    assert (after.state, after.due_on, after.returned) == (State.UNDER_REVIEW, datetime.date(2026, 12, 9), True)
    assert after.answers["birth_place"] == "Ouidah"
    assert after.answers["surname"] == "DOSSOU-YOVO"


def test_asking_for_nothing_is_refused(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    with pytest.raises(workflow.Refused):
        workflow.ask_information(case, by=cast.sena, fields=[], pieces=[], message="Bonjour")
    assert stored(case).state == State.UNDER_REVIEW


def test_a_rejection_has_a_motive_and_the_citizen_is_told(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    workflow.reject(case, by=cast.sena, motive=motive(), message="La pièce est illisible.")
    assert stored(case).motive == motive()
    assert f"rejected:{case.pk}:sms" in told(case)
    assert JournalEntry.objects.get(act="case.reject").reason == motive().code


def test_the_database_refuses_a_rejection_without_motive(filed_case):
    case = filed_case(state=State.UNDER_REVIEW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRequest.objects.filter(pk=case.pk).update(state=State.REJECTED)


def test_a_transfer_changes_the_office_and_keeps_the_promise(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    promised = case.due_on
    workflow.transfer(case, by=cast.sena, to=cast.fifth, reason="Le quartier est dans le 5e.")
    after = stored(case)
    assert (after.office, after.state, after.due_on, after.instructed_by) == (
        cast.fifth,
        State.SUBMITTED,
        promised,
        None,
    )
    with pytest.raises(PermissionDenied):
        workflow.take(after, by=cast.sena)
    workflow.take(after, by=cast.codjo)


def test_a_transfer_to_the_same_office_is_refused(filed_case, cast):
    with pytest.raises(workflow.Refused):
        workflow.transfer(filed_case(), by=cast.sena, to=cast.first, reason="Ici")


# -- The signature ------------------------------------------------------------------------------


def test_the_signature_numbers_the_document_and_the_file_comes_after(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    document = workflow.issue(case, by=cast.rekia)
    assert stored(case).state == State.ACCEPTED
    assert document.seq == 1
    deliver_all()
    document.refresh_from_db()
    assert stored(case).state == State.READY
    assert document.file_name
    assert f"ready:{case.pk}:sms" in told(case)


def test_whoever_instructed_never_signs(filed_case, cast):
    case = filed_case()
    workflow.take(case, by=cast.rekia)
    workflow.accept(case, by=cast.rekia)
    with pytest.raises(workflow.Refused, match="instruit"):
        workflow.issue(case, by=cast.rekia)


def test_the_database_keeps_the_four_eyes(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRequest.objects.filter(pk=case.pk).update(signed_by=cast.sena)


def test_the_registrar_of_another_borough_does_not_sign(filed_case, cast):
    with pytest.raises(workflow.Refused, match="délégation"):
        workflow.issue(filed_case(state=State.ACCEPTED), by=cast.afiavi)


def test_a_request_not_accepted_is_not_signed(filed_case, cast):
    with pytest.raises(workflow.Refused):
        workflow.issue(filed_case(state=State.UNDER_REVIEW), by=cast.rekia)


def test_the_executive_secretary_signs_burial_permits_not_certificates_of_life(filed_case, cast):
    workflow.issue(filed_case("permis-inhumer", state=State.ACCEPTED), by=cast.secretary)
    with pytest.raises(workflow.Refused):
        workflow.issue(filed_case("certificat-vie", state=State.ACCEPTED), by=cast.secretary)


def test_a_second_signature_finds_the_first(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    late = ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)
    workflow.issue(case, by=cast.rekia)
    with pytest.raises(workflow.TooLate):
        workflow.issue(late, by=cast.rekia)
    deliver_all()
    assert acts(case).count("case.issue") == 1


def test_a_signatory_sends_back_instead_of_signing(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    workflow.return_to_clerk(case, by=cast.rekia, reason="Le prénom est mal écrit.")
    assert stored(case).state == State.UNDER_REVIEW
    assert Message.objects.get(internal=True).body == "Le prénom est mal écrit."


def test_what_is_prepared_here_is_completed_without_a_paper(filed_case, draft, cast):
    case = workflow.submit(draft("attestation-recasement"))
    clerk = cast.koffi
    clerk.postings.update(office=Office.objects.get(code="secretariat-executif"))
    workflow.take(case, by=clerk)
    workflow.accept(case, by=clerk)
    workflow.complete(case, by=clerk)
    assert (stored(case).state, stored(case).document) == (State.READY, None)


def test_a_document_to_be_signed_cannot_be_declared_ready(filed_case, cast):
    with pytest.raises(workflow.Refused):
        workflow.complete(filed_case(state=State.ACCEPTED), by=cast.sena)


# -- The citizen --------------------------------------------------------------------------------


def test_the_first_download_delivers_and_the_second_changes_nothing(filed_case):
    case = filed_case(state=State.READY)
    workflow.download(case)
    workflow.download(stored(case))
    assert stored(case).state == State.DELIVERED
    assert acts(case).count("case.download") == 1


@pytest.mark.parametrize("state", [State.ACCEPTED, State.READY])
def test_an_accepted_request_is_no_longer_withdrawn(filed_case, state):
    with pytest.raises(workflow.TooLate):
        workflow.withdraw(filed_case(state=state))


def test_a_request_without_answer_is_closed_with_a_reason(filed_case, cast):
    case = filed_case(state=State.NEEDS_INFORMATION)
    with pytest.raises(workflow.Refused):
        workflow.close(case, by=cast.sena, reason=" ")
    workflow.close(case, by=cast.sena, reason="Sans réponse depuis trois mois.")
    assert stored(case).state == State.CLOSED


# -- The table ----------------------------------------------------------------------------------


def test_possible_acts_are_those_of_the_state_and_of_the_person(filed_case, cast):
    case = filed_case()
    assert workflow.possible_acts(case, cast.sena) == ["take", "transfer"]
    assert workflow.possible_acts(case, cast.fifame) == []
    assert workflow.possible_acts(case, cast.codjo) == []
    accepted = filed_case(state=State.ACCEPTED, surname="AUTRE")
    assert workflow.possible_acts(accepted, cast.rekia) == ["issue", "return_to_clerk"]
    assert workflow.possible_acts(accepted, cast.sena) == []


def test_every_act_of_the_table_is_a_function_and_only_moves_from_its_sources(filed_case, cast):
    case = filed_case()
    for act, transition in TRANSITIONS.items():
        assert callable(getattr(workflow, act))
        if case.state not in transition.sources and act != "submit":
            with pytest.raises(workflow.TooLate):
                moving.move(case, act)


def test_an_act_that_fails_leaves_no_trace(filed_case, cast, settings):
    case = filed_case(state=State.UNDER_REVIEW)
    before = (acts(case), told(case))
    with pytest.raises(RuntimeError), transaction.atomic():
        workflow.accept(case, by=cast.sena)
        raise RuntimeError
    assert (acts(case), told(case)) == before
    assert stored(case).state == State.UNDER_REVIEW


def test_the_citizen_reads_his_own_language(draft):
    case = workflow.submit(draft("certificat-vie", language="en"))
    text = OutboxMessage.objects.get(key=f"received:{case.pk}:sms").payload["text"]
    assert "request" in text


def test_no_sms_is_longer_than_one_segment(filed_case, cast):
    from requests_app.messaging.sms import segments

    filed_case(state=State.READY)
    filed_case(state=State.NEEDS_INFORMATION, surname="AUTRE")
    workflow.reject(filed_case(state=State.UNDER_REVIEW, surname="TIERS"), by=cast.sena, motive=motive())
    texts = [m.payload["text"] for m in OutboxMessage.objects.filter(kind="sms") if m.payload]
    assert texts
    assert [text for text in texts if segments(text) > 1] == []


def test_a_late_request_is_late_only_while_the_office_holds_it(filed_case):
    case = filed_case()
    ServiceRequest.objects.update(due_on=timezone.localdate() - datetime.timedelta(1))
    assert stored(case).is_late
    workflow.withdraw(stored(case))
    assert not stored(case).is_late


def test_a_revoked_document_is_told_and_no_longer_handed_over(filed_case, cast):
    case = filed_case(state=State.READY)
    revocation.end(case.document, by=cast.rekia, reason="ERROR", note="Prénom mal écrit")
    assert f"revoked:{case.document_id}:sms" in told(case)
    with pytest.raises(workflow.Refused):
        workflow.deliver(stored(case), by=cast.fifame, handed=HANDED)
    assert stored(case).state == State.READY


def test_revoking_twice_tells_once(filed_case, cast):
    case = filed_case(state=State.READY)
    revocation.end(case.document, by=cast.rekia, reason="ERROR")
    with pytest.raises(issuance.NoLongerValid):
        revocation.end(stored(case).document, by=cast.rekia, reason="FRAUD")
    assert OutboxMessage.objects.filter(key=f"revoked:{case.document_id}:sms").count() == 1


def test_the_reason_of_the_office_is_recorded_in_french_and_read_in_the_readers_language(filed_case):
    case = filed_case("permis-inhumer", language="en")
    assert case.routing_reason == "Les affaires funéraires instruisent les permis d’inhumer de toute la ville."
    with override("en"):
        assert reason_in_words(case.version, case.routing_reason).startswith("The funeral affairs department")
        assert reason_in_words(case.version, "transfer: ailleurs") == "transfer: ailleurs"
