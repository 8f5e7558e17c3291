"""Tables of check-ins and of employments as lived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.registry.models import Condition, Source, Worker


class CheckIn(Scoped):
    """What a worker said about how things are, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    condition = models.CharField(max_length=12, choices=Condition.choices)
    words = models.TextField(blank=True, default="")
    channel = models.CharField(max_length=12)
    cell = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=["worker", "-at"], name="checkin_worker"),
            models.Index(fields=["post_id", "-at"], name="checkin_post"),
        )


class Employment(Scoped):
    """Work for one employer as it is lived, beside what the contract says."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    placement_id = models.UUIDField(null=True, blank=True)
    employer_id = models.UUIDField(null=True, blank=True)
    employer_name = models.CharField(max_length=160)
    dest_region = models.CharField(max_length=8, blank=True, default="")
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=12, choices=Source.choices)
    confirmed_on = models.DateField()

    class Meta:
        ordering = ("-began_on",)
        constraints = (
            models.CheckConstraint(
                name="employment_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("began_on")),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-began_on"], name="employment_worker"),
            models.Index(fields=["post_id", "employer_id"], name="employment_post"),
        )
