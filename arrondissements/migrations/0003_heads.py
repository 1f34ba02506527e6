"""The two chains start at their genesis."""

from django.db import migrations


def forwards(apps, editor):
    head = apps.get_model("arrondissements", "JournalHead")
    for chain in ("acts", "reads"):
        head.objects.get_or_create(chain=chain)


class Migration(migrations.Migration):
    dependencies = [("arrondissements", "0002_journal_is_append_only")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
