"""Tables of placements, what each still needs, and their contracts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.placement.lifecycles import ContractState, PlacementState
from lindung.registry.models import Worker


class Placement(Scoped):
    """One person on the way to one job abroad; ``country`` is the destination."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    pathway = models.CharField(max_length=40)
    scheme = models.CharField(max_length=24)
    sector = models.CharField(max_length=40)
    occupation = models.CharField(max_length=4, blank=True, default="")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in PlacementState],
        default=PlacementState.PREPARING,
    )
    employer_id = models.UUIDField(null=True, blank=True)
    employer_name = models.CharField(max_length=160, blank=True, default="")
    dest_region = models.CharField(max_length=8, blank=True, default="")
    opened_on = models.DateField()
    cleared_on = models.DateField(null=True, blank=True)
    departed_on = models.DateField(null=True, blank=True)
    arrived_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("-opened_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="placement_number"),
            models.CheckConstraint(
                name="placement_cleared_has_a_date",
                condition=~Q(state__in=["cleared", "departed", "arrived"])
                | Q(cleared_on__isnull=False),
                violation_error_message="Penempatan yang dilepas punya tanggal pelepasan.",
            ),
            models.CheckConstraint(
                name="placement_departed_has_a_date",
                condition=~Q(state__in=["departed", "arrived"]) | Q(departed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="placement_arrived_has_a_date",
                condition=~Q(state="arrived") | Q(arrived_on__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-opened_on"], name="placement_worker"),
            models.Index(fields=["post_id", "state", "-id"], name="placement_post"),
            models.Index(fields=["agency_id", "state", "-id"], name="placement_agency"),
            models.Index(fields=["region", "state", "-id"], name="placement_region"),
        )


class Evidence(Scoped):
    """What was given for one requirement of a pathway, and whether it was accepted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    requirement = models.CharField(max_length=60)
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in ("given", "accepted", "refused", "waived")]
    )
    given_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                name="evidence_waived_or_refused_has_a_reason",
                condition=~Q(state__in=["waived", "refused"]) | ~Q(reason=""),
            ),
        )
        indexes = (models.Index(fields=["placement", "requirement"], name="evidence_placement"),)


class Contract(Scoped):
    """One version of an employment contract, its check, and the answer to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    offer_number = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=12)
    form = models.CharField(max_length=40, blank=True, default="")
    fields = models.JSONField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ContractState],
        default=ContractState.OFFERED,
    )
    offered_on = models.DateField()
    answer_by = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    verdicts = models.JSONField(default=dict)
    judgements = models.JSONField(default=dict)
    signed_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("-offered_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="contract_number"),
            models.CheckConstraint(
                name="contract_signed_was_checked",
                condition=~Q(state="signed") | Q(signed_on__isnull=False, checked_on__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-offered_on"], name="contract_worker"),
            models.Index(fields=["post_id", "state", "offered_on"], name="contract_post"),
            models.Index(fields=["agency_id", "state"], name="contract_agency"),
            models.Index(fields=["region", "state"], name="contract_region"),
            models.Index(fields=["offer_number"], name="contract_offer"),
        )
