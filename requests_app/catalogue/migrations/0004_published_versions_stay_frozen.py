"""SQLite made the table anew for the columns of 0003, without its trigger: put it back."""

import importlib

from django.db import migrations

frozen = importlib.import_module("requests_app.catalogue.migrations.0002_published_versions_are_frozen")


def freeze(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        frozen.freeze(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_services_made_on_screen")]
    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
