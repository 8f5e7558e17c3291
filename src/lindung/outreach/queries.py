"""Everything asked about messages and safe contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lindung.access.models import Post
from lindung.access.ready import Given, Question
from lindung.duty.models import Ring
from lindung.kernel.refusals import NotFound
from lindung.outreach import safe_contact as rules_of
from lindung.outreach.lifecycles import MessageState, SenderState
from lindung.outreach.models import (
    Channel,
    Medium,
    Message,
    OfficerAlert,
    Received,
    ReceivedState,
    SafeContact,
    Sender,
)
from lindung.registry.models import Worker

_RULES = Question(lambda: SafeContact.objects.filter(worker_id=Given("worker")))
SHOWN = 100
STATE_LABELS = {
    MessageState.WAITING: gettext_lazy("menunggu"),
    MessageState.SENT: gettext_lazy("diserahkan ke jaringan"),
    MessageState.DELIVERED: gettext_lazy("sudah sampai"),
    MessageState.READ: gettext_lazy("dibaca"),
    MessageState.FAILED: gettext_lazy("gagal"),
    MessageState.HELD: gettext_lazy("ditahan"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sender whose messages belong to nobody yet."""

    sender: Sender
    messages: int
    last_at: datetime
    cries: bool


@dataclass(frozen=True, slots=True)
class Reachable:
    """How a person may be reached now.

    Attributes:
        channels: that the person allows, in their order.
        opens_at: when safe hours begin, where they are not now.
    """

    rules: SafeContact | None
    channels: list[str]
    may_call: bool
    opens_at: datetime | None


def safe_contact(worker_id: UUID) -> str:
    """The rules of safe contact in one line; empty where the person set none."""
    rules = SafeContact.objects.filter(worker_id=worker_id).first()
    if rules is None:
        return ""
    parts = [_("Jangan telepon") if rules.do_not_call else ""]
    if rules.not_before and rules.not_after:
        parts.append(
            _("aman %(start)s–%(end)s")
            % {"start": f"{rules.not_before:%H.%M}", "end": f"{rules.not_after:%H.%M}"}
        )
    if rules.harmless:
        parts.append(_("hanya kata netral"))
    return " · ".join(filter(None, (*parts, rules.note)))


def rules(worker_id: UUID) -> SafeContact | None:
    """A person's own rules, or ``None`` where none were set."""
    return _RULES.first(worker=worker_id)


def reachable(worker: Worker, *, now: datetime) -> Reachable:
    """How a person may be reached now."""
    own = rules(worker.id)
    post = Post.objects.filter(id=worker.post_id or 0).only("timezone").first()
    zone = post.timezone if post is not None else settings.TIME_ZONE
    opens = rules_of.earliest(own, now=now, timezone=zone)
    return Reachable(
        rules=own,
        channels=rules_of.channels_for(own),
        may_call=rules_of.may_call(own, now=now, timezone=zone),
        opens_at=opens if opens > now else None,
    )


def conversation(worker_id: UUID, *, most: int = SHOWN) -> list[Message]:
    """One thread of everything said between a person, their relatives and us, oldest first."""
    found = (
        Message.objects.filter(worker_id=worker_id)
        .select_related("member", "sender")
        .prefetch_related("media")
    )
    return list(reversed(found[:most]))


def thread(sender_id: UUID, *, most: int = SHOWN) -> list[Message]:
    """What an address wrote that belongs to nobody yet, and our answers, oldest first."""
    found = Message.objects.filter(sender_id=sender_id, worker__isnull=True)
    return list(reversed(found.prefetch_related("media")[:most]))


def sender(sender_id: UUID) -> Sender:
    """One sender.

    Raises:
        NotFound: no such sender, or none this actor may see.
    """
    found = Sender.objects.filter(id=sender_id).select_related("worker", "member").first()
    if found is None:
        raise NotFound
    return found


def waiting_senders() -> list[Waiting]:
    """Senders with messages that belong to nobody yet; cries for help first, then the oldest."""
    unmatched = Q(messages__incoming=True, messages__worker__isnull=True)
    found = (
        Sender.objects.exclude(state=SenderState.SET_ASIDE)
        .annotate(
            waiting=Count("messages", filter=unmatched),
            latest=Max("messages__made_at", filter=unmatched),
            sos=Count("messages", filter=unmatched & Q(messages__asks="sos")),
        )
        .filter(waiting__gt=0)
        .order_by("-sos", "latest")
    )
    return [Waiting(each, each.waiting, each.latest, each.sos > 0) for each in found[:SHOWN]]


def set_aside_senders() -> list[Sender]:
    """Senders that an officer set aside, the newest first."""
    return list(Sender.objects.filter(state=SenderState.SET_ASIDE)[:SHOWN])


def senders_of(worker_id: UUID) -> list[Sender]:
    """Addresses that an officer said are this person's, or of relatives who write about them."""
    return list(Sender.objects.filter(worker_id=worker_id).select_related("member"))


def unreadable() -> list[Received]:
    """What came in and could not be read, the oldest first."""
    return list(Received.objects.filter(state=ReceivedState.UNREADABLE).order_by("at")[:SHOWN])


def refused(*, most: int = 20) -> list[Received]:
    """What was refused at the door lately."""
    return list(Received.objects.filter(state=ReceivedState.REFUSED)[:most])


def incoming(message_id: UUID) -> Message:
    """One message to us, with whom it is from.

    Raises:
        NotFound: no such message, or none this actor may see.
    """
    found = (
        Message.objects.filter(id=message_id, incoming=True)
        .select_related("worker", "member", "sender")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def is_answered(message_id: UUID) -> bool:
    """Whether anything of ours answers a message."""
    return Message.objects.filter(answers_id=message_id).exists()


def channel_labels(channels: Sequence[str]) -> list[tuple[str, str]]:
    """Channels with the names that people read."""
    return [(each, str(Channel(each).label)) for each in channels]


def medium_of(medium_id: UUID) -> Medium:
    """What came with a message, without its bytes.

    Raises:
        NotFound: no such one, or none this actor may see.
    """
    found = Medium.objects.filter(id=medium_id).select_related("message").defer("sealed").first()
    if found is None:
        raise NotFound
    return found


def alerted(rings: Sequence[Ring]) -> list[tuple[Ring, list[OfficerAlert]]]:
    """Each ring with what went to the officer's own telephone and mailbox."""
    found: dict[UUID, list[OfficerAlert]] = {}
    for each in OfficerAlert.objects.filter(ring__in=rings):
        found.setdefault(each.ring_id, []).append(each)
    return [(each, found.get(each.id, [])) for each in rings]
