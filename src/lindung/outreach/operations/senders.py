"""Who writes from an address: an officer's decision, never a guess."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.events import (
    ReceivedSettled,
    SenderForgotten,
    SenderMatched,
    SenderSetAside,
)
from lindung.outreach.lifecycles import SENDER, SenderState
from lindung.outreach.models import Message, Received, ReceivedState, Sender
from lindung.outreach.operations.receiving import give
from lindung.registry import queries as registry
from lindung.registry.models import FamilyMember
from lindung.registry.operations import close_task_about

_TASKS = ("sender:match", "sender:sos")


@operation(Right.SENDER_MATCH)
def match(
    actor: Actor,
    sender_id: UUID,
    *,
    worker_id: UUID,
    member_id: UUID | None = None,
    remember: bool = True,
) -> Sender:
    """Say whose the waiting messages of an address are; what they ask for is done now.

    Args:
        member_id: a relative of that person who writes about them.
        remember: later messages from this address are theirs too; otherwise only those that wait.
    Raises:
        NotFound: no such sender, person or relative, or none this actor may see.
    """
    sender = _locked(sender_id)
    worker = registry.worker(worker_id)
    member = None
    if member_id is not None:
        member = FamilyMember.objects.filter(id=member_id, worker=worker).first()
        if member is None:
            raise NotFound
    # The messages move into the person's scope, which may be another office's.
    with acting_as(ROBOT):
        if remember:
            sender.state = SENDER.take("match", SenderState(sender.state))
            sender.worker, sender.member = worker, member
            for name, value in worker.scope().items():
                setattr(sender, name, value)
            sender.save()
        told = SenderMatched(sender=sender.id, relative=member is not None)
        record(told, actor=actor, about=worker, subject=sender.id)
        waiting = Message.objects.select_for_update(of=("self",)).select_related("sender")
        waiting = waiting.filter(sender=sender, incoming=True, worker__isnull=True)
        give(ROBOT, list(waiting.order_by("made_at")), worker, member)
        _close_tasks(actor, sender)
    return sender


@operation(Right.SENDER_MATCH)
def share(actor: Actor, sender_id: UUID) -> Sender:
    """Say that several people use an address: each message has to say who writes, or waits.

    Raises:
        NotFound: no such sender, or none this actor may see.
        StepClosed: it was set aside.
    """
    sender = _locked(sender_id)
    sender.state = SENDER.take("share", SenderState(sender.state))
    sender.worker = sender.member = None
    sender.save(update_fields=["state", "worker", "member"])
    told = SenderMatched(sender=sender.id, relative=False)
    record(told, actor=actor, about=sender)
    return sender


@operation(Right.SENDER_MATCH)
def set_aside(actor: Actor, sender_id: UUID) -> Sender:
    """Say that an address is none of a worker's: kept, answered no more, asked about no more.

    Raises:
        NotFound: no such sender, or none this actor may see.
        StepClosed: it is matched.
    """
    sender = _locked(sender_id)
    sender.state = SENDER.take("set aside", SenderState(sender.state))
    sender.save(update_fields=["state"])
    record(SenderSetAside(sender=sender.id), actor=actor, about=sender)
    _close_tasks(actor, sender)
    return sender


@operation(Right.SENDER_MATCH)
def forget(actor: Actor, sender_id: UUID) -> Sender:
    """Take a decision about an address back: its next message is asked about anew.

    What it wrote already stays where it is: work was done on it.

    Raises:
        NotFound: no such sender, or none this actor may see.
        StepClosed: there is no decision.
    """
    sender = _locked(sender_id)
    sender.state = SENDER.take("forget", SenderState(sender.state))
    sender.worker = sender.member = None
    sender.save(update_fields=["state", "worker", "member"])
    record(SenderForgotten(sender=sender.id), actor=actor, about=sender)
    return sender


@operation(Right.SENDER_MATCH)
def settle_unreadable(actor: Actor, received_id: UUID, *, reason: str) -> Received:
    """Say what was done with something that could not be read; its bytes stay.

    Raises:
        NotFound: no such thing, or none this actor may see.
        Incomplete: no word on what was done.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": gettext_noop("Tulis apa yang Anda lakukan dengannya.")})
    row = Received.objects.select_for_update().filter(
        id=received_id, state=ReceivedState.UNREADABLE
    )
    if (found := row.first()) is None:
        raise NotFound
    found.state = ReceivedState.SETTLED
    found.save(update_fields=["state"])
    told = ReceivedSettled(received=found.id, reason=reason.strip()[:200])
    record(told, actor=actor, about=found)
    close_task_about(actor, found.id, kind="message:unreadable")
    return found


def _locked(sender_id: UUID) -> Sender:
    sender = Sender.objects.select_for_update(of=("self",)).filter(id=sender_id).first()
    if sender is None:
        raise NotFound
    return sender


def _close_tasks(actor: Actor, sender: Sender) -> None:
    for kind in _TASKS:
        close_task_about(actor, sender.id, kind=kind)
