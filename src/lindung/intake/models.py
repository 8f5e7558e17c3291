"""Tables of lists that were sent, row by row as they came."""

from __future__ import annotations

from django.db import models

from lindung.access.models import Scoped
from lindung.intake.lifecycles import UNDER_WAY, BatchState, RowState
from lindung.kernel.ids import new_id


class Batch(Scoped):
    """One list as it was sent, and how far the jobs have come with it.

    Its file lies sealed in the store of documents until every line is a row, and not after; the rows
    stay, and the hash that proves them. The counts are kept by each chunk in its own transaction.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in BatchState],
        default=BatchState.SENT,
        db_default=BatchState.READ.value,
    )
    # Lines with something in them; 0 until a job has counted them.
    rows = models.PositiveIntegerField()
    columns = models.JSONField()
    unknown_columns = models.JSONField(default=list)
    sent_at = models.DateTimeField()
    sent_by = models.UUIDField()
    taken_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    # Opens the file in the store; none once the file is gone.
    wrapped_key = models.BinaryField(max_length=128, null=True, blank=True)
    # Slug of the refusal, where the file turned out to be no list after all.
    trouble = models.CharField(max_length=40, blank=True, default="", db_default="")
    # As whom the rows are taken, and when a job last came forward.
    taken_by = models.UUIDField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    # Numbers of the last line that is a row, and of the last one that was taken or refused.
    read_to = models.PositiveIntegerField(default=0, db_default=0)
    taken_to = models.PositiveIntegerField(default=0, db_default=0)
    # How many rows there are, how many have a problem, and what became of them.
    kept = models.PositiveIntegerField(default=0, db_default=0)
    wrong = models.PositiveIntegerField(default=0, db_default=0)
    taken = models.PositiveIntegerField(default=0, db_default=0)
    known = models.PositiveIntegerField(default=0, db_default=0)
    refused = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ("-sent_at",)
        constraints = (
            models.CheckConstraint(
                name="batch_taken_has_a_day",
                condition=~models.Q(state=BatchState.TAKEN) | models.Q(taken_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["agency_id", "-sent_at"], name="batch_agency"),
            models.Index(fields=["region", "-sent_at"], name="batch_region"),
            models.Index(
                fields=["moved_at"],
                name="batch_under_way",
                condition=models.Q(state__in=UNDER_WAY),
            ),
        )

    @property
    def settled(self) -> int:
        """Rows that were taken, known or refused."""
        return self.taken + self.known + self.refused

    @property
    def good(self) -> int:
        """Rows that can be taken, as long as none was."""
        return self.kept - self.wrong


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
