
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0018_what_the_offices_did'),
    ]

    operations = [
        migrations.AddField(
            model_name='servicerequest',
            name='estimated_on',
            field=models.DateField(null=True),
        ),
    ]
