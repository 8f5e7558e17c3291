"""Tables of lists that were sent, row by row as they came."""

from __future__ import annotations

from django.db import models

from lindung.access.models import Scoped
from lindung.intake.lifecycles import RowState
from lindung.kernel.ids import new_id


class Batch(Scoped):
    """One list as it was sent. Its file is not kept: its rows are, and the hash that proves them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32)
    rows = models.PositiveIntegerField()
    columns = models.JSONField()
    unknown_columns = models.JSONField(default=list)
    sent_at = models.DateTimeField()
    sent_by = models.UUIDField()
    taken_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-sent_at",)
        indexes = (
            models.Index(fields=["agency_id", "-sent_at"], name="batch_agency"),
            models.Index(fields=["region", "-sent_at"], name="batch_region"),
        )


class Row(Scoped):
    """One line of a list: its words as they came (sealed), what is wrong with them, and whom it became."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", db_index=False)
    line = models.PositiveIntegerField()
    # The words, sealed: identity numbers stand among them.
    sealed = models.BinaryField()
    key = models.BinaryField(max_length=16)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in RowState], default=RowState.READY
    )
    problems = models.JSONField(default=list)
    worker_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("line",)
        constraints = (
            models.UniqueConstraint(fields=["batch", "line"], name="intake_row_once"),
            # The same line sent again, in this list or another, is the same person once.
            models.UniqueConstraint(
                fields=["agency_id", "region", "key"],
                condition=models.Q(state="taken"),
                name="intake_row_taken_once",
                nulls_distinct=False,
            ),
        )
        indexes = (models.Index(fields=["agency_id", "key"], name="intake_row_key"),)
