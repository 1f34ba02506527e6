"""A published version cannot be changed, not even by a hand in the database."""

from django.db import migrations

SENTENCE = "a published service version cannot be changed"

POSTGRESQL = f"""
CREATE FUNCTION catalogue_refuse_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER catalogue_published_version_is_frozen
    BEFORE UPDATE OR DELETE ON catalogue_serviceversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION catalogue_refuse_published_version();
"""
POSTGRESQL_REVERSE = """
DROP TRIGGER catalogue_published_version_is_frozen ON catalogue_serviceversion;
DROP FUNCTION catalogue_refuse_published_version();
"""
# No DELETE here: emptying a test database on SQLite deletes row by row (PostgreSQL truncates).
SQLITE = f"""
CREATE TRIGGER catalogue_published_version_is_frozen
    BEFORE UPDATE ON catalogue_serviceversion
    FOR EACH ROW WHEN OLD.published_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END;
"""
SQLITE_REVERSE = "DROP TRIGGER catalogue_published_version_is_frozen;"


def freeze(apps, schema_editor) -> None:
    run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def thaw(apps, schema_editor) -> None:
    run(schema_editor, {"postgresql": POSTGRESQL_REVERSE, "sqlite": SQLITE_REVERSE})


def run(schema_editor, statements: dict[str, str]) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statements[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
