"""A document leaves the counter against a signature or the code of the phone, never against a name alone."""

import re

import pytest
from django.db import IntegrityError, transaction

from arrondissements import journal
from arrondissements.models import JournalEntry, OutboxMessage
from portal.demo import cases
from requests_app import tracking, workflow
from requests_app.models import Evidence, HandOver, ServiceRequest
from requests_app.states import State
from requests_app.walk_ins import handing
from tests.requests_app.desk import drawn_signature, text_of

pytestmark = pytest.mark.django_db

WHO = {"recipient": "Awa Dossou-Yovo", "identity": "CARD"}


@pytest.fixture
def ready(filed_case):
    return filed_case(state=State.READY)


@pytest.fixture
def fifame(signed_in, cast):
    return signed_in(cast.fifame)


def address(case, tail="remettre/"):
    return f"/agent/demande/{case.reference}/{tail}"


def stored(case):
    return ServiceRequest.objects.select_related("version__service", "office", "document").get(pk=case.pk)


def code_sent(case):
    sms = OutboxMessage.objects.filter(kind="sms", key__startswith="phone-code:").latest("pk")
    assert sms.payload["to"] == case.phone
    assert len(sms.payload["text"]) <= 160
    return re.search(r"code (\d{6})", sms.payload["text"])[1]


def test_a_signature_drawn_on_the_screen_hands_the_document_over_and_the_case_shows_the_receipt(ready, fifame):
    answer = fifame.post(address(ready), WHO | {"signature_drawn": drawn_signature()})
    assert answer.status_code == 302
    receipt = HandOver.objects.get(case=ready)
    assert (receipt.recipient, receipt.identity, receipt.by_code) == ("Awa Dossou-Yovo", "CARD", False)
    assert receipt.signature.media_type == "image/png"
    page = text_of(fifame.get(address(ready, "")))
    assert "carte nationale d’identité" in page
    assert "remise/signature/" in page
    assert fifame.get(address(ready, "remise/signature/")).status_code == 200


def test_the_photo_of_a_signature_on_paper_does_too(ready, fifame):
    fifame.post(address(ready), WHO | {"signature": cases.picture("feuille.jpg", "signature")})
    assert stored(ready).state == State.DELIVERED


def test_the_code_of_the_phone_hands_over_and_what_was_typed_stays_while_it_travels(ready, fifame):
    page = fifame.post(address(ready), WHO | {"phone": ready.phone, "send": "1"})
    assert 'value="Awa Dossou-Yovo"' in page.text
    assert stored(ready).state == State.READY
    answer = fifame.post(address(ready), WHO | {"phone": ready.phone, "code": code_sent(ready)})
    assert answer.status_code == 302
    assert HandOver.objects.get(case=ready).by_code


def test_a_wrong_code_is_counted_and_hands_nothing_over(ready, fifame):
    fifame.post(address(ready), WHO | {"phone": ready.phone, "send": "1"})
    right = code_sent(ready)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(5):
        answer = fifame.post(address(ready), WHO | {"phone": ready.phone, "code": wrong})
        assert answer.status_code == 409
        assert "Rien n’est remis" in text_of(answer)
    # The sixth try is the right code: too late.
    assert fifame.post(address(ready), WHO | {"phone": ready.phone, "code": right}).status_code == 409
    assert stored(ready).state == State.READY
    assert not HandOver.objects.exists()


def test_the_code_of_another_case_or_of_the_space_hands_nothing_over(ready, filed_case, fifame):
    other = filed_case(state=State.READY, surname="AUTRE")
    fifame.post(address(other), WHO | {"phone": other.phone, "send": "1"})
    answer = fifame.post(address(ready), WHO | {"phone": ready.phone, "code": code_sent(other)})
    assert answer.status_code == 409
    assert not tracking.redeem_phone_code(other.phone, code_sent(other))  # nor opens the citizen's space


def test_after_three_codes_in_an_hour_the_page_says_to_have_it_signed(ready, fifame):
    for _ in range(3):
        fifame.post(address(ready), WHO | {"phone": ready.phone, "send": "1"})
    answer = fifame.post(address(ready), WHO | {"phone": ready.phone, "send": "1"})
    assert answer.status_code == 409
    assert "Faites signer la personne" in text_of(answer)


