"""One sequence per series of public numbers: gaps are allowed, a number is never used twice."""

from django.db import migrations

SERIES = ("worker", "placement", "contract", "case", "employer")


class Migration(migrations.Migration):
    dependencies = (("access", "0003_journal"),)
    operations = (
        migrations.RunSQL(
            [f"create sequence access_number_{name}" for name in SERIES],
            [f"drop sequence access_number_{name}" for name in SERIES],
        ),
    )
