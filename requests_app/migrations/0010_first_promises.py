from django.db import migrations, models


def keep_first_promises(apps, schema_editor):
    """What was promised before pauses were kept: the promise of today stands for the first one."""
    cases = apps.get_model("requests_app", "ServiceRequest").objects.exclude(submitted_at=None)
    cases.update(promised_on=models.F("due_on"), complete_at=models.F("submitted_at"))


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0009_the_desk_of_the_office")]

    operations = [migrations.RunPython(keep_first_promises, migrations.RunPython.noop)]
