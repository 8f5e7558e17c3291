"""What keeps or ends the right to stay: training, cover, change of workplace, extension, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete
from lindung.monitoring.events import ResidenceRegistered
from lindung.monitoring.operations.living import begin_employment, end_employment
from lindung.placement import queries as placements
from lindung.placement import standing
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Milestone, Placement
from lindung.placement.operations import mark
from lindung.placement.operations.parts import settle
from lindung.registry.models import OutsideNumber, Source
from lindung.registry.operations import open_task, put_in_charge

INDUCTION = "employment_training"
INSURANCES = "departure_insurances"
# How soon somebody of ours must act; our own practice, not a law's.
AT_ONCE, SOON = timedelta(days=1), timedelta(days=3)


@operation(Right.EMPLOYMENT_CONFIRM)
def record_induction(
    actor: Actor, placement_id: UUID, *, on: date, body: str = "", insurances: Sequence[str] = ()
) -> Milestone | None:
    """Record the training that the destination's law asks for after entry, and what was insured there.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person has not arrived.
    """
    placement = _abroad(placement_id, "record induction")
    done = mark(actor, placement, "inducted", on=on, details={"insurances": list(insurances)})
    settle(actor, placement, INDUCTION, state="accepted", given_on=on, reference=body[:120])
    if insurances:
        shown = ", ".join(insurances)[:120]
        settle(actor, placement, INSURANCES, state="accepted", given_on=on, reference=shown)
    return done


@operation(Right.EMPLOYMENT_CONFIRM)
def record_insurance(
    actor: Actor, placement_id: UUID, *, kind: str, status: str, since: date, policy_no: str = ""
) -> Milestone | None:
    """Record that a cover began, or that it lapsed; a lapse is somebody's task.

    Args:
        status: ``enrolled``, ``lapsed`` or ``overdue``.
    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = placements.placement(placement_id)
    enrolled = status == "enrolled"
    told = mark(
        actor,
        placement,
        "insurance_enrolled" if enrolled else "insurance_lapsed",
        on=since,
        reference=kind,
        details={"kind": kind, "status": status, "policy_no": policy_no},
    )
    if not enrolled:
        title = gettext_noop("Asuransi pekerja berhenti: hubungi pemberi kerja")
        _ask(actor, placement, f"insurance:{kind}", title, SOON)
    return told


@operation(Right.EMPLOYMENT_CONFIRM)
def record_wages_missed(
    actor: Actor, placement_id: UUID, *, first: date, last: date, status: str, on: date
) -> Milestone | None:
    """Record that the destination found, or took a report of, unpaid wages.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = placements.placement(placement_id)
    span = {"from": first.isoformat(), "to": last.isoformat(), "status": status}
    told = mark(actor, placement, "wage_missed", on=on, details=span)
    if status not in {"settled", "paid_by_fund"}:
        title = gettext_noop("Upah tidak dibayar: bantu pekerja menagih")
        _ask(actor, placement, "wages", title, SOON)
    return told


@operation(Right.EMPLOYMENT_CONFIRM)
def record_work_ended(
    actor: Actor, placement_id: UUID, *, on: date, known_on: date, reason: str = ""
) -> Milestone | None:
    """Record that work for an employer ended: from that day the time to ask for another one runs.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person has not arrived.
    """
    placement = _abroad(placement_id, "record end of work")
    end_employment(placement.worker, on=on, reason=reason or "ended")
    mark(actor, placement, "change_known", on=known_on)
    return mark(actor, placement, "work_ended", on=on, details={"reason": reason})


@operation(Right.EMPLOYMENT_CONFIRM)
def record_change_requested(
    actor: Actor,
    placement_id: UUID,
    *,
    ended_on: date,
    requested_on: date,
    reason: str,
    counted: bool | None = None,
    permit_by: date | None = None,
) -> Milestone | None:
    """Record that the worker asked for a change of workplace.

    Whether it counts toward the limit is what the destination says; where it says nothing, the dated
    rule on reasons decides, and an officer looks at it.

    Args:
        counted: what the destination says; ``None``: nothing.
        permit_by: last day to obtain the permit, as the destination reckons it.
    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person has not arrived.
    """
    placement = _abroad(placement_id, "request change of workplace")
    by_rule = standing.counts(placement.pathway, reason, on=requested_on)
    counts = by_rule if counted is None else counted
    mark(actor, placement, "work_ended", on=ended_on, details={"reason": reason})
    told = mark(
        actor,
        placement,
        "changing_workplace",
        on=requested_on,
        details={"reason": reason, "counts": counts, "by_rule": by_rule},
        days={"permit_by": permit_by},
    )
    if counts is None or (counted is not None and by_rule is not None and counted != by_rule):
        title = gettext_noop("Periksa alasan pindah: apakah mengurangi jatah pindah?")
        _ask(actor, placement, "change:reason", title, SOON)
    return told


@operation(Right.EMPLOYMENT_CONFIRM)
def record_change_permitted(
    actor: Actor,
    placement_id: UUID,
    *,
    employer: str,
    region: str,
    on: date,
    starts_on: date | None = None,
) -> Milestone | None:
    """Record the permit for a new workplace; work goes on there, maybe under another post.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no change was asked for.
        Incomplete: no employer.
    """
    if not employer.strip():
        raise Incomplete(fields={"employer": "Tulis nama pemberi kerja baru."})
    placement = _abroad(placement_id, "permit change of workplace")
    facts = standing.read_facts(placement)
    asked = facts.days.get("changing_workplace")
    if asked is None or facts.days.get("working", date.min) > asked:
        raise StepClosed(step="permit change of workplace", state="working")
    begin_employment(
        actor,
        placement.worker_id,
        employer=employer,
        on=starts_on or on,
        source=Source.DESTINATION,
        region=region,
        placement_id=placement.id,
    )
    told = mark(actor, placement, "working", on=on, details={"employer": employer})
    if region:
        # Last: from here the file may belong to another post than the one that writes this.
        put_in_charge(
            actor,
            placement.worker,
            country=placement.country,
            region=region,
            sector=placement.sector,
            on=on,
        )
    return told


@operation(Right.EMPLOYMENT_CONFIRM)
def record_change_lapsed(
    actor: Actor, placement_id: UUID, *, on: date, why: str, leave_by: date | None = None
) -> Milestone | None:
    """Record that a change of workplace ran out: the right to stay is at stake.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = placements.placement(placement_id)
    told = mark(
        actor, placement, "irregular", on=on, details={"why": why}, days={"leave_by": leave_by}
    )
    title = gettext_noop("Hak tinggal pekerja gugur: hubungi hari ini")
    _ask(actor, placement, "stay:lapsed", title, AT_ONCE)
    return told


