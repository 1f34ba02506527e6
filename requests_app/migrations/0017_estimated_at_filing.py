
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0016_archive_by_office'),
    ]

    operations = [
        migrations.AddField(
            model_name='servicerequest',
            name='estimated_on',
            field=models.DateField(null=True),
        ),
    ]
