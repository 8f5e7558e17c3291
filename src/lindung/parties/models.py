"""Tables of the parties of a placement, of their licences, and of what is known against them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.parties.lifecycles import ProblemState
from lindung.registry.lifecycles import LicenceState
from lindung.registry.models import Agency, Employer

_LICENCE_STATES = [(state.value, state.value) for state in LicenceState]


class ActKind(models.TextChoices):
    """What the ministry did with a licence."""

    ISSUED = "issued", _("Izin diterbitkan")
    EXTENDED = "extended", _("Izin diperpanjang")
    WARNED = "warned", _("Peringatan tertulis")
    SUSPENDED = "suspended", _("Skorsing")
    REINSTATED = "reinstated", _("Izin dipulihkan")
    REVOKED = "revoked", _("Izin dicabut")


class LicenceAct(models.Model):
    """One decision on an agency's licence, kept for good: what it was before, and after.

    A company's licence is public, so is its history.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=ActKind.choices)
    on = models.DateField()
    number = models.CharField(max_length=60, blank=True, default="")
    basis = models.CharField(max_length=160)
    reason = models.CharField(max_length=400)
    was = models.CharField(max_length=10, choices=_LICENCE_STATES, blank=True, default="")
    was_from = models.DateField(null=True, blank=True)
    was_to = models.DateField(null=True, blank=True)
    now = models.CharField(max_length=10, choices=_LICENCE_STATES)
    now_from = models.DateField()
    now_to = models.DateField()
    office = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("on", "id")
        constraints = (
            models.CheckConstraint(name="act_has_a_basis", condition=~Q(basis="")),
            models.CheckConstraint(name="act_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="act_ends_after_it_begins", condition=Q(now_to__gte=F("now_from"))
            ),
        )
        indexes = (models.Index(fields=["agency", "on"], name="act_agency"),)


class Premises(models.TextChoices):
    """How an agency holds its office."""

    OWN = "own", _("milik sendiri")
    LEASED = "leased", _("sewa")


class AgencyStanding(models.Model):
    """What was found of an agency's means on a day, with its proof; later finds stand beside it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    found_on = models.DateField()
    paid_capital = models.DecimalField(max_digits=18, decimal_places=2)
    deposit = models.DecimalField(max_digits=18, decimal_places=2)
    premises = models.CharField(max_length=8, choices=Premises.choices)
    lease_years = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    reference = models.CharField(max_length=120)

    class Meta:
        ordering = ("found_on", "id")
        constraints = (
            models.CheckConstraint(
                name="standing_not_negative", condition=Q(paid_capital__gte=0, deposit__gte=0)
            ),
            models.CheckConstraint(
                name="standing_lease_has_its_years",
                condition=Q(premises="own", lease_years__isnull=True)
                | Q(premises="leased", lease_years__gte=0),
            ),
        )
        indexes = (models.Index(fields=["agency", "found_on"], name="standing_agency"),)


class ForeignAgency(models.Model):
    """A partner abroad (mitra usaha): a company, so its entry is public.

    ``contact_office`` is an office's address or switchboard, never a person's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24)
    name = models.CharField(max_length=160)
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=80, blank=True, default="")
    licence_number = models.CharField(max_length=60, blank=True, default="")
    licensed_from = models.DateField(null=True, blank=True)
    licensed_to = models.DateField(null=True, blank=True)
    contact_office = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("country", "name")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="partner_number"),
            models.CheckConstraint(
                name="partner_licence_ends_after_it_begins",
                condition=Q(licensed_from__isnull=True)
                | Q(licensed_to__isnull=True)
                | Q(licensed_to__gte=F("licensed_from")),
            ),
        )
        indexes = (
            models.Index(fields=["country", "name"], name="partner_country"),
            models.Index(fields=["country", "licence_number"], name="partner_licence"),
        )


class ProviderKind(models.TextChoices):
    """What a provider gives."""

    TRAINING = "training", _("Pelatihan (LPK/BLK)")
    MEDICAL = "medical", _("Pemeriksaan kesehatan")
    COMPETENCE = "competence", _("Uji kompetensi (LSP)")


