"""The desk beside the cases: filing for a walk-in, declaring a document void, seeing what did not leave."""

import pytest

from arrondissements.models import JournalEntry, OutboxMessage, OutboxState
from civil_status.documents.models import IssuedDocument
from requests_app.states import State
from tests.cast import deliver_all
from tests.requests_app.desk import EVERYBODY, text_of

pytestmark = pytest.mark.django_db


# -- Documents ----------------------------------------------------------------------------------


@pytest.fixture
def document(filed_case):
    return filed_case(state=State.READY).document


def test_the_document_is_downloaded_in_its_office_and_the_reading_written(document, signed_in, cast):
    path = f"/agent/documents/{document.pk}/document.pdf"
    assert signed_in(cast.codjo).get(path).status_code == 404
    answer = signed_in(cast.fifame).get(path)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert JournalEntry.objects.filter(obj=f"document:{document.pk}", chain="reads", by=cast.fifame).exists()


def test_documents_are_found_by_a_piece_of_their_number(document, signed_in, cast):
    client = signed_in(cast.sena)
    assert document.number in text_of(client.get("/agent/documents/", {"q": document.number[2:8].lower()}))
    assert document.number not in text_of(client.get("/agent/documents/", {"q": "9999"}))
    assert document.number not in text_of(signed_in(cast.codjo).get("/agent/documents/"))


@pytest.mark.parametrize("login", EVERYBODY)
def test_only_who_answers_for_the_office_declares_a_document_void(document, signed_in, cast, login):
    words = {"reason": "ERROR", "note": "Prénom faux."}
    answer = signed_in(getattr(cast, login)).post(f"/agent/documents/{document.pk}/annuler/", words)
    may = login in {"mahugnon", "rekia"}
    assert answer.status_code == (302 if may else 404)
    assert IssuedDocument.objects.get(pk=document.pk).status == ("REVOKED" if may else "VALID")


def test_a_revocation_needs_its_reason_and_its_words(document, signed_in, cast):
    answer = signed_in(cast.mahugnon).post(f"/agent/documents/{document.pk}/annuler/", {"reason": "", "note": ""})
    assert "Choisissez une réponse" in text_of(answer)
    assert IssuedDocument.objects.get(pk=document.pk).status == "VALID"


def test_a_document_is_replaced_by_one_of_the_same_office_and_nature(document, filed_case, signed_in, cast):
    new = filed_case(state=State.READY, surname="Corrigée").document
    stranger = filed_case("attestation-souche", state=State.READY).document
    client, path = signed_in(cast.rekia), f"/agent/documents/{document.pk}/annuler/"
    words = {"reason": "ERROR", "note": "Nom corrigé."}
    for wrong in (stranger.number, document.number, "N°9999"):
        assert "Aucun document valide" in text_of(client.post(path, words | {"replaced_by": wrong}))
    client.post(path, words | {"replaced_by": new.number})
    document.refresh_from_db()
    assert (document.status, document.replaced_by) == ("REPLACED", new)


def test_the_second_revocation_reads_that_it_comes_too_late(document, signed_in, cast):
    path, words = f"/agent/documents/{document.pk}/annuler/", {"reason": "ERROR", "note": "x"}
    signed_in(cast.rekia).post(path, words)
    assert "déjà été annulé" in text_of(signed_in(cast.mahugnon).post(path, words))


# -- What has not left --------------------------------------------------------------------------


def test_only_the_head_of_an_office_sees_what_did_not_leave_and_never_the_words(filed_case, signed_in, cast):
    case = filed_case()
    page = text_of(signed_in(cast.mahugnon).get("/agent/envois/"))
    assert f"received:{case.pk}:sms" in page
    assert case.phone not in page
    assert signed_in(cast.sena).get("/agent/envois/").status_code == 404


def test_a_message_given_up_is_tried_again_when_asked(filed_case, signed_in, cast):
    case = filed_case()
    row = OutboxMessage.objects.get(key=f"received:{case.pk}:sms")
    OutboxMessage.objects.filter(pk=row.pk).update(state=OutboxState.GIVEN_UP, attempts=36, error="ConnectionError")
    assert signed_in(cast.sena).post(f"/agent/envois/{row.pk}/relancer/").status_code == 404
    assert signed_in(cast.mahugnon).post(f"/agent/envois/{row.pk}/relancer/").status_code == 302
    deliver_all()
    row.refresh_from_db()
    assert row.state == OutboxState.SENT
    assert JournalEntry.objects.get(act="outbox.retried").by == cast.mahugnon
