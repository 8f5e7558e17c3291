"""Tables of early warning: alerts, what people found, thresholds, and calls to the quiet ones."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.registry.balance import follows_its_person
from lindung.registry.models import Worker
from lindung.signals.lifecycles import AlertState, PickState


class Severity(models.IntegerChoices):
    """How soon somebody has to look."""

    AMBER = 1, _("Kuning")
    RED = 2, _("Merah")


class Outcome(models.TextChoices):
    """What a person found who looked."""

    TRUE = "true", _("Benar")
    FALSE = "false_alarm", _("Alarm palsu")
    UNCLEAR = "unclear", _("Belum jelas")


class Party(models.TextChoices):
    """About whom an alert is that is not about one person."""

    EMPLOYER = "employer", _("Pemberi kerja")
    AGENCY = "agency", _("P3MI")
    BROKER = "broker", _("Perantara")
    PLACE = "place", _("Tempat")
    DEVICE = "device", _("Perangkat")


@follows_its_person
class Alert(Scoped):
    """That the rows say what one signal looks for, of one person or one party; once while they do.

    ``subject`` is the person's id, or a party's; ``key`` the party where it has no id. ``evidence``
    is a list of ``{"table", "id", …}``: the very rows. ``values`` fill the signal's sentence.
    ``gone_on`` is the day from which the rows no longer say so. A score of ours never decides
    about a person: it only asks somebody to look.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    signal = models.CharField(max_length=24)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    party = models.CharField(max_length=8, choices=Party.choices, blank=True, default="")
    subject = models.UUIDField()
    party_name = models.CharField(max_length=160, blank=True, default="")
    severity = models.SmallIntegerField(choices=Severity.choices)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in AlertState], default=AlertState.NEW
    )
    raised_on = models.DateField()
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    evidence = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    employer_id = models.UUIDField(null=True, blank=True)
    gone_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    case_id = models.UUIDField(null=True, blank=True)
    problem_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "signal", "party"],
                condition=Q(gone_on__isnull=True),
                name="alert_stands_once",
            ),
            models.CheckConstraint(
                name="alert_of_a_person_or_a_party",
                condition=Q(worker__isnull=False, party="") | Q(worker__isnull=True) & ~Q(party=""),
            ),
            models.CheckConstraint(
                name="alert_reviewed_has_an_outcome",
                condition=~Q(state="reviewed") | Q(reviewed_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="alert_case_has_its_case",
                condition=~Q(state="case") | Q(case_id__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_gone_has_a_day", condition=~Q(state="gone") | Q(gone_on__isnull=False)
            ),
        )
        indexes = (
            models.Index(
                fields=["post_id", "due_at"],
                condition=Q(state="new", gone_on__isnull=True),
                name="alert_post_queue",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state="new", gone_on__isnull=True),
                name="alert_queue",
            ),
            models.Index(fields=["worker", "-raised_on"], name="alert_worker"),
            models.Index(fields=["signal", "outcome"], name="alert_outcomes"),
        )


@follows_its_person
class AlertReview(Scoped):
    """What one officer found on one alert, and in which words. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    severity = models.SmallIntegerField(choices=Severity.choices)
    words = models.CharField(max_length=400, blank=True, default="")
    # When the trouble itself began, where it was found: by it the lead time is reckoned.
    harm_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    reviewer = models.UUIDField()
    reviewer_name = models.CharField(max_length=120)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["alert", "-at"], name="review_alert"),)


@follows_its_person
class Notice(Scoped):
    """What a person may read of what was noticed about them: softened, and let out by an officer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    alert_id = models.UUIDField(unique=True)
    signal = models.CharField(max_length=24)
    on = models.DateField()
    released_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("-on", "-id")
        indexes = (models.Index(fields=["worker", "-on"], name="notice_worker"),)


@follows_its_person
class AuditPick(Scoped):
    """One of the quiet people of a post, drawn by lot for a month, to be asked how they are."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PickState], default=PickState.WAITING
    )
    # What the trouble was, where it was one: the signals that should have seen it.
    signals = models.JSONField(default=list)
    words = models.CharField(max_length=400, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("month", "id")
        constraints = (
            models.UniqueConstraint(fields=["worker", "month"], name="pick_once_a_month"),
            models.CheckConstraint(
                name="pick_answered_has_an_instant",
                condition=Q(state="waiting") | Q(answered_at__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["post_id", "state", "month"], name="pick_post"),)


class Threshold(models.Model):
    """From a day, another start value of one signal, and why. Nobody's data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    signal = models.CharField(max_length=24)
    name = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=14, decimal_places=4)
    valid_from = models.DateField()
    reason = models.CharField(max_length=400)
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ("-valid_from", "-set_at")
        constraints = (models.CheckConstraint(name="threshold_says_why", condition=~Q(reason="")),)
        indexes = (models.Index(fields=["signal", "name", "-valid_from"], name="threshold_of"),)


class Unjudged(models.Model):
    """That a signal could not judge so many people of a country, for want of a rule: needs a check."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    signal = models.CharField(max_length=24)
    country = models.CharField(max_length=2)
    rule = models.CharField(max_length=80)
    reason = models.CharField(max_length=40)
    people = models.PositiveIntegerField()
    on = models.DateField()

    class Meta:
        ordering = ("signal", "country", "rule")
        constraints = (
            models.UniqueConstraint(fields=["signal", "country", "rule"], name="unjudged_once"),
        )


class Pass(models.Model):
    """One pass over everybody: when, how many seconds it took, and what it changed. Numbers only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    on = models.DateField()
    began_at = models.DateTimeField()
    seconds = models.FloatField()
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-began_at",)


class Touched(models.Model):
    """That something was told about a person; our robot looks at them within the minute."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.UUIDField()
