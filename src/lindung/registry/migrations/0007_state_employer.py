from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registry", "0006_state_post_late")]

    operations = [
        AddIndexConcurrently(
            model_name="workerstate",
            index=models.Index(
                condition=models.Q(("employer_id__isnull", False)),
                fields=["employer_id", "worker"],
                name="state_employer",
            ),
        ),
    ]
