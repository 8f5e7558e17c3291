"""The hand-over at home, and the end of our work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.incidents.events import IncidentEnded, ReceivedAtHome
from lindung.incidents.lifecycles import INCIDENT, IncidentState, TodoState
from lindung.incidents.models import Incident, IncidentKind, Reception, Todo
from lindung.incidents.operations.parts import (
    StopsFirst,
    finish,
    locked,
    needed,
    open_todo,
    own_step,
    told,
    working,
)
from lindung.kernel.refusals import Incomplete
from lindung.protection.operations import close_after_death
from lindung.registry.models import Source
from lindung.reintegration.models import ReturnReason
from lindung.reintegration.operations import record_return


@operation(Right.INCIDENT_RECEIVE)
def receive_home(
    actor: Actor, incident_id: UUID, *, place: str, received_by: str, next_place: str, at: datetime
) -> Reception:
    """Receive a person or a coffin at home: the receipt names who received and what comes next.

    Of a person this is the return: the placement ends, and what is left abroad is listed.

    Raises:
        NotFound: no such incident, or none this actor may see.
        StepClosed: it was received, or the incident is over.
        StopsFirst: the journey has not begun.
        Incomplete: who, where or what next is missing.
    """
    incident = working(incident_id, "receive")
    todo = open_todo(incident, own_step(incident, "receive_home"), at=at)
    wrong = {
        field: sentence
        for field, value, sentence in (
            ("place", place, gettext_noop("Tulis bandara, pelabuhan, atau tempat serah terima.")),
            ("received_by", received_by, gettext_noop("Tulis siapa yang menerima.")),
            (
                "next_place",
                next_place,
                gettext_noop("Tulis ke mana selanjutnya, dan dengan siapa."),
            ),
        )
        if not value.strip()
    }
    if wrong:
        raise Incomplete(fields=wrong)
    reception = Reception.objects.create(
        incident=incident,
        worker_id=incident.worker_id,
        at=at,
        place=place.strip(),
        office=actor.office,
        received_by=received_by.strip(),
        next_place=next_place.strip(),
        reference=f"{incident.number}/T",
        **incident.scope(),
    )
    finish(actor, incident, todo, at=at, evidence=reception.reference)
    record(
        ReceivedAtHome(incident=incident.id, number=incident.number, reference=reception.reference),
        actor=actor,
        about=incident,
    )
    if incident.kind == IncidentKind.REPATRIATION:
        record_return(
            actor,
            incident.worker_id,
            on=at.date(),
            reason=ReturnReason(incident.reason),
            source=Source.OFFICER,
        )
    return reception


@operation(Right.INCIDENT_WORK)
def close_incident(actor: Actor, incident_id: UUID, *, outcome: str, at: datetime) -> Incident:
    """End the work, when nothing of it is open any more.

    Raises:
        NotFound: no such incident, or none this actor may see.
        StepClosed: it is not certain whom it happened to, or it is over.
        StopsFirst: names what is open. Incomplete: no outcome.
    """
    incident = locked(incident_id)
    state = INCIDENT.take("close", IncidentState(incident.state))
    open_steps = Todo.objects.filter(incident=incident, state=TodoState.OPEN)
    if waiting := list(open_steps.values_list("step", flat=True)):
        raise StopsFirst(requirements=told(incident, waiting))
    incident.outcome = needed(
        outcome, "outcome", gettext_noop("Tulis hasilnya dalam satu atau dua kalimat.")
    )[:300]
    incident.state, incident.ended_at = state, at
    incident.version += 1
    incident.save(update_fields=["state", "outcome", "ended_at", "version"])
    record(
        IncidentEnded(incident=incident.id, number=incident.number, state=incident.state),
        actor=actor,
        about=incident,
    )
    if incident.kind == IncidentKind.DEATH:
        # The case cannot end with the word of who it is about; the family was asked last.
        with acting_as(ROBOT):
            close_after_death(ROBOT, incident.case_id, outcome=incident.outcome, at=at)
    return incident
