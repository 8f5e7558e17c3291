"""Cases of violence that stand already are sealed with their words, a batch at a time."""

from django.db import migrations

BATCH = 1000
SEAL = """
with batch as materialized (
    select * from protection_case where kind = 'violence' limit %s for update
), parts as (
    insert into protection_sealedpart
        (case_id, worker_id, compartment, kind, outcome, post_id, agency_id, region, country)
    select id, worker_id, id, kind, outcome, post_id, agency_id, region, country from batch
    on conflict (case_id) do nothing
), notes as (
    update protection_casenote note set compartment = batch.id
    from batch where note.case_id = batch.id
), complaints as (
    update protection_complaint said set compartment = batch.id
    from batch where said.id = batch.complaint_id
)
update protection_case it
set kind = 'sealed', outcome = '', compartment = batch.id, clock_class = 'survivor'
from batch where it.id = batch.id
"""


def seal(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(SEAL, [BATCH])
            if cursor.rowcount < BATCH:
                return


class Migration(migrations.Migration):
    dependencies = [("protection", "0004_opened")]
    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
