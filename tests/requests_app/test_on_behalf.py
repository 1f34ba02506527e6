"""Asking for somebody else: who helps, who is told, and whose phone opens the request."""

import pytest
from django.test import Client
from django.urls import reverse

from arrondissements.models import OutboxMessage
from portal.demo.cases import picture
from requests_app import filing, workflow
from requests_app.evidence.checks import RefusedFile
from requests_app.models import Evidence, ServiceRequest
from tests.requests_app.citizen import begun, filled, page, proved, sent, texts_to
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db
HELPER, APPLICANT = "+2290197000009", "+2290196000002"
FOR_A_CHILD = {
    "on_behalf": "CHILD",
    "shown_for": "CHILD",
    "name": "Sènan Dossou",
    "phone": "",
    "helper_name": "Awa Dossou",
    "helper_phone": "97 00 00 09",
    "contact_to": "HELPER",
    "email": "",
}


def stored(case):
    return ServiceRequest.objects.get(pk=case.pk)


def contact(client, case, **changes):
    return client.post(page(case, "contact"), FOR_A_CHILD | changes)


def told_by_sms(case):
    rows = OutboxMessage.objects.filter(key__startswith=f"received:{case.pk}:sms")
    return {row.payload["to"] for row in rows}


def test_for_oneself_the_page_asks_for_a_name_and_a_phone_only(awa):
    text = awa.get(page(begun(awa), "contact")).text
    assert 'value="SELF" required' in text or 'value="SELF"' in text
    assert "helper_name" not in text
    assert "contact_to" not in text


def test_another_answer_brings_its_questions_and_nothing_typed_is_lost(awa):
    case = begun(awa)
    typed = {"on_behalf": "CHILD", "shown_for": "SELF", "name": "Awa Dossou", "phone": "97 00 00 09", "email": "a@b.bj"}
    answer = awa.post(page(case, "contact"), typed)
    assert answer.status_code == 200
    assert "Votre réponse change les questions." in answer.text
    shown = answer.context["form"]
    assert shown["helper_name"].value() == "Awa Dossou"
    assert shown["helper_phone"].value() == "97 00 00 09"
    assert shown["email"].value() == "a@b.bj"
    assert not shown["name"].value()
    assert stored(case).applicant_name == ""


def test_coming_back_to_oneself_puts_the_name_back(awa):
    case = begun(awa)
    answer = contact(awa, case, on_behalf="SELF")
    shown = answer.context["form"]
    assert (shown["name"].value(), shown["phone"].value()) == ("Awa Dossou", "97 00 00 09")
    assert "helper_name" not in shown.fields


def test_for_a_child_the_parent_is_told_and_the_child_needs_no_phone(awa):
    case = filled(awa)
    assert contact(awa, case).status_code == 303
    kept = stored(case)
    assert (kept.on_behalf, kept.applicant_name, kept.phone) == ("CHILD", "Sènan Dossou", "")
    assert (kept.helper_name, kept.helper_phone, kept.contact_to) == ("Awa Dossou", HELPER, "HELPER")
    sent(awa, case)
    assert told_by_sms(case) == {HELPER}


@pytest.mark.parametrize(
    ("told", "phones"), [("HELPER", {HELPER}), ("APPLICANT", {APPLICANT}), ("BOTH", {HELPER, APPLICANT})]
)
def test_notices_go_to_whom_the_request_chose_and_the_receipt_says_it(awa, told, phones):
    case = filled(awa)
    contact(awa, case, phone="96 00 00 02", contact_to=told)
    sent(awa, case)
    assert told_by_sms(case) == phones
    receipt = awa.get(page(case, "receipt")).text
    for phone, written in ((HELPER, "97\u00a000\u00a000\u00a009"), (APPLICANT, "96\u00a000\u00a000\u00a002")):
        assert (written in receipt) is (phone in phones)


@pytest.mark.parametrize("told", ["APPLICANT", "BOTH"])
def test_whoever_is_to_be_told_needs_a_phone(awa, told):
    case = begun(awa)
    answer = contact(awa, case, contact_to=told)
    assert answer.status_code == 422
    assert "Écrivez ce numéro" in answer.text
    assert stored(case).helper_phone == ""


@pytest.mark.parametrize("lacking", ["helper_name", "helper_phone", "name", "contact_to"])
def test_what_lacks_is_said_and_nothing_is_kept(awa, lacking):
    case = begun(awa)
    assert contact(awa, case, **{lacking: ""}).status_code == 422
    assert stored(case).applicant_name == ""


def test_an_association_may_have_a_figure_in_its_name_and_a_person_may_not(awa):
    case = begun(awa)
    for kind, status in (("ASSOCIATION", 303), ("CHILD", 422)):
        answer = contact(awa, case, on_behalf=kind, shown_for=kind, name="Club 2000")
        assert answer.status_code == status


