"""What changes while people work abroad: check-ins, employments as lived, registration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, DateField, F, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.ready import Change, Given, add_once
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.places import checked
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.monitoring.events import (
    CheckedIn,
    EmploymentBegan,
    EmploymentChanged,
    ResidenceRegistered,
)
from lindung.monitoring.models import CheckIn, Employment
from lindung.placement.operations import mark
from lindung.placement.operations.parts import settle
from lindung.placement.queries import live_placement
from lindung.reference.queries import region_name
from lindung.registry import queries as registry
from lindung.registry.models import (
    Condition,
    Confidence,
    FactKind,
    Source,
    Stage,
    Worker,
    WorkerState,
)
from lindung.registry.operations import (
    LATELY_CONFIRMED,
    add_outside_number,
    keep_fact,
    put_in_charge,
    record_fact,
)

REGISTRATION = "alien_registration"
# What a reported change is in the destination's own system.
_MARKS = {
    "ended": "work_ended",
    "dismissed": "work_ended",
    "absent": "absent",
    "unfit": "injured",
    "deceased": "deceased",
    "employer_changed": "working",
    "workplace_moved": "working",
}
_ENDS = {"ended", "dismissed", "deceased"}
# How often people are asked to check in; our own practice, not a law's.
CHECK_IN_EVERY_DAYS = 30
_CHECKED_IN = Change(
    lambda: WorkerState.objects.filter(worker_id=Given("worker")),
    condition=Given("condition"),
    last_check_in_at=Given("at"),
    cell=Coalesce(Given("cell", BigIntegerField()), "cell"),
    confirmed_on=LATELY_CONFIRMED,
    # Only who is abroad is expected to say so again by a day.
    check_in_due_on=Case(
        When(stage=Stage.DURING, then=Given("again_on", DateField())), default=F("check_in_due_on")
    ),
)


@operation(Right.CHECK_IN_GIVE)
def check_in(
    actor: Actor,
    worker_id: UUID,
    *,
    condition: Condition,
    at: datetime,
    words: str = "",
    channel: str = "web",
    cell: int | None = None,
    check_in_id: UUID | None = None,
) -> CheckIn:
    """Take what a worker says about how things are.

    Args:
        cell: H3 resolution 7, where the worker shares a place; kept coarse.
        check_in_id: the key made at the tap; the same key again changes nothing.
    Raises:
        NotFound: not this worker.
        Incomplete: an unknown condition.
    """
    if condition not in {Condition.GOOD, Condition.FAIR, Condition.NEEDS_HELP}:
        raise Incomplete(fields={"condition": "Pilih salah satu: baik, kurang, butuh bantuan."})
    worker = registry.worker(worker_id)
    key = check_in_id or new_id()
    given = CheckIn(
        id=key,
        worker=worker,
        at=at,
        condition=condition,
        words=words,
        channel=channel,
        cell=checked(cell) if cell is not None else None,
        **worker.scope(),
    )
    if not add_once(given):
        return _known(key, worker)
    day = timezone.localdate(at)
    _told_by_herself(actor, worker, condition=condition, cell=given.cell, on=day)
    _CHECKED_IN.make(
        worker=worker.id,
        condition=str(condition),
        at=at,
        cell=given.cell,
        on=day,
        again_on=day + timedelta(days=CHECK_IN_EVERY_DAYS),
    )
    label = str(Condition(condition).label)
    record(
        CheckedIn(check_in=given.id, condition=str(condition), label=label),
        actor=actor,
        about=given,
    )
    return given


def _known(key: UUID, worker: Worker) -> CheckIn:
    found = CheckIn.objects.filter(id=key, worker=worker).first()
    if found is None:
        # Somebody else's key: it says nothing about this worker.
        raise NotFound
    return found


def _told_by_herself(
    actor: Actor, worker: Worker, *, condition: Condition, cell: int | None, on: date
) -> None:
    """A check-in as facts; its own event tells the life-line, so none is told twice."""
    keep_fact(
        actor,
        worker,
        kind=FactKind.CONDITION,
        value={"condition": str(condition)},
        shown=str(Condition(condition).label),
        source=Source.WORKER,
        confirmed_on=on,
        confidence=Confidence.HIGH,
        state_follows=True,
    )
    if cell is not None:
        keep_fact(
            actor,
            worker,
            kind=FactKind.WHEREABOUTS,
            value={"cell": cell},
            shown=gettext("Wilayah sekitar 5 km²"),
            source=Source.WORKER,
            confirmed_on=on,
            confidence=Confidence.HIGH,
            state_follows=True,
        )


@operation(Right.EMPLOYMENT_CONFIRM)
def begin_employment(
    actor: Actor,
    worker_id: UUID,
    *,
    employer: str,
    on: date,
    source: Source,
    region: str = "",
    placement_id: UUID | None = None,
) -> Employment:
    """Record for whom a person works from a day on; what went on before ends that day.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    worker = registry.worker(worker_id)
    for running in Employment.objects.filter(worker=worker, ended_on__isnull=True):
        if running.employer_name == employer:
            return running
        running.ended_on = max(on, running.began_on)
        running.end_reason = "next employer"
        running.save(update_fields=["ended_on", "end_reason"])
    employment = Employment.objects.create(
        worker=worker,
        placement_id=placement_id,
        employer_name=employer,
        dest_region=region,
        began_on=on,
        source=source,
        confirmed_on=on,
        **worker.scope(),
    )
    record(
        EmploymentBegan(employment=employment.id, employer=employer, on=on, source=str(source)),
        actor=actor,
        about=employment,
    )
    record_fact(
        actor,
        worker.id,
        kind=FactKind.EMPLOYER,
        value={"name": employer, "region": region},
        shown=employer,
        source=source,
        confirmed_on=on,
        confidence=Confidence.HIGH if source is Source.DESTINATION else Confidence.MEDIUM,
    )
    WorkerState.objects.filter(worker=worker).update(
        dest_region=region, check_in_due_on=on + timedelta(days=CHECK_IN_EVERY_DAYS)
    )
    return employment