@operation(Right.EMPLOYMENT_CONFIRM)
def record_extension(
    actor: Actor,
    placement_id: UUID,
    *,
    granted: bool,
    on: date,
    stay_expires_on: date | None = None,
    reason: str = "",
) -> Milestone | None:
    """Record that the employer's request for a longer stay was granted or refused.

    A refusal because of the employer is a sign of trouble at that workplace.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person has not arrived.
        Incomplete: granted, and nobody says until when.
    """
    if granted and stay_expires_on is None:
        raise Incomplete(fields={"stay_expires_on": "Tulis sampai kapan izin tinggalnya."})
    placement = _abroad(placement_id, "extend stay")
    code = "extended" if granted else "extension_refused"
    told = mark(
        actor,
        placement,
        code,
        on=on,
        details={"reason": reason},
        days={"stay_until": stay_expires_on},
    )
    if granted:
        _stay_until(actor, placement, on=on, until=stay_expires_on)
    else:
        title = gettext_noop("Perpanjangan ditolak: periksa sebabnya pada pemberi kerja")
        _ask(actor, placement, f"extension:{reason}"[:40], title, SOON)
    return told


@operation(Right.EMPLOYMENT_CONFIRM)
def record_incident(
    actor: Actor, placement_id: UUID, *, kind: str, on: date, severity: str = "", region: str = ""
) -> Milestone | None:
    """Record an accident, an illness, another incident or a death that the destination reports.

    Args:
        kind: as ``incident.reported`` has it, or ``death``.
    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = placements.placement(placement_id)
    died = kind == "death"
    details = {"kind": kind, "severity": severity, "region": region}
    code = "deceased" if died else "injured"
    told = mark(actor, placement, code, on=on, reference="" if died else kind, details=details)
    title = (
        gettext_noop("Pekerja meninggal: hubungi keluarga dan urus pemulangan")
        if died
        else gettext_noop("Pekerja mengalami kejadian: hubungi hari ini")
    )
    _ask(actor, placement, f"incident:{kind}", title, AT_ONCE)
    return told


def _abroad(placement_id: UUID, step: str) -> Placement:
    """A placement whose person has arrived."""
    placement = placements.placement(placement_id)
    if placement.state != PlacementState.ARRIVED:
        raise StepClosed(step=step, state=placement.state)
    return placement


def _stay_until(actor: Actor, placement: Placement, *, on: date, until: date | None) -> None:
    """The residence card that stands is good until another day."""
    card = OutsideNumber.objects.filter(worker_id=placement.worker_id, kind="residence").last()
    if card is not None:
        card.valid_to = until
        card.save(update_fields=["valid_to"])
    told = ResidenceRegistered(on=on, stay_expires_on=until)
    record(told, actor=actor, about=placement.worker)


def _ask(actor: Actor, placement: Placement, kind: str, title: str, within: timedelta) -> None:
    open_task(
        actor,
        about=placement,
        kind=kind,
        title=title,
        due_at=told_at() + within,
        owner="post" if placement.post_id else "office",
        subject=placement.id,
    )
