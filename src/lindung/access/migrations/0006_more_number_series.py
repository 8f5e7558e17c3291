"""Sequences for the numbers of what is agreed and checked before departure."""

from django.db import migrations

SERIES = (
    "partner",
    "provider",
    "problem",
    "agreement",
    "job_order",
    "permit",
    "document",
    "charge",
    "clearance",
    "finding",
)


class Migration(migrations.Migration):
    dependencies = (("access", "0005_sign_in"),)
    operations = (
        migrations.RunSQL(
            [f"create sequence access_number_{name}" for name in SERIES],
            [f"drop sequence access_number_{name}" for name in SERIES],
        ),
    )