def test_an_answer_that_is_none_of_the_list_is_refused(awa):
    case = begun(awa)
    assert contact(awa, case, on_behalf="NOBODY", shown_for="NOBODY").status_code in (200, 422)
    assert stored(case).on_behalf == "SELF"


def test_the_code_of_the_helper_opens_the_request_and_the_applicant_s_does_not(awa):
    case = filled(awa)
    contact(awa, case, phone="96 00 00 02")
    sent(awa, case)
    address = reverse("requests:case", args=[stored(case).shown_reference])
    proved(awa, HELPER)
    assert awa.get(address).status_code == 200
    other = Client()
    other.post(reverse("requests:phone"), {"phone": APPLICANT})
    assert not any("code est" in text for text in texts_to(APPLICANT))
    assert other.get(address).status_code == 404


def test_a_draft_that_names_nobody_to_tell_is_not_filed(draft):
    case = draft("certificat-vie")
    ServiceRequest.objects.filter(pk=case.pk).update(on_behalf="CHILD", contact_to="HELPER")
    case = stored(case)
    assert [gap.stage for gap in filing.gaps(case)] == ["contact"]
    with pytest.raises(workflow.Incomplete):
        workflow.submit(case)


def test_the_desk_reads_who_helps_and_finds_the_request_by_his_phone(filed_case, cast, signed_in):
    case = filed_case()
    helper = {"on_behalf": "CHILD", "helper_name": "Awa Dossou", "helper_phone": HELPER, "contact_to": "BOTH"}
    ServiceRequest.objects.filter(pk=case.pk).update(**helper)
    desk = signed_in(cast.sena)
    text = read_by(desk, case).text
    for words in ("Awa Dossou", "Pour mon enfant", "les deux"):
        assert words in text
    found = desk.get(reverse("desk:queue"), {"q": "97 00 00 09"}).text
    assert case.shown_reference in found


# -- The proof ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "needed"), [("MANDATE", True), ("ASSOCIATION", True), ("CHILD", False)])
def test_who_acts_for_another_proves_it_whatever_the_service(awa, kind, needed):
    case = filled(awa)
    contact(awa, case, on_behalf=kind, shown_for=kind)
    assert ("La preuve que vous pouvez agir" in awa.get(page(case, "evidence")).text) is needed
    assert [gap.stage for gap in filing.gaps(stored(case))] == (["evidence"] if needed else [])
    assert sent(awa, case).status_code == (422 if needed else 303)
    if needed:
        awa.post(page(case, "evidence"), {"piece-mandate": picture("procuration.jpg", "mandat"), "attach": "1"})
        assert sent(awa, case).status_code == 303
        assert stored(case).evidence.filter(piece="mandate").count() == 1


def test_a_proof_is_not_taken_from_whoever_asks_for_himself(awa):
    case = filled(awa)
    with pytest.raises(RefusedFile):
        filing.attach(stored(case), "mandate", picture("procuration.jpg", "mandat"))


@pytest.mark.parametrize("state", ["AVAILABLE", "QUARANTINE", "INFECTED"])
def test_a_proof_left_by_whoever_asks_for_himself_in_the_end_is_erased_at_filing(
    awa, state, django_capture_on_commit_callbacks
):
    """The service asks its files of everybody: nothing else would erase it."""
    case = filled(awa)
    contact(awa, case, on_behalf="MANDATE", shown_for="MANDATE")
    proof = filing.attach(stored(case), "mandate", picture("procuration.jpg", "mandat"))
    Evidence.objects.filter(pk=proof.pk).update(state=state)
    awa.post(page(case, "contact"), {"on_behalf": "SELF", "shown_for": "SELF", "name": "Awa", "phone": "96 00 00 02"})
    assert stored(case).evidence.filter(piece="mandate").exists(), "kept meanwhile: she may change her mind again"
    with django_capture_on_commit_callbacks(execute=True):
        assert sent(awa, case).status_code == 303
    assert [file.piece for file in stored(case).evidence.all()] == ["identity"]
    assert not proof.file.storage.exists(proof.file.name)


def test_the_clerk_sees_the_proof(filed_case, draft, cast, signed_in):
    case = draft("certificat-vie")
    ServiceRequest.objects.filter(pk=case.pk).update(
        on_behalf="MANDATE", helper_name="Awa Dossou", helper_phone=HELPER, contact_to="BOTH"
    )
    case = ServiceRequest.objects.select_related("version__service").get(pk=case.pk)
    filing.attach(case, "mandate", picture("procuration.jpg", "mandat"))
    workflow.submit(case)
    text = read_by(signed_in(cast.sena), case).text
    assert "La preuve que vous pouvez agir" in text
    assert "procuration.jpg" in text