class Provider(models.Model):
    """Who trains, examines or certifies candidates; its entry is public."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=ProviderKind.choices)
    region = models.CharField(max_length=4)
    accreditation = models.CharField(max_length=60)
    accredited_by = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField()
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["number"], name="provider_number"),
            models.CheckConstraint(
                name="provider_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
        )
        indexes = (models.Index(fields=["region", "kind", "name"], name="provider_region"),)


class PartyKind(models.TextChoices):
    """Whom an entry is about."""

    EMPLOYER = "employer", _("Pemberi kerja")
    PARTNER = "partner", _("Mitra luar negeri")
    AGENCY = "agency", _("P3MI")
    PROVIDER = "provider", _("Penyedia layanan")


class ProblemKind(models.TextChoices):
    """What a party is said to have done."""

    UNPAID_WAGES = "unpaid_wages", _("Upah tidak dibayar")
    VIOLENCE = "violence", _("Kekerasan")
    PASSPORT_KEPT = "passport_kept", _("Paspor ditahan")
    OVERCHARGING = "overcharging", _("Biaya berlebih")
    SUBSTITUTION = "substitution", _("Kontrak diganti")
    FALSE_PAPERS = "false_papers", _("Dokumen tidak benar")
    UNLICENSED = "unlicensed", _("Tanpa izin")
    DUTIES_LEFT = "duties_left", _("Kewajiban ditinggalkan")
    OTHER = "other", _("Lainnya")


class Weight(models.TextChoices):
    """Whether an entry stops what rests on the party, or is only told."""

    BLOCKS = "blocks", _("Menghentikan")
    WARNS = "warns", _("Memperingatkan")


_PARTIES = ("employer", "partner", "recruiter", "provider")


def _only(field: str, party: PartyKind) -> Q:
    """The entry is about that party, and about no other."""
    others = {f"{each}__isnull": each != field for each in _PARTIES}
    return Q(party=party.value, **others)


class ProblemEntry(Scoped):
    """One file against a party: evidence, the party's reply, publication, end.

    The file is its post's and the ministry's; the published face of a company's is
    ``PublishedProblem``. A household's is never published beyond them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24)
    party = models.CharField(max_length=10, choices=PartyKind.choices)
    # The party's id, whichever kind it is; PostgreSQL keeps it.
    subject = models.GeneratedField(
        expression=Coalesce(
            F("employer"),
            F("partner"),
            F("recruiter"),
            F("provider"),
            output_field=models.UUIDField(),
        ),
        output_field=models.UUIDField(),
        db_persist=True,
        null=True,
    )
    employer = models.ForeignKey(
        Employer, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    partner = models.ForeignKey(
        ForeignAgency, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    recruiter = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    kind = models.CharField(max_length=16, choices=ProblemKind.choices)
    weight = models.CharField(max_length=6, choices=Weight.choices, default=Weight.BLOCKS)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ProblemState],
        default=ProblemState.REPORTED,
    )
    evidence = models.CharField(max_length=120)
    basis = models.CharField(max_length=160)
    reported_by = models.CharField(max_length=120)
    reported_on = models.DateField()
    told_on = models.DateField(null=True, blank=True)
    heard_on = models.DateField(null=True, blank=True)
    reply = models.TextField(blank=True, default="")
    silence = models.CharField(max_length=400, blank=True, default="")
    published_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=400, blank=True, default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["number"], name="problem_number"),
            models.CheckConstraint(
                name="problem_is_about_one_party",
                condition=_only("employer", PartyKind.EMPLOYER)
                | _only("partner", PartyKind.PARTNER)
                | _only("recruiter", PartyKind.AGENCY)
                | _only("provider", PartyKind.PROVIDER),
            ),
            models.CheckConstraint(
                name="problem_published_after_a_hearing",
                condition=~Q(state__in=["published", "lifted", "expired"])
                | Q(published_on__isnull=False, heard_on__isnull=False, expires_on__isnull=False),
            ),
            models.CheckConstraint(
                name="problem_heard_has_words",
                condition=Q(heard_on__isnull=True) | ~Q(reply="") | ~Q(silence=""),
            ),
            models.CheckConstraint(
                name="problem_ended_has_a_reason",
                condition=~Q(state__in=["lifted", "dismissed"]) | ~Q(end_reason=""),
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "state", "-id"], name="problem_post"),
            models.Index(fields=["subject", "state"], name="problem_subject"),
        )


class PartyHearing(Scoped):
    """What an accused agency is told of a file, and its own answer: no reporter, no evidence.

    ``agency_id`` is the accused. ``closed_on`` is the day from which no answer is taken.
    """

    entry = models.OneToOneField(
        ProblemEntry, models.PROTECT, primary_key=True, related_name="+", db_index=False
    )
    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=16, choices=ProblemKind.choices)
    weight = models.CharField(max_length=6, choices=Weight.choices)
    basis = models.CharField(max_length=160)
    told_on = models.DateField()
    answer_by = models.DateField(null=True, blank=True)
    reply = models.TextField(blank=True, default="")
    evidence = models.CharField(max_length=200, blank=True, default="")
    replied_on = models.DateField(null=True, blank=True)
    replied_by = models.CharField(max_length=160, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-told_on", "-entry_id")
        constraints = (
            models.CheckConstraint(
                name="hearing_answered_has_words",
                condition=Q(replied_on__isnull=True) | ~Q(reply=""),
            ),
            models.CheckConstraint(
                name="hearing_answered_is_closed",
                condition=Q(replied_on__isnull=True) | Q(closed_on__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["agency_id", "-told_on"], name="hearing_agency"),)

    @property
    def open(self) -> bool:
        """Whether the agency may still answer."""
        return self.closed_on is None


class ProblemOverride(Scoped):
    """An officer's decision to go on in spite of an entry, with a reason, until a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(ProblemEntry, models.PROTECT, related_name="+", db_index=False)
    subject = models.UUIDField()
    reason = models.CharField(max_length=400)
    decided_by = models.UUIDField()
    office = models.CharField(max_length=120, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="override_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="override_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
        )
        indexes = (models.Index(fields=["subject", "valid_to"], name="override_subject"),)


class PublishedProblem(models.Model):
    """The published face of an entry against a company: no reporter, no evidence, no reply."""

    id = models.UUIDField(primary_key=True, editable=False)  # the entry's
    number = models.CharField(max_length=24)
    party = models.CharField(max_length=10, choices=PartyKind.choices)
    subject = models.UUIDField()
    name = models.CharField(max_length=160)
    country = models.CharField(max_length=2, blank=True, default="")
    kind = models.CharField(max_length=16, choices=ProblemKind.choices)
    weight = models.CharField(max_length=6, choices=Weight.choices)
    basis = models.CharField(max_length=160)
    published_on = models.DateField()
    expires_on = models.DateField()
    lifted_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-published_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="published_number"),
            models.CheckConstraint(
                name="published_ends_after_it_begins",
                condition=Q(expires_on__gte=F("published_on")),
            ),
        )
        indexes = (models.Index(fields=["subject", "expires_on"], name="published_subject"),)
