"""Tables of messages and of how a person may safely be reached."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.duty.models import Ring
from lindung.kernel.ids import new_id
from lindung.outreach.lifecycles import MessageState, SenderState
from lindung.registry.models import FamilyMember, Worker


class Channel(models.TextChoices):
    """The ways words travel; ``web`` is the person's own page behind a sign-in."""

    WEB = "web", _("kotak pesan Lindung")
    SMS = "sms", "SMS"
    WHATSAPP = "whatsapp", "WhatsApp"
    EMAIL = "email", _("surel")
    WALK_IN = "walk_in", _("tatap muka")
    CALL = "call", _("telepon")


# Over these we can write to somebody; over the others people only reach us.
SENDABLE = (Channel.WEB, Channel.SMS, Channel.WHATSAPP, Channel.EMAIL)


class SafeContact(Scoped):
    """When and how a person can be reached without danger; hours in the person's own zone.

    ``channel`` comes first, then ``channels`` in their order; the person's own page is always the
    last. ``stopped`` are those on which the person wrote STOP. ``harmless``: no word that travels
    betrays us. ``open_words``: an officer's own words may travel, not only stand behind the sign-in.
    ``help_word``: what the person agreed to write when in danger while somebody looks on.
    """

    worker = models.OneToOneField(Worker, models.PROTECT, primary_key=True, related_name="+")
    channel = models.CharField(max_length=12, default="web")
    channels = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    stopped = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    not_before = models.TimeField(null=True, blank=True)
    not_after = models.TimeField(null=True, blank=True)
    do_not_call = models.BooleanField(default=False)
    harmless = models.BooleanField(default=False)
    open_words = models.BooleanField(default=False)
    help_word = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    set_by = models.CharField(max_length=120, blank=True, default="")
    set_at = models.DateTimeField(null=True, blank=True)


class Sender(Scoped):
    """An address that wrote to us: a telephone or an e-mail address, sealed, found by blind index.

    ``worker`` and, where a relative writes about that person, ``member`` are an officer's decision
    or follow from the person's own number; without them the thread waits for an officer in the
    scope of the post whose country the number is of.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8)
    blind = models.BinaryField(max_length=16)
    cipher = models.BinaryField()
    masked = models.CharField(max_length=40)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in SenderState],
        default=SenderState.UNKNOWN,
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        FamilyMember, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    language = models.CharField(max_length=10, blank=True, default="")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-last_at", "-id")
        constraints = (models.UniqueConstraint(fields=["kind", "blind"], name="sender_once"),)
        indexes = (
            models.Index(fields=["post_id", "state", "-last_at"], name="sender_post"),
            models.Index(fields=["worker"], name="sender_worker"),
        )


class ReceivedState(models.TextChoices):
    """What became of bytes that came in."""

    WAITING = "waiting", _("belum dibaca")
    PART = "part", _("menunggu sambungannya")
    READ = "read", _("dibaca")
    UNREADABLE = "unreadable", _("tidak terbaca")
    REFUSED = "refused", _("ditolak")
    SETTLED = "settled", _("diselesaikan petugas")


class Received(Scoped):
    """What came in over a line, byte for byte, sealed, before anything in it was read.

    ``group``, ``part`` and ``parts`` hold the pieces of one long text message together. Of what was
    refused at the door only size, digest and reason stand here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=12)
    outside_id = models.CharField(max_length=120)
    at = models.DateTimeField()
    size = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField(default=bytes)
    wrapped_key = models.BinaryField(default=bytes)
    state = models.CharField(
        max_length=10, choices=ReceivedState.choices, default=ReceivedState.WAITING
    )
    reason = models.CharField(max_length=40, blank=True, default="")
    group = models.CharField(max_length=80, blank=True, default="")
    part = models.SmallIntegerField(default=0)
    parts = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["channel", "outside_id"], name="received_once"),
        )
        indexes = (
            models.Index(fields=["post_id", "state", "-at"], name="received_post"),
            models.Index(fields=["group"], condition=~Q(group=""), name="received_group"),
        )


class Message(Scoped):
    """Words to or from a person. Ours are chosen from a template in the person's language.

    ``words`` is what the person reads on the own page, ``carried`` what travels in their place
    where the way is not safe for them. ``asks`` is what an incoming one asks for. Without a worker
    it belongs to a sender who waits to be matched.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    incoming = models.BooleanField(default=False)
    channel = models.CharField(max_length=12)
    template = models.CharField(max_length=60, blank=True, default="")
    facts = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    words = models.TextField()
    carried = models.TextField(blank=True, default="")
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in MessageState],
        default=MessageState.WAITING,
    )
    not_before_at = models.DateTimeField(null=True, blank=True)
    at_once = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)
    failure = models.CharField(max_length=120, blank=True, default="")
    outside_id = models.CharField(max_length=120, blank=True, default="")
    asks = models.CharField(max_length=24, blank=True, default="")
    # Written where somebody may look on: nothing that answers it lights up the telephone.
    silent = models.BooleanField(default=False)
    author = models.CharField(max_length=120, blank=True, default="")
    sender = models.ForeignKey(
        Sender, models.PROTECT, null=True, blank=True, related_name="messages", db_index=False
    )
    member = models.ForeignKey(
        FamilyMember, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    received = models.ForeignKey(
        Received, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    instead_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The number it has to go to, where that is not simply the person's own.
    address_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "outside_id"],
                condition=Q(incoming=True) & ~Q(outside_id=""),
                name="message_in_once",
            ),
            models.CheckConstraint(
                name="message_has_somebody",
                condition=Q(worker__isnull=False) | Q(sender__isnull=False),
                violation_error_message="A message is to or from a person or a sender.",
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-made_at"], name="message_worker"),
            models.Index(fields=["post_id", "-made_at"], name="message_post"),
            models.Index(
                fields=["sender", "-made_at"],
                condition=Q(sender__isnull=False),
                name="message_sender",
            ),
            models.Index(
                fields=["channel", "outside_id"],
                condition=Q(incoming=False) & ~Q(outside_id=""),
                name="message_out",
            ),
        )


class MediumState(models.TextChoices):
    """What became of a voice note or picture that came with a message."""

    WAITING = "waiting", _("sedang diambil")
    KEPT = "kept", _("tersimpan")
    REFUSED = "refused", _("ditolak")


class Medium(Scoped):
    """A voice note, picture or paper that came with a message; sealed like a document."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="media", db_index=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    content_type = models.CharField(max_length=80)
    outside_id = models.CharField(max_length=120, blank=True, default="")
    size = models.IntegerField(default=0)
    sealed = models.BinaryField(default=bytes)
    wrapped_key = models.BinaryField(default=bytes)
    state = models.CharField(max_length=8, choices=MediumState.choices, default=MediumState.WAITING)
    reason = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["message"], name="medium_message"),)


class FamilyLink(models.Model):
    """A one-time link with which a relative signs in; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(FamilyMember, models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class OfficerAlert(Scoped):
    """A ring on an officer's own telephone or mailbox. The address stays where the roster has it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ring = models.ForeignKey(Ring, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=12)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in MessageState],
        default=MessageState.WAITING,
    )
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)
    failure = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["ring", "channel"], name="officer_alert_once"),
        )

    @property
    def channel_label(self) -> str:
        """The channel as people say it."""
        return str(Channel(self.channel).label)
