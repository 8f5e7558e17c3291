"""What happens in the destination's own system, and the time limits that begin with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.jurisdictions import workweek_of
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.identifiers import Kind as IdentifierKind
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete
from lindung.placement import queries, standing
from lindung.placement.events import MilestoneReached, RosterRenewalAsked, SittingRegistered
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Milestone, Placement
from lindung.placement.operations.parts import locked, settle, written_by
from lindung.placement.operations.refusals import Barred, TestRunsOut
from lindung.placement.standing import Running
from lindung.placement.systems import system_of
from lindung.registry.models import Identifier, OutsideNumber, Task
from lindung.registry.operations import add_outside_number, close_task_about, open_task

_CLOCK = "clock:"
TEST = {"language": "eps_topik", "skill": "skill_test"}
REGISTERED, VISA = "registration", "work_visa"
# Facts that are no state of the system, in words for the life-line.
FACTS = {
    "work_ended": gettext_noop("pekerjaan berakhir"),
    "change_known": gettext_noop("perubahan kerja diketahui"),
    "change_reported": gettext_noop("majikan melapor perubahan kerja"),
    "extension_refused": gettext_noop("perpanjangan ditolak"),
    "departure_guarantee_paid": gettext_noop("jaminan kepulangan dibayar"),
    "reentry_reported": gettext_noop("siap berangkat kembali"),
    "insurance_enrolled": gettext_noop("asuransi berlaku"),
    "insurance_lapsed": gettext_noop("asuransi berhenti"),
    "wage_missed": gettext_noop("upah tidak dibayar"),
    "own_cancellation": gettext_noop("kontrak dibatalkan pekerja"),
    "clock_paused": gettext_noop("batas waktu berhenti sementara"),
    "clock_resumed": gettext_noop("batas waktu berjalan lagi"),
}
# What somebody of ours has to do, by what is at stake.
TASKS = {
    "stay": gettext_noop("Bantu pekerja: batas hak tinggal mendekat"),
    "entry": gettext_noop("Pastikan berangkat sebelum izin visa habis"),
    "offer": gettext_noop("Bantu pekerja menjawab tawaran kontrak"),
    "roster": gettext_noop("Masa daftar hampir habis: perpanjang selama tes berlaku"),
    "duty": gettext_noop("Tagih kewajiban pemberi kerja di negara tujuan"),
    "money": gettext_noop("Pastikan hak uang di negara tujuan dibayar"),
    "return": gettext_noop("Siapkan keberangkatan kembali"),
}


def mark(
    actor: Actor,
    placement: Placement,
    code: str,
    *,
    on: date,
    reference: str = "",
    details: Mapping[str, Any] | None = None,
    days: Mapping[str, date | None] | None = None,
) -> Milestone | None:
    """Record that something happened in the destination's system; part of the caller's operation.

    The same thing on the same day is recorded once.

    Args:
        reference: number of what it speaks of, where two may fall on one day.
        days: facts and days that the destination names with it (``stay_until``, ``permit_by``, …).
    Returns:
        ``None`` where the pathway has no such system.
    """
    system = system_of(placement.pathway)
    if system is None:
        return None
    named = {name: day.isoformat() for name, day in (days or {}).items() if day is not None}
    milestone, made = Milestone.objects.get_or_create(
        placement=placement,
        worker_id=placement.worker_id,
        code=code,
        on=on,
        reference=reference[:60],
        defaults={
            "details": {**(details or {}), **({"days": named} if named else {})},
            "source": written_by(actor)["source"],
            **placement.scope(),
        },
    )
    if made:
        state = system.state(code)
        record(
            MilestoneReached(
                placement=placement.id,
                number=placement.number,
                code=code,
                title=state.title.id if state else str(FACTS.get(code, code)),
                on=on,
            ),
            actor=actor,
            about=milestone,
        )
    return milestone


def arrange(actor: Actor, placement: Placement) -> list[Running]:
    """Bring the tasks of a placement in line with its time limits.

    Each alarm of a running limit is a task due on its day; a limit that was met, or no longer
    matters, takes its tasks with it.
    """
    system = system_of(placement.pathway)
    if system is None:
        return []
    now = told_at()
    running = standing.clocks(standing.read_facts(placement), now=now)
    left = {each.rule.id: each for each in running if each.open}
    week = workweek_of(placement.post_id)
    zone = ZoneInfo(week.timezone if week else settings.TIME_ZONE)
    waiting = {
        each.kind: each.details.get("last_day")
        for each in Task.objects.filter(subject=placement.id, state="open")
        if each.kind.startswith(_CLOCK)
    }
    wanted = {
        f"{_CLOCK}{rule.id}:{number + 1}": (rule, limit, alarm)
        for rule in system.clocks
        if (limit := left.get(rule.id)) is not None
        for number, alarm in enumerate(limit.alarms)
    }
    for kind, known in waiting.items():
        if kind not in wanted or wanted[kind][1].last_day.isoformat() != known:
            close_task_about(actor, placement.id, kind=kind)
    for kind, (rule, limit, alarm) in wanted.items():
        last_day = limit.last_day.isoformat()
        if waiting.get(kind) == last_day:
            continue
        due = datetime.combine(alarm + timedelta(days=1), time(), zone)
        open_task(
            actor,
            about=placement,
            kind=kind,
            title=TASKS[rule.stake],
            due_at=due.astimezone(UTC),
            owner=rule.owner if placement.post_id or rule.owner != "post" else "office",
            subject=placement.id,
            details={"clock": rule.id, "last_day": last_day, "rule": rule.rule},
        )
    return running


def require_not_barred(placement: Placement, *, on: date) -> None:
    """Refuse what a person may not do while barred from applying.

    Raises:
        Barred: by the dated rule, until the day it names.
    """
    allowance = standing.refusals(standing.read_facts(placement), on=on)
    if allowance is not None and allowance.barred_until is not None:
        raise Barred(until=allowance.barred_until.isoformat())


@operation(Right.ROSTER_SEND)
def register_for_test(
    actor: Actor, placement_id: UUID, *, on: date, round_no: str = ""
) -> Placement:
    """Register a person for the destination's own test; the destination is told who comes.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the pathway has no such test, or the person is past it.
        Incomplete: no passport is on file; the test is sat under its number.
        Barred: the person refused or cancelled more than the destination's rule allows.
    """
    placement = locked(placement_id)
    way = queries.way_of(placement)
    past = placement.state != PlacementState.PREPARING
    if past or way is None or system_of(way.id) is None or not way.asks(TEST["language"]):
        raise StepClosed(step="register for test", state=placement.state)
    require_not_barred(placement, on=on)
    if not Identifier.objects.filter(
        worker_id=placement.worker_id, kind=IdentifierKind.PASSPORT
    ).exists():
        raise Incomplete(fields={"passport": "Catat paspornya dahulu; tes memakai nomor paspor."})
    settle(actor, placement, REGISTERED, state="accepted", given_on=on, reference=round_no)
    record(
        SittingRegistered(
            placement=placement.id, number=placement.number, on=on, round_no=round_no
        ),
        actor=actor,
        about=placement,
    )
    return placement


@operation(Right.REQUIREMENT_CONFIRM)
def record_test_result(
    actor: Actor,
    placement_id: UUID,
    *,
    test: str,
    outcome: str,
    taken_on: date,
    valid_to: date | None = None,
    registration_no: str = "",
) -> Placement:
    """Record the result of the destination's own test.

    Args:
        test: ``language`` or ``skill``.
        outcome: ``passed``; anything else is kept as a refusal that says so.
    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = locked(placement_id)
    passed = outcome == "passed"
    settle(
        actor,
        placement,
        TEST[test],
        state="accepted" if passed else "refused",
        given_on=taken_on,
        reference=registration_no,
        reason="" if passed else outcome,
        valid_until=valid_to,
    )
    return placement


