"""What one officer may not do alone: leave out a stop that cannot be met, take back a death told in error.

One asks and says why, a second of the same right decides. Nothing changes before the second word.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.incidents.events import DeathTakenBack, RulingAsked, RulingGiven
from lindung.incidents.lifecycles import INCIDENT, IncidentState, TodoState
from lindung.incidents.models import AgencyDuty, Incident, IncidentKind, Ruling, Todo
from lindung.incidents.operations.parts import finish, locked, needed, plan_step, working
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import NotFound, Refusal
from lindung.monitoring.operations import resume_employment
from lindung.outreach.models import SafeContact
from lindung.placement.operations import take_back_end
from lindung.protection.models import Case
from lindung.protection.operations.parts import write_note
from lindung.registry.models import Stage, Worker, WorkerState
from lindung.registry.operations import open_task
from lindung.reintegration.models import Owed, OwedState
from lindung.reintegration.operations import record_money

ERROR_TASK = "family:death-error"
ERROR_TITLE = gettext_noop("Beri tahu keluarga, langsung oleh orang: kabar kematian itu keliru")
# Our own practice: whoever was told of a death hears within a day that it was not so.
ERROR_HOURS = 24
TAKEN_BACK = gettext_noop("Kabar kematian ditarik kembali; kewajiban ini tidak berlaku.")


class SecondPersonDecides(Refusal):
    """Whoever asked does not decide."""

    status = 403
    slug = "second-person-decides"
    title = "Yang meminta tidak dapat memutuskan sendiri."
    advice = "Mintalah rekan yang berwenang membaca alasannya dan memutuskan."


@operation(Right.INCIDENT_DECIDE)
def ask_ruling(
    actor: Actor, incident_id: UUID, *, what: str, reason: str, at: datetime, step: str = ""
) -> Ruling:
    """Ask that a stop be left out, or that a death be taken back, and say why; asked once.

    Args:
        what: one of ``Ruling.What``. step: the stop, where it is about one.
    Raises:
        NotFound: no such incident or step, or none this actor may see.
        StepClosed: the step is no open stop, or the incident is no death that was made certain.
        Incomplete: no reason.
    """
    said = needed(
        reason, "reason", gettext_noop("Tulis mengapa, dan apa buktinya. Orang kedua membacanya.")
    )
    if what == Ruling.What.LEAVE_STOP:
        incident = working(incident_id, step)
        if not plan_step(incident, step).stop:
            raise StepClosed(step=step, state="no stop")
        _open(incident, step)
    elif what == Ruling.What.TAKE_BACK:
        incident, step = locked(incident_id), ""
        _may_be_taken_back(incident)
    else:
        raise NotFound(what)
    waiting = Ruling.objects.filter(incident=incident, what=what, step=step, agreed=None)
    if (known := waiting.first()) is not None:
        return known
    made = Ruling.objects.create(
        incident=incident,
        worker_id=incident.worker_id,
        what=what,
        step=step,
        reason=said[:300],
        asker_id=actor.id,
        asker_name=actor.name,
        asked_at=at,
        **incident.scope(),
    )
    record(
        RulingAsked(incident=incident.id, number=incident.number, what=what),
        actor=actor,
        about=incident,
    )
    return made


@operation(Right.INCIDENT_DECIDE)
def give_ruling(
    actor: Actor, ruling_id: UUID, *, agree: bool, at: datetime, remark: str = ""
) -> Ruling:
    """The second person's yes or no; with a yes it is done.

    Raises:
        NotFound: nothing such is asked, or none this actor may see.
        SecondPersonDecides: the same person asked.
        StepClosed: it was decided, or what it is about has changed meanwhile.
        Incomplete: a no without a reason.
    """
    found = (
        Ruling.objects.select_for_update(of=("self",))
        .select_related("incident")
        .filter(id=ruling_id)
        .first()
    )
    if found is None:
        raise NotFound
    if found.agreed is not None:
        raise StepClosed(step="decide", state="decided")
    if found.asker_id == actor.id:
        raise SecondPersonDecides
    if not agree:
        needed(remark, "remark", gettext_noop("Tulis mengapa tidak disetujui."))
    found.agreed, found.second_id, found.second_name = agree, actor.id, actor.name
    found.decided_at, found.remark = at, remark.strip()[:300]
    found.save(update_fields=["agreed", "second_id", "second_name", "decided_at", "remark"])
    incident = locked(found.incident_id)
    record(
        RulingGiven(incident=incident.id, number=incident.number, what=found.what, agreed=agree),
        actor=actor,
        about=incident,
    )
    if agree and found.what == Ruling.What.LEAVE_STOP:
        todo = _open(incident, found.step)
        evidence = f"{found.reason} ({found.asker_name}; {found.second_name})"
        finish(actor, incident, todo, at=at, evidence=evidence, how="leave out")
    elif agree:
        _take_back(actor, incident, found, at=at)
    return found


def _take_back(actor: Actor, incident: Incident, ruling: Ruling, *, at: datetime) -> None:
    """The person lives: what the death had changed is as it was, and the family is told by people."""
    _may_be_taken_back(incident)
    family_knew = Todo.objects.filter(
        incident=incident, step="family_told", state=TodoState.DONE
    ).exists()
    incident.state = INCIDENT.take("take back", IncidentState(incident.state))
    incident.outcome, incident.ended_at = ruling.reason, at
    incident.version += 1
    incident.save(update_fields=["state", "outcome", "ended_at", "version"])
    with acting_as(ROBOT):
        _restore(incident, at=at)
        AgencyDuty.objects.filter(incident=incident, answered_at__isnull=True).update(
            answered_at=at, answer=TAKEN_BACK
        )
        if family_knew:
            open_task(
                actor,
                about=incident,
                kind=ERROR_TASK,
                title=ERROR_TITLE,
                due_at=at + timedelta(hours=ERROR_HOURS),
                owner="post" if incident.post_id is not None else "ministry",
                subject=incident.id,
            )
        case = Case.objects.filter(id=incident.case_id, closed_at__isnull=True).first()
        if case is not None:
            # It ends with the person's own word, like any other.
            words = f"{TAKEN_BACK} {ruling.reason}"
            write_note(case, words=words, at=at, author=actor.name, internal=True)
    record(
        DeathTakenBack(incident=incident.id, number=incident.number), actor=actor, about=incident
    )


def _restore(incident: Incident, *, at: datetime) -> None:
    before = incident.before
    worker = Worker.objects.get(id=incident.worker_id)
    state = before.get("state") or {"stage": Stage.DURING}
    WorkerState.objects.filter(worker=worker).update(**state)
    if placement := before.get("placement"):
        take_back_end(ROBOT, UUID(placement["id"]), state=placement["state"], on=at.date())
        left = Owed.objects.filter(placement_id=placement["id"], state=OwedState.NOT_CLAIMED)
        for owed in left:
            record_money(
                ROBOT, owed.placement_id, kind=owed.kind, state=OwedState.NOT_DUE, on=at.date(),
                reason=TAKEN_BACK,
            )  # fmt: skip
    resume_employment(worker, reason="deceased")
    rules = SafeContact.objects.filter(worker=worker).first()
    if rules is not None:
        kept = before.get("safe") or {"stopped": [], "do_not_call": False}
        rules.stopped, rules.do_not_call = kept["stopped"], kept["do_not_call"]
        rules.save(update_fields=["stopped", "do_not_call"])


def _may_be_taken_back(incident: Incident) -> None:
    if incident.kind != IncidentKind.DEATH:
        raise StepClosed(step="take back", state=incident.kind)
    INCIDENT.take("take back", IncidentState(incident.state))


def _open(incident: Incident, step: str) -> Todo:
    todo = Todo.objects.select_for_update().filter(incident=incident, step=step).first()
    if todo is None or todo.state != TodoState.OPEN:
        raise StepClosed(step=step, state=todo.state if todo else "closed")
    return todo
