"""Tables of the muster: events, their footprints, rounds of questions, and each person's answer."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.crisis.lifecycles import AnswerState, EventState
from lindung.kernel.ids import new_id
from lindung.registry.balance import follows_its_person
from lindung.registry.models import Source, Worker


class EventKind(models.TextChoices):
    """What happened."""

    EARTHQUAKE = "earthquake", _("Gempa")
    FLOOD = "flood", _("Banjir")
    STORM = "storm", _("Badai")
    FIRE = "fire", _("Kebakaran atau ledakan")
    CONFLICT = "conflict", _("Perang atau kerusuhan")
    OTHER = "other", _("Kejadian lain")


class Way(models.TextChoices):
    """How the footprint was told."""

    FILE = "file", _("Berkas yang diterbitkan (GeoJSON, ShakeMap)")
    MAGNITUDE = "magnitude", _("Pusat dan magnitudo gempa")
    RADIUS = "radius", _("Pusat dan radius")
    REGIONS = "regions", _("Wilayah")
    CELLS = "cells", _("Sel H3")


class CrisisEvent(Scoped):
    """Something that happened at a place; no word about a person stands here.

    ``post_id`` is the post that declared it, null where the ministry did. ``given`` is what the
    footprint was made from, ``refused`` the rows of it that could not be used, by number and code.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    title = models.CharField(max_length=80)
    happened_at = models.DateTimeField()
    source = models.CharField(max_length=200)
    source_on = models.DateField()
    way = models.CharField(max_length=10, choices=Way.choices)
    given = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    cells = models.IntegerField()
    regions = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in EventState],
        default=EventState.DECLARED,
    )
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-happened_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="crisis_ended_has_a_reason",
                condition=Q(state="ended", ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state="ended") & Q(ended_at__isnull=True),
            ),
        )
        indexes = (models.Index(fields=["post_id", "-happened_at"], name="crisis_post"),)


class FootprintArea(models.Model):
    """One area of a footprint as it was published; ``geometry`` is GeoJSON."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(CrisisEvent, models.CASCADE, related_name="areas")
    label = models.CharField(max_length=80, blank=True, default="")
    level = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    geometry = models.JSONField()
    cells = models.IntegerField()

    class Meta:
        ordering = ("level", "label", "id")


class FootprintSpan(models.Model):
    """Cells of a footprint as a span of their numbers; each cell of it stands in one span."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(CrisisEvent, models.CASCADE, related_name="spans")
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    level = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    inside = models.BooleanField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="span_has_two_ends", condition=Q(hi__gte=models.F("lo"))),
        )


class MusterRound(Scoped):
    """The receipt of one act of asking: how many, over what, and who was left out and why.

    A message that has gone out cannot be taken back; what was left out is asked by the next round.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(CrisisEvent, models.PROTECT, related_name="rounds", db_index=False)
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=120)
    people = models.IntegerField()
    channels = models.JSONField(default=dict)
    skipped = models.JSONField(default=dict)
    with_maybe = models.BooleanField(default=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=["post_id", "event", "-at"], name="muster_round_post"),
            models.Index(fields=["event", "-at"], name="muster_round_event"),
        )


@follows_its_person
class MusterEntry(Scoped):
    """One person on the list of one event, and what is known of them since it happened.

    ``inside``: the place lies in the footprint for sure; otherwise maybe. ``channels`` are those
    over which the person was asked, in their order. ``held_until``: the safe hours of the person.
    ``case_id`` is the case a cry for help became. ``household``: family who live there as well.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(CrisisEvent, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    inside = models.BooleanField()
    level = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in AnswerState],
        default=AnswerState.LISTED,
        db_default=AnswerState.LISTED,
    )
    listed_at = models.DateTimeField()
    round_id = models.UUIDField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    channels = ArrayField(models.CharField(max_length=12), default=list, db_default=[], blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(
        max_length=12, choices=Source.choices, blank=True, default="", db_default=""
    )
    answered_over = models.CharField(max_length=12, blank=True, default="", db_default="")
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    case_id = models.UUIDField(null=True, blank=True)
    household = models.SmallIntegerField(default=0, db_default=0)
    household_safe = models.BooleanField(null=True, blank=True)
    task_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-inside", "-level", "id")
        constraints = (
            models.UniqueConstraint(fields=["worker", "event"], name="muster_entry_once"),
            models.CheckConstraint(
                name="muster_answer_has_its_source",
                condition=Q(state__in=("safe", "needs_help"), answered_at__isnull=False)
                & ~Q(answered_by="")
                | ~Q(state__in=("safe", "needs_help")),
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "event", "state"], name="muster_entry_post"),
            models.Index(fields=["event", "state", "asked_at"], name="muster_entry_event"),
        )