@operation(Right.ARRIVAL_RECORD)
def record_visa(
    actor: Actor, placement_number: str, *, visa_no: str, issued_on: date, enter_by: date | None
) -> Placement:
    """Record the visa itself.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the visa was not authorised.
    """
    placement = queries.by_number(placement_number)
    if placement.state not in {PlacementState.AUTHORISED, PlacementState.CLEARED}:
        raise StepClosed(step="record visa", state=placement.state)
    add_outside_number(
        placement.worker_id,
        kind="visa",
        value=visa_no,
        subject=placement.id,
        issued_on=issued_on,
        valid_to=enter_by,
    )
    settle(
        actor,
        placement,
        VISA,
        state="accepted",
        given_on=issued_on,
        reference=visa_no,
        valid_until=enter_by,
    )
    return placement


@operation(Right.ROSTER_SEND)
def renew_roster(actor: Actor, placement_id: UUID, *, on: date) -> Placement:
    """Ask the destination to keep a person on its list for another term.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person is not on the list.
        TestRunsOut: the test behind it counts no longer on that day.
    """
    placement = locked(placement_id)
    if placement.state != PlacementState.ROSTERED:
        raise StepClosed(step="renew roster", state=placement.state)
    facts = standing.read_facts(placement)
    limits = standing.clocks(facts, now=told_at())
    test = next((each for each in limits if each.rule.id == "test"), None)
    if test is None or test.last_day < on:
        raise TestRunsOut(until=test.last_day.isoformat() if test else "")
    number = OutsideNumber.objects.filter(
        worker_id=placement.worker_id, kind="roster", subject=placement.id
    ).last()
    record(
        RosterRenewalAsked(
            placement=placement.id,
            number=placement.number,
            on=on,
            test_valid_to=test.last_day,
            roster_no=number.value if number else "",
        ),
        actor=actor,
        about=placement,
    )
    return placement


@operation(Right.EMPLOYMENT_CONFIRM)
def pause_clock(actor: Actor, placement_id: UUID, *, clock: str, reason: str, on: date) -> None:
    """Stop a time limit for a reason that the law knows.

    Raises:
        NotFound: no such placement, or none this actor may see.
        Incomplete: the limit cannot stop, or not for this reason.
    """
    placement = locked(placement_id)
    system = system_of(placement.pathway)
    rules = {each.id: each for each in system.clocks} if system else {}
    if clock not in rules or reason not in rules[clock].pauses:
        raise Incomplete(fields={"reason": "Batas waktu ini tidak berhenti karena sebab itu."})
    mark(
        actor,
        placement,
        standing.PAUSED,
        on=on,
        reference=clock,
        details={"clock": clock, "reason": reason},
    )


@operation(Right.EMPLOYMENT_CONFIRM)
def resume_clock(actor: Actor, placement_id: UUID, *, clock: str, on: date) -> None:
    """Let a stopped time limit run again.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    mark(
        actor,
        locked(placement_id),
        standing.RESUMED,
        on=on,
        reference=clock,
        details={"clock": clock},
    )