def test_no_code_goes_to_a_phone_that_is_not_the_cases(ready, fifame):
    fifame.post(address(ready), WHO | {"phone": "+2290199999999", "send": "1"})
    assert not OutboxMessage.objects.filter(key__startswith="phone-code:").exists()


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        (WHO, "Faites signer la personne, ou demandez-lui le code"),
        (WHO | {"signature_drawn": "data:image/png;base64,x"}, "La signature n’est pas arrivée entière"),
        ({"recipient": "", "identity": "CIP", "signature_drawn": "x"}, "Écrivez le nom de la personne qui reçoit"),
        ({"recipient": "Awa", "identity": "", "signature_drawn": "x"}, "Choisissez une réponse"),
    ],
)
def test_without_proof_or_without_a_name_nothing_is_handed_over(ready, fifame, posted, sentence):
    answer = fifame.post(address(ready), posted)
    assert answer.status_code in (409, 422)
    assert sentence in text_of(answer)
    assert stored(ready).state == State.READY
    assert not Evidence.objects.filter(piece="hand_over").exists()


def test_the_second_click_loses_and_keeps_no_second_signature(ready, fifame):
    fifame.post(address(ready), WHO | {"signature_drawn": drawn_signature()})
    answer = fifame.post(address(ready), WHO | {"signature_drawn": drawn_signature()})
    assert answer.status_code == 409
    assert Evidence.objects.filter(piece="hand_over").count() == 1


def test_the_journal_keeps_what_was_shown_and_never_who_came(ready, fifame):
    fifame.post(address(ready), WHO | {"signature_drawn": drawn_signature()})
    line = JournalEntry.objects.get(obj=ready.obj, act="case.deliver")
    assert journal.details_of(line) == {"identity": "CARD", "proof": "signature"}
    assert b"Awa" not in bytes(line.body)


def test_the_act_itself_refuses_a_hand_over_without_proof(ready, cast):
    """The page is not what protects: who calls the act is refused too, and so is the row."""
    with pytest.raises(workflow.Refused, match="Faites signer"):
        workflow.deliver(ready, by=cast.fifame, handed=workflow.Handed("Awa", "CIP"))
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(case=ready, by=cast.fifame, recipient="Awa", identity="CIP")


def test_a_code_sent_to_a_phone_that_is_no_longer_the_cases_hands_nothing_over(ready, fifame, cast):
    old = ready.phone
    fifame.post(address(ready), WHO | {"phone": old, "send": "1"})
    code = code_sent(ready)
    ServiceRequest.objects.filter(pk=ready.pk).update(phone="+2290195000009")
    with pytest.raises(workflow.Refused, match="Ce code n’est pas le bon"):
        handing.hand_over(
            stored(ready), by=cast.fifame, recipient="Awa", identity="CARD", proof=handing.Proof(code), phone=old
        )
    assert stored(ready).state == State.READY


def test_the_page_that_names_who_comes_asks_why_it_is_opened(ready, fifame, cast):
    assert ready.applicant_name not in text_of(fifame.get(address(ready)))
    fifame.post(address(ready, "ouvrir/"), {"reason": "help"})
    assert ready.applicant_name in text_of(fifame.get(address(ready)))
    [line] = JournalEntry.objects.filter(obj=ready.obj, chain="reads")
    assert (line.by, line.reason) == (cast.fifame, "help")


def test_a_signature_is_read_for_a_reason_that_is_written(ready, fifame, signed_in, cast):
    fifame.post(address(ready), WHO | {"signature_drawn": drawn_signature()})
    rekia = signed_in(cast.rekia)
    assert rekia.get(address(ready, "remise/signature/")).headers["Content-Type"].startswith("text/html")
    rekia.post(address(ready, "ouvrir/"), {"reason": "check"})
    assert rekia.get(address(ready, "remise/signature/")).headers["Content-Type"] == "image/png"
    signature = f"evidence:{HandOver.objects.get().signature_id}"
    assert JournalEntry.objects.get(obj=signature, chain="reads", by=cast.rekia).reason == "file"


def test_the_signature_is_for_the_office_only(ready, fifame, signed_in, cast):
    fifame.post(address(ready), WHO | {"signature_drawn": drawn_signature()})
    assert signed_in(cast.codjo).get(address(ready, "remise/signature/")).status_code == 404
    assert signed_in(cast.codjo).get(address(ready)).status_code == 404
