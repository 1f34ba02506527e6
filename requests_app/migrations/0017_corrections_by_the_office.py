import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("requests_app", "0016_archive_by_office"),
    ]

    operations = [
        migrations.AddField(
            model_name="correction",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="corrigée par",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="raison"),
        ),
    ]
