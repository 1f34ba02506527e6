"""Who designs services writes the ready reasons for corrections, as they write the ready replies."""

import importlib

from django.db import migrations

groups = importlib.import_module("portal.migrations.0003_writers_and_designers_of_services")


def allow(apps, schema_editor):
    actions = [(f"{action}_correctionreason", f"Can {action} correctionreason") for action in ("add", "change", "view")]
    added = [groups.permission(apps, "catalogue", "correctionreason", codename, said) for codename, said in actions]
    for group in apps.get_model("auth", "Group").objects.filter(name=groups.PUBLISHERS):
        group.permissions.add(*added)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_writers_and_designers_of_services"),
        ("catalogue", "0006_reasons_for_corrections"),
    ]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
