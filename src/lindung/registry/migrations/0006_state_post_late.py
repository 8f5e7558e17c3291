from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registry", "0005_drop_open_cases")]

    operations = [
        AddIndexConcurrently(
            model_name="workerstate",
            index=models.Index(
                condition=models.Q(("stage", "during")),
                fields=["post_id", "check_in_due_on", "worker"],
                name="state_post_late",
            ),
        ),
    ]
