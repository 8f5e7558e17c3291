"""Tables of help around a case: letters, claims, referrals, shelter, interpreters."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.assistance.lifecycles import (
    AppointmentState,
    ClaimState,
    LetterState,
    ReferralState,
)
from lindung.kernel.ids import new_id
from lindung.kernel.money import Money
from lindung.protection.models import OPEN, Case
from lindung.registry.models import Sex, Worker


class OnCase(Scoped):
    """What hangs on a case; scope and compartment are the case's own and go where it goes."""

    compartment = models.UUIDField(default=OPEN, db_default=OPEN)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Addressee(models.TextChoices):
    """To whom a letter goes."""

    EMPLOYER = "employer", _("Pemberi kerja")
    AGENCY = "agency", _("P3MI")
    PARTNER = "partner", _("Agensi di negara tujuan")
    AUTHORITY = "authority", _("Instansi setempat")
    HOME_OFFICE = "home_office", _("Instansi di tanah air")
    SERVICE = "service", _("Layanan bantuan")
    FAMILY = "family", _("Keluarga")
    WORKER = "worker", _("Pekerja")


class SentBy(models.TextChoices):
    """How a letter left."""

    POST = "post", _("pos tercatat")
    EMAIL = "email", _("surel")
    HAND = "hand", _("diserahkan langsung")
    PORTAL = "portal", _("portal instansi")
    FAX = "fax", _("faksimile")


class Letter(OnCase):
    """A letter about a case, in the language of whom it goes to; its words are fixed on sending."""

    number = models.CharField(max_length=30)
    template = models.CharField(max_length=40)
    addressee = models.CharField(max_length=12, choices=Addressee.choices)
    name = models.CharField(max_length=160)
    address = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    words = models.TextField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in LetterState], default=LetterState.DRAFT
    )
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    sent_by = models.CharField(max_length=8, choices=SentBy.choices, blank=True, default="")
    sent_on = models.DateField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="letter_number"),
            models.CheckConstraint(
                name="letter_sent_has_a_day",
                condition=~Q(state__in=["sent", "answered"])
                | Q(sent_on__isnull=False) & ~Q(sent_by=""),
            ),
        )
        indexes = (
            models.Index(fields=["case", "made_at"], name="letter_case"),
            models.Index(
                fields=["post_id", "answer_by"], condition=Q(state="sent"), name="letter_waiting"
            ),
        )


class ClaimKind(models.TextChoices):
    """What is owed."""

    WAGES = "wages", _("Gaji")
    OVERTIME = "overtime", _("Lembur")
    END_OF_SERVICE = "end_of_service", _("Pesangon atau uang akhir kerja")
    FEE_REFUND = "fee_refund", _("Pengembalian biaya")
    DEDUCTION = "deduction", _("Potongan yang tidak sah")
    INJURY = "injury", _("Ganti rugi kecelakaan atau sakit")
    INSURANCE = "insurance", _("Asuransi")
    DEATH = "death", _("Santunan kematian")
    TICKET = "ticket", _("Tiket pulang")
    BELONGINGS = "belongings", _("Barang milik")
    OTHER = "other", _("Lainnya")


class Claim(OnCase):
    """A sum somebody owes the worker, from reckoning it to the money in hand.

    ``rule`` names the provision it rests on, where one does; ``file_by`` is the last day to file,
    where a rule tells it, and ``needs_check`` says that the day is not known for certain.
    """

    kind = models.CharField(max_length=16, choices=ClaimKind.choices)
    against = models.CharField(max_length=12, choices=Addressee.choices)
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    currency = models.CharField(max_length=3)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    reckoned_how = models.TextField(blank=True, default="")
    rule = models.CharField(max_length=120, blank=True, default="")
    file_by = models.DateField(null=True, blank=True)
    needs_check = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ClaimState], default=ClaimState.RECKONED
    )
    filed_with = models.CharField(max_length=160, blank=True, default="")
    filed_on = models.DateField(null=True, blank=True)
    outside_number = models.CharField(max_length=60, blank=True, default="")
    awarded = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    awarded_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    made_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.CheckConstraint(name="claim_is_a_sum", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="claim_filed_has_a_day",
                condition=~Q(state="filed") | Q(filed_on__isnull=False) & ~Q(filed_with=""),
            ),
            models.CheckConstraint(
                name="claim_awarded_has_a_sum",
                condition=~Q(state="awarded")
                | Q(awarded__isnull=False) & Q(awarded_on__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_says_why",
                condition=~Q(state__in=["refused", "withdrawn"]) | ~Q(reason=""),
            ),
        )
        indexes = (
            models.Index(fields=["case", "made_at"], name="claim_case"),
            models.Index(
                fields=["post_id", "file_by"], condition=Q(state="reckoned"), name="claim_to_file"
            ),
        )

    @property
    def sum(self) -> Money:
        """What is claimed."""
        return Money(self.amount, self.currency)

    @property
    def due(self) -> Money:
        """What is to be paid: the award where there is one, else what is claimed."""
        return Money(self.awarded if self.awarded is not None else self.amount, self.currency)


