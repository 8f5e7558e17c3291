"""Tables of complaints (what a person says) and cases (our work on it)."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.access.policies import IN_THE_OPEN
from lindung.access.roles import roles
from lindung.kernel.ids import new_id
from lindung.protection.kinds import CLOSED
from lindung.protection.lifecycles import CaseState
from lindung.registry.models import Employer, Worker

OPEN = UUID(IN_THE_OPEN)


def _compartment() -> models.UUIDField[UUID, UUID]:
    """Which secret the row belongs to; in the open by default."""
    return models.UUIDField(default=OPEN)


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
    CONFINED = "confined", _("Dikurung atau tidak boleh keluar")
    SEXUAL_VIOLENCE = "sexual_violence", _("Kekerasan seksual")
    TRAFFICKING = "trafficking", _("Perdagangan orang")
    CHILD = "child", _("Anak di bawah umur")
    DANGER = "danger", _("Nyawa terancam")
    SUICIDE_RISK = "suicide_risk", _("Ingin mengakhiri hidup")
    DETAINED = "detained", _("Ditahan atau ditangkap")
    DEATH_PENALTY = "death_penalty", _("Terancam hukuman mati")
    DEPORTATION = "deportation", _("Akan atau sudah dideportasi")
    FAILED_DEPARTURE = "failed_departure", _("Gagal berangkat")
    DEBT = "debt", _("Terjerat utang")
    MISSING = "missing", _("Hilang")
    DEATH = "death", _("Meninggal dunia")
    REPATRIATION = "repatriation", _("Pemulangan")
    DOCUMENTS = "documents", _("Dokumen")
    INFORMATION = "information", _("Pertanyaan")
    OTHER = "other", _("Lainnya")


class Complaint(Scoped):
    """What a person said, in their words, kept as it came.

    One that names no person is about a company; it waits with a post or the ministry to be placed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    words = models.TextField()
    channel = models.CharField(max_length=12)
    language = models.CharField(max_length=10, default="id")
    # A relative, where it was not the worker: whoever told it may ask how it goes.
    told_by = models.UUIDField(null=True, blank=True)
    compartment = _compartment()
    # Whom it is about, where that was said; an agency's table is open, a plain value is enough.
    about_agency = models.UUIDField(null=True, blank=True)
    about_employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_how = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="complaint_without_a_person_has_its_time",
                condition=Q(worker__isnull=False) | Q(due_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-at"], name="complaint_worker"),
            models.Index(
                fields=["post_id", "due_at"],
                condition=Q(settled_at__isnull=True, due_at__isnull=False),
                name="complaint_waiting",
            ),
        )


class Case(Scoped):
    """One problem, one clock, one owner.

    Of a sealed one nothing is told here: its kind and outcome stand in ``SealedPart``, under its
    ``compartment``. Until a person takes it the owner is whoever is on duty in ``duty_role``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(
        max_length=20, choices=[*CaseKind.choices, (CLOSED, _("Kasus tertutup"))]
    )
    compartment = _compartment()
    clock_class = models.CharField(max_length=16, default="information")
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in CaseState],
        default=CaseState.RECEIVED,
    )
    owner_id = models.UUIDField(null=True, blank=True)
    owner_name = models.CharField(max_length=120, blank=True, default="")
    duty_role = models.CharField(max_length=40, default="attache")
    opened_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    plan_due_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    feedback = models.SmallIntegerField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="case_number"),
            models.CheckConstraint(
                name="case_ended_is_closed",
                condition=Q(
                    state__in=["confirmed", "no_answer", "merged", "died"], closed_at__isnull=False
                )
                | (
                    ~Q(state__in=["confirmed", "no_answer", "merged", "died"])
                    & Q(closed_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="case_has_an_owner",
                condition=Q(owner_id__isnull=False) | ~Q(duty_role=""),
            ),
            models.CheckConstraint(
                name="case_merged_says_where",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_sealed_says_nothing",
                condition=Q(compartment=OPEN) | Q(kind=CLOSED, outcome=""),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-opened_at"], name="case_worker"),
            models.Index(
                fields=["post_id", "due_at"], condition=Q(closed_at__isnull=True), name="case_open"
            ),
            # How many open cases fall due when: counted in the index alone.
            models.Index(
                fields=["post_id"],
                include=["answered_at", "answer_due_at", "due_at"],
                condition=Q(closed_at__isnull=True),
                name="case_open_counted",
            ),
            models.Index(
                fields=["paused_until"],
                condition=Q(paused_until__isnull=False),
                name="case_paused",
            ),
        )

    @property
    def stage(self) -> str:
        """Where it stands, in words."""
        from lindung.protection.stages import STAGE_LABELS

        return str(STAGE_LABELS[CaseState(self.state)])

    @property
    def is_sealed(self) -> bool:
        """Whether its words open only by two people."""
        return self.compartment != OPEN

    @property
    def owner(self) -> str:
        """Who answers for it: a person, or a post's duty until one took it."""
        role = roles().get(self.duty_role)
        return self.owner_name or (str(_(role.title)) if role else self.duty_role)


class SealedPart(Scoped):
    """What a sealed case is about and what came of it."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    compartment = _compartment()
    kind = models.CharField(max_length=20, choices=CaseKind.choices)
    outcome = models.TextField(blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["worker"], name="sealedpart_worker"),)


class NoteSort(models.TextChoices):
    """What a note is."""

    WORDS = "words", _("Pesan")
    PLAN = "plan", _("Rencana aman")


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
    sort = models.CharField(max_length=8, choices=NoteSort.choices, default=NoteSort.WORDS)
    compartment = _compartment()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["case", "at"], name="casenote_case"),)


class _OfACase(Scoped):
    """What every row about the work on one case carries."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)

    class Meta:
        abstract = True


