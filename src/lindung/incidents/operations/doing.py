"""One thing of a workflow is done, left out, or decided where its rule is not known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.incidents import plans
from lindung.incidents.events import LawDecided
from lindung.incidents.lifecycles import TodoState
from lindung.incidents.models import Incident, Todo
from lindung.incidents.operations.parts import (
    finish,
    needed,
    open_todo,
    plan_step,
    working,
)
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound

# What the choices of these steps say about telling the family.
_TELLS = {"tell": True, "keep": False}


@operation(Right.INCIDENT_WORK)
def do_step(
    actor: Actor,
    incident_id: UUID,
    *,
    step: str,
    evidence: str,
    at: datetime,
    choice: str = "",
) -> Todo:
    """Do one thing of the workflow, with what shows it. What stops it is named.

    Args:
        evidence: the paper's number, who said it, or what was seen.
        choice: what was chosen, where the step has choices; the steps of the others fall away.
    Raises:
        NotFound: no such incident or step, or one that an operation of its own does.
        StepClosed: it was done, left out, or the incident is over.
        StopsFirst, LawUnsure, TooEarly: what comes before it.
        Incomplete: no evidence, or no choice.
    """
    incident = working(incident_id, step)
    planned = plan_step(incident, step)
    if planned.by:
        raise NotFound(step)
    todo = open_todo(incident, planned, at=at)
    shown = needed(
        evidence,
        "evidence",
        gettext_noop("Tulis buktinya: nomor surat, siapa, atau apa yang dilihat."),
    )
    if planned.choices:
        if choice not in planned.choices:
            raise Incomplete(fields={"choice": gettext_noop("Pilih salah satu.")})
        shown = f"{planned.choices[choice]['id']}: {shown}"
        _drop_the_others(actor, incident, planned, choice, at=at)
        if choice in _TELLS:
            incident.tells_family = _TELLS[choice]
            incident.save(update_fields=["tells_family"])
    return finish(actor, incident, todo, at=at, evidence=shown)


@operation(Right.INCIDENT_WORK)
def leave_out(actor: Actor, incident_id: UUID, *, step: str, reason: str, at: datetime) -> Todo:
    """Leave one thing out with a reason. What the law or safety demands is never left out.

    Raises:
        NotFound: no such incident or step, or none this actor may see.
        StepClosed: it is a stop, was done, or the incident is over.
        NotAllowed: it is expected, and this duty does not decide so.
        Incomplete: no reason.
    """
    incident = working(incident_id, step)
    planned = plan_step(incident, step)
    if planned.stop or planned.by == "verify":
        raise StepClosed(step=step, state="stop")
    if not planned.optional and not actor.may(Right.INCIDENT_DECIDE):
        raise NotAllowed(right=str(Right.INCIDENT_DECIDE))
    todo = Todo.objects.select_for_update().filter(incident=incident, step=step).first()
    if todo is None or todo.state != TodoState.OPEN:
        raise StepClosed(step=step, state=todo.state if todo else "closed")
    said = needed(reason, "evidence", gettext_noop("Tulis mengapa langkah ini tidak diperlukan."))
    return finish(actor, incident, todo, at=at, evidence=said, how="leave out")


@operation(Right.INCIDENT_DECIDE)
def decide_law(actor: Actor, incident_id: UUID, *, step: str, reason: str, at: datetime) -> Todo:
    """Decide how to go on where the rule behind a step could not be confirmed.

    Raises:
        NotFound: no such incident or step, or none this actor may see.
        StepClosed: the rule is known, or the step is over. Incomplete: no reason.
    """
    incident = working(incident_id, step)
    planned = plan_step(incident, step)
    todo = Todo.objects.select_for_update().filter(incident=incident, step=step).first()
    if todo is None or todo.state != TodoState.OPEN or not todo.needs_check:
        raise StepClosed(step=step, state=todo.state if todo else "closed")
    todo.decision = needed(
        reason,
        "reason",
        gettext_noop("Tulis aturan yang diperiksa, di mana, dan bagaimana diputuskan."),
    )[:300]
    todo.decided_by = actor.name
    todo.save(update_fields=["decision", "decided_by"])
    record(
        LawDecided(
            incident=incident.id,
            number=incident.number,
            step=step,
            title=planned.title["id"],
        ),
        actor=actor,
        about=incident,
        basis=todo.basis,
    )
    return todo


def _drop_the_others(
    actor: Actor, incident: Incident, chosen: plans.PlanStep, choice: str, *, at: datetime
) -> None:
    """Steps of the same track that belong to what was not chosen are not needed."""
    for each in plans.plan_of(incident.kind).steps():
        if each.track != chosen.track or not each.only or each.only == choice:
            continue
        todo = Todo.objects.filter(incident=incident, step=each.id, state=TodoState.OPEN).first()
        if todo is not None:
            label = chosen.choices[choice]["id"]
            finish(actor, incident, todo, at=at, evidence=label, how="leave out")
