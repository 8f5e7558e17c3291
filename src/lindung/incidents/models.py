"""Tables of what happened to a person abroad, and of what has to be done about it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.incidents.lifecycles import IncidentState, TodoState
from lindung.kernel.ids import new_id
from lindung.kernel.money import Money
from lindung.protection.models import Case
from lindung.registry.models import FamilyMember, Source, Worker


class IncidentKind(models.TextChoices):
    """What happened; each has a workflow of its own in ``workflows/``."""

    DEATH = "death", _("Meninggal dunia")
    DETENTION = "detention", _("Ditangkap atau ditahan")
    MISSING = "missing", _("Hilang")
    HEALTH = "health", _("Sakit berat atau kecelakaan")
    REPATRIATION = "repatriation", _("Pemulangan")


class Factor(models.TextChoices):
    """By what a person was recognised. A name is none: many people share one."""

    PASSPORT = "passport", _("Paspor atau SPLP dicocokkan")
    NUMBER = "number", _("NIK atau nomor kartu dicocokkan")
    FINGERPRINT = "fingerprint", _("Sidik jari")
    DNA = "dna", _("DNA")
    RELATIVE = "relative", _("Dikenali keluarga dari wajah")
    COLLEAGUE = "colleague", _("Dikenali rekan atau majikan dari wajah")
    AUTHORITY = "authority", _("Surat resmi setempat dengan nomor identitas")
    HOSPITAL = "hospital", _("Catatan rumah sakit dengan nomor identitas")
    SELF = "self", _("Berbicara langsung dengan orangnya")
    BIRTH = "birth", _("Tanggal lahir dicocokkan")


class Party(models.TextChoices):
    """Who pays. The family is not among them: what it is charged is refused."""

    AGENCY = "agency", _("P3MI")
    EMPLOYER = "employer", _("Pemberi kerja")
    INSURER = "insurer", _("Jaminan sosial atau asuransi")
    HOME_STATE = "home_state", _("Pemerintah negara asal")
    HOST_STATE = "host_state", _("Pemerintah setempat")
    CHARITY = "charity", _("Lembaga sosial atau masyarakat")
    SELF = "self", _("Pekerja sendiri, atas kehendaknya")


class Incident(Scoped):
    """One thing that happened to one person. What it says of health stands apart (``Finding``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=IncidentKind.choices)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in IncidentState],
        default=IncidentState.REPORTED,
    )
    source = models.CharField(max_length=12, choices=Source.choices)
    known_at = models.DateTimeField()
    happened_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=160, blank=True, default="")
    employer_id = models.UUIDField(null=True, blank=True)
    site = models.CharField(max_length=8, blank=True, default="")
    reason = models.CharField(max_length=16, blank=True, default="")
    death_penalty = models.BooleanField(default=False)
    tells_family = models.BooleanField(default=True)
    factors = ArrayField(models.CharField(max_length=12, choices=Factor.choices), default=list)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=120, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True, default="")
    # What a death changed, as it was before: with it an error is taken back to the row.
    before = models.JSONField(default=dict, blank=True, db_default={})
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("known_at", "id")
        constraints = (
            models.CheckConstraint(
                name="incident_verified_by_two_factors",
                condition=Q(state__in=["reported", "dismissed"])
                | Q(verified_at__isnull=False, factors__len__gte=2),
            ),
            models.CheckConstraint(
                name="incident_ended_has_a_time",
                condition=Q(state__in=["closed", "dismissed"], ended_at__isnull=False)
                | Q(state__in=["reported", "verified"], ended_at__isnull=True),
            ),
            # The same thing told by three people is one incident.
            models.UniqueConstraint(
                fields=["worker", "kind"],
                condition=Q(ended_at__isnull=True),
                name="incident_open_once",
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-known_at"], name="incident_worker"),
            models.Index(
                fields=["post_id", "kind", "known_at"],
                condition=Q(ended_at__isnull=True),
                name="incident_open_post",
            ),
            models.Index(
                fields=["region", "kind", "known_at"],
                condition=Q(ended_at__isnull=True),
                name="incident_open_region",
            ),
            models.Index(
                fields=["country", "employer_id"],
                condition=Q(kind="death"),
                name="incident_deaths_employer",
            ),
        )


class Todo(Scoped):
    """One thing to do about an incident, with its clock and the law behind it.

    ``due_at`` is when practice wants it, ``law_due_at`` when the law does; ``needs_check`` says
    that the rule could not be confirmed, so that an officer decides with a reason first.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="todos", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    track = models.CharField(max_length=16)
    step = models.CharField(max_length=32)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in TodoState], default=TodoState.OPEN
    )
    due_at = models.DateTimeField(null=True, blank=True)
    law_due_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=60, blank=True, default="")
    needs_check = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=120, blank=True, default="")
    decision = models.CharField(max_length=300, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=120, blank=True, default="")
    evidence = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["incident", "step"], name="todo_once"),
            models.CheckConstraint(
                name="todo_done_has_a_time",
                condition=Q(state="open", done_at__isnull=True)
                | ~Q(state="open") & Q(done_at__isnull=False),
            ),
            models.CheckConstraint(
                name="todo_unsure_law_was_decided",
                condition=~Q(state="done") | Q(needs_check=False) | ~Q(decision=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["post_id", "due_at"], condition=Q(state="open"), name="todo_open_post"
            ),
            models.Index(
                fields=["region", "due_at"], condition=Q(state="open"), name="todo_open_region"
            ),
        )


class Certainty(models.TextChoices):
    """How far a stated cause can be relied on."""

    AUTOPSY = "autopsy", _("Bedah mayat")
    VERBAL = "verbal", _("Wawancara penyebab kematian (autopsi verbal)")
    CERTIFICATE = "certificate", _("Surat dokter tanpa pemeriksaan dalam")
    STATED = "stated", _("Hanya disebut, tanpa pemeriksaan")
    UNKNOWN = "unknown", _("Belum diketahui")


class HealthFinding(Scoped):
    """What is known of a person's health or of the cause of a death: read by few, told by consent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    code = models.CharField(max_length=16, blank=True, default="")
    certainty = models.CharField(max_length=12, choices=Certainty.choices)
    words = models.TextField()
    work_history = models.TextField(blank=True, default="")
    fit_to_travel = models.BooleanField(null=True, blank=True)
    stated_by = models.CharField(max_length=160)
    by = models.CharField(max_length=120)
    copied_to_family_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["incident", "-at"], name="health_incident"),)


