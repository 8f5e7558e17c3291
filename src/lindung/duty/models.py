"""Tables of who is on duty, and of calls for help until somebody has taken them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lindung.access.models import Account, Post, Scoped
from lindung.duty.chain import ROSTERED, Who
from lindung.duty.lifecycles import CallState, RingState
from lindung.kernel.ids import new_id


class Shift(models.Model):
    """One officer, or one role, on duty from an instant to another; without a post: the ministry's desk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    who = models.CharField(max_length=8, choices=[(each.value, each.label) for each in ROSTERED])
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # As people call the officer or the role; kept so that an old roster stays readable.
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("starts_at", "who", "id")
        constraints = (
            models.CheckConstraint(
                name="shift_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))
            ),
        )
        indexes = (
            models.Index(
                fields=["post", "ends_at"],
                condition=Q(withdrawn_at__isnull=True),
                name="shift_post",
            ),
        )


class Handover(models.Model):
    """What one shift leaves to the next: words for colleagues of the same desk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    author = models.CharField(max_length=120)
    words = models.TextField()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["post", "-at"], name="handover_post"),)


class ChainStep(models.Model):
    """How a post's own chain differs from the usual one; without a post: the ministry's desk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    who = models.CharField(max_length=8, choices=Who.choices)
    name = models.CharField(max_length=120, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    minutes = models.SmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["post", "who"], nulls_distinct=False, name="chain_step_once"
            ),
            models.CheckConstraint(
                name="chain_step_waits_a_while", condition=Q(minutes__gte=1, minutes__lte=60)
            ),
        )


class Call(Scoped):
    """A cry for help that rings until an officer has taken it.

    Without a person, somebody whom nobody knows yet called. ``subject`` is what it is about (a case), ``cell`` the coarse place that stays when the finer
    one is deleted. ``next_at`` is when the next in the chain is called; ``round`` counts how often
    the whole chain was gone through.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField(unique=True)
    worker_id = models.UUIDField(null=True, blank=True)
    number = models.CharField(max_length=20)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in CallState],
        default=CallState.RINGING,
    )
    began_at = models.DateTimeField()
    pressed_at = models.DateTimeField()
    presses = models.SmallIntegerField(default=1)
    silent = models.BooleanField(default=False)
    # The person was made to say that all is well.
    under_duress = models.BooleanField(default=False)
    says_safe_at = models.DateTimeField(null=True, blank=True)
    round = models.SmallIntegerField(default=1)
    next_at = models.DateTimeField(null=True, blank=True)
    contact_due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    plan_due_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.UUIDField(null=True, blank=True)
    taken_name = models.CharField(max_length=120, blank=True, default="")
    taken_at = models.DateTimeField(null=True, blank=True)
    stood_down_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    cell = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("began_at", "id")
        constraints = (
            models.CheckConstraint(
                name="call_taken_has_a_taker",
                condition=~Q(state="taken") | Q(taken_by__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_rings_on_or_is_answered",
                condition=~Q(state="ringing") | Q(next_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_stood_down_has_a_time_and_a_reason",
                condition=~Q(state="stood_down") | Q(stood_down_at__isnull=False) & ~Q(reason=""),
            ),
        )
        indexes = (
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="call_next"),
            models.Index(
                fields=["post_id", "began_at"],
                condition=Q(stood_down_at__isnull=True),
                name="call_open",
            ),
            models.Index(fields=["worker_id", "-began_at"], name="call_worker"),
        )


class Ring(Scoped):
    """One officer called for one call, and what became of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="+", db_index=False)
    who = models.CharField(max_length=8, choices=Who.choices)
    account_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True, default="")
    rung_at = models.DateTimeField()
    round = models.SmallIntegerField(default=1)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in RingState],
        default=RingState.CALLED,
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("rung_at", "id")
        indexes = (models.Index(fields=["call", "rung_at"], name="ring_call"),)


class SharedPlace(Scoped):
    """A point that a person shared while calling for help; it does not outlive the call."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    worker_id = models.UUIDField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    accuracy_m = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["call", "-at"], name="place_call"),)
