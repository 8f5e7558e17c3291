"""Tables of check-ins and of employments as lived."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.monitoring.lifecycles import ExtensionState, LeaveState
from lindung.registry.balance import follows_its_person
from lindung.registry.models import Condition, Source, Worker


class CheckIn(Scoped):
    """What a worker said about how things are, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    condition = models.CharField(max_length=12, choices=Condition.choices)
    words = models.TextField(blank=True, default="")
    channel = models.CharField(max_length=12)
    cell = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=["worker", "-at"], name="checkin_worker"),
            models.Index(fields=["post_id", "-at"], name="checkin_post"),
        )


class Employment(Scoped):
    """Work for one employer as it is lived, beside what the contract says."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    placement_id = models.UUIDField(null=True, blank=True)
    employer_id = models.UUIDField(null=True, blank=True)
    employer_name = models.CharField(max_length=160)
    dest_region = models.CharField(max_length=8, blank=True, default="")
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=12, choices=Source.choices)
    confirmed_on = models.DateField()

    class Meta:
        ordering = ("-began_on",)
        constraints = (
            models.CheckConstraint(
                name="employment_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("began_on")),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-began_on"], name="employment_worker"),
            models.Index(fields=["post_id", "employer_id"], name="employment_post"),
        )


class WageState(models.TextChoices):
    """What a worker says of one month's wage."""

    PAID = "paid", _("Dibayar penuh")
    NOT_YET = "not_yet", _("Belum dibayar")
    LESS = "less", _("Dibayar kurang")


@follows_its_person
class WageReport(Scoped):
    """What was said of the wage of one month. Never changed: what is said later is another row.

    ``stands`` is the one said last of a month. ``amount`` is what was received.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    state = models.CharField(max_length=8, choices=WageState.choices)
    amount = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    at = models.DateTimeField()
    source = models.CharField(max_length=12, choices=Source.choices)
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ("-month", "-at")
        constraints = (
            models.UniqueConstraint(
                fields=["worker", "month"], condition=Q(stands=True), name="wage_one_stands"
            ),
            models.CheckConstraint(name="wage_of_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="wage_amount_has_a_currency",
                condition=Q(amount__isnull=True) | ~Q(currency=""),
            ),
            models.CheckConstraint(
                name="wage_is_no_debt", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-month"], name="wage_worker"),
            models.Index(fields=["post_id", "-month"], name="wage_post"),
            # What early warning reads: the few months that were not paid in full.
            models.Index(
                fields=["worker", "month"],
                condition=Q(stands=True) & ~Q(state="paid"),
                name="wage_missing",
            ),
        )


@follows_its_person
class Answer(Scoped):
    """One answer to one question of ``questions.yaml``. Never changed: the next is another row.

    ``stands`` is the last answer to a question; ``amber`` and ``points`` are what the answer meant
    on its day. ``device`` is a hash that says only whether two answers came from one device.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    question = models.CharField(max_length=24)
    answer = models.CharField(max_length=16)
    at = models.DateTimeField()
    amber = models.BooleanField(default=False)
    points = models.SmallIntegerField(default=0)
    stands = models.BooleanField(default=True)
    device = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["worker", "question"], condition=Q(stands=True), name="answer_one_stands"
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-at"], name="answer_worker"),
            models.Index(fields=["post_id", "-at"], name="answer_post"),
            # What early warning reads: the few answers that worry us, and those of the last days.
            models.Index(
                fields=["question", "worker"],
                condition=Q(stands=True, amber=True),
                name="answer_amber",
            ),
            BrinIndex(fields=["at"], name="answer_lately"),
        )


