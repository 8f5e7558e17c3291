"""Tables of people, employers and recruiters, and of what is known about them, with its age."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.registry.lifecycles import LicenceState, MergeState, TaskState


class Stage(models.TextChoices):
    """Where in the journey a person is."""

    BEFORE = "before", _("Sebelum")
    DURING = "during", _("Selama")
    AFTER = "after", _("Sesudah")


class Condition(models.TextChoices):
    """How a person says they are."""

    GOOD = "good", _("Baik")
    FAIR = "fair", _("Kurang baik")
    NEEDS_HELP = "needs_help", _("Butuh bantuan")
    UNKNOWN = "unknown", _("Belum diketahui")


class Source(models.TextChoices):
    """Who said it."""

    WORKER = "worker", _("pekerja")
    FAMILY = "family", _("keluarga")
    AGENCY = "agency", _("P3MI")
    EMPLOYER = "employer", _("pemberi kerja")
    DESTINATION = "destination", _("negara tujuan")
    OFFICER = "officer", _("petugas")


class Confidence(models.TextChoices):
    """How far a value can be relied on."""

    HIGH = "high", _("kuat")
    MEDIUM = "medium", _("sedang")
    LOW = "low", _("lemah")


class Sex(models.TextChoices):
    """As in the passport (ICAO 9303)."""

    FEMALE = "F", _("perempuan")
    MALE = "M", _("laki-laki")
    UNSPECIFIED = "X", _("tidak disebut")


class Worker(Scoped):
    """A person, before all: no number, passport or placement is needed to be here.

    ``region`` is the home regency, ``country`` the destination of the placement under way,
    ``agency_id`` its recruiter and ``post_id`` the post in charge.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_number = models.CharField(max_length=20)
    full_name = models.CharField(max_length=160)
    call_name = models.CharField(max_length=80, blank=True, default="")
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNSPECIFIED)
    birth_date = models.DateField(null=True, blank=True)
    birth_place = models.CharField(max_length=80, blank=True, default="")
    language = models.CharField(max_length=10, default="id")
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    # The same person, found again under another entry: this row is then an alias, in nobody's
    # scope, and its rows stand with the kept person (decision 17, merging.py).
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Of the kept person: the ids under which earlier things happened; null where there are none.
    aliases = ArrayField(models.UUIDField(), null=True, blank=True)
    # Came by herself from abroad, papers or none: the scope columns then name no country and no
    # recruiter, so that no policy of another state or of a recruiter ever fits a row of hers
    # (``SelfEnrolment``, decision on the wall).
    walled = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["public_number"], name="worker_number"),
            models.CheckConstraint(
                name="worker_walled_is_named_to_no_other",
                condition=Q(walled=False) | Q(agency_id__isnull=True, country=""),
            ),
            models.CheckConstraint(
                name="worker_alias_of_another", condition=~Q(merged_into=models.F("id"))
            ),
        )
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["post_id", "-id"], name="worker_post"),
            models.Index(fields=["agency_id", "-id"], name="worker_agency"),
            models.Index(fields=["region", "-id"], name="worker_region"),
            models.Index(fields=["country", "-id"], name="worker_country"),
            models.Index(fields=["birth_date"], name="worker_born"),
        )

    @property
    def worker_id(self) -> object:
        """The person concerned: itself."""
        return self.id

    @property
    def ids(self) -> list[UUID]:
        """Every id under which something happened to this person, the present one first."""
        return [self.id, *(self.aliases or ())]

    @property
    def shown_name(self) -> str:
        """The name the person uses, else the one in the passport."""
        return self.call_name or self.full_name


class WorkerState(Scoped):
    """What changes often about a person, on a narrow row so that a check-in stays cheap."""

    worker = models.OneToOneField(Worker, models.PROTECT, primary_key=True, related_name="state")
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.BEFORE)
    condition = models.CharField(
        max_length=12, choices=Condition.choices, default=Condition.UNKNOWN
    )
    last_check_in_at = models.DateTimeField(null=True, blank=True)
    check_in_due_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    employer_id = models.UUIDField(null=True, blank=True)
    dest_region = models.CharField(max_length=8, blank=True, default="")
    cell = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["post_id", "check_in_due_on"], name="state_post_due"),
            # Whose check-in is overdue, counted and listed without opening the rows of those at home.
            models.Index(
                fields=["post_id", "check_in_due_on", "worker"],
                condition=Q(stage="during"),
                name="state_post_late",
            ),
            # Who works for an employer: the queue's filter.
            models.Index(
                fields=["employer_id", "worker"],
                condition=Q(employer_id__isnull=False),
                name="state_employer",
            ),
            # Who is inside a footprint, listed and counted from the index alone: the muster.
            models.Index(
                fields=["post_id", "cell"],
                include=("worker", "last_check_in_at", "condition", "dest_region", "employer_id"),
                condition=Q(stage="during", cell__isnull=False),
                name="state_post_placed",
            ),
            models.Index(fields=["agency_id"], name="state_agency"),
            models.Index(fields=["region", "stage"], name="state_region"),
            # Who is abroad and not confirmed lately, the longest first: the desk's first page.
            models.Index(
                fields=["post_id", "confirmed_on"],
                condition=Q(stage="during"),
                name="state_post_confirmed",
            ),
            # Who is known to be in a region and not where in it: the muster's "maybe".
            models.Index(
                fields=["post_id", "dest_region"],
                condition=Q(stage="during", cell__isnull=True),
                name="state_post_place",
            ),
        )


