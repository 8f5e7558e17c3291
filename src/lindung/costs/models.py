"""Tables of money before departure: charges, refunds, loans, captures, overcharges, ratios."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.costs.lifecycles import AskingState, EntryState, OverchargeState, RefundState
from lindung.documents.models import Document
from lindung.kernel.ids import new_id
from lindung.kernel.money import Money
from lindung.placement.models import Placement
from lindung.registry.models import Worker


class Teller(models.TextChoices):
    """Who told of it."""

    AGENCY = "agency", _("P3MI")
    EMPLOYER = "employer", _("pemberi kerja")
    WORKER = "worker", _("pekerja")
    FAMILY = "family", _("keluarga")
    OFFICER = "officer", _("petugas")


# Those who speak from the worker's side; what they tell of a component counts before the others.
OWN_SIDE = (Teller.WORKER, Teller.FAMILY, Teller.OFFICER)


class Payer(models.TextChoices):
    """Who paid."""

    WORKER = "worker", _("Pekerja")
    FAMILY = "family", _("Keluarga")
    EMPLOYER = "employer", _("Pemberi kerja")
    AGENCY = "agency", _("P3MI")
    STATE = "state", _("Negara atau daerah")
    OTHER = "other", _("Pihak lain")


# Whose money is the worker's cost.
WORKERS_MONEY = (Payer.WORKER, Payer.FAMILY)


class Payee(models.TextChoices):
    """Who was paid."""

    AGENCY = "agency", _("P3MI")
    PARTNER = "partner", _("Agensi di negara tujuan")
    BROKER = "broker", _("Sponsor atau perantara")
    EMPLOYER = "employer", _("Pemberi kerja")
    CLINIC = "clinic", _("Klinik atau rumah sakit")
    TRAINER = "trainer", _("Tempat pelatihan atau ujian")
    INSURER = "insurer", _("Asuransi atau jaminan sosial")
    STATE = "state", _("Kantor pemerintah, dengan bukti")
    OFFICIAL = "official", _("Petugas, tanpa bukti")
    CARRIER = "carrier", _("Angkutan atau penginapan")
    LENDER = "lender", _("Pemberi pinjaman")
    OTHER = "other", _("Pihak lain")
    UNKNOWN = "unknown", _("Tidak tahu")


class How(models.TextChoices):
    """How it was paid."""

    CASH = "cash", _("Tunai")
    TRANSFER = "transfer", _("Transfer")
    DEDUCTION = "deduction", _("Dipotong dari gaji")
    LOAN = "loan", _("Dengan pinjaman")


class Entry(Scoped):
    """What all that is told here shares: of whom, by whom, on which day, and whether it stands.

    ``placement`` is empty while somebody pays before any placement is opened.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(
        Placement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    told_by = models.CharField(max_length=8, choices=Teller.choices)
    told_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in EntryState],
        default=EntryState.STANDS,
    )
    # Why it was corrected or withdrawn.
    reason = models.CharField(max_length=300, blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Charge(Entry):
    """One payment: for what, how much, when, by whom, to whom and how.

    ``months`` is for how many months a monthly charge was paid at once. A correction is a new row
    that ``corrects`` the one before.
    """

    number = models.CharField(max_length=20)
    component = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    months = models.PositiveSmallIntegerField(default=1)
    payer = models.CharField(max_length=8, choices=Payer.choices)
    payee = models.CharField(max_length=8, choices=Payee.choices)
    payee_name = models.CharField(max_length=160, blank=True, default="")
    # An agency of registry or a partner of parties, by the kind of payee.
    payee_id = models.UUIDField(null=True, blank=True)
    how = models.CharField(max_length=10, choices=How.choices)
    evidence = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    @property
    def paid(self) -> Money:
        """The sum with its currency."""
        return Money(self.amount, self.currency)

    class Meta:
        ordering = ("paid_on", "id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="charge_number"),
            models.UniqueConstraint(fields=["corrects"], name="charge_corrected_once"),
            models.CheckConstraint(name="charge_is_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="charge_for_a_month_at_least", condition=Q(months__gte=1)),
            models.CheckConstraint(
                name="charge_says_why", condition=Q(state="stands") | ~Q(reason="")
            ),
        )
        indexes = (
            models.Index(fields=["worker", "paid_on"], name="charge_worker"),
            models.Index(fields=["post_id", "-paid_on"], name="charge_post"),
            models.Index(fields=["agency_id", "-paid_on"], name="charge_agency"),
            models.Index(fields=["region", "-paid_on"], name="charge_region"),
            models.Index(fields=["country", "component"], name="charge_country"),
        )


class Refund(Scoped):
    """Part of a charge that came back. What a recruiter says of it counts once it is confirmed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    on = models.DateField()
    by = models.CharField(max_length=8, choices=Payee.choices)
    how = models.CharField(max_length=10, choices=How.choices)
    told_by = models.CharField(max_length=8, choices=Teller.choices)
    told_on = models.DateField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in RefundState],
        default=RefundState.CLAIMED,
    )
    confirmed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("on", "id")
        constraints = (
            models.CheckConstraint(name="refund_is_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="refund_confirmed_has_a_day",
                condition=~Q(state="confirmed") | Q(confirmed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="refund_says_why", condition=~Q(state="withdrawn") | ~Q(reason="")
            ),
        )
        indexes = (models.Index(fields=["worker", "on"], name="refund_worker"),)


class Lender(models.TextChoices):
    """Who lent."""

    BANK = "bank", _("Bank atau KUR")
    COOPERATIVE = "coop", _("Koperasi")
    AGENCY = "agency", _("P3MI atau agensi")
    EMPLOYER = "employer", _("Pemberi kerja")
    MONEYLENDER = "lender", _("Rentenir")
    FAMILY = "family", _("Keluarga atau tetangga")
    FINANCE = "finance", _("Perusahaan pembiayaan atau pinjaman daring")
    OTHER = "other", _("Pihak lain")


class Collateral(models.TextChoices):
    """What was given as security."""

    NONE = "none", _("Tidak ada")
    PASSPORT = "passport", _("Paspor")
    PAPERS = "papers", _("Ijazah, KTP, atau surat lain")
    LAND = "land", _("Sertifikat tanah atau rumah")
    VEHICLE = "vehicle", _("BPKB kendaraan")
    OTHER = "other", _("Barang lain")


class Per(models.TextChoices):
    """What an interest rate is for."""

    MONTH = "month", _("per bulan")
    YEAR = "year", _("per tahun")
    WHOLE = "whole", _("untuk seluruh pinjaman")


class Loan(Entry):
    """A loan for the way abroad, as the worker's side tells it. Recruiters have no part in it."""

    lender = models.CharField(max_length=8, choices=Lender.choices)
    lender_name = models.CharField(max_length=160, blank=True, default="")
    principal = models.DecimalField(max_digits=16, decimal_places=3)
    currency = models.CharField(max_length=3)
    taken_on = models.DateField()
    rate = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    rate_per = models.CharField(max_length=5, choices=Per.choices, default=Per.MONTH)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    instalment = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    from_wages = models.BooleanField(null=True, blank=True)
    collateral = models.CharField(max_length=8, choices=Collateral.choices, default=Collateral.NONE)

    @property
    def borrowed(self) -> Money:
        """The principal with its currency."""
        return Money(self.principal, self.currency)

    class Meta:
        ordering = ("taken_on", "id")
        constraints = (
            models.CheckConstraint(name="loan_is_something", condition=Q(principal__gt=0)),
            models.CheckConstraint(
                name="loan_says_why", condition=Q(state="stands") | ~Q(reason="")
            ),
        )
        indexes = (
            models.Index(fields=["worker", "taken_on"], name="loan_worker"),
            models.Index(fields=["post_id", "-taken_on"], name="loan_post"),
        )


class Moment(models.TextChoices):
    """When the worker is asked what it cost."""

    BEFORE = "before", _("Sebelum berangkat")
    ARRIVED = "arrived", _("Sesudah tiba")
    RETURNED = "returned", _("Sesudah pulang")


class Asking(Scoped):
    """That a worker is to be asked, once for each moment of a placement."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=8, choices=Moment.choices)
    due_on = models.DateField()
    told_on = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in AskingState],
        default=AskingState.WAITING,
    )

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["worker", "placement", "moment"], name="asking_once_a_moment"
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "due_on"], name="asking_post"),
            models.Index(
                fields=["due_on"],
                name="asking_due",
                condition=Q(state="waiting", told_on__isnull=True),
            ),
        )


class Capture(Scoped):
    """What a worker answered on a day. Never changed: another answer is another row.

    ``lines`` is ``{component: amount}`` in ``currency``, amounts as text; what was not answered is
    not there, and nothing paid is ``"0"``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=8, choices=Moment.choices)
    answered_on = models.DateField()
    currency = models.CharField(max_length=3)
    lines = models.JSONField(default=dict)
    told_by = models.CharField(max_length=8, choices=Teller.choices)
    recorded_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("answered_on", "id")
        indexes = (
            models.Index(fields=["worker", "answered_on"], name="capture_worker"),
            models.Index(fields=["post_id", "moment"], name="capture_post"),
            models.Index(fields=["country", "moment"], name="capture_country"),
        )


class Overcharge(Scoped):
    """That more was paid than one rule allows; it stays, with its days, when it is made good.

    ``verdict`` is the frozen verdict of the rule; ``excess`` what is to be given back, where the
    rule names a sum.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=80)
    # The day of payment by which the rule was read: one overcharge for each dated value.
    since = models.DateField(null=True, blank=True)
    refunds = models.CharField(max_length=8)
    excess = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    verdict = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in OverchargeState],
        default=OverchargeState.OPEN,
    )
    opened_on = models.DateField()
    cleared_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-opened_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["worker", "placement", "rule", "since"],
                name="overcharge_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="overcharge_cleared_has_a_day",
                condition=(Q(state="cleared") & Q(cleared_on__isnull=False))
                | (~Q(state="cleared") & Q(cleared_on__isnull=True)),
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "state"], name="overcharge_post"),
            models.Index(fields=["region", "state"], name="overcharge_region"),
            models.Index(fields=["country", "state"], name="overcharge_country"),
        )


class CostRatio(Scoped):
    """One worker's costs against a month's earnings of the same worker (SDG 10.7.1): kept one by one.

    Without costs or without earnings there is no ratio, and ``missing`` says which is not known.
    """

    placement = models.OneToOneField(Placement, models.PROTECT, primary_key=True, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    sex = models.CharField(max_length=1, blank=True, default="")
    occupation = models.CharField(max_length=4, blank=True, default="")
    departed_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    costs = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    earnings = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    ratio = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    missing = models.CharField(max_length=20, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("ratio", "placement_id")
        constraints = (
            models.CheckConstraint(
                name="ratio_or_what_is_missing",
                condition=Q(ratio__isnull=False, missing="")
                | (Q(ratio__isnull=True) & ~Q(missing="")),
            ),
            models.CheckConstraint(
                name="ratio_is_no_debt", condition=Q(ratio__isnull=True) | Q(ratio__gte=0)
            ),
        )
        indexes = (
            models.Index(fields=["worker"], name="ratio_worker"),
            models.Index(fields=["post_id", "departed_on"], name="ratio_post"),
            models.Index(fields=["country", "departed_on"], name="ratio_country"),
        )
