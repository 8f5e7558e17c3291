"""Tables of the exchange: partners and keys, the outbox, the inbox, the counts of each lane."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lindung.access.models import Scoped
from lindung.exchange.lifecycles import IncomingState, OutgoingState
from lindung.kernel.ids import new_id


class Partner(models.Model):
    """Another government's system, and the agreement under which we exchange with it.

    ``robot`` is the actor in whose name its messages change our books.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    node = models.CharField(max_length=200, unique=True)
    base_url = models.CharField(max_length=200)
    adapter = models.CharField(
        max_length=10, choices=[(k, k) for k in ("http", "files", "xroad", "worklist")]
    )
    schemes = models.JSONField(default=list)
    agreement = models.CharField(max_length=200)
    agreement_on = models.DateField(null=True, blank=True)
    robot = models.UUIDField(default=new_id)
    is_demo = models.BooleanField(default=False)
    # The breaker: after failures nothing is tried until `open_until`.
    failures = models.IntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    conflict_kid = models.CharField(max_length=43, blank=True, default="")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PartnerKey(models.Model):
    """A key we trust a partner to sign with."""

    kid = models.CharField(max_length=43, primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="keys")
    x = models.CharField(max_length=43)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField()


class OwnKey(models.Model):
    """The dates of a key of ours; the private half is a file or a device, never here."""

    kid = models.CharField(max_length=43, primary_key=True)
    x = models.CharField(max_length=43)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Lane(models.Model):
    """The counts of one subject with one partner: order is kept per lane, never across lanes."""

    pk = models.CompositePrimaryKey("partner_id", "subject")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=40)
    sent = models.IntegerField(default=0)
    received = models.IntegerField(default=0)
    gap_asks = models.SmallIntegerField(default=0)
    gap_next_at = models.DateTimeField(null=True, blank=True)


class Outgoing(Scoped):
    """A message of ours: exact bytes, written with the change it tells of."""

    id = models.UUIDField(primary_key=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    worker_id = models.UUIDField(null=True, blank=True)
    type = models.CharField(max_length=100)
    subject = models.CharField(max_length=40)
    sequence = models.IntegerField(null=True)
    correlation = models.UUIDField()
    entry_id = models.UUIDField(null=True, blank=True)  # the journal entry it tells of
    raw = models.BinaryField()
    digest = models.CharField(max_length=72)
    signature = models.TextField(blank=True, default="")
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in OutgoingState],
        default=OutgoingState.WAITING,
    )
    written_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    technical = models.BinaryField(null=True, blank=True)
    technical_signature = models.TextField(blank=True, default="")
    answer = models.ForeignKey("Incoming", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "subject", "sequence"], name="outgoing_in_order"
            ),
        )
        indexes = (
            models.Index(
                fields=["partner", "next_at"],
                name="outgoing_due",
                condition=Q(state__in=["waiting", "stored"]),
            ),
            models.Index(fields=["partner", "type", "-written_at"], name="outgoing_counts"),
            models.Index(fields=["correlation"], name="outgoing_thread"),
            models.Index(fields=["worker_id"], name="outgoing_worker"),
        )


class Incoming(Scoped):
    """A message that came in: bytes and signature stored before anything in them was read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    raw = models.BinaryField()
    signature = models.TextField(blank=True, default="")
    digest = models.CharField(max_length=72)
    came_at = models.DateTimeField()
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in IncomingState],
        default=IncomingState.KEPT,
    )
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    worker_id = models.UUIDField(null=True, blank=True)
    message_id = models.UUIDField(null=True)
    type = models.CharField(max_length=100, blank=True, default="")
    subject = models.CharField(max_length=40, blank=True, default="")
    sequence = models.IntegerField(null=True)
    correlation = models.UUIDField(null=True)
    repeats = models.IntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "message_id"],
                condition=~Q(state__in=["kept", "untaken", "repeat"]),
                name="incoming_once",
            ),
            models.UniqueConstraint(
                fields=["partner", "subject", "sequence"],
                condition=~Q(state__in=["kept", "untaken", "repeat"]) & Q(sequence__isnull=False),
                name="incoming_in_order",
            ),
        )
        indexes = (
            models.Index(
                fields=["state", "partner", "subject", "sequence"],
                name="incoming_due",
                condition=Q(state__in=["kept", "waiting", "matching", "error"]),
            ),
            models.Index(fields=["partner", "type", "-came_at"], name="incoming_counts"),
            models.Index(fields=["worker_id"], name="incoming_worker"),
        )


class SeenRequest(models.Model):
    """Ids of signed requests (replays), so that none is used twice."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
