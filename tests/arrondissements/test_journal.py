"""The journal: every act is one line, and no line can be rewritten unseen."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from arrondissements import journal
from arrondissements.models import JournalEntry, JournalHead

pytestmark = pytest.mark.django_db


def three_lines():
    return [journal.record("test", obj=f"case:{n}", by=None, details={"n": n}) for n in range(3)]


def without_guard(sql: str, *parameters: object) -> None:
    """What an administrator of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the lines just written still owe their checks
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending on the table
            cursor.execute("ALTER TABLE arrondissements_journalentry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS journal_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS journal_no_delete")
        cursor.execute(sql, parameters)


def test_lines_follow_one_another_and_the_chain_holds():
    first, second, third = three_lines()
    assert [second.seq - first.seq, third.seq - second.seq] == [1, 1]
    assert journal.verify(journal.ACTS)[1] is None


def test_the_database_refuses_to_change_a_line():
    line = three_lines()[1]
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.filter(pk=line.pk).update(reason="autre")


def test_the_database_refuses_to_remove_a_line():
    line = three_lines()[1]
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.filter(pk=line.pk).delete()


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE arrondissements_journalentry SET reason = 'autre' WHERE id = %s", "column"),
        ("UPDATE arrondissements_journalentry SET body = digest WHERE id = %s", "digest"),
        ("DELETE FROM arrondissements_journalentry WHERE id = %s", "missing"),
    ],
)
def test_the_first_broken_line_is_named(sql, fault):
    line = three_lines()[1]
    without_guard(sql, line.pk)
    count, broken = journal.verify(journal.ACTS)
    assert (broken.seq, count) == (line.seq, line.seq - 1)
    assert fault in broken.fault


def test_removing_the_last_line_shows_against_the_head():
    line = three_lines()[2]
    without_guard("DELETE FROM arrondissements_journalentry WHERE id = %s", line.pk)
    assert journal.verify(journal.ACTS)[1].seq == line.seq


def test_a_head_put_back_shows_too():
    three_lines()
    JournalHead.objects.filter(pk=journal.ACTS).update(digest=bytes(32))
    assert journal.verify(journal.ACTS)[1] is not None


def test_verify_journal_exits_1_and_names_the_row(capsys):
    line = three_lines()[0]
    call_command("verify_journal")
    without_guard("UPDATE arrondissements_journalentry SET act = 'x' WHERE id = %s", line.pk)
    with pytest.raises(SystemExit) as stop:
        call_command("verify_journal")
    assert stop.value.code == 1
    assert f"ligne {line.seq}" in capsys.readouterr().err


def test_readings_have_a_chain_of_their_own(cast):
    acts = JournalHead.objects.get(pk=journal.ACTS).seq
    journal.record_reading(obj="case:1", by=cast.sena, office=cast.first)
    assert JournalHead.objects.get(pk=journal.ACTS).seq == acts
    assert JournalHead.objects.get(pk=journal.READS).seq == 1


def test_a_line_leaves_with_the_act_that_failed():
    before = JournalHead.objects.get(pk=journal.ACTS).seq
    with pytest.raises(RuntimeError), transaction.atomic():
        journal.record("test", obj="case:9", by=None)
        raise RuntimeError
    assert JournalHead.objects.get(pk=journal.ACTS).seq == before
    assert not JournalEntry.objects.filter(obj="case:9").exists()
