"""Tables of privacy: holds, requests, what two people decide, what was erased, breaches."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.privacy.lifecycles import BreachState, Decision, RequestState
from lindung.registry.balance import follows_its_person
from lindung.registry.models import Worker


class HoldKind(models.TextChoices):
    """Why something may not be erased yet."""

    CASE = "case", _("kasus berjalan")
    COURT = "court", _("perkara pengadilan")
    AUDIT = "audit", _("pemeriksaan keuangan atau kinerja")
    CLAIM = "claim", _("tuntutan hak")
    MISSING = "missing", _("orang hilang")
    OTHER = "other", _("alasan lain")


@follows_its_person
class Hold(Scoped):
    """A stop on erasing anything about one person: who placed it, why, on what basis, until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=HoldKind.choices)
    reason = models.CharField(max_length=300)
    basis = models.CharField(max_length=160)
    until = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField()
    placed_name = models.CharField(max_length=120)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_name = models.CharField(max_length=120, blank=True, default="")
    lifted_why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("until", "id")
        constraints = (
            models.CheckConstraint(
                name="hold_has_reason_and_basis", condition=~Q(reason="") & ~Q(basis="")
            ),
        )
        indexes = (models.Index(fields=["worker", "until"], name="hold_worker"),)


class RequestKind(models.TextChoices):
    """What a person asks about their data (UU 27/2022 art. 6-11)."""

    ERASE = "erase", _("hapus data saya")
    CORRECT = "correct", _("perbaiki data saya")
    STOP = "stop", _("berhenti memakai data saya")
    LIMIT = "limit", _("tunda atau batasi pemakaian data saya")


@follows_its_person
class Request(Scoped):
    """What a person asks about their data, by when it must be answered, and the answer.

    ``due_at`` is null where the law names no term or the term is not confirmed; ``rule`` names the
    rule then too, and ``needs_check`` says that a person has to look at it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=RequestKind.choices)
    words = models.CharField(max_length=1000, blank=True, default="")
    state = models.CharField(
        max_length=9,
        choices=[(s.value, s.value) for s in RequestState],
        default=RequestState.ASKED,
    )
    asked_at = models.DateTimeField()
    asked_name = models.CharField(max_length=120, blank=True, default="")
    rule = models.CharField(max_length=80)
    due_at = models.DateTimeField(null=True, blank=True)
    needs_check = models.BooleanField(default=False)
    answer = models.CharField(max_length=1000, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    answered_name = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["worker", "kind"], condition=Q(state="asked"), name="request_open_once"
            ),
            models.CheckConstraint(
                name="request_answered_with_words",
                condition=Q(state__in=["asked", "withdrawn"])
                | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "state", "due_at"], name="request_post"),
            models.Index(fields=["worker", "-asked_at"], name="request_worker"),
        )


class ByTwo(models.Model):
    """What one person asks for, with a reason, and another agrees to or refuses."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reason = models.CharField(max_length=300)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in Decision], default=Decision.ASKED
    )
    asked_by = models.UUIDField()
    asked_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    answered_by = models.UUIDField(null=True, blank=True)
    answered_name = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


_FOUR_EYES = (
    Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")) | Q(state="refused")
)  # fmt: skip
_NEEDS_AN_ANSWER = Q(state="asked") | Q(answered_by__isnull=False)


class Period(ByTwo):
    """How long a kind of record is kept, decided by people where no source gives it."""

    kind = models.CharField(max_length=20)
    years = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=160)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(name="period_four_eyes", condition=_FOUR_EYES),
            models.CheckConstraint(name="period_answered", condition=_NEEDS_AN_ANSWER),
            models.CheckConstraint(
                name="period_has_a_reason", condition=~Q(reason="") & ~Q(basis="")
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="asked"), name="period_asked_once"
            ),
        )


class Erasure(ByTwo):
    """One erasing: of everything about one person, or of one kind of record that is due.

    ``expected`` is what the dry run found, rows by table; ``done`` what has gone. ``worker_id`` is a
    bare id: the row outlives what it names.
    """

    kind = models.CharField(max_length=20, blank=True, default="")
    worker_id = models.UUIDField(null=True, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    on = models.DateField()
    expected = models.JSONField(default=dict)
    people = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    done = models.JSONField(default=dict)
    batches = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(name="erasure_four_eyes", condition=_FOUR_EYES),
            models.CheckConstraint(name="erasure_answered", condition=_NEEDS_AN_ANSWER),
            models.CheckConstraint(name="erasure_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="erasure_of_one_thing",
                condition=Q(kind="", worker_id__isnull=False)
                | (~Q(kind="") & Q(worker_id__isnull=True)),
            ),
        )


class Tally(models.Model):
    """What is left of erased placements: counts, about nobody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(null=True)
    country = models.CharField(max_length=2)
    scheme = models.CharField(max_length=40)
    placements = models.PositiveIntegerField()


class Breach(models.Model):
    """A failure to protect data, or an exercise of one: what was searched, and what is done.

    ``search`` holds accounts, sources, partner, kinds and tables as asked; ids and codes, no names.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    drill = models.BooleanField()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in BreachState], default=BreachState.FOUND
    )
    known_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    needs_check = models.BooleanField(default=False)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    search = models.JSONField(default=dict)
    how = models.CharField(max_length=600)
    remedy = models.CharField(max_length=600)
    people = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    made_at = models.DateTimeField()
    made_name = models.CharField(max_length=120)
    notified_at = models.DateTimeField(null=True, blank=True)
    notified_name = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("-made_at", "-id")


class Affected(models.Model):
    """One person whose data a breach touched."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    breach = models.ForeignKey(Breach, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    post_id = models.SmallIntegerField(null=True)
    language = models.CharField(max_length=10)
    times = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    what = models.JSONField(default=list)
    message_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["breach", "worker"], name="affected_once"),)
