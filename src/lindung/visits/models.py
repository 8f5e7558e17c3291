"""Tables of visits: whom, why, when, what the check-list found, and what is to follow."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.registry.models import Employer, Worker
from lindung.visits.lifecycles import VisitState


class Reason(models.TextChoices):
    """Why a place is visited; the same words for announced and unannounced ones."""

    ROUTINE = "routine", _("rutin")
    COMPLAINT = "complaint", _("ada keluhan")
    ALERT = "alert", _("peringatan dini")
    RANDOM = "random", _("pilihan acak")
    FOLLOW_UP = "follow_up", _("tindak lanjut")
    WELFARE = "welfare", _("kunjungan kesejahteraan")


class Visit(Scoped):
    """A visit to an employer, a household or an agency. Scope: the post that goes.

    Neither the visited nor an agency is told why: a complaint must not be guessed from a visit.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    checklist = models.CharField(max_length=20)
    employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # An agency here or abroad, by id: their tables are open, a plain value is enough.
    party_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=160)
    place = models.CharField(max_length=300)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    announced = models.BooleanField(default=False)
    planned_for = models.DateField()
    visitors = ArrayField(models.CharField(max_length=120), default=list)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in VisitState],
        default=VisitState.PLANNED,
    )
    held_on = models.DateField(null=True, blank=True)
    workers_there = models.PositiveIntegerField(null=True, blank=True)
    spoken_alone = models.PositiveIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True, default="")
    cancelled_why = models.CharField(max_length=200, blank=True, default="")
    planned_by = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("planned_for", "id")
        constraints = (
            models.CheckConstraint(
                name="visit_has_one_host",
                condition=Q(employer__isnull=False, party_id__isnull=True)
                | Q(employer__isnull=True),
            ),
            models.CheckConstraint(
                name="visit_held_has_a_day",
                condition=~Q(state__in=["held", "reported"]) | Q(held_on__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_cancelled_says_why",
                condition=~Q(state="cancelled") | ~Q(cancelled_why=""),
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "state", "planned_for"], name="visit_post"),
            models.Index(fields=["post_id", "employer"], name="visit_employer"),
            models.Index(fields=["post_id", "party_id"], name="visit_party"),
        )


class Answer(Scoped):
    """What was seen about one item of the check-list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", db_index=False)
    item = models.CharField(max_length=24)
    seen = models.CharField(
        max_length=8,
        choices=[("yes", _("ya")), ("no", _("tidak")), ("unseen", _("tidak terlihat"))],
    )
    worries = models.BooleanField(default=False)
    note = models.CharField(max_length=400, blank=True, default="")
    # What must be put right, and whether it was.
    cure_by = models.DateField(null=True, blank=True)
    cured_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["visit", "item"], name="visit_item_once"),)
        indexes = (
            models.Index(
                fields=["post_id", "cure_by"],
                condition=Q(cured_on__isnull=True, cure_by__isnull=False),
                name="visit_to_cure",
            ),
        )


class Met(Scoped):
    """A worker who was spoken with. What was said goes into a case, not here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    alone = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["visit", "worker"], name="met_once"),)
        indexes = (models.Index(fields=["worker"], name="met_worker"),)
