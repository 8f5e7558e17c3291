"""Seals keep their branches, and let a part of their leaves be read without the rest."""

from django.db import migrations, models

# Digests do not compress; uncompressed, PostgreSQL reads a slice of them alone.
APART = """
alter table access_seal alter column leaves set storage external,
    alter column branches set storage external, alter column entry_ids set storage external
"""


class Migration(migrations.Migration):
    dependencies = (("access", "0008_forgotten_words"),)
    operations = (
        migrations.AddField("seal", "branches", models.BinaryField(null=True)),
        migrations.RunSQL(APART, migrations.RunSQL.noop),
    )