@operation(Right.EMPLOYMENT_CONFIRM)
def record_registration(
    actor: Actor,
    worker_id: UUID,
    *,
    residence_no: str,
    on: date,
    stay_expires_on: date | None,
    region: str = "",
) -> None:
    """Record that the destination registered the person's stay, and until when."""
    worker = registry.worker(worker_id)
    add_outside_number(
        worker.id, kind="residence", value=residence_no, issued_on=on, valid_to=stay_expires_on
    )
    record(ResidenceRegistered(on=on, stay_expires_on=stay_expires_on), actor=actor, about=worker)
    if (placement := live_placement(worker.id)) is not None:
        settle(
            actor, placement, REGISTRATION, state="accepted", given_on=on, reference=residence_no
        )
        mark(actor, placement, "registered", on=on, days={"stay_until": stay_expires_on})
        mark(actor, placement, "working", on=on)
    if region:
        tell_whereabouts(actor, worker, region=region, on=on)


@operation(Right.EMPLOYMENT_CONFIRM)
def record_employment_change(
    actor: Actor,
    worker_id: UUID,
    *,
    change: str,
    on: date,
    employer: str = "",
    region: str = "",
    sector: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record a change that the destination reports; a new workplace may bring another post.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    worker = registry.worker(worker_id)
    record(
        EmploymentChanged(change=change, on=on, details=dict(details or {})),
        actor=actor,
        about=worker,
    )
    _mark_change(actor, worker, change=change, on=on, details=details or {})
    if region:
        put_in_charge(
            actor,
            worker,
            country=registry.works_in(worker),
            region=region,
            sector=sector,
            on=on,
        )
        tell_whereabouts(actor, worker, region=region, on=on)
    if employer:
        begin_employment(
            actor,
            worker.id,
            employer=employer,
            on=on,
            source=Source.DESTINATION,
            region=region,
        )


def _mark_change(
    actor: Actor, worker: Worker, *, change: str, on: date, details: Mapping[str, Any]
) -> None:
    """What the change means in the destination's own system, and in the employer's time to report it."""
    placement = live_placement(worker.id)
    if placement is None:
        return
    if (code := _MARKS.get(change)) is not None:
        mark(actor, placement, code, on=on, details={"reason": change})
    for code, name in (("change_known", "known_on"), ("change_reported", "reported_on")):
        if (day := details.get(name)) is not None:
            mark(actor, placement, code, on=date.fromisoformat(day))
    if change in _ENDS:
        end_employment(worker, on=on, reason=change)


def end_employment(worker: Worker, *, on: date, reason: str) -> None:
    """End what goes on; part of the caller's operation.

    As our robot: whoever records that a person came home need not keep the book of their work.
    """
    with acting_as(ROBOT):
        Employment.objects.filter(worker=worker, ended_on__isnull=True).update(
            ended_on=on, end_reason=reason
        )


def resume_employment(worker: Worker, *, reason: str) -> None:
    """What ended for that reason goes on, since it was told in error; part of the caller's operation."""
    with acting_as(ROBOT):
        ended = Employment.objects.filter(worker=worker, end_reason=reason)
        if (last := ended.order_by("-ended_on", "-began_on").first()) is not None:
            last.ended_on, last.end_reason = None, ""
            last.save(update_fields=["ended_on", "end_reason"])


def tell_whereabouts(
    actor: Actor, worker: Worker, *, region: str, on: date, source: Source = Source.DESTINATION
) -> None:
    """In which region somebody works, as somebody says; part of the caller's operation."""
    record_fact(
        actor,
        worker.id,
        kind=FactKind.WHEREABOUTS,
        value={"region": region},
        shown=region_name(region),
        source=source,
        confirmed_on=on,
        confidence=Confidence.HIGH if source is Source.DESTINATION else Confidence.MEDIUM,
    )
    WorkerState.objects.filter(worker=worker).update(dest_region=region)