@follows_its_person
class DiaryDay(Scoped):
    """How long a person worked on one day, as they wrote it; what they write later of it counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    minutes = models.SmallIntegerField()
    rest_day = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-day",)
        constraints = (
            models.UniqueConstraint(fields=["worker", "day"], name="diary_once_a_day"),
            models.CheckConstraint(
                name="diary_within_a_day", condition=Q(minutes__gte=0, minutes__lte=1440)
            ),
            models.CheckConstraint(
                name="diary_rest_is_rest", condition=Q(rest_day=False) | Q(minutes=0)
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "-day"], name="diary_post"),
            BrinIndex(fields=["day"], name="diary_lately"),
        )


@follows_its_person
class Leave(Scoped):
    """Somebody left the country of work for a while and is expected back; still *during*."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    left_on = models.DateField()
    back_by = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in LeaveState], default=LeaveState.AWAY
    )
    reason = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=12, choices=Source.choices)

    class Meta:
        ordering = ("-left_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="leave_ends_after_it_begins", condition=Q(back_by__gte=models.F("left_on"))
            ),
            models.CheckConstraint(
                name="leave_over_has_a_day",
                condition=Q(state="away", ended_on__isnull=True)
                | (~Q(state="away") & Q(ended_on__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(state="away"), name="leave_one_at_a_time"
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-left_on"], name="leave_worker"),
            models.Index(fields=["post_id", "state", "back_by"], name="leave_post"),
            # The nightly look for who did not come back.
            models.Index(fields=["back_by"], condition=Q(state="away"), name="leave_away"),
        )


@follows_its_person
class Extension(Scoped):
    """A contract to be extended before the post's officer, and the decision.

    ``check`` is the rules' word on the renewed contract, frozen (``ContractCheck.frozen``);
    ``outcome`` sums it up. The contract in force is not changed: the last one granted says when
    work ends.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    placement_id = models.UUIDField()
    contract_id = models.UUIDField()
    asked_on = models.DateField()
    asked_by = models.CharField(max_length=12, choices=Source.choices)
    ended_on = models.DateField(null=True, blank=True)
    until = models.DateField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ExtensionState],
        default=ExtensionState.ASKED,
    )
    outcome = models.CharField(
        max_length=12, choices=[(s, s) for s in ("meets", "breaks", "needs_check")]
    )
    check_result = models.JSONField(default=dict)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-asked_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="extension_decided_by_somebody",
                condition=Q(state__in=["asked", "withdrawn"], decided_on__isnull=True)
                | (
                    Q(state__in=["granted", "refused"], decided_on__isnull=False)
                    & ~Q(decided_by="")
                ),
            ),
            models.CheckConstraint(
                name="extension_refused_or_judged_has_a_reason",
                condition=~Q(state="refused") & (~Q(state="granted") | Q(outcome="meets"))
                | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="extension_reaches_further",
                condition=Q(ended_on__isnull=True) | Q(until__gt=models.F("ended_on")),
            ),
            models.UniqueConstraint(
                fields=["contract_id"], condition=Q(state="asked"), name="extension_one_waits"
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-asked_on"], name="extension_worker"),
            models.Index(fields=["post_id", "state", "asked_on"], name="extension_post"),
            models.Index(fields=["placement_id", "state"], name="extension_placement"),
        )


class Relation(models.TextChoices):
    """Who lives with a worker abroad."""

    SPOUSE = "spouse", _("Suami atau istri")
    CHILD = "child", _("Anak")
    PARENT = "parent", _("Orang tua")
    OTHER = "other", _("Lainnya")


@follows_its_person
class Companion(Scoped):
    """Somebody of the family who lives with the worker abroad; counted when people are called up.

    ``needs`` are codes of ``NEEDS``. ``left_on`` is the day the companion went, or died.
    """

    NEEDS = (
        ("papers", _("dokumen")),
        ("school", _("sekolah")),
        ("health", _("kesehatan")),
        ("mobility", _("bantuan bergerak")),
        ("baby", _("keperluan bayi")),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=8, choices=Relation.choices)
    birth_year = models.SmallIntegerField(null=True, blank=True)
    born_abroad = models.BooleanField(default=False)
    needs = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    source = models.CharField(max_length=12, choices=Source.choices)
    since = models.DateField()
    confirmed_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("relation", "birth_year", "id")
        constraints = (
            models.CheckConstraint(
                name="companion_born_in_a_year",
                condition=Q(birth_year__isnull=True)
                | Q(birth_year__gte=1900, birth_year__lte=2200),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "left_on"], name="companion_worker"),
            models.Index(fields=["post_id", "left_on"], name="companion_post"),
        )


class Told(models.TextChoices):
    """What a tally counts; the first four are movements and have their day. No page shows these."""

    DEPARTURE = "d"
    SELF = "s"
    RETURN = "r"
    DEATH = "x"
    COUNTED = "c"
    NAMED = "n"
    CONFIRMED = "k"


class Tally(models.Model):
    """So many people or movements more, or fewer: what a page adds up instead of counting a country.

    Rows are added with the change they tell of; those still ``fresh`` are folded each minute into
    the one row of their post, country, kind and day. The sum is the same before and after.
    ``CONFIRMED`` is written by a trigger of the state's table, by the day people abroad were last
    confirmed; the others with the lines of the book. No row speaks of a person.
    """

    id = models.BigAutoField(primary_key=True)
    post_id = models.SmallIntegerField(null=True)
    country = models.CharField(max_length=2)
    what = models.CharField(max_length=1, choices=Told.choices)
    day = models.DateField(null=True)
    n = models.IntegerField()
    fresh = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["post_id", "country", "what", "day"],
                condition=Q(fresh=False),
                nulls_distinct=False,
                name="tally_folded_once",
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "what", "day"], name="tally_post"),
            models.Index(fields=["id"], condition=Q(fresh=True), name="tally_fresh"),
        )


class BookLine(models.Model):
    """One person's line in the register's book: movements told of them, and whether we count them.

    Kept by our robot from the rows of all stages (``site/register/book.py``), for those who ever
    moved or are counted. ``days`` and ``kinds`` are the movements in their order, a letter of
    :class:`Told` each; ``now`` how often the person is abroad by them, ``counted`` 1 where the
    register holds them to be abroad.
    """

    worker_id = models.UUIDField(primary_key=True)
    post_id = models.SmallIntegerField(null=True)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=20)
    stage = models.CharField(max_length=8)
    counted = models.SmallIntegerField()
    now = models.SmallIntegerField()
    last = models.CharField(max_length=9)
    days = ArrayField(models.DateField())
    kinds = models.CharField(max_length=400)
    not_arrived_since = models.DateField(null=True)
    not_crossed_on = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["number"], condition=~Q(counted=models.F("now")), name="line_named"
            ),
            models.Index(
                fields=["post_id", "number"],
                condition=~Q(counted=models.F("now")),
                name="line_named_post",
            ),
            models.Index(
                fields=["not_arrived_since"],
                condition=Q(counted=1, now=1, not_arrived_since__isnull=False),
                name="line_not_arrived",
            ),
            models.Index(
                fields=["not_crossed_on"],
                condition=Q(counted=1, now=1, not_crossed_on__isnull=False),
                name="line_not_crossed",
            ),
        )


class LineMark(models.Model):
    """That something happened which may change a person's line; folded in within the minute."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)


class Recount(models.Model):
    """The whole book counted anew and compared with what was kept, person by person.

    ``after`` is the last person looked at, ``wrong`` how many lines and tallies had to be put
    right. ``border_since`` is the first day of which a border told us anything.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    after = models.UUIDField(null=True)
    people = models.IntegerField(default=0)
    wrong = models.IntegerField(default=0)
    border_since = models.DateField(null=True)

    class Meta:
        ordering = ("-began_at",)
