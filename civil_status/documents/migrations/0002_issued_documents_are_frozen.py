"""What was issued cannot be changed, not even by a hand in the database; a document that fell stays down.

On SQLite, a later migration that rebuilds the table must create the trigger again (Django drops it with the old table).
"""

from django.db import migrations

FROZEN = (
    "id", "number", "office_id", "kind", "year", "seq", "template", "type_label", "office_name", "holder_masked",
    "content", "content_sha256", "code_index", "code_locked", "seal", "key_id", "signatory_id", "issued_on",
    "issued_at", "valid_until",
)  # fmt: skip
SENTENCE = "an issued document cannot be changed"


def changed(differs: str) -> str:
    columns = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in FROZEN)
    return f"{columns} OR (OLD.status <> 'VALID' AND OLD.status <> NEW.status)"


POSTGRESQL = f"""
CREATE FUNCTION documents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_issued_is_frozen
    BEFORE UPDATE ON documents_issueddocument
    FOR EACH ROW WHEN ({changed("IS DISTINCT FROM")})
    EXECUTE FUNCTION documents_refuse_change();
CREATE TRIGGER documents_issued_is_kept
    BEFORE DELETE ON documents_issueddocument
    FOR EACH ROW EXECUTE FUNCTION documents_refuse_change();
"""
POSTGRESQL_REVERSE = """
DROP TRIGGER documents_issued_is_frozen ON documents_issueddocument;
DROP TRIGGER documents_issued_is_kept ON documents_issueddocument;
DROP FUNCTION documents_refuse_change();
"""
# No DELETE here: emptying a test database on SQLite deletes row by row (PostgreSQL truncates).
SQLITE = f"""
CREATE TRIGGER documents_issued_is_frozen
    BEFORE UPDATE ON documents_issueddocument
    FOR EACH ROW WHEN {changed("IS NOT")}
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END;
"""
SQLITE_REVERSE = "DROP TRIGGER documents_issued_is_frozen;"


def freeze(apps, schema_editor) -> None:
    run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def thaw(apps, schema_editor) -> None:
    run(schema_editor, {"postgresql": POSTGRESQL_REVERSE, "sqlite": SQLITE_REVERSE})


def run(schema_editor, statements: dict[str, str]) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statements[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