class WorkerToken(models.Model):
    """One searchable part of a name; found by equality or prefix, under the row policies.

    No foreign key: three rows a person are written with the person, and the check would cost
    more than the row.
    """

    pk = models.CompositePrimaryKey("worker_id", "token")
    worker_id = models.UUIDField()
    token = models.CharField(max_length=40, db_collation="C")
    post_id = models.SmallIntegerField(null=True)
    agency_id = models.UUIDField(null=True)
    region = models.CharField(max_length=4, default="")

    class Meta:
        indexes = (
            models.Index(fields=["post_id", "token"], name="token_post"),
            models.Index(fields=["agency_id", "token"], name="token_agency"),
            models.Index(fields=["region", "token"], name="token_region"),
            models.Index(fields=["token"], name="token_all"),
        )


IDENTIFIER_LABELS = {
    "nik": _("NIK"),
    "passport": _("Paspor"),
    "phone": _("Telepon"),
    "email": _("Surel"),
}


class Identifier(Scoped):
    """An identity number: ciphertext, blind index for look-up, and a masked form to show.

    ``kind`` is one of ``lindung.kernel.identifiers.Kind``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="identifiers", db_index=False)
    kind = models.CharField(max_length=16)
    issuer = models.CharField(max_length=2, blank=True, default="")
    cipher = models.BinaryField()
    blind = models.BinaryField(max_length=16)
    masked = models.CharField(max_length=40)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    warning = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["worker", "kind", "blind"], name="identifier_once"),
        )
        indexes = (
            models.Index(fields=["blind"], name="identifier_blind"),
            models.Index(fields=["post_id", "kind", "valid_to"], name="identifier_post_valid"),
        )

    @property
    def kind_label(self) -> str:
        """The kind as people say it."""
        return str(IDENTIFIER_LABELS.get(self.kind, self.kind))


class OutsideNumber(Scoped):
    """A number another system gave: roster, contract, visa authorisation, residence card."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    subject = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=40)
    value = models.CharField(max_length=60)
    issued_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["worker", "kind", "value"], name="outside_once"),
        )
        indexes = (
            models.Index(fields=["kind", "value"], name="outside_value"),
            models.Index(fields=["post_id", "kind", "valid_to"], name="outside_post_valid"),
        )


class FactKind(models.TextChoices):
    """What a fact with an age is about."""

    ARRIVAL = "arrival", _("Kedatangan")
    WHEREABOUTS = "whereabouts", _("Keberadaan")
    EMPLOYER = "employer", _("Pemberi kerja")
    CONDITION = "condition", pgettext_lazy("orang", "Keadaan")
    CONTACT = "contact", _("Kontak")


class Fact(Scoped):
    """A value with who said it, when it was last confirmed, and how far to rely on it.

    A contradiction keeps both facts current and opens a task; nothing is overwritten.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=FactKind.choices)
    value = models.JSONField()
    source = models.CharField(max_length=12, choices=Source.choices)
    confirmed_on = models.DateField()
    confidence = models.CharField(max_length=6, choices=Confidence.choices)
    recorded_at = models.DateTimeField(auto_now_add=True)
    current = models.BooleanField(default=True)
    contradicts = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-confirmed_on", "-recorded_at")
        indexes = (
            models.Index(fields=["worker", "kind"], name="fact_worker"),
            models.Index(fields=["post_id", "kind", "confirmed_on"], name="fact_post_age"),
        )

    @property
    def days_old(self) -> int:
        """Whole days since it was last confirmed, on the calendar of the origin."""
        return (timezone.localdate() - self.confirmed_on).days


class Papers(models.TextChoices):
    """Whether somebody has papers to stay, as they say it themselves; nobody has to."""

    NOT_ASKED = "not_asked", _("Tidak ditanyakan")
    HAS = "has", _("Ada")
    HAS_NOT = "has_not", _("Tidak ada")
    UNSURE = "unsure", _("Tidak yakin")


class SelfEnrolment(Scoped):
    """Somebody abroad who entered herself: where she works, and nothing that she did not tell.

    The one place where ``papers`` stands. Its policies give it to the post in charge, the ministry
    and the person; every other kind of actor is refused the table itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    works_in = models.CharField(max_length=2)
    on = models.DateField()
    papers = models.CharField(max_length=12, choices=Papers.choices, default=Papers.NOT_ASKED)
    reach = models.CharField(max_length=160, blank=True, default="")
    opened_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["worker"], name="self_enrolled_once"),)
        indexes = (models.Index(fields=["post_id", "on"], name="self_enrolled_post"),)


