"""Lists from before jobs took them: their state, their counts, and how far they had come."""

from typing import Any

from django.db import migrations

BATCH = 200


def fill(apps: Any, schema_editor: Any) -> None:
    """Count the rows of every list that has no counts; run twice, it changes nothing more."""
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                """
                with chosen as (
                    select id from intake_batch where kept = 0 and rows > 0 order by id limit %s),
                counted as (
                    select batch_id, count(*) kept,
                           count(*) filter (where problems <> '[]') wrong,
                           count(*) filter (where state = 'taken') taken,
                           count(*) filter (where state = 'known') known,
                           count(*) filter (where state = 'refused') refused,
                           max(line) last, max(line) filter (where state <> 'ready') settled
                    from intake_row where batch_id in (select id from chosen) group by batch_id)
                update intake_batch b
                set state = case when b.taken_at is null then b.state else 'taken' end,
                    kept = c.kept, wrong = c.wrong, taken = c.taken, known = c.known,
                    refused = c.refused, read_to = c.last, taken_to = coalesce(c.settled, 0)
                from counted c where b.id = c.batch_id
                """,
                [BATCH],
            )
            if cursor.rowcount < BATCH:
                break
        # A list without a row has nothing to count.
        cursor.execute(
            "update intake_batch set state = 'taken' where taken_at is not null and state = 'read'"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_lists_by_jobs"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
