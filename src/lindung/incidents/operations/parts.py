"""What the operations on an incident share: its locked row, its steps, and what stops them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.incidents import plans
from lindung.incidents.clocks import due_of
from lindung.incidents.events import IncidentStepDone
from lindung.incidents.lifecycles import TODO, IncidentState, TodoState
from lindung.incidents.models import Incident, Todo
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound, Refusal


class StopsFirst(Refusal):
    """Something has to be done before this step; names it."""

    status = 409
    slug = "stops-first"
    title = "Langkah ini menunggu yang lain."
    advice = "Selesaikan yang disebut, lalu ulangi."


class LawUnsure(Refusal):
    """The rule behind this step could not be confirmed; an officer decides first."""

    status = 409
    slug = "law-unsure"
    title = "Aturan untuk langkah ini belum dapat dipastikan."
    advice = (
        "Petugas yang berwenang memeriksa dan memutuskan dengan alasan, lalu langkah ini terbuka."
    )


class TooEarly(Refusal):
    """A later look at how people are means nothing before its time."""

    status = 409
    slug = "too-early"
    title = "Waktunya belum tiba."
    advice = "Langkah ini terbuka pada hari yang tertulis di sampingnya."


class FamilyNeverPays(Refusal):
    """No cost of this is ever the family's."""

    status = 422
    slug = "family-never-pays"
    title = "Keluarga tidak membayar apa pun untuk ini."
    advice = "Pilih penanggung lain; bila ada yang menagih keluarga, buka kasus biaya berlebih."


def locked(incident_id: UUID) -> Incident:
    """The incident, locked.

    Raises:
        NotFound: no such incident, or none this actor may see.
    """
    found = Incident.objects.select_for_update().filter(id=incident_id).first()
    if found is None:
        raise NotFound
    return found


def working(incident_id: UUID, step: str) -> Incident:
    """The incident, locked and not over.

    Raises:
        NotFound: none this actor may see. StepClosed: it is over.
    """
    found = locked(incident_id)
    if found.ended_at is not None:
        raise StepClosed(step=step, state=found.state)
    return found


def own_step(incident: Incident, by: str) -> plans.PlanStep:
    """The step of this incident that an operation of its own does.

    Raises:
        NotFound: this kind of incident has none.
    """
    for each in plans.plan_of(incident.kind).steps():
        if each.by == by:
            return each
    raise NotFound(by)


def plan_step(incident: Incident, step: str) -> plans.PlanStep:
    """A step by its id.

    Raises:
        NotFound: this kind of incident has none of that id.
    """
    try:
        return plans.plan_of(incident.kind).step(step)
    except KeyError:
        raise NotFound(step) from None


def open_todo(incident: Incident, step: plans.PlanStep, *, at: datetime) -> Todo:
    """The step's row, if nothing stops it now.

    Raises:
        NotFound: it was never opened for this incident.
        StepClosed: it was done, or left out.
        StopsFirst: something comes before it. LawUnsure: its rule is not confirmed.
        TooEarly: it is a later look, and its day has not come.
    """
    todo = Todo.objects.select_for_update().filter(incident=incident, step=step.id).first()
    if todo is None:
        raise NotFound(step.id)
    if todo.state != TodoState.OPEN:
        raise StepClosed(step=step.id, state=todo.state)
    if waiting := missing_before(incident, step):
        raise StopsFirst(requirements=told(incident, waiting))
    if todo.needs_check and not todo.decision:
        raise LawUnsure(basis=todo.basis)
    if step.months is not None and todo.due_at is not None and at < todo.due_at:
        raise TooEarly(due_at=todo.due_at.isoformat())
    return todo


def missing_before(incident: Incident, step: plans.PlanStep) -> list[str]:
    """Ids of the steps that come before it and are still open."""
    needed = [*step.needs]
    if step.last:
        needed = [each.id for each in plans.plan_of(incident.kind).steps() if not each.last]
    opened = set(
        Todo.objects.filter(incident=incident, state=TodoState.OPEN).values_list("step", flat=True)
    )
    return [each for each in needed if each in opened]


def told(incident: Incident, steps: Iterable[str]) -> list[dict[str, str]]:
    """Steps as a refusal names them."""
    plan = plans.plan_of(incident.kind)
    return [{"id": each, "title": plans.said(plan.step(each).title)} for each in steps]


def finish(
    actor: Actor,
    incident: Incident,
    todo: Todo,
    *,
    at: datetime,
    evidence: str,
    how: str = "do",
) -> Todo:
    """Take a step's row to its end and record it."""
    todo.state = TODO.take(how, TodoState(todo.state))
    todo.done_at, todo.done_by, todo.evidence = at, actor.name, evidence.strip()[:300]
    todo.save(update_fields=["state", "done_at", "done_by", "evidence"])
    step = plans.plan_of(incident.kind).step(todo.step)
    record(
        IncidentStepDone(
            incident=incident.id,
            number=incident.number,
            step=step.id,
            title=step.title["id"],
            state=todo.state,
        ),
        actor=actor,
        about=incident,
        basis=todo.basis,
    )
    return todo


def open_track(incident: Incident, track: plans.Track, *, from_at: datetime) -> None:
    """Write down every step of a track with its clock."""
    rows = []
    for step in track.steps:
        due = due_of(step, known_at=from_at, post_id=incident.post_id, country=incident.country)
        rows.append(
            Todo(
                incident=incident,
                worker_id=incident.worker_id,
                track=track.id,
                step=step.id,
                due_at=due.at,
                law_due_at=due.by_law,
                basis=due.basis,
                needs_check=due.needs_check,
                **incident.scope(),
            )
        )
    Todo.objects.bulk_create(rows)


def needed(words: str, field: str, sentence: str) -> str:
    """Words that may not be empty.

    Raises:
        Incomplete: they are.
    """
    if not words.strip():
        raise Incomplete(fields={field: sentence})
    return words.strip()


def require_verified(incident: Incident) -> None:
    """Raises StopsFirst while it is not certain whom it happened to."""
    if incident.state == IncidentState.REPORTED:
        raise StopsFirst(requirements=told(incident, ["verified"]))