class FamilyNotice(Scoped):
    """Somebody of ours told a relative: who, whom, in person or not, in which language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(
        FamilyMember, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=40)
    at = models.DateTimeField()
    in_person = models.BooleanField()
    why_not = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10)
    liaison = models.CharField(max_length=120)
    trained = models.BooleanField(default=False)

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["incident", "at"], name="notice_incident"),)


class Happening(Scoped):
    """One dated thing on an incident: a court date, a visit, a search, somebody who was asked."""

    class Kind(models.TextChoices):
        """What it is."""

        COURT = "court", _("Sidang")
        VISIT = "visit", _("Kunjungan konsuler")
        SEARCH = "search", _("Pencarian")
        ASKED = "asked", _("Orang yang ditanya")
        POLICE = "police", _("Polisi atau jaksa")
        FAMILY = "family", _("Kabar ke keluarga")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    words = models.TextField()
    lawyer = models.CharField(max_length=120, blank=True, default="")
    interpreter = models.CharField(max_length=120, blank=True, default="")
    outcome = models.TextField(blank=True, default="")
    by = models.CharField(max_length=120)

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=["incident", "at"], name="happening_incident"),
            models.Index(
                fields=["post_id", "at"],
                condition=Q(kind="court", outcome=""),
                name="happening_court",
            ),
        )


class Expense(Scoped):
    """What something cost and who pays it; the family never does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    what = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    currency = models.CharField(max_length=3)
    payer = models.CharField(max_length=12, choices=Party.choices)
    reference = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("on", "id")
        constraints = (
            models.CheckConstraint(name="expense_is_positive", condition=Q(amount__gt=0)),
        )
        indexes = (models.Index(fields=["incident", "on"], name="expense_incident"),)

    @property
    def money(self) -> Money:
        """The sum with its currency."""
        return Money(self.amount, self.currency)


class AgencyDuty(Scoped):
    """What the law asks of the recruiter that placed the person: all it learns of the incident."""

    class Kind(models.TextChoices):
        """What it has to do."""

        TELL_FAMILY = "tell_family", _("Beri tahu keluarga")
        FIND_CAUSE = "find_cause", _("Cari sebabnya dan laporkan")
        BRING_HOME = "bring_home", _("Pulangkan dengan layak dan tanggung semua biaya")
        BELONGINGS = "belongings", _("Lindungi barang miliknya")
        RIGHTS = "rights", _("Urus semua haknya")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=60)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("asked_at", "kind")
        constraints = (
            models.UniqueConstraint(fields=["incident", "kind"], name="agency_duty_once"),
        )
        indexes = (models.Index(fields=["agency_id", "-asked_at"], name="agency_duty_agency"),)


class Reception(Scoped):
    """The hand-over at home: who received the person or the coffin, and where they go next."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.OneToOneField(Incident, models.PROTECT, related_name="reception")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    place = models.CharField(max_length=120)
    office = models.CharField(max_length=120)
    received_by = models.CharField(max_length=120)
    next_place = models.CharField(max_length=160)
    reference = models.CharField(max_length=60)

    class Meta:
        indexes = (models.Index(fields=["worker", "-at"], name="reception_worker"),)


class Ruling(Scoped):
    """What one officer asked for and a second decides: a stop left out, a death taken back."""

    class What(models.TextChoices):
        """What is asked."""

        LEAVE_STOP = "leave_stop", _("Langkah wajib ditiadakan")
        TAKE_BACK = "take_back", _("Kabar kematian ditarik kembali")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    what = models.CharField(max_length=12, choices=What.choices)
    step = models.CharField(max_length=32, blank=True, default="")
    reason = models.CharField(max_length=300)
    asker_id = models.UUIDField()
    asker_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True, blank=True)
    second_id = models.UUIDField(null=True, blank=True)
    second_name = models.CharField(max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["incident", "what", "step"],
                condition=Q(agreed__isnull=True),
                name="ruling_asked_once",
            ),
            models.CheckConstraint(
                name="ruling_by_two_people",
                condition=Q(agreed__isnull=True, second_id__isnull=True)
                | Q(agreed__isnull=False, decided_at__isnull=False)
                & ~Q(second_id=models.F("asker_id")),
            ),
        )
        indexes = (models.Index(fields=["incident", "asked_at"], name="ruling_incident"),)
