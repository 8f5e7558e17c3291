"""Tables of the exchange: partners and keys, the outbox, the inbox, the counts of each lane."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lindung.access.models import Scoped
from lindung.access.sealed import SealedBytes
from lindung.documents.models import Document
from lindung.exchange.lifecycles import (
    DifferenceState,
    GraveKind,
    GraveState,
    IncomingState,
    OutgoingState,
    SheetKind,
    SheetState,
)
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
    # What the adapter needs to know of the line; its shape is in adapters/settings.yaml.
    settings = models.JSONField(default=dict, blank=True)
    schemes = models.JSONField(default=list)
    agreement = models.CharField(max_length=200)
    agreement_on = models.DateField(null=True, blank=True)
    robot = models.UUIDField(default=new_id)
    is_demo = models.BooleanField(default=False)
    # The breaker: after failures nothing is tried until `open_until`.
    failures = models.IntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    # Why nothing is tried any more until a person has looked; empty: all is well.
    halted_why = models.CharField(max_length=200, blank=True, default="")
    last_ok_at = models.DateTimeField(null=True, blank=True)
    # Since when the link has been up, or down: the instant of the last change from one to the other.
    link_since = models.DateTimeField(null=True, blank=True)
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


class GraveAct(models.Model):
    """A grave act that one person asks for and another must confirm; no personal data in it.

    ``subject`` is what it is done to: a key's fingerprint, or the id of a message that came in.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in GraveKind])
    subject = models.CharField(max_length=43)
    reason = models.CharField(max_length=300)
    state = models.CharField(
        max_length=7, choices=[(s.value, s.value) for s in GraveState], default=GraveState.ASKED
    )
    asked_by = models.UUIDField()
    asked_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    answered_by = models.UUIDField(null=True, blank=True)
    answered_name = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="asked"), name="grave_asked_once"
            ),
            models.CheckConstraint(
                name="grave_four_eyes",
                condition=Q(answered_by__isnull=True)
                | ~Q(answered_by=F("asked_by"))
                | Q(state="refused"),
                violation_error_message="Yang menyetujui bukan yang mengusulkan.",
            ),
            models.CheckConstraint(
                name="grave_answered_by_somebody",
                condition=Q(state="asked", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(state="asked") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.CheckConstraint(name="grave_has_a_reason", condition=~Q(reason="")),
        )


class StrangerHour(models.Model):
    """What came within one hour from nobody we know: counts and bytes, never content."""

    hour = models.DateTimeField(primary_key=True)
    items = models.IntegerField(default=0)
    kept_bytes = models.BigIntegerField(default=0)
    dropped = models.IntegerField(default=0)
    dropped_bytes = models.BigIntegerField(default=0)


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
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40)
    sent = models.IntegerField(default=0)
    received = models.IntegerField(default=0)
    gap_asks = models.SmallIntegerField(default=0)
    gap_next_at = models.DateTimeField(null=True, blank=True)


class Outgoing(Scoped):
    """A message of ours: exact bytes, written with the change it tells of."""

    id = models.UUIDField(primary_key=True, editable=False)
    # No index of its own: others begin with it, and every change of a row is written into each.
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    worker_id = models.UUIDField(null=True, blank=True)
    type = models.CharField(max_length=100)
    subject = models.CharField(max_length=40)
    sequence = models.IntegerField(null=True)
    correlation = models.UUIDField()
    entry_id = models.UUIDField(null=True, blank=True)  # the journal entry it tells of
    raw = SealedBytes(about="exchange")
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
    # Given to a line whose receipts come later (files): what follows need not wait for them.
    handed_at = models.DateTimeField(null=True, blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    technical = models.BinaryField(null=True, blank=True)
    technical_signature = models.TextField(blank=True, default="")
    answer = models.ForeignKey(
        "Incoming", models.PROTECT, null=True, related_name="+", db_index=False
    )

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
            models.Index(
                fields=["answer"], name="outgoing_answer", condition=Q(answer__isnull=False)
            ),
        )


