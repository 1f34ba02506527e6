import datetime
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from arrondissements.models import JournalEntry
from civil_status.documents import document_codes, issuance, keys
from civil_status.documents.content import DocumentContent, Holder, UnprintableContent
from civil_status.documents.models import IssuedDocument, NumberSeries, RevocationReason, SealKey, Status

pytestmark = pytest.mark.django_db


def test_issuing_gives_number_content_seal_code_and_a_line_of_the_journal(issue, cast):
    document = issue()
    content = DocumentContent.from_canonical(document.content)
    assert document.number.startswith("N°0001/")
    assert (content.number, content.office, content.office_number) == (document.number, cast.first.name_fr, 1)
    assert document.content_sha256 == content.digest()
    assert document.holder_masked == "H••••• Ɖ•"
    assert document.status == Status.VALID
    line = JournalEntry.objects.get(act="document.issued")
    assert (line.obj, line.by, line.office) == (f"document:{document.pk}", cast.rekia, cast.first)


def test_the_journal_line_holds_no_personal_data(issue):
    issue()
    body = bytes(JournalEntry.objects.get(act="document.issued").body).decode()
    assert "HOUNGB" not in body
    assert "1951" not in body


def test_the_content_is_frozen_as_printed_whatever_the_screens_language(issue, cast):
    from django.utils.translation import override

    with override("en"):
        document = issue()
    assert document.office_name == cast.first.name_fr


def test_a_leaked_table_opens_no_verification(issue):
    document = issue()
    code = document_codes.unlock(document.code_locked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM documents_issueddocument")
        leaked = b"\n".join(
            bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in cursor.fetchone()
        )
    for form in (code, document_codes.shown(code), code.lower()):
        assert form.encode() not in leaked
    assert document.number.encode() in leaked


def test_content_that_cannot_be_printed_takes_no_number(issue):
    with pytest.raises(UnprintableContent):
        issue(holder=Holder(surname="Awa 😀"))
    assert not NumberSeries.objects.exists()


def test_without_a_key_no_number_is_taken(issue):
    SealKey.objects.update(status="RETIRED")
    with pytest.raises(keys.NoCurrentKey):
        issue()
    assert not NumberSeries.objects.exists()


def test_a_document_cannot_expire_before_it_is_issued(issue):
    day = timezone.localdate()
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(valid_until=day - datetime.timedelta(days=1))
    assert issue(valid_until=day).valid_until == day


# -- Frozen -----------------------------------------------------------------------------------------

CHANGES = {
    "number": "N°9999/2026",
    "content": "{}",
    "content_sha256": "0" * 64,
    "code_index": "0" * 32,
    "code_locked": "x",
    "seal": b"x",
    "holder_masked": "A•••••",
    "issued_on": datetime.date(2020, 1, 1),
    "valid_until": datetime.date(2099, 1, 1),
    "office_name": "Ailleurs",
    "type_label": "Autre",
    "seq": 99,
}


@pytest.mark.parametrize("column", CHANGES)
def test_the_database_refuses_to_change_what_was_issued(issue, column):
    document = issue()
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedDocument.objects.filter(pk=document.pk).update(**{column: CHANGES[column]})
    kept = IssuedDocument.objects.values_list(column, flat=True).get(pk=document.pk)
    assert (bytes(kept) if column == "seal" else kept) == getattr(document, column)


def test_the_control_what_is_not_frozen_may_change(issue):
    document = issue()
    changes = {"file_name": "a.pdf", "file_sha256": "0" * 64, "rendered_at": timezone.now()}
    assert IssuedDocument.objects.filter(pk=document.pk).update(**changes) == 1


@pytest.mark.postgresql
def test_postgresql_refuses_to_delete_a_document(issue):
    document = issue()
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedDocument.objects.filter(pk=document.pk).delete()


def test_a_fallen_document_never_stands_up_again(issue, cast):
    document = issue()
    issuance.revoke(document, by=cast.rekia, reason=RevocationReason.FRAUD)
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedDocument.objects.filter(pk=document.pk).update(
            status="VALID", revoked_at=None, revocation_reason="", revocation_note=""
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "REVOKED"},
        {"status": "REVOKED", "revocation_reason": "FRAUD"},
        {"status": "REVOKED", "revoked_at": datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)},
        {"revocation_reason": "FRAUD"},
        {
            "status": "REPLACED",
            "revocation_reason": "ERROR",
            "revoked_at": datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC),
        },
        {"file_name": "a.pdf"},
    ],
)
def test_a_state_without_its_facts_is_refused(issue, changes):
    document = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.filter(pk=document.pk).update(**changes)


# -- Revoke and replace -----------------------------------------------------------------------------


def test_revoking_keeps_who_when_and_why(issue, cast):
    document = issue()
    issuance.revoke(document, by=cast.rekia, reason=RevocationReason.FRAUD, note="faux livret")
    document.refresh_from_db()
    assert (document.status, document.revocation_reason, document.revocation_note) == (
        "REVOKED",
        "FRAUD",
        "faux livret",
    )
    line = JournalEntry.objects.get(act="document.revoked")
    assert (line.by, line.reason) == (cast.rekia, "FRAUD")
    assert b"faux livret" not in bytes(line.body)
    assert json.loads(bytes(line.body))


def test_the_second_click_loses_even_with_an_old_screen(issue, cast):
    document = issue()
    stale = IssuedDocument.objects.get(pk=document.pk)
    issuance.revoke(document, by=cast.rekia, reason=RevocationReason.ERROR)
    with pytest.raises(issuance.NoLongerValid, match="déjà"):
        issuance.replace(stale, by=cast.rekia, new=issue(), reason=RevocationReason.ERROR)
    assert JournalEntry.objects.filter(act__in=["document.revoked", "document.replaced"]).count() == 1


def test_replacing_points_to_the_new_document(issue, cast):
    old, new = issue(), issue()
    issuance.replace(old, by=cast.rekia, new=new, reason=RevocationReason.UPDATE)
    old.refresh_from_db()
    assert (old.status, old.replaced_by) == ("REPLACED", new)


def test_a_document_does_not_replace_itself(issue, cast):
    document = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        issuance.replace(document, by=cast.rekia, new=document, reason=RevocationReason.ERROR)


def test_the_command_revokes_by_number_and_by_code(issue, capsys):
    first, second = issue(), issue()
    call_command("revoke_document", first.number, "--reason", "FRAUD")
    call_command("revoke_document", document_codes.unlock(second.code_locked), "--reason", "ERROR", "--note", "nuit")
    assert set(IssuedDocument.objects.values_list("status", flat=True)) == {"REVOKED"}
    assert "est annulé" in capsys.readouterr().out
    for wrong in (first.number, "N°0099/2026/MCOT/A01/CV"):
        with pytest.raises(CommandError):
            call_command("revoke_document", wrong, "--reason", "FRAUD")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_hundred_documents_from_eight_threads_are_numbered_without_gap(issue):
    def one(_turn: int) -> int:
        try:
            return issue().seq
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(one, range(200))) == list(range(1, 201))
    assert IssuedDocument.objects.values("number", "code_index").distinct().count() == 200
