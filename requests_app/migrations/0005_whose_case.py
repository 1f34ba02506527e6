"""Cases are found by the phone of either person, and by the name as the staff would look for it."""

import unicodedata

from django.db import migrations, models

BATCH = 1000
LETTERS = str.maketrans({"ɖ": "d", "ɛ": "e", "ɔ": "o", "œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "‘": "'"})


def folded(text):
    """As `arrondissements.spelling.fold` was on the day of this migration."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.translate(LETTERS).split())[:120]


def fold_names(apps, schema_editor):
    cases = apps.get_model("requests_app", "ServiceRequest").objects
    last = 0
    while rows := list(cases.filter(pk__gt=last).exclude(applicant_name="").order_by("pk")[:BATCH]):
        for row in rows:
            row.applicant_key = folded(row.applicant_name)
        cases.bulk_update(rows, ["applicant_key"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0004_a_link_for_each_question")]

    operations = [
        migrations.AddField(
            model_name="servicerequest",
            name="applicant_key",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("helper_phone", ""), _negated=True),
                fields=["helper_phone"],
                name="case_by_helper_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["SUBMITTED", "UNDER_REVIEW", "NEEDS_INFORMATION", "ACCEPTED"]),
                    models.Q(("applicant_key", ""), _negated=True),
                ),
                fields=["applicant_key"],
                name="open_case_by_applicant",
            ),
        ),
    ]
