"""Tables of placements, what each still needs, and their contracts."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.placement.lifecycles import ContractState, FindingState, PlacementState
from lindung.recruitment.models import JobOrder
from lindung.registry.models import Source, Worker


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
    job_order = models.ForeignKey(
        JobOrder, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
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


class Milestone(Scoped):
    """Something that happened in the destination's own system, once; never changed.

    ``code`` is a state of ``systems/*.yaml`` or a fact that its time limits rest on; ``details`` may
    hold ``days`` (fact → day) that the destination or a paper names.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    on = models.DateField()
    # The number of what it speaks of (an offer, a kind of cover): two may fall on one day.
    reference = models.CharField(max_length=60, blank=True, default="", db_default="")
    details = models.JSONField(default=dict)
    source = models.CharField(max_length=12, choices=Source.choices)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["worker", "placement", "code", "on", "reference"], name="milestone_once"
            ),
        )


class Contract(Scoped):
    """One version of an employment contract, its check, and the answer to it.

    A repaired or amended contract is a new row that ``supersedes`` the one before; ``changes``
    says field by field what is different (``{"path", "was", "now"}``). At most one version of a
    placement waits for an answer, and at most one is in force.

    ``signed_on`` is the day the worker agreed here and ``starts_on`` the day work began;
    ``paper_signed_on`` and ``paper_starts_on`` are what stands on the paper, and ``applies_from``
    the day from which an amended version counts. ``recorded_office`` is the office that wrote it
    down, whoever it speaks for.
    """

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
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    version_no = models.SmallIntegerField(default=1, db_default=1)
    changes = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    why = models.CharField(max_length=200, blank=True, default="", db_default="")
    languages = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    document_id = models.UUIDField(null=True, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    employer_agreed_on = models.DateField(null=True, blank=True)
    employer_agreed_by = models.CharField(max_length=160, blank=True, default="", db_default="")
    employer_evidence = models.CharField(max_length=200, blank=True, default="", db_default="")
    employer_recorded_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    paper_signed_on = models.DateField(null=True, blank=True)
    paper_starts_on = models.DateField(null=True, blank=True)
    applies_from = models.DateField(null=True, blank=True)
    recorded_office = models.CharField(max_length=120, blank=True, default="", db_default="")

    @property
    def signing_day(self) -> date | None:
        """The day rules of signing go by: the paper's own, else when the worker agreed."""
        return self.paper_signed_on or self.signed_on

    @property
    def work_day(self) -> date | None:
        """The day rules of work go by: what is amended counts from its day, else work begins."""
        return self.applies_from or self.starts_on or self.paper_starts_on

    class Meta:
        ordering = ("-offered_on", "-version_no", "-id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="contract_number"),
            models.CheckConstraint(
                name="contract_signed_was_checked",
                # One brought in from an older system was signed there; nobody has checked it here.
                condition=~Q(state="signed")
                | Q(signed_on__isnull=False, checked_on__isnull=False)
                | Q(signed_on__isnull=False, source="legacy"),
            ),
            models.UniqueConstraint(
                fields=["placement"], condition=Q(state="signed"), name="contract_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(state__in=["offered", "verified"]),
                name="contract_one_waiting",
            ),
            models.UniqueConstraint(fields=["supersedes"], name="contract_superseded_once"),
            models.CheckConstraint(
                name="contract_first_or_follows",
                condition=Q(supersedes__isnull=True, version_no=1)
                | Q(supersedes__isnull=False, version_no__gt=1),
            ),
            models.CheckConstraint(
                name="contract_employer_agreed_with_evidence",
                condition=Q(employer_agreed_on__isnull=True)
                | (~Q(employer_agreed_by="") & ~Q(employer_evidence="")),
            ),
            models.CheckConstraint(
                name="contract_document_has_its_hash",
                condition=Q(document_id__isnull=True, document_sha256="")
                | (Q(document_id__isnull=False) & Q(document_sha256__regex=r"^[0-9a-f]{64}$")),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-offered_on"], name="contract_worker"),
            models.Index(fields=["post_id", "state", "offered_on"], name="contract_post"),
            # The queue of a post, in its order: a page reads fifty rows and no more.
            models.Index(
                fields=["post_id", "answer_by", "offered_on"],
                condition=Q(state="offered"),
                name="contract_post_queue",
            ),
            models.Index(
                fields=["answer_by", "offered_on"],
                condition=Q(state="offered"),
                name="contract_queue",
            ),
            models.Index(fields=["agency_id", "state"], name="contract_agency"),
            models.Index(fields=["region", "state"], name="contract_region"),
            models.Index(fields=["offer_number"], name="contract_offer"),
        )


class ContractTerms(Scoped):
    """What a contract says in the words of the rules: the narrow row that impact reads.

    A copy, kept by the operations and rebuilt by ``manage contract_terms`` each night. ``stated``
    is contract field → value: ``[amount, unit]`` as text for amounts (no unit: a plain number),
    yes/no or text for the rest.
    """

    contract = models.OneToOneField(Contract, models.PROTECT, primary_key=True, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    live = models.BooleanField(default=True)
    sector = models.CharField(max_length=40)
    scheme = models.CharField(max_length=24)
    occupation = models.CharField(max_length=4, blank=True, default="")
    dest_region = models.CharField(max_length=8, blank=True, default="")
    signed_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    stated = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["country", "live"], name="terms_country"),
            models.Index(fields=["post_id", "live"], name="terms_post"),
        )


class Finding(Scoped):
    """A field that differs between the contract that was verified and what is told from abroad.

    ``verified`` and ``told`` are ``{"value", "unit", "shown"}`` as text; ``told_by`` is the
    destination's register or the worker.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", db_index=False)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    field = models.CharField(max_length=60)
    told_by = models.CharField(
        max_length=12, choices=[(who, who) for who in ("destination", "worker")]
    )
    verified = models.JSONField()
    told = models.JSONField()
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in FindingState],
        default=FindingState.OPEN,
    )
    opened_on = models.DateField()
    due_at = models.DateTimeField()
    closed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-opened_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="finding_number"),
            models.UniqueConstraint(
                fields=["contract", "field", "told_by"],
                condition=Q(state="open"),
                name="finding_open_once",
            ),
            models.CheckConstraint(
                name="finding_answered_has_a_reason",
                condition=Q(state="open") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="finding_closed_has_a_day",
                condition=(Q(state="closed") & Q(closed_on__isnull=False))
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-opened_on"], name="finding_worker"),
            models.Index(fields=["post_id", "state", "due_at"], name="finding_post"),
            models.Index(fields=["region", "state"], name="finding_region"),
            models.Index(fields=["placement", "field"], name="finding_placement"),
        )
