"""After a restore from an old backup: take up counting where the partners say we had come to (§7)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import httpx

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import adapter_for
from lindung.exchange.models import Lane, Partner


@dataclass(frozen=True, slots=True)
class Behind:
    """A subject of which the partner has more messages of ours than our own count says."""

    subject: str
    ours: int
    theirs: int


def recount(partner_id: UUID, *, http: httpx.Client | None = None) -> list[Behind]:
    """Ask a partner for its count of every subject we know, and never count below it.

    A count is only ever raised: a partner cannot make us use a number twice. On lines that cannot
    be asked (files, by hand) nothing is found.

    Raises:
        Later, Stop: the partner could not be asked; what was found so far is kept.
    """
    with acting_as(ROBOT):
        partner = Partner.objects.get(pk=partner_id)
        lanes = list(Lane.objects.filter(partner=partner).order_by("subject"))
    behind = []
    with adapter_for(partner, http=http) as line:
        for lane in lanes:
            theirs = line.received_through(lane.subject)
            if theirs is None or theirs <= lane.sent:
                continue
            with acting_as(ROBOT):
                Lane.objects.filter(partner=partner, subject=lane.subject, sent__lt=theirs).update(
                    sent=theirs
                )
            behind.append(Behind(lane.subject, lane.sent, theirs))
    return behind
