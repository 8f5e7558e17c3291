"""What happened is told, made certain, or found not to have happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access import sessions
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.incidents import plans
from lindung.incidents.clocks import hours_of, rule
from lindung.incidents.events import (
    AgencyAsked,
    IncidentEnded,
    IncidentReported,
    IncidentVerified,
)
from lindung.incidents.lifecycles import INCIDENT, IncidentState
from lindung.incidents.models import AgencyDuty, Factor, Incident, IncidentKind
from lindung.incidents.operations.parts import (
    finish,
    locked,
    needed,
    open_todo,
    open_track,
    own_step,
)
from lindung.kernel.clock import Count, Deadline, Workweek
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.monitoring.operations import end_employment
from lindung.outreach.models import SENDABLE, SafeContact
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PlacementState
from lindung.placement.operations import end_placement, mark
from lindung.protection.models import Case, CaseKind
from lindung.protection.operations import open_case
from lindung.registry import queries as registry
from lindung.registry.models import Condition, Source, Stage, Worker, WorkerState
from lindung.reintegration import money
from lindung.reintegration.models import OwedState
from lindung.reintegration.operations import record_money

FACTORS = 2


@operation(Right.INCIDENT_REPORT)
def report_incident(
    actor: Actor,
    worker_id: UUID,
    *,
    kind: str,
    source: str,
    known_at: datetime,
    happened_on: date | None = None,
    place: str = "",
    words: str = "",
    reason: str = "",
    case_id: UUID | None = None,
) -> Incident:
    """Take a report of what happened, from whoever it comes, and begin its clocks.

    Told again while it is open, it is the one that stands. A report changes nothing for the person
    until it was made certain whom it is about.

    Args:
        kind: one of ``IncidentKind``. source: one of ``registry.Source``.
        known_at: when somebody of ours, or the recruiter, first knew; the law counts from then.
        reason: of a repatriation, one of the workflow's.
        case_id: the case it belongs to, where one is open.
    Raises:
        NotFound: no such person or case, or none this actor may see.
        Incomplete: a repatriation without a reason.
    """
    worker = registry.worker(worker_id)
    if kind not in IncidentKind or source not in Source:
        raise NotFound(kind)
    plan = plans.plan_of(kind)
    if plan.reasons and reason not in plan.reasons:
        raise Incomplete(fields={"reason": gettext_noop("Pilih sebab pemulangan.")})
    # A recruiter reports and reads nothing of it: our robot writes it down.
    with acting_as(ROBOT):
        Worker.objects.select_for_update().get(id=worker.id)
        open_one = Incident.objects.filter(worker=worker, kind=kind, ended_at__isnull=True)
        if (known := open_one.first()) is not None:
            return known
        case = _case(worker, plan, case_id, known_at=known_at, words=words)
        state = WorkerState.objects.filter(worker=worker).first()
        incident = Incident.objects.create(
            case=case,
            worker=worker,
            number=case.number,
            kind=kind,
            source=source,
            known_at=known_at,
            happened_on=happened_on,
            place=place.strip()[:160],
            employer_id=state.employer_id if state else None,
            site=state.dest_region if state else "",
            reason=reason,
            tells_family=plan.family_told == "always",
            is_demo=worker.is_demo,
            **worker.scope(),
        )
        for track in plan.tracks:
            if not track.when:
                open_track(incident, track, from_at=known_at)
        record(
            IncidentReported(
                incident=incident.id,
                number=incident.number,
                kind=kind,
                label=plan.title["id"],
                source=source,
            ),
            actor=actor,
            about=incident,
        )
    return incident


@operation(Right.INCIDENT_WORK)
def verify_incident(
    actor: Actor, incident_id: UUID, *, factors: Sequence[str], note: str, at: datetime
) -> Incident:
    """Make certain whom it happened to, by two different things. A name is none.

    A death takes effect with this: the placement and the work end, nothing more is sent to that
    telephone, and the recruiter is asked for what the law asks of it.

    Raises:
        NotFound: no such incident, or none this actor may see.
        StepClosed: it was made certain before, or is over.
        Incomplete: fewer than two things, or no word on how.
    """
    incident = locked(incident_id)
    chosen = tuple(dict.fromkeys(each for each in factors if each in Factor))
    possible = set(chosen) - ({Factor.SELF} if incident.kind == IncidentKind.DEATH else set())
    if len(possible) < FACTORS:
        sentence = gettext_noop(
            "Pilih paling sedikit dua bukti yang berbeda; nama saja tidak cukup."
        )
        raise Incomplete(fields={"factors": sentence})
    said = needed(note, "note", gettext_noop("Tulis bagaimana dicocokkan, dan nomor suratnya."))
    incident.state = INCIDENT.take("verify", IncidentState(incident.state))
    todo = open_todo(incident, own_step(incident, "verify"), at=at)
    incident.factors = [each for each in chosen if each in possible]
    incident.verified_at, incident.verified_by = at, actor.name
    incident.version += 1
    incident.save(update_fields=["state", "factors", "verified_at", "verified_by", "version"])
    finish(actor, incident, todo, at=at, evidence=said)
    record(
        IncidentVerified(
            incident=incident.id,
            number=incident.number,
            kind=incident.kind,
            factors=tuple(incident.factors),
        ),
        actor=actor,
        about=incident,
    )
    if incident.kind == IncidentKind.DEATH:
        with acting_as(ROBOT):
            _died(incident, on=incident.happened_on or at.date())
            _ask_agency(actor, incident, at=at)
    return incident


@operation(Right.INCIDENT_WORK)
def dismiss_incident(actor: Actor, incident_id: UUID, *, reason: str, at: datetime) -> Incident:
    """End a report that was not so, with a reason; nothing had changed for the person.

    Raises:
        NotFound: no such incident, or none this actor may see.
        StepClosed: it was made certain. Incomplete: no reason.
    """
    incident = locked(incident_id)
    incident.outcome = needed(
        reason, "reason", gettext_noop("Tulis mengapa laporan ini tidak benar.")
    )[:300]
    incident.state = INCIDENT.take("dismiss", IncidentState(incident.state))
    incident.ended_at = at
    incident.version += 1
    incident.save(update_fields=["state", "outcome", "ended_at", "version"])
    record(
        IncidentEnded(incident=incident.id, number=incident.number, state=incident.state),
        actor=actor,
        about=incident,
    )
    return incident


def _case(
    worker: Worker, plan: plans.Plan, case_id: UUID | None, *, known_at: datetime, words: str
) -> Case:
    if case_id is not None:
        case = Case.objects.filter(id=case_id, worker=worker, closed_at__isnull=True).first()
        if case is None:
            raise NotFound
        return case
    return open_case(
        ROBOT, worker.id, kind=CaseKind(plan.case_kind), at=known_at, words=words, tells=False
    )


def _died(incident: Incident, *, on: date) -> None:
    """What a death means for the file. Part of the caller's operation, as our robot."""
    worker = Worker.objects.get(id=incident.worker_id)
    _keep_before(incident, worker)
    WorkerState.objects.filter(worker=worker).update(
        stage=Stage.AFTER,
        condition=Condition.UNKNOWN,
        check_in_due_on=None,
        cell=None,
        dest_region="",
        confirmed_on=on,
    )
    placement = placements.live_placement(worker.id)
    abroad = {PlacementState.ARRIVED, PlacementState.DEPARTED}
    if placement is not None and PlacementState(placement.state) in abroad:
        mark(ROBOT, placement, "deceased", on=on)
        for each in money.kinds_for(placement.country):
            record_money(ROBOT, placement.id, kind=each.kind, state=OwedState.NOT_CLAIMED, on=on)
        end_placement(ROBOT, placement, on=on)
    end_employment(worker, on=on, reason="deceased")
    # Nothing reaches that telephone any more; the family is told by people.
    SafeContact.objects.update_or_create(
        worker=worker,
        defaults={
            "stopped": [each.value for each in SENDABLE],
            "do_not_call": True,
            **worker.scope(),
        },
    )
    sessions.end_all_of_worker(worker.id)


