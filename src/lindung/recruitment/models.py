"""Tables of the chain before a contract: agreement, job order, permit, overrides, places."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.parties.models import ForeignAgency
from lindung.recruitment.lifecycles import OverrideState, PaperState, PermitState, PlaceState
from lindung.registry.models import Employer, Worker


class Paper(Scoped):
    """What a recruiter submits and a post checks and endorses: never one person for both.

    ``due_at`` is the instant by which whoever has it now must act; ``since`` when the state began.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in PaperState],
        default=PaperState.SUBMITTED,
    )
    submitted_at = models.DateTimeField()
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.UUIDField()
    checked_by = models.UUIDField(null=True, blank=True)
    endorsed_by = models.UUIDField(null=True, blank=True)
    endorsed_on = models.DateField(null=True, blank=True)
    reason_code = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ("due_at", "id")
        constraints: ClassVar[tuple[models.CheckConstraint, ...]] = (
            models.CheckConstraint(
                name="%(class)s_four_eyes",
                condition=Q(endorsed_by__isnull=True)
                | Q(checked_by__isnull=False) & ~Q(endorsed_by=F("checked_by")),
                violation_error_message="Yang mengesahkan bukan yang memeriksa.",
            ),
            models.CheckConstraint(
                name="%(class)s_endorsed_by_someone",
                condition=~Q(state="endorsed")
                | Q(endorsed_by__isnull=False, endorsed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_sent_back_with_a_reason",
                condition=~Q(state__in=["returned", "refused"]) | ~Q(reason_code=""),
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "state", "due_at"], name="%(class)s_post"),
            models.Index(fields=["agency_id", "state", "due_at"], name="%(class)s_agency"),
            models.Index(fields=["country", "state"], name="%(class)s_country"),
        )

    kind = ""


class Agreement(Paper):
    """Recruitment agreement (perjanjian kerja sama penempatan) of a recruiter and a partner.

    ``quota`` is how many places may be endorsed under it; ``endorsed`` how many are.
    """

    partner = models.ForeignKey(ForeignAgency, models.PROTECT, related_name="+")
    paper_number = models.CharField(max_length=60, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField()
    quota = models.PositiveIntegerField()
    endorsed = models.PositiveIntegerField(default=0)

    class Meta(Paper.Meta):
        constraints = (
            *Paper.Meta.constraints,
            models.CheckConstraint(
                name="agreement_within_its_quota", condition=Q(endorsed__lte=F("quota"))
            ),
            models.CheckConstraint(
                name="agreement_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
        )

    kind = "agreement"


class JobOrder(Paper):
    """Request for workers (surat permintaan, demand letter) under an agreement.

    ``quota`` counts all places; ``quota_female`` and ``quota_male`` narrow it where given.
    ``wage`` is ``{"amount", "currency", "per"}``; ``documents`` maps a needed document's code to
    the number of what was handed in. The post ties the order to an employer when it checks.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    employer = models.ForeignKey(Employer, models.PROTECT, null=True, blank=True, related_name="+")
    employer_name = models.CharField(max_length=160)
    employer_kind = models.CharField(
        max_length=10,
        choices=[("company", _("badan usaha")), ("household", _("rumah tangga"))],
    )
    employer_number = models.CharField(max_length=60, blank=True, default="")
    dest_region = models.CharField(max_length=8, blank=True, default="")
    sector = models.CharField(max_length=40)
    occupation = models.CharField(max_length=4, blank=True, default="")
    paper_number = models.CharField(max_length=60, blank=True, default="")
    quota = models.PositiveIntegerField()
    quota_female = models.PositiveIntegerField(null=True, blank=True)
    quota_male = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    taken_female = models.PositiveIntegerField(default=0)
    taken_male = models.PositiveIntegerField(default=0)
    wage = models.JSONField(default=dict)
    documents = models.JSONField(default=dict)
    valid_to = models.DateField()

    class Meta(Paper.Meta):
        constraints = (
            *Paper.Meta.constraints,
            models.CheckConstraint(
                name="joborder_within_its_quota",
                condition=Q(taken__lte=F("quota"))
                & (Q(quota_female__isnull=True) | Q(taken_female__lte=F("quota_female")))
                & (Q(quota_male__isnull=True) | Q(taken_male__lte=F("quota_male"))),
            ),
            models.CheckConstraint(
                name="joborder_endorsed_has_an_employer",
                condition=~Q(state="endorsed") | Q(employer__isnull=False),
            ),
        )

    kind = "order"

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return self.quota - self.taken


class RecruitmentPermit(Scoped):
    """The ministry's leave to recruit for one job order (SIP2MI)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(JobOrder, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in PermitState],
        default=PermitState.REQUESTED,
    )
    requested_at = models.DateTimeField()
    requested_by = models.UUIDField()
    due_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=80, blank=True, default="")
    outcome = models.CharField(max_length=12, blank=True, default="")
    reason_code = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["requested", "issued"]),
                name="permit_one_for_an_order",
            ),
            models.CheckConstraint(
                name="permit_issued_has_a_period",
                condition=~Q(state="issued")
                | Q(decided_by__isnull=False, valid_from__isnull=False, valid_to__isnull=False),
            ),
            # Where no rule says how long, an officer did, and says why.
            models.CheckConstraint(
                name="permit_unknown_validity_has_a_reason",
                condition=~Q(outcome="needs_check") | ~Q(reason=""),
            ),
        )
        indexes = (
            models.Index(fields=["agency_id", "state", "due_at"], name="permit_agency"),
            models.Index(fields=["post_id", "state", "due_at"], name="permit_post"),
        )


