from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# What the muster reads is in the index, so its pages must be known to be visible: vacuumed sooner.
VACUUM = "alter table registry_workerstate set (autovacuum_vacuum_scale_factor = 0.02)"
NO_VACUUM = "alter table registry_workerstate reset (autovacuum_vacuum_scale_factor)"


class Migration(migrations.Migration):
    atomic = False

    dependencies = (("registry", "0007_state_employer"),)

    operations = (
        AddIndexConcurrently(
            model_name="workerstate",
            index=models.Index(
                condition=models.Q(("cell__isnull", False), ("stage", "during")),
                fields=["post_id", "cell"],
                include=("worker", "last_check_in_at", "condition", "dest_region", "employer_id"),
                name="state_post_placed",
            ),
        ),
        RemoveIndexConcurrently(model_name="workerstate", name="state_post_cell"),
        migrations.RunSQL(VACUUM, NO_VACUUM),
    )