class Hearing(_OfACase):
    """A further complaint that the case answers, beside the one it was opened for."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "complaint"], name="hearing_once"),)


class Evidence(Scoped):
    """A voice, photo or paper that belongs to a case or complaint; its file lies with documents."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    document_id: models.UUIDField[UUID, UUID] = models.UUIDField()
    media = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    from_worker = models.BooleanField(default=False)
    compartment = _compartment()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                name="evidence_is_of_something",
                condition=Q(case__isnull=False) | Q(complaint__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-at"], name="evidence_worker"),
            models.Index(fields=["case", "at"], name="evidence_case"),
        )


class CaseTask(_OfACase):
    """Something to be done on a case: by whom and until when."""

    words = models.CharField(max_length=300)
    owner_id = models.UUIDField(null=True, blank=True)
    owner_name = models.CharField(max_length=120, blank=True, default="")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    compartment = _compartment()

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=["case", "due_on"], name="casetask_case"),)


class CasePause(_OfACase):
    """Time that does not count for plan and close: why, by whom, until when."""

    reason = models.CharField(max_length=300)
    by_office = models.CharField(max_length=160, blank=True, default="")
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    due_before_at = models.DateTimeField()
    plan_due_before_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(name="pause_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="pause_ends", condition=Q(until_at__gte=F("at"))),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="pause_one"
            ),
        )


class HandOver(_OfACase):
    """A case went to another person or post. The row stays with the post that gave it."""

    from_owner = models.CharField(max_length=120, blank=True, default="")
    to_owner = models.CharField(max_length=120, blank=True, default="")
    to_post_id = models.SmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(name="casehand_says_why", condition=~Q(reason="")),)
        indexes = (
            models.Index(fields=["post_id", "-at"], name="casehand_post"),
            models.Index(fields=["case", "at"], name="casehand_case"),
        )


class ContactAttempt(_OfACase):
    """Somebody tried to reach the person, and how it went."""

    channel = models.CharField(max_length=12)
    reached = models.BooleanField(default=False)

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["case", "at"], name="attempt_case"),)


class LinkSort(models.TextChoices):
    """Why two cases belong together."""

    SAME_EMPLOYER = "same_employer", _("Pemberi kerja yang sama")
    SAME_EVENT = "same_event", _("Kejadian yang sama")
    SPLIT = "split", _("Dipecah dari")
    MERGED = "merged", _("Digabung ke")


class CaseLink(_OfACase):
    """Two cases belong together; taken back, the row stays and says so.

    ``case`` is the one that stays or was there first, ``other`` the one merged into or split off.
    """

    other = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    sort = models.CharField(max_length=14, choices=LinkSort.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    # How both stood before a merge, so that it can be taken back.
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=["case"], name="caselink_case"),
            models.Index(fields=["other"], name="caselink_other"),
        )


class TrackStep(_OfACase):
    """One step of a complaint about a placement party, with its term and what came of it."""

    step = models.CharField(max_length=20)
    due_on = models.DateField()
    # The provision whose days count, or empty where practice stands for it.
    basis = models.CharField(max_length=60, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=24, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    minutes = models.TextField(blank=True, default="")
    consequence = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                name="trackstep_done_has_a_result",
                condition=Q(done_at__isnull=True, result="")
                | (Q(done_at__isnull=False) & ~Q(result="")),
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(done_at__isnull=True), name="trackstep_one_open"
            ),
        )


class Escalation(Scoped):
    """A clock passed and the next in the chain was told; once for each rung."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    clock = models.CharField(max_length=8)
    rung = models.SmallIntegerField()
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["case", "clock", "rung"], name="escalation_once"),
        )
        indexes = (models.Index(fields=["post_id", "-at"], name="escalation_post"),)


class Opening(Scoped):
    """One asks to read a sealed case and says why, a second person agrees; then for some hours.

    In danger of life one person opens alone, and somebody else looks at that afterwards.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    compartment: models.UUIDField[UUID, UUID] = models.UUIDField()
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    asker_id: models.UUIDField[UUID, UUID] = models.UUIDField()
    asker_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    emergency = models.BooleanField(default=False)
    second_id = models.UUIDField(null=True, blank=True)
    second_name = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    agreed = models.BooleanField(null=True, blank=True)
    remark = models.CharField(max_length=300, blank=True, default="")
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(name="opening_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="opening_takes_two",
                condition=Q(second_id__isnull=True) | ~Q(second_id=F("asker_id")),
            ),
            models.CheckConstraint(
                name="opening_lasts_only_agreed",
                condition=Q(until_at__isnull=True) | Q(agreed=True) | Q(emergency=True),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-asked_at"], name="opening_worker"),
            models.Index(fields=["post_id", "-asked_at"], name="opening_post"),
            models.Index(fields=["asker_id", "until_at"], name="opening_in_force"),
        )


class Informant(Scoped):
    """Who reported in confidence; always sealed, and apart from what they said."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="+", primary_key=True)
    compartment: models.UUIDField[UUID, UUID] = models.UUIDField()
    name = models.CharField(max_length=120, blank=True, default="")
    contact = models.CharField(max_length=160, blank=True, default="")
    relation = models.CharField(max_length=120, blank=True, default="")


class Sanction(Scoped):
    """A proposal against a party that reached the problem list; never who complained."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    entry_id: models.UUIDField[UUID, UUID] = models.UUIDField()
    number = models.CharField(max_length=24)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)

    class Meta:
        indexes = (
            models.Index(fields=["case", "at"], name="sanction_case"),
            models.Index(fields=["post_id", "-at"], name="sanction_post"),
        )
