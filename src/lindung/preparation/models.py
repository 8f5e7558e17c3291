"""Tables of the last weeks before departure: orientation, insurance, clearance, the border."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.kernel.money import Money
from lindung.placement.models import Placement
from lindung.preparation.lifecycles import ClearanceState, SessionState
from lindung.registry.models import Source, Worker


class OrientationSession(models.Model):
    """One pre-departure orientation (OPP) of an office: a day, a place, seats. Nobody's data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    office = models.CharField(max_length=120)
    place = models.CharField(max_length=160)
    country = models.CharField(max_length=2, blank=True, default="")
    held_on = models.DateField()
    seats = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in SessionState],
        default=SessionState.PLANNED,
    )

    class Meta:
        ordering = ("held_on", "id")
        indexes = (models.Index(fields=["state", "held_on"], name="session_coming"),)


class Attendance(Scoped):
    """One person's seat in a session, and whether they were there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(OrientationSession, models.PROTECT, related_name="+")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    present = models.BooleanField(null=True)
    proof = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["worker", "session"], name="attendance_once"),
            models.CheckConstraint(
                name="attendance_present_has_a_proof", condition=~Q(present=True) | ~Q(proof="")
            ),
        )
        indexes = (
            models.Index(fields=["region", "session"], name="attendance_region"),
            models.Index(fields=["agency_id", "session"], name="attendance_agency"),
        )


class CoverKind(models.TextChoices):
    """The two parts of the social security of a migrant worker."""

    BEFORE = "before", _("Sebelum bekerja")
    DURING = "during", _("Selama dan setelah bekerja")


class Cover(Scoped):
    """One paid period of social security: what was paid, and from when to when it covers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=CoverKind.choices)
    receipt = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    covers_from = models.DateField()
    covers_to = models.DateField()
    months = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12, choices=[(s, s) for s in ("meets", "needs_check")])
    rule = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("covers_from", "id")
        constraints = (
            models.UniqueConstraint(fields=["worker", "kind", "receipt"], name="cover_once"),
            models.CheckConstraint(
                name="cover_ends_after_it_begins", condition=Q(covers_to__gte=F("covers_from"))
            ),
            models.CheckConstraint(
                name="cover_meets_or_was_decided", condition=Q(outcome="meets") | ~Q(reason="")
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "covers_to"], name="cover_post_end"),
            models.Index(fields=["region", "covers_to"], name="cover_region_end"),
        )

    @property
    def paid(self) -> Money:
        """The sum with its currency."""
        return Money(self.amount, self.currency)


class Clearance(Scoped):
    """The paper with which a person may leave: a number, and a code that anyone can check."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    code = models.CharField(max_length=32)
    issued_on = models.DateField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ClearanceState],
        default=ClearanceState.VALID,
    )
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("-issued_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="clearance_number"),
            models.UniqueConstraint(
                fields=["worker", "placement"],
                condition=~Q(state="withdrawn"),
                name="clearance_one_stands",
            ),
        )
        indexes = (models.Index(fields=["post_id", "-issued_on"], name="clearance_post"),)


class ClearanceCheck(models.Model):
    """What anyone may learn from a code: does it stand? The code's hash, and nothing of a person."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    number = models.CharField(max_length=20)
    issued_on = models.DateField()
    state = models.CharField(max_length=10)


class Direction(models.TextChoices):
    """Which way over the border."""

    OUT = "out", _("keluar")
    IN = "in", _("masuk")


class Crossing(Scoped):
    """A passage over the border as somebody tells it; two tellings that differ are both kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    placement_id = models.UUIDField(null=True, blank=True)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    on = models.DateField()
    carrier = models.CharField(max_length=20)
    checkpoint = models.CharField(max_length=80, blank=True, default="")
    source = models.CharField(max_length=12, choices=Source.choices)
    reference = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ("-on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["worker", "direction", "on", "source"], name="crossing_once"
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "-on"], name="crossing_post"),
            models.Index(fields=["region", "-on"], name="crossing_region"),
        )
