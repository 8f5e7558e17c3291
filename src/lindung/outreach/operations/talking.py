"""An officer's side of the conversation: writing, writing down what was said, calling."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.models import Post
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.outreach import addresses, safe_contact, vault
from lindung.outreach.events import CallPlaced
from lindung.outreach.models import Channel, Medium, MediumState, Message, SafeContact
from lindung.outreach.operations.receiving import receive
from lindung.outreach.operations.sending import write
from lindung.outreach.templates import CHOSEN
from lindung.registry import queries as registry


class NotSafeNow(Refusal):
    """The person's rules say that the telephone must not ring, or not now."""

    status = 409
    slug = "not-safe-now"
    title = "Orangnya meminta agar tidak ditelepon, atau tidak pada jam ini."
    advice = "Tulis lewat saluran yang diizinkan, atau tunggu jam amannya."


class NoNumber(Refusal):
    """There is no telephone number on file."""

    status = 422
    slug = "no-number"
    title = "Belum ada nomor telepon di berkasnya."
    advice = "Tanyakan nomornya lewat saluran lain, lalu tambahkan di berkas."


@operation(Right.MESSAGE_SEND)
def say(
    actor: Actor,
    worker_id: UUID,
    *,
    channel: str,
    now: datetime,
    words: str = "",
    template: str = "",
) -> Message:
    """Write to a person over a channel that they allow, in own words or by a template.

    Raises:
        NotFound: no such person, or none this actor may see; no such template to choose.
        Incomplete: no words, or a channel that the person closed.
    """
    worker = registry.worker(worker_id)
    if template and template not in CHOSEN:
        raise NotFound
    return write(actor, worker, words=words, channel=channel, template=template, now=now)


@operation(Right.MESSAGE_RECEIVE)
def write_down(
    actor: Actor,
    worker_id: UUID,
    *,
    channel: str,
    words: str,
    at: datetime,
    outside_id: str = "",
) -> Message:
    """Write down what a person said at the counter or on the telephone.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: nothing was said, or another channel than these two.
    """
    wrong = {}
    if channel not in {Channel.WALK_IN, Channel.CALL}:
        wrong["channel"] = gettext_noop("Pilih tatap muka atau telepon.")
    if not words.strip():
        wrong["words"] = gettext_noop("Tulis apa yang dikatakan, dengan kata orangnya.")
    if wrong:
        raise Incomplete(fields=wrong)
    return receive(
        actor, channel=channel, raw=words.strip(), at=at, worker_id=worker_id, outside_id=outside_id
    )


@operation(Right.MESSAGE_SEND)
def number_to_call(actor: Actor, worker_id: UUID, *, now: datetime) -> str:
    """The person's telephone number, told to call it now; that it was told is recorded.

    Raises:
        NotFound: no such person, or none this actor may see.
        NotSafeNow: the person asked not to be called, or not at this hour.
        NoNumber: there is none on file.
    """
    worker = registry.worker(worker_id)
    rules = SafeContact.objects.filter(worker=worker).first()
    post = Post.objects.filter(id=worker.post_id or 0).only("timezone").first()
    zone = post.timezone if post is not None else settings.TIME_ZONE
    if not safe_contact.may_call(rules, now=now, timezone=zone):
        raise NotSafeNow
    number = addresses.to_reach(worker.id, Channel.SMS, on=now.date())
    if number is None:
        raise NoNumber
    record(CallPlaced(), actor=actor, about=worker)
    return number


def enclosure(medium_id: UUID) -> tuple[str, bytes]:
    """Type and bytes of a voice note or picture that came with a message.

    Raises:
        NotFound: no such one, none this actor may see, or nothing was kept of it.
    """
    row = Medium.objects.filter(id=medium_id, state=MediumState.KEPT).first()
    if row is None:
        raise NotFound
    return row.content_type, vault.unseal(bytes(row.sealed), bytes(row.wrapped_key), row.id)