class Incoming(Scoped):
    """A message that came in: bytes and signature stored before anything in them was read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    raw = SealedBytes(about="exchange")
    signature = models.TextField(blank=True, default="")
    # What vouches for it: the partner's signature over these bytes; the partner's signature over
    # the list of a table it came in; or two officers of ours. The last two are signed by our key.
    proof = models.CharField(
        max_length=8, choices=[(k, k) for k in ("signed", "manifest", "typed")], default="signed"
    )
    digest = models.CharField(max_length=72)
    came_at = models.DateTimeField()
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in IncomingState],
        default=IncomingState.KEPT,
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="+", db_index=False
    )
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


class Drop(models.Model):
    """A drop of files, ours or a partner's: its list, exact bytes and signature.

    ``number`` counts per partner and direction. ``tables`` keeps the tables of a drop whose rows
    have no signature of their own: there the list alone proves them. ``aside`` is the folder's name
    in ``refused/`` when a person must look.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    ours = models.BooleanField()
    number = models.IntegerField(null=True)
    state = models.CharField(
        max_length=8, choices=[(k, k) for k in ("writing", "written", "taken", "refused", "looked")]
    )
    items = models.IntegerField(default=0)
    manifest = models.BinaryField(default=bytes)
    signature = models.TextField(blank=True, default="")
    tables = models.JSONField(default=dict)
    aside = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    looked_name = models.CharField(max_length=120, blank=True, default="")
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "number"], condition=Q(ours=True), name="drop_numbered_once"
            ),
            models.CheckConstraint(
                name="drop_looked_at_by_somebody",
                condition=~Q(state="looked") | ~Q(looked_name="") & Q(looked_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["partner", "ours", "state", "-at"], name="drop_of_partner"),
        )


class Sheet(Scoped):
    """One step by hand with a partner who has a portal and no line: typed by one, checked by another.

    ``kind`` says what was done: our message was copied into the portal; the portal answered it; the
    portal told us something. ``values`` is the data of what the portal told, as its schema says;
    ``came`` the message that was made of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in SheetKind])
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in SheetState], default=SheetState.TYPED
    )
    message = models.ForeignKey(Outgoing, models.PROTECT, null=True, blank=True, related_name="+")
    worker_id = models.UUIDField(null=True, blank=True)
    type = models.CharField(max_length=100)
    subject = models.CharField(max_length=40)
    reference = models.CharField(max_length=60, blank=True, default="")
    values = models.JSONField(default=dict)
    proof = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    # Where the proof lies when it is no file of a person's: "screen print, folder 12, page 3".
    pointer = models.CharField(max_length=200, blank=True)
    came = models.ForeignKey(Incoming, models.PROTECT, null=True, blank=True, related_name="+")
    typed_by = models.UUIDField()
    typed_name = models.CharField(max_length=120)
    typed_at = models.DateTimeField()
    checked_by = models.UUIDField(null=True, blank=True)
    checked_name = models.CharField(max_length=120, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("typed_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["message", "kind"],
                condition=Q(state__in=["typed", "checked"], message__isnull=False),
                name="sheet_once",
            ),
            models.CheckConstraint(
                name="sheet_four_eyes",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("typed_by")),
            ),
            models.CheckConstraint(
                name="sheet_has_its_proof", condition=Q(proof__isnull=False) | ~Q(pointer="")
            ),
            models.CheckConstraint(
                name="sheet_checked_by_somebody",
                condition=Q(state="typed")
                | Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(checked_name=""),
            ),
            models.CheckConstraint(
                name="sheet_speaks_of_a_message",
                condition=Q(kind="told") | Q(message__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["post_id", "state", "typed_at"], name="sheet_post"),
            models.Index(fields=["worker_id"], name="sheet_worker"),
        )


# --- the same truth, proven (docs/exchange/protocol.md §15 to §17) --------------------------------


class SharedRecord(Scoped):
    """A subject shared with a partner: where it stands in the digest tree, and its digest.

    The agreed fields themselves stay in the books of the stages; ``books.py`` reads them there.
    """

    pk = models.CompositePrimaryKey("partner_id", "subject")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40)
    key = models.BinaryField(max_length=32)
    leaf = models.BinaryField(max_length=32)
    worker_id = models.UUIDField()
    placement_id = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["partner", "key"], name="shared_in_tree"),
            models.Index(fields=["worker_id"], name="shared_worker"),
        )


class StaleRecord(Scoped):
    """A person whose shared records may have changed; written with the change, then folded in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker_id = models.UUIDField()

    class Meta:
        indexes = (models.Index(fields=["worker_id"], name="stale_worker"),)


