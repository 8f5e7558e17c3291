"""What takes two people in the exchange: one asks with a reason, another confirms or refuses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.two_people import AlreadyAsked, answered, reason_of
from lindung.exchange.events import GraveActAnswered, GraveActAsked
from lindung.exchange.lifecycles import GRAVE, GraveKind, GraveState
from lindung.exchange.models import GraveAct, Partner
from lindung.kernel.refusals import NotFound


def ask(
    actor: Actor, kind: GraveKind, *, partner: Partner, subject: str, reason: str, at: datetime
) -> GraveAct:
    """Ask for a grave act; part of an operation of the caller.

    Raises:
        Incomplete: without a reason.
        AlreadyAsked: it waits for an answer already.
    """
    reason = reason_of(reason)
    if GraveAct.objects.filter(kind=kind, subject=subject, state=GraveState.ASKED).exists():
        raise AlreadyAsked
    act = GraveAct.objects.create(
        partner=partner,
        kind=kind,
        subject=subject,
        reason=reason,
        asked_by=actor.id,
        asked_name=actor.name,
        asked_at=at,
    )
    told = GraveActAsked(act=act.id, what=str(kind), on=subject, reason=reason)
    record(told, actor=actor, subject=act.id)
    return act


def answer(actor: Actor, act_id: UUID, *kinds: GraveKind, confirm: bool, at: datetime) -> GraveAct:
    """Confirm or refuse what another person asked for; part of an operation of the caller.

    Raises:
        NotFound: no such act of these kinds.
        NeedsAnother: the one who asked confirms.
        StepClosed: it is answered already.
    """
    act = (
        GraveAct.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(pk=act_id, kind__in=kinds)
        .first()
    )
    if act is None:
        raise NotFound
    answered(act, GRAVE, actor, yes="confirm", agree=confirm, at=at)
    told = GraveActAnswered(act=act.id, what=act.kind, on=act.subject, answer=str(act.state))
    record(told, actor=actor, subject=act.id)
    return act
