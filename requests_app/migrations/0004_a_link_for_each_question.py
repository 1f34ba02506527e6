"""Each question already asked gets its own secret link."""

import uuid

from django.db import migrations, models


def give_links(apps, schema_editor) -> None:
    questions = apps.get_model("requests_app", "InformationRequest").objects
    for pk in list(questions.values_list("pk", flat=True)):
        questions.filter(pk=pk).update(token=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0003_services_made_on_screen")]
    operations = [
        migrations.RunPython(give_links, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="informationrequest",
            name="token",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