class Override(Scoped):
    """Leave to go on although a check does not pass: asked by one, given by another, for a time.

    ``subject`` is the paper, ``check_id`` the check of ``checks.yaml``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField()
    paper = models.CharField(
        max_length=10, choices=[("agreement", "agreement"), ("order", "order")]
    )
    check_id = models.CharField(max_length=40)
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in OverrideState],
        default=OverrideState.ASKED,
    )
    asked_by = models.UUIDField()
    asked_name = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    asked_reason = models.CharField(max_length=300)
    answered_by = models.UUIDField(null=True, blank=True)
    answered_name = models.CharField(max_length=160, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_reason = models.CharField(max_length=300, blank=True, default="")
    expires_on = models.DateField()

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "check_id"],
                condition=Q(state__in=["asked", "given"]),
                name="exception_once",
            ),
            models.CheckConstraint(
                name="exception_four_eyes",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="exception_answered_with_a_reason",
                condition=~Q(state__in=["given", "denied"])
                | Q(answered_by__isnull=False) & ~Q(answered_reason=""),
            ),
        )
        indexes = (models.Index(fields=["post_id", "state", "asked_at"], name="exception_post"),)


class Signature(Scoped):
    """Who did what to a paper, with the reason: the chain's own memory, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField()
    step = models.CharField(max_length=24)
    by = models.UUIDField()
    by_name = models.CharField(max_length=160)
    office = models.CharField(max_length=160, blank=True, default="")
    at = models.DateTimeField()
    reason_code = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    checks = models.JSONField(default=list)

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["subject", "at"], name="signature_subject"),)


class Place(Scoped):
    """One place of a job order and the placement that holds it; whoever replaces takes the same.

    ``placement_id`` names a row of a later stage, so it is no foreign key.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(JobOrder, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    placement_id = models.UUIDField()
    seat = models.PositiveIntegerField()
    counted_as = models.CharField(max_length=1, blank=True, default="")
    state = models.CharField(
        max_length=5, choices=[(s.value, s.value) for s in PlaceState], default=PlaceState.HELD
    )
    taken_on = models.DateField()
    freed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("seat", "taken_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["order", "seat"], condition=Q(state="held"), name="place_seat_once"
            ),
            models.UniqueConstraint(
                fields=["placement_id"], condition=Q(state="held"), name="place_placement_once"
            ),
            models.CheckConstraint(name="place_seats_from_one", condition=Q(seat__gte=1)),
            models.CheckConstraint(
                name="place_freed_has_a_day", condition=Q(state="held") | Q(freed_on__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=["order", "seat"], name="place_of_order"),
            models.Index(fields=["worker", "-taken_on"], name="place_worker"),
            models.Index(fields=["post_id", "state"], name="place_post"),
            models.Index(fields=["agency_id", "state"], name="place_agency"),
        )
