"""The database itself refuses to rewrite the journal."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON arrondissements_journalentry
  FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER journal_is_append_only ON arrondissements_journalentry;
DROP FUNCTION journal_is_append_only();
"""
SQLITE = [
    f"CREATE TRIGGER journal_no_{act} BEFORE {act} ON arrondissements_journalentry "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for act in ("update", "delete")
]
SQLITE_BACK = ["DROP TRIGGER journal_no_update", "DROP TRIGGER journal_no_delete"]


def forwards(apps, editor):
    for statement in [POSTGRESQL] if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def backwards(apps, editor):
    for statement in [POSTGRESQL_BACK] if editor.connection.vendor == "postgresql" else SQLITE_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("arrondissements", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
