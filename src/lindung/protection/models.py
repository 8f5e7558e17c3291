"""Tables of complaints (what a person says) and cases (our work on it)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.protection.lifecycles import CaseState
from lindung.registry.models import Worker


class CaseKind(models.TextChoices):
    """What a case is about; each follows an ILO forced-labour indicator where there is one."""

    WAGES_UNPAID = "wages_unpaid", _("Gaji tidak dibayar")
    PASSPORT_KEPT = "passport_kept", _("Paspor ditahan")
    OVERCHARGED = "overcharged", _("Biaya melebihi batas")
    CONTRACT_CHANGED = "contract_changed", _("Kontrak diganti")
    WORKING_HOURS = "working_hours", _("Jam kerja berlebihan")
    VIOLENCE = "violence", _("Kekerasan")
    ILLNESS = "illness", _("Sakit atau kecelakaan")
    UNREACHABLE = "unreachable", _("Tidak dapat dihubungi")
    OTHER = "other", _("Lainnya")


class Complaint(Scoped):
    """What a person said, in their words, kept as it came."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    words = models.TextField()
    channel = models.CharField(max_length=12)
    language = models.CharField(max_length=10, default="id")
    # A relative, where it was not the worker: whoever told it may ask how it goes.
    told_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["worker", "-at"], name="complaint_worker"),)


class Case(Scoped):
    """One problem, one clock, one owner."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=CaseKind.choices)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in CaseState],
        default=CaseState.RECEIVED,
    )
    owner_id = models.UUIDField(null=True, blank=True)
    owner_name = models.CharField(max_length=120, blank=True, default="")
    opened_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    outcome = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="case_number"),
            models.CheckConstraint(
                name="case_confirmed_is_closed",
                condition=Q(state="confirmed", closed_at__isnull=False)
                | (~Q(state="confirmed") & Q(closed_at__isnull=True)),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-opened_at"], name="case_worker"),
            models.Index(
                fields=["post_id", "due_at"], condition=Q(closed_at__isnull=True), name="case_open"
            ),
        )

    @property
    def stage(self) -> str:
        """Where it stands, in words."""
        from lindung.protection.stages import STAGE_LABELS

        return str(STAGE_LABELS[CaseState(self.state)])


class CaseNote(Scoped):
    """One thing said or done on a case; ``internal`` ones are not for the worker."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField()
    author = models.CharField(max_length=120)
    from_worker = models.BooleanField(default=False)
    internal = models.BooleanField(default=False)

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["case", "at"], name="casenote_case"),)
