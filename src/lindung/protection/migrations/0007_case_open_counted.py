from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("protection", "0006_repatriation_and_death")]

    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["post_id"],
                include=("answered_at", "answer_due_at", "due_at"),
                name="case_open_counted",
            ),
        ),
    ]
