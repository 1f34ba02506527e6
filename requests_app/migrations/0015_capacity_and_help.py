import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# (working days after the promise, who is told), for every service that has no rules of its own.
USUAL = [(-1, "CLERK"), (1, "SUPERVISOR"), (1, "APPLICANT"), (5, "SECRETARY")]


def write_usual_rules(apps, schema_editor):
    """The reminders of the first day; the town hall edits them in the Wagtail admin."""
    rules = apps.get_model("requests_app", "EscalationRule").objects
    if not rules.exists():
        for days, tells in USUAL:
            rules.create(days=days, tells=tells)


class Migration(migrations.Migration):

    dependencies = [
        ('arrondissements', '0006_the_desk_of_the_office'),
        ('requests_app', '0014_walk_ins'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Capacity',
            fields=[
                ('office', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='capacity', serialize=False, to='arrondissements.office')),
                ('at', models.DateTimeField()),
                ('staff', models.PositiveSmallIntegerField(default=0)),
                ('is_cut', models.BooleanField(default=False)),
                ('ahead', models.JSONField(default=list)),
                ('services', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Help',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='raison')),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='helps', to='requests_app.servicerequest')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('offered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='arrondissements.office', verbose_name='bureau qui aide')),
            ],
            options={
                'ordering': ['offered_at'],
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['office', 'offered_at'], name='help_offered')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case',), name='one_help_at_a_time', violation_error_message='Une aide est déjà proposée pour cette demande.')],
            },
        ),
        migrations.RunPython(write_usual_rules, migrations.RunPython.noop),
    ]