def _keep_before(incident: Incident, worker: Worker) -> None:
    """Write down what the death changes, so that an error can be taken back."""
    state: Mapping[str, object] = (
        WorkerState.objects.filter(worker=worker)
        .values("stage", "condition", "check_in_due_on", "cell", "dest_region", "confirmed_on")
        .first()
        or {}
    )
    placement = placements.live_placement(worker.id)
    rules = SafeContact.objects.filter(worker=worker).first()
    incident.before = {
        "state": {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in state.items()
        },
        "placement": {"id": str(placement.id), "state": placement.state} if placement else None,
        "safe": {"stopped": rules.stopped, "do_not_call": rules.do_not_call} if rules else None,
    }
    incident.save(update_fields=["before"])


def _ask_agency(actor: Actor, incident: Incident, *, at: datetime) -> None:
    """The law's duties of the recruiter that placed the person; without one, the state does them."""
    duties = plans.plan_of(incident.kind).agency_duties
    if incident.agency_id is None or not duties:
        return
    week = Workweek(country="", timezone="UTC")
    for kind, basis in duties.items():
        hours = hours_of(rule(basis, incident.known_at))
        due_at = Deadline(incident.known_at, hours, Count.HOURS, week).due_at(at) if hours else None
        AgencyDuty.objects.create(
            incident=incident,
            worker_id=incident.worker_id,
            kind=kind,
            asked_at=at,
            due_at=due_at,
            basis=basis,
            **incident.scope(),
        )
    record(AgencyAsked(incident=incident.id, number=incident.number), actor=actor, about=incident)