class PostChange(Scoped):
    """From which post to which a person went, and when: the register's balance counts them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    was = models.SmallIntegerField(null=True, blank=True)
    now = models.SmallIntegerField(null=True, blank=True)
    on = models.DateField()

    class Meta:
        indexes = (
            models.Index(fields=["worker", "on"], name="post_change_worker"),
            models.Index(fields=["on"], name="post_change_day"),
        )


class FamilyMember(Scoped):
    """A relative: whom to tell, and what they may see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="family")
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=40)
    may_see_condition = models.BooleanField(default=False)
    is_emergency_contact = models.BooleanField(default=False)


class Agency(models.Model):
    """A licensed recruiter (P3MI). A company, so its entry is public."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24)
    name = models.CharField(max_length=160)
    region = models.CharField(max_length=4)
    licence_number = models.CharField(max_length=60)
    licence_state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in LicenceState], default="valid"
    )
    licensed_from = models.DateField()
    licensed_to = models.DateField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["number"], name="agency_number"),)
        ordering = ("name",)


class Employer(Scoped):
    """An employer abroad: a company, or a household, whose name is personal data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24)
    name = models.CharField(max_length=160)
    kind = models.CharField(
        max_length=10,
        choices=[("company", _("badan usaha")), ("household", _("rumah tangga"))],
    )
    sector = models.CharField(max_length=40)
    dest_region = models.CharField(max_length=8, blank=True, default="")
    outside_number = models.CharField(max_length=60, blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["number"], name="employer_number"),)
        ordering = ("name",)
        indexes = (
            models.Index(fields=["post_id", "name"], name="employer_post"),
            models.Index(fields=["country", "outside_number"], name="employer_outside"),
        )


class Task(Scoped):
    """Something that somebody must do by a day: a gap in a file, a contradiction, a clock."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    subject = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    owner = models.CharField(max_length=12)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in TaskState], default="open"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.CheckConstraint(
                name="task_closed_has_an_instant",
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["worker", "kind", "subject"],
                condition=Q(state="open"),
                name="task_open_once",
                nulls_distinct=False,
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "state", "due_at"], name="task_post_due"),
            models.Index(fields=["region", "state", "due_at"], name="task_region_due"),
            models.Index(fields=["agency_id", "state", "due_at"], name="task_agency_due"),
            models.Index(fields=["worker", "state"], name="task_worker"),
        )


class DistinctPair(Scoped):
    """Somebody said that these two are not one person: it is not asked again.

    Two rows a pair, one in the scope of each.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    said_by = models.CharField(max_length=120)
    on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["worker", "other"], name="distinct_once"),
            models.CheckConstraint(name="distinct_are_two", condition=~Q(worker=models.F("other"))),
        )


class MergeRecord(Scoped):
    """Two entries of one person brought together: who, why, and exactly which rows moved.

    ``worker`` is the kept one, ``moved`` is table → keys of the rows that stood with the gone
    one, ``before`` the gone one's scope; with them a merge is undone to the row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    gone = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    gone_number = models.CharField(max_length=20)
    gone_name = models.CharField(max_length=160)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in MergeState], default="proposed"
    )
    reason = models.CharField(max_length=400)
    proposed_by = models.UUIDField()
    proposed_name = models.CharField(max_length=120)
    proposed_on = models.DateField()
    settled_by = models.UUIDField(null=True, blank=True)
    settled_name = models.CharField(max_length=120, blank=True, default="")
    settled_on = models.DateField(null=True, blank=True)
    undone_name = models.CharField(max_length=120, blank=True, default="")
    undone_on = models.DateField(null=True, blank=True)
    undone_reason = models.CharField(max_length=400, blank=True, default="")
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(state__in=("proposed", "merged")),
                name="merge_open_once",
            ),
            models.CheckConstraint(name="merge_of_two", condition=~Q(worker=models.F("gone"))),
            models.CheckConstraint(
                name="merge_settled_by_somebody",
                condition=Q(state="proposed", settled_by__isnull=True)
                | (~Q(state="proposed") & Q(settled_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="merge_undone_with_a_reason",
                condition=Q(state="undone", undone_on__isnull=False) & ~Q(undone_reason="")
                | ~Q(state="undone") & Q(undone_on__isnull=True),
            ),
        )
        indexes = (models.Index(fields=["worker", "state"], name="merge_worker"),)


class EntryCode(models.Model):
    """A one-time code or link with which a worker signs in; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+", db_index=False)
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    is_link = models.BooleanField(default=False)
    # Later than made_at after a recovery: time for whoever was not asked to object.
    opens_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["worker", "-made_at"], name="entry_worker"),)
