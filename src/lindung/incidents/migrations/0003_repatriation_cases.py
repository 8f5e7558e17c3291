"""Cases that a repatriation opened are called so, a batch at a time; runs twice without harm."""

from django.db import migrations

BATCH = 1000
NAME = """
with batch as materialized (
    select c.id from protection_case c
    where c.kind = 'other' and exists (
        select from incidents_incident i where i.case_id = c.id and i.kind = 'repatriation')
      and not exists (
        select from incidents_incident i where i.case_id = c.id and i.kind <> 'repatriation')
      and c.complaint_id is null
    limit %s for update
)
update protection_case it set kind = 'repatriation' from batch where it.id = batch.id
"""


def name(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(NAME, [BATCH])
            if cursor.rowcount < BATCH:
                return


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("incidents", "0002_rulings"), ("protection", "0006_repatriation_and_death")]
    operations = [migrations.RunPython(name, migrations.RunPython.noop)]
