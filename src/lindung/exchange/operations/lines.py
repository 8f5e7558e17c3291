"""What people do about a line: try it again, and look at what could not be read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange.events import DropLookedAt, LineResumed
from lindung.exchange.models import Drop, Partner
from lindung.exchange.operations.outbox import wake_after
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import NotFound


@operation(Right.EXCHANGE_RESEND)
def resume(actor: Actor, code: str) -> Partner:
    """Have a line tried again at once, because a person looked.

    Raises:
        NotFound: no such partner.
    """
    partner = Partner.objects.filter(code=code).first()
    if partner is None:
        raise NotFound
    with acting_as(ROBOT):
        Partner.objects.filter(pk=partner.pk).update(halted_why="", open_until=None)
    record(LineResumed(partner=partner.code), actor=actor, subject=partner.pk)
    wake_after("exchange.pump", partner=str(partner.pk))
    return partner


@operation(Right.EXCHANGE_RESEND)
def looked(actor: Actor, drop_id: UUID, *, at: datetime) -> Drop:
    """Say that a person looked at what lies in ``refused/``; the files stay where they are.

    Raises:
        NotFound: no such drop, or none this actor may see.
        StepClosed: nothing waits there.
    """
    drop = Drop.objects.select_related("partner").filter(pk=drop_id, ours=False).first()
    if drop is None:
        raise NotFound
    if drop.state != "refused":
        raise StepClosed(step="look", state=drop.state)
    drop.state, drop.looked_name, drop.looked_at = "looked", actor.name[:120], at
    with acting_as(ROBOT):
        drop.save(update_fields=["state", "looked_name", "looked_at"])
    record(DropLookedAt(drop=drop.id, partner=drop.partner.code), actor=actor, subject=drop.id)
    return drop
