from django.db import migrations, models

import lindung.intake.lifecycles


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[
                    ("sent", "sent"),
                    ("read", "read"),
                    ("taking", "taking"),
                    ("taken", "taken"),
                    ("unreadable", "unreadable"),
                ],
                db_default="read",
                default=lindung.intake.lifecycles.BatchState["SENT"],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="wrapped_key",
            field=models.BinaryField(blank=True, max_length=128, null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="trouble",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="batch",
            name="taken_by",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="moved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        *(
            migrations.AddField(
                model_name="batch",
                name=name,
                field=models.PositiveIntegerField(db_default=0, default=0),
            )
            for name in ("read_to", "taken_to", "kept", "wrong", "taken", "known", "refused")
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("state__in", ("sent", "taking"))),
                fields=["moved_at"],
                name="batch_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "taken"), _negated=True),
                    ("taken_at__isnull", False),
                    _connector="OR",
                ),
                name="batch_taken_has_a_day",
            ),
        ),
    ]