class Payment(OnCase):
    """Money that came in on a claim. It counts when the worker says so, or is told apart till then."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    paid_on = models.DateField()
    how = models.CharField(max_length=160)
    told_by = models.CharField(max_length=120)
    told_at = models.DateTimeField()
    # The worker's own word: had, or not had; null until asked and answered.
    confirmed = models.BooleanField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("paid_on", "id")
        constraints = (
            models.CheckConstraint(name="payment_is_a_sum", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_word_has_an_instant",
                condition=Q(confirmed__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed__isnull=False, confirmed_at__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["claim", "paid_on"], name="payment_claim"),)


class ServiceKind(models.TextChoices):
    """What a service outside does."""

    LEGAL = "legal", _("Bantuan hukum")
    MEDICAL = "medical", _("Kesehatan")
    COUNSELLING = "counselling", _("Konseling")
    SHELTER = "shelter", _("Rumah aman")
    LABOUR = "labour", _("Instansi ketenagakerjaan")
    POLICE = "police", _("Polisi")
    SOCIAL = "social", _("Dinas sosial")
    UNION = "union", _("Serikat atau organisasi pekerja")
    OTHER = "other", _("Lainnya")


class Service(models.Model):
    """A service outside our own offices that helps people: an organisation, public like one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post_id = models.SmallIntegerField(null=True, blank=True)
    region = models.CharField(max_length=4, blank=True, default="")
    kind = models.CharField(max_length=12, choices=ServiceKind.choices)
    name = models.CharField(max_length=160)
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    languages = ArrayField(models.CharField(max_length=10), default=list)
    hours = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=200)
    checked_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("kind", "name")
        indexes = (models.Index(fields=["post_id", "kind", "name"], name="service_post"),)


class Referral(OnCase):
    """A person handed on to a service, with exactly the named fields, for a time.

    ``shared`` holds the values as they were when handed on: what the service reads is this row.
    """

    number = models.CharField(max_length=30)
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=200)
    consent = models.CharField(
        max_length=12,
        choices=[
            ("said", _("pekerja setuju, dikatakan sendiri")),
            ("written", _("pekerja setuju, tertulis")),
            ("guardian", _("wali setuju")),
            ("vital", _("nyawa terancam, belum dapat ditanya")),
        ],
    )
    shared = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ReferralState],
        default=ReferralState.MADE,
    )
    digest = models.BinaryField(max_length=32)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_times = models.IntegerField(default=0)
    result = models.TextField(blank=True, default="")
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="referral_number"),
            models.CheckConstraint(
                name="referral_ends_after_it_begins", condition=Q(expires_at__gt=F("made_at"))
            ),
        )
        indexes = (
            models.Index(fields=["case", "made_at"], name="referral_case"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["made", "accepted"]),
                name="referral_running",
            ),
        )


class Shelter(models.Model):
    """A house of a post where people are safe. Where it stands is for its post alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post_id = models.SmallIntegerField()
    name = models.CharField(max_length=120)
    beds = models.PositiveSmallIntegerField()
    takes = models.CharField(
        max_length=8,
        choices=[
            ("women", _("perempuan dan anak")),
            ("men", _("laki-laki")),
            ("all", _("siapa saja")),
        ],
    )
    address = models.CharField(max_length=300, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["post_id", "name"], name="shelter_once"),
            models.CheckConstraint(name="shelter_has_beds", condition=Q(beds__gt=0)),
        )


class Stay(OnCase):
    """A person in a shelter, with the children who came along, from a day to a day."""

    shelter = models.ForeignKey(Shelter, models.PROTECT, related_name="+", db_index=False)
    beds = models.PositiveSmallIntegerField(default=1)
    came_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    went_to = models.CharField(max_length=200, blank=True, default="")
    needs = models.CharField(max_length=300, blank=True, default="")
    taken_in_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("came_on", "id")
        constraints = (
            models.CheckConstraint(name="stay_has_beds", condition=Q(beds__gt=0)),
            models.CheckConstraint(
                name="stay_ends_after_it_begins",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("came_on")),
            ),
            models.CheckConstraint(
                name="stay_ended_says_where_to",
                condition=Q(left_on__isnull=True) | ~Q(went_to=""),
            ),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(left_on__isnull=True), name="stay_in_one_place"
            ),
        )
        indexes = (
            models.Index(fields=["shelter", "came_on"], name="stay_shelter"),
            models.Index(fields=["case"], name="stay_case"),
        )


class Interpreter(models.Model):
    """Somebody who speaks for two people; known to the post that calls them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post_id = models.SmallIntegerField()
    name = models.CharField(max_length=160)
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNSPECIFIED)
    languages = ArrayField(models.CharField(max_length=10))
    phone = models.CharField(max_length=40)
    sworn = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="")
    ended_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name", "id")
        indexes = (models.Index(fields=["post_id", "name"], name="interpreter_post"),)


class Appointment(OnCase):
    """An interpreter asked to come for a case."""

    interpreter = models.ForeignKey(Interpreter, models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=10)
    at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    where = models.CharField(max_length=200)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in AppointmentState],
        default=AppointmentState.AGREED,
    )
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(name="appointment_lasts", condition=Q(minutes__gt=0)),
            models.CheckConstraint(
                name="appointment_cancelled_says_why",
                condition=~Q(state="cancelled") | ~Q(reason=""),
            ),
        )
        indexes = (
            models.Index(fields=["interpreter", "at"], name="appointment_interpreter"),
            models.Index(fields=["case", "at"], name="appointment_case"),
        )