class TreeNode(models.Model):
    """One node of the digest tree over the records shared with a partner."""

    pk = models.CompositePrimaryKey("partner_id", "prefix")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    prefix = models.CharField(max_length=64)
    count = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    children = models.BinaryField(max_length=512, default=bytes)


class Comparison(models.Model):
    """One comparison of both trees: what it cost and what it found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ours = models.IntegerField()
    theirs = models.IntegerField()
    differing = models.IntegerField()
    under_way = models.IntegerField()
    requests = models.IntegerField()
    bytes = models.IntegerField()
    seconds = models.FloatField()

    class Meta:
        indexes = (models.Index(fields=["partner", "-at"], name="comparison_newest"),)


class Difference(Scoped):
    """A field of a shared record in which the two books differ; both values are kept.

    An empty value: that side does not know it. ``field`` is ``subject`` where one side has no such
    record at all.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=40)
    worker_id = models.UUIDField(null=True, blank=True)
    field = models.CharField(max_length=40)
    ours = models.CharField(max_length=200, blank=True, default="")
    theirs = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(
        max_length=9,
        choices=[(s.value, s.value) for s in DifferenceState],
        default=DifferenceState.FOUND,
    )
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    times = models.IntegerField(default=1)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Which books moved when it closed, and who had acted; nobody where it went by itself.
    moved = models.CharField(max_length=6, blank=True, default="")
    closed_name = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("found_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "subject", "field"],
                condition=Q(closed_at__isnull=True),
                name="difference_open_once",
            ),
            models.CheckConstraint(
                name="difference_closed_has_an_instant",
                condition=(Q(state__in=["settled", "gone"]) & Q(closed_at__isnull=False))
                | (~Q(state__in=["settled", "gone"]) & Q(closed_at__isnull=True)),
            ),
        )
        indexes = (
            models.Index(fields=["country", "state", "found_at"], name="difference_country"),
            models.Index(fields=["post_id", "state", "found_at"], name="difference_post"),
            models.Index(fields=["worker_id"], name="difference_worker"),
        )


class DifferenceStep(Scoped):
    """What somebody of ours did about a difference; the other country does not read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    difference = models.ForeignKey(Difference, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=12, choices=[(k, k) for k in ("asked", "accepted", "noted")])
    name = models.CharField(max_length=120)
    office = models.CharField(max_length=160, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("at", "id")


class PartnerHead(models.Model):
    """A signed head of a partner's journal, kept for ever as it came."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    number = models.IntegerField()
    epoch = models.IntegerField()
    entries = models.BigIntegerField()
    root = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    raw = models.BinaryField()
    signature = models.TextField()
    came_at = models.DateTimeField()
    # How it stands to the one kept before.
    proof = models.CharField(max_length=8, choices=[(k, k) for k in ("first", "extends", "breaks")])
    links = models.IntegerField(default=0)

    class Meta:
        ordering = ("came_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["partner", "number", "head"], name="head_kept_once"),
        )


class PartnerLink(models.Model):
    """One batch of a partner's journal as proven by a chain of heads: number, root and head."""

    pk = models.CompositePrimaryKey("partner_id", "number", "head")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    root = models.CharField(max_length=64)
    head = models.CharField(max_length=64)


class PastAlarm(Scoped):
    """A journal's past is not what it was: a partner's, or our own; no personal data.

    ``kind``: ``rewritten`` (another past than the one kept), ``rollback`` (older than the one
    kept), ``restored`` (the same, and said so), ``entry`` (a message's entry is not the sealed one).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    whose = models.CharField(max_length=6, choices=[(k, k) for k in ("theirs", "ours")])
    kind = models.CharField(
        max_length=9, choices=[(k, k) for k in ("rewritten", "rollback", "restored", "entry")]
    )
    number = models.IntegerField()
    detail = models.CharField(max_length=200, blank=True, default="")
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    times = models.IntegerField(default=1)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_name = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-found_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "whose", "kind", "number", "detail"],
                condition=Q(closed_at__isnull=True),
                name="past_alarm_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="past_alarm_closed_has_a_reason",
                condition=Q(closed_at__isnull=True) | ~Q(reason=""),
            ),
        )
        indexes = (models.Index(fields=["country", "-found_at"], name="past_alarm_country"),)
