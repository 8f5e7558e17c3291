"""Substitution: the contract that was verified is not the one that is lived or registered abroad."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.jurisdictions import workweek_of
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.clock import Count, Deadline
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.placement import queries, twin
from lindung.placement.events import FindingAnswered, FindingOpened
from lindung.placement.lifecycles import FINDING, FindingState
from lindung.placement.models import Contract, Finding, Placement
from lindung.placement.operations.parts import locked, locked_by_number
from lindung.placement.operations.refusals import NothingInForce
from lindung.placement.terms import OVER
from lindung.registry import queries as registry
from lindung.registry.models import Source
from lindung.registry.operations import close_task_of, open_task

# Working days of the post until somebody has looked; our own practice, no law sets it.
LOOK_DAYS = 5


@operation(Right.FINDING_REGISTER)
def compare_registered(
    actor: Actor,
    placement_number: str,
    *,
    told: Mapping[str, Any],
    at: datetime,
    on: date,
) -> list[Finding]:
    """Lay what the destination registered beside the contract in force.

    Every field that differs opens a finding for the post; told again, it opens none. Without a
    contract in force there is nothing to compare, and that is no fault of the message.

    Args:
        told: field → value, see :func:`lindung.placement.twin.compare`.
        at: the instant from which the post's clock runs.
        on: the day whose divisors count.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = locked_by_number(placement_number)
    contract = queries.contract_in_force(placement.id)
    if contract is None or placement.state in OVER:
        return []
    return _open(actor, contract, told, told_by="destination", at=at, on=on)


def lay_beside(
    actor: Actor,
    placement: Placement,
    told: Mapping[str, Any],
    *,
    source: Source,
    at: datetime,
    on: date,
) -> list[Finding]:
    """Lay what an officer was told of the work beside the contract in force; part of the caller's.

    What a worker or their family says counts as the worker's word, all else as the destination's.
    """
    contract = queries.contract_in_force(placement.id)
    if contract is None or placement.state in OVER:
        return []
    by = "worker" if source in {Source.WORKER, Source.FAMILY} else "destination"
    return _open(actor, contract, told, told_by=by, at=at, on=on)


@operation(Right.FINDING_TELL)
def worker_tells(
    actor: Actor, contract_id: UUID, *, told: Mapping[str, Any], at: datetime, on: date
) -> list[Finding]:
    """Lay what the worker says of the work beside the contract in force.

    Raises:
        NotFound: no such contract, or not this worker's.
        NothingInForce: it is not agreed, or the work is over.
        Incomplete: nothing was told.
    """
    contract = queries.contract(contract_id)
    locked(contract.placement_id)
    if not any(value not in (None, "") for value in told.values()):
        raise Incomplete(fields={"same": "Jawab paling sedikit satu pertanyaan."})
    in_force = queries.contract_in_force(contract.placement_id)
    if in_force is None or in_force.id != contract.id or contract.placement.state in OVER:
        raise NothingInForce
    return _open(actor, contract, told, told_by="worker", at=at, on=on)


@operation(Right.FINDING_ANSWER)
def answer_finding(actor: Actor, finding_id: UUID, *, step: str, reason: str, on: date) -> Finding:
    """Say what a difference is, or close it.

    Args:
        step: ``explain``, ``correct``, ``confirm substitution`` or ``close``.

    Raises:
        NotFound: no such finding, or none this actor may see.
        StepClosed: that step is not open.
        Incomplete: no reason.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis apa yang Anda temukan."})
    finding = Finding.objects.select_for_update().filter(id=finding_id).first()
    if finding is None:
        raise NotFound
    finding.state = FINDING.take(step, FindingState(finding.state))
    finding.reason = reason.strip()
    finding.closed_on = on if finding.state == FindingState.CLOSED else None
    finding.save(update_fields=["state", "reason", "closed_on"])
    record(
        FindingAnswered(finding=finding.id, number=finding.number, state=str(finding.state)),
        actor=actor,
        about=finding,
    )
    worker = registry.worker(finding.worker_id)
    close_task_of(actor, worker, kind=_task_kind(finding))
    return finding


def _open(
    actor: Actor,
    contract: Contract,
    told: Mapping[str, Any],
    *,
    told_by: str,
    at: datetime,
    on: date,
) -> list[Finding]:
    opened = []
    for compared in twin.compare(contract, told, on=on):
        if compared.same is not False:
            continue
        known = Finding.objects.filter(contract=contract, field=compared.field, told_by=told_by)
        if known.filter(told=compared.told).exists():
            continue
        standing = known.filter(state=FindingState.OPEN).first()
        if standing is not None:
            # The newest word counts while nobody has looked.
            standing.told = compared.told
            standing.save(update_fields=["told"])
            continue
        opened.append(_opened(actor, contract, compared, told_by=told_by, at=at, on=on))
    return opened


def _opened(
    actor: Actor,
    contract: Contract,
    compared: twin.Compared,
    *,
    told_by: str,
    at: datetime,
    on: date,
) -> Finding:
    worker = contract.worker
    # The post in charge today looks, which need not be the one that checked the contract.
    week = workweek_of(worker.post_id)
    due = (
        Deadline(at, LOOK_DAYS, Count.WORKING_DAYS, week).due_at(at)
        if week
        else at + timedelta(days=LOOK_DAYS)
    )
    finding = Finding.objects.create(
        placement_id=contract.placement_id,
        contract=contract,
        worker=worker,
        number=next_number(Series.FINDING, on=on),
        field=compared.field,
        told_by=told_by,
        verified=compared.verified,
        told=compared.told,
        opened_on=on,
        due_at=due,
        is_demo=contract.is_demo,
        **worker.scope(),
    )
    record(
        FindingOpened(
            finding=finding.id, number=finding.number, field=finding.field, told_by=told_by
        ),
        actor=actor,
        about=finding,
    )
    open_task(
        actor,
        about=finding,
        kind=_task_kind(finding),
        title=gettext_noop("Periksa: isi kontrak berbeda di tempat kerja"),
        due_at=due,
        owner="post" if worker.post_id else "office",
        subject=finding.id,
    )
    return finding


def _task_kind(finding: Finding) -> str:
    return f"finding:{finding.number}"
