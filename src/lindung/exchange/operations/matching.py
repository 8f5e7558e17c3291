"""A person says whom a partner speaks of; then what waited is applied, in order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange.events import SubjectMatched
from lindung.exchange.lifecycles import INCOMING, IncomingState
from lindung.exchange.models import Incoming
from lindung.exchange.operations import applying, subjects
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.placement.models import Placement
from lindung.registry import operations as registry
from lindung.registry.models import Worker


@operation(Right.EXCHANGE_MATCH)
def link(
    actor: Actor,
    message_id: UUID,
    *,
    worker_id: UUID,
    placement_id: UUID | None = None,
    at: datetime,
) -> int:
    """Say that a partner's number stands for this person, and apply what waited under it.

    Args:
        message_id: one of the messages that wait for their person.
        placement_id: the placement it is about; without one the messages are kept with the person
            and a task asks for the placement.

    Returns:
        How many messages were decided.

    Raises:
        NotFound: no such message that waits, person or placement, or none this actor may see.
        Incomplete: the placement is another person's, or leads to another country.
    """
    row = _waiting(message_id)
    person = Worker.objects.filter(pk=worker_id, merged_into__isnull=True).first()
    if person is None:
        raise NotFound
    placement = None
    if placement_id is not None:
        placement = Placement.objects.filter(pk=placement_id).first()
        if placement is None:
            raise NotFound
        if placement.worker_id != person.id or placement.country != row.country:
            raise Incomplete(
                fields={"placement": "Penempatan ini bukan milik orang itu ke negara itu."}
            )
    return _known(actor, row, person, placement, at)


@operation(Right.EXCHANGE_MATCH)
def record_new_person(
    actor: Actor,
    message_id: UUID,
    *,
    person: dict[str, Any],
    not_same_as: tuple[UUID, ...] = (),
    on: date,
    at: datetime,
) -> Worker:
    """Bring the person a partner speaks of into the register, and apply what waited.

    Args:
        person: what is known, by the names of ``registry.operations.enrol``.
        not_same_as: candidates that were shown and are other people.

    Raises:
        NotFound: no such message that waits.
        Incomplete, NotAllowed: as ``enrol``.
    """
    row = _waiting(message_id)
    made = registry.enrol(actor, on=on, channel="post", not_same_as=not_same_as, **person)
    _known(actor, row, made, None, at)
    return made


def _waiting(message_id: UUID) -> Incoming:
    row = (
        Incoming.objects.select_related("partner")
        .filter(pk=message_id, state=IncomingState.MATCHING)
        .first()
    )
    if row is None or row.partner is None:
        raise NotFound
    return row


def _known(
    actor: Actor, row: Incoming, person: Worker, placement: Placement | None, at: datetime
) -> int:
    partner = row.partner
    if partner is None:
        raise NotFound
    with acting_as(ROBOT):
        waiting = list(
            Incoming.objects.select_for_update().filter(
                partner=partner, subject=row.subject, state=IncomingState.MATCHING
            )
        )
        registry.add_outside_number(
            person.id,
            kind=subjects.kind_of(partner),
            value=row.subject,
            subject=placement.id if placement is not None else None,
        )
        for each in waiting:
            each.state = INCOMING.take("know the person", IncomingState(each.state))
            each.save(update_fields=["state"])
        subjects.stop_asking(ROBOT, [each.pk for each in waiting], at=at)
    record(
        SubjectMatched(partner=partner.code, number=row.subject, messages=len(waiting)),
        actor=actor,
        about=placement or person,
        worker=person.id,
    )
    return applying.apply_subject(partner, row.subject)
