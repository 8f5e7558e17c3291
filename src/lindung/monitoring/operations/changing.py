"""Another employer, another contract: who says so, and how it differs from what was cleared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete
from lindung.monitoring.events import ContractResigned, EmployerTold
from lindung.monitoring.models import Employment
from lindung.monitoring.operations.living import begin_employment, tell_whereabouts
from lindung.placement import queries as placements
from lindung.placement import twin
from lindung.placement.models import Contract, Finding
from lindung.placement.operations import amend_contract, lay_beside
from lindung.placement.operations.refusals import NothingInForce
from lindung.registry import queries as registry
from lindung.registry.models import Source
from lindung.registry.operations import open_task, put_in_charge

# How soon the post looks at another contract that was signed; our own practice, not a law's.
LOOK_WITHIN = timedelta(days=5)
RESIGNED = "contract:resigned"


@operation(Right.EMPLOYMENT_CONFIRM)
def change_employer(
    actor: Actor,
    worker_id: UUID,
    *,
    employer: str,
    source: Source,
    at: datetime,
    on: date,
    region: str = "",
    sector: str = "",
) -> Employment:
    """Record that a person works for another employer, as somebody says.

    What goes on before ends that day. Another region may bring another post, which goes last: from
    there the file may be another's. Where the cleared contract names another employer or region,
    the difference becomes a finding, as any substitution does.

    Args:
        source: who says so.
        at: the instant from which the post's clock on a difference runs.
        region: ISO 3166-2 of the new workplace, where known.
    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: no employer.
    """
    if not employer.strip():
        raise Incomplete(fields={"employer": "Tulis nama pemberi kerja baru."})
    worker = registry.worker(worker_id)
    placement = placements.live_placement(worker.id)
    employment = begin_employment(
        actor,
        worker.id,
        employer=employer.strip(),
        on=on,
        source=source,
        region=region,
        placement_id=placement.id if placement else None,
    )
    told = {twin.EMPLOYER: employer.strip(), twin.REGION: region}
    found = lay_beside(actor, placement, told, source=source, at=at, on=on) if placement else []
    record(
        EmployerTold(employer=employer.strip(), on=on, source=str(source), differs=len(found)),
        actor=actor,
        about=employment,
    )
    if region:
        tell_whereabouts(actor, worker, region=region, on=on, source=source)
        put_in_charge(
            actor,
            worker,
            country=registry.works_in(worker),
            region=region,
            sector=sector or (placement.sector if placement else ""),
            on=on,
        )
    return employment


@operation(Right.EMPLOYMENT_CONFIRM)
def record_resigning(
    actor: Actor,
    placement_id: UUID,
    *,
    told: Mapping[str, Any],
    source: Source,
    signed_on: date,
    at: datetime,
    on: date,
    terms: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """Record that another contract was signed abroad, and lay it beside the one that was cleared.

    What differs becomes a finding. With the whole paper it also becomes a version that waits for
    its check and the worker's answer; the cleared one stays in force until then.

    Args:
        told: field → value, as :func:`lindung.placement.twin.compare` reads them.
        terms: the whole paper in the layout of the cleared contract's form, where it is at hand.
    Raises:
        NotFound: no such placement, or none this actor may see.
        NothingInForce: no contract was agreed that it could be laid beside.
        Incomplete: nothing is told of it.
        NothingDiffers, VersionWaiting, StepClosed: as ``placement.amend_contract``.
    """
    placement = placements.placement(placement_id)
    cleared = placements.contract_in_force(placement.id)
    if cleared is None:
        raise NothingInForce
    if not any(value not in (None, "") for value in told.values()) and terms is None:
        raise Incomplete(fields={"employer": "Isi paling sedikit satu hal dari kontrak baru."})
    found = lay_beside(actor, placement, told, source=source, at=at, on=on)
    if terms is not None:
        _as_version(cleared, terms, signed_on=signed_on, on=on)
    record(
        ContractResigned(contract=cleared.id, on=signed_on, differs=len(found)),
        actor=actor,
        about=placement,
    )
    open_task(
        actor,
        about=placement,
        kind=RESIGNED,
        title=gettext_noop("Kontrak baru ditandatangani di luar negeri: periksa isinya"),
        due_at=told_at() + LOOK_WITHIN,
        owner="post" if placement.worker.post_id is not None else "office",
        subject=cleared.id,
    )
    return found


def _as_version(cleared: Contract, terms: Mapping[str, Any], *, signed_on: date, on: date) -> None:
    """The paper as a version of the cleared contract: written by our robot, since whoever takes it
    in at the post is the one who then checks it.
    """
    with acting_as(ROBOT):
        amend_contract(
            ROBOT,
            cleared.id,
            terms=terms,
            why="Ditandatangani kembali di negara tujuan.",
            offered_on=on,
            signed_on=signed_on,
            applies_from=signed_on,
        )
