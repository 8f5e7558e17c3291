"""A call for help rings along the chain until an officer has it, and again while nobody has spoken.

Where it stands is in its row, never in a process: a job that is killed has either rung the next
officer or changed nothing, and the next run goes on from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.models import Scoped
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.duty.chain import rules
from lindung.duty.events import CallBegan, CallPassedOn, CallStoodDown, CallTaken, OfficerRung
from lindung.duty.lifecycles import CALL, RING, CallState, RingState
from lindung.duty.models import Call, Ring, SharedPlace
from lindung.duty.queries import Officer, on_duty
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.places import cell_of
from lindung.kernel.refusals import Incomplete, NotFound, Refusal

A_RUN = 500


class NotYetSpoken(Refusal):
    """A call for help is not over while nobody has spoken with the person."""

    status = 409
    slug = "not-yet-spoken"
    title = "Belum ada yang berbicara dengan orangnya."
    advice = "Hubungi dengan cara yang aman, catat kontaknya, lalu selesaikan panggilan."


@operation(Right.DUTY_RUN)
def begin_call(
    actor: Actor,
    *,
    subject: UUID,
    worker_id: UUID | None,
    about: Scoped,
    number: str,
    at: datetime,
    contact_due_at: datetime,
    plan_due_at: datetime,
    silent: bool = False,
) -> Call:
    """Ring the first on duty for a thing; pressed again, it is the same call, counted.

    Args:
        about: the row whose scope the call takes over.
        silent: nothing may light up or sound where the person is.
    """
    call = Call.objects.select_for_update().filter(subject=subject).first()
    if call is not None:
        call.presses = min(call.presses + 1, 999)
        call.pressed_at = at
        call.silent = call.silent or silent
        call.says_safe_at = None
        fields = ["presses", "pressed_at", "silent", "says_safe_at"]
        if call.state == CallState.STOOD_DOWN:
            return call
        call.save(update_fields=fields)
        return call
    officers = on_duty(about.post_id, at=at)
    call = Call.objects.create(
        subject=subject,
        worker_id=worker_id,
        number=number,
        began_at=at,
        pressed_at=at,
        silent=silent,
        next_at=at + timedelta(minutes=officers[0].minutes),
        contact_due_at=contact_due_at,
        plan_due_at=plan_due_at,
        **about.scope(),
    )
    record(
        CallBegan(
            call=call.id,
            number=number,
            contact_due_at=contact_due_at,
            plan_due_at=plan_due_at,
        ),
        actor=actor,
        about=call,
    )
    _ring(actor, call, officers[0], at=at)
    return call


@operation(Right.DUTY_RUN)
def escalate(actor: Actor, *, at: datetime) -> int:
    """Call the next in the chain for every call whose time with one has run out. How many.

    A call that was taken and whose person nobody spoke with in time rings again. After the last
    in the chain it begins anew, with whoever is on duty then.
    """
    due = list(
        Call.objects.select_for_update(skip_locked=True)
        .filter(next_at__lte=at)
        .order_by("next_at", "id")[:A_RUN]
    )
    chains: dict[int | None, Sequence[Officer]] = {
        post_id: on_duty(post_id, at=at) for post_id in {each.post_id for each in due}
    }
    rung: dict[UUID, list[Ring]] = defaultdict(list)
    for ring in Ring.objects.filter(call__in=due):
        rung[ring.call_id].append(ring)
    for call in due:
        if call.state == CallState.TAKEN:
            call.state = CALL.take("ring again", CallState.TAKEN)
        _next(actor, call, chains[call.post_id], rung[call.id], at=at)
    return len(due)


@operation(Right.DUTY_ANSWER)
def take(actor: Actor, subject: UUID, *, at: datetime) -> Call:
    """Take a call: it is this officer's, and the others stop ringing.

    Until the first contact is noted it goes on counting, and rings again when that is late.

    Raises:
        NotFound: no such call, or none this actor may see.
        StepClosed: it is over.
    """
    call = _locked(subject)
    call.state = CALL.take("take", CallState(call.state))
    call.taken_by, call.taken_name, call.taken_at = actor.id, actor.name, at
    call.next_at = None if call.contacted_at else max(call.contact_due_at, at)
    if call.next_at is not None and call.next_at <= at:
        # Late already: the taker has a moment before the next one is called too.
        call.next_at = at + timedelta(minutes=rules().steps[0].minutes)
    call.save(update_fields=["state", "taken_by", "taken_name", "taken_at", "next_at"])
    mine = Ring.objects.filter(call=call, account_id=actor.id).last()
    if mine is not None and mine.state in {RingState.CALLED, RingState.PASSED_ON}:
        mine.state = RING.take("take", RingState(mine.state))
        mine.answered_at = at
        mine.save(update_fields=["state", "answered_at"])
    _end_rings(call, at=at)
    record(CallTaken(call=call.id, number=call.number, name=actor.name), actor=actor, about=call)
    return call


@operation(Right.DUTY_ANSWER)
def pass_on(actor: Actor, subject: UUID, *, reason: str, at: datetime) -> Call:
    """Pass a call on: the next in the chain is called at once.

    Raises:
        NotFound: no such call, or none this actor may see.
        StepClosed: it is over.
        Incomplete: no reason; the next one has to know it.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis mengapa diteruskan; petugas berikut membacanya."})
    call = _locked(subject)
    call.state = CALL.take("pass on", CallState(call.state))
    call.taken_by, call.taken_name, call.taken_at = None, "", None
    mine = Ring.objects.filter(call=call, account_id=actor.id).last()
    if mine is not None and mine.state in {RingState.CALLED, RingState.TAKEN}:
        mine.state = RING.take("pass on", RingState(mine.state))
        mine.answered_at, mine.reason = at, reason.strip()[:300]
        mine.save(update_fields=["state", "answered_at", "reason"])
    record(CallPassedOn(call=call.id, number=call.number, name=actor.name), actor=actor, about=call)
    rung = list(Ring.objects.filter(call=call))
    _next(actor, call, on_duty(call.post_id, at=at), rung, at=at)
    return call


@operation(Right.DUTY_ANSWER)
def note_contact(actor: Actor, subject: UUID, *, at: datetime) -> Call | None:
    """A human being has spoken with the person; whoever did has the call. None where there is none.

    Raises nothing for a call that is over or was noted before: the first contact stays.
    """
    call = Call.objects.select_for_update().filter(subject=subject).first()
    if call is None or call.state == CallState.STOOD_DOWN or call.contacted_at is not None:
        return call
    if call.state == CallState.RINGING:
        call = take(actor, subject, at=at)
    call.contacted_at, call.next_at = at, None
    call.save(update_fields=["contacted_at", "next_at"])
    return call


@operation(Right.DUTY_ANSWER)
def note_plan(actor: Actor, subject: UUID, *, at: datetime) -> Call:
    """There is a plan by which the person is safe; the words stand on the case.

    Raises:
        NotFound: no such call, or none this actor may see.
        NotYetSpoken: nobody has spoken with the person.
    """
    call = _locked(subject)
    if call.contacted_at is None:
        raise NotYetSpoken
    if call.planned_at is None:
        call.planned_at = at
        call.save(update_fields=["planned_at"])
    return call


@operation(Right.DUTY_ANSWER)
def stand_down(actor: Actor, subject: UUID, *, reason: str, at: datetime) -> Call:
    """End a call, with a reason. The finer place is deleted with it; the coarse cell stays.

    Raises:
        NotFound: no such call, or none this actor may see.
        StepClosed: it is over.
        NotYetSpoken: nobody has spoken with the person.
        Incomplete: no reason.
    """
    call = _locked(subject)
    state = CALL.take("stand down", CallState(call.state))
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis mengapa orangnya aman sekarang."})
    if call.contacted_at is None:
        raise NotYetSpoken
    call.state, call.stood_down_at, call.reason = state, at, reason.strip()[:300]
    call.next_at = None
    call.save(update_fields=["state", "stood_down_at", "reason", "next_at"])
    _end_rings(call, at=at)
    record(CallStoodDown(call=call.id, number=call.number), actor=actor, about=call)
    return call


@operation(Right.DUTY_RUN)
def note_safe(actor: Actor, subject: UUID, *, at: datetime, under_duress: bool) -> Call:
    """The person says that all is well. A human being still makes sure before the call is over.

    Raises:
        NotFound: no such call.
    """
    call = _locked(subject)
    if under_duress:
        call.under_duress = call.silent = True
        # Whoever has it may not know: it rings at once.
        if call.state != CallState.STOOD_DOWN:
            call.next_at = at
    else:
        call.says_safe_at = at
    call.save(update_fields=["under_duress", "silent", "says_safe_at", "next_at"])
    return call


@operation(Right.DUTY_RUN)
def keep_place(
    actor: Actor, subject: UUID, *, lat: float, lon: float, accuracy_m: int, at: datetime
) -> SharedPlace:
    """Keep a point that the person shares while the call lasts.

    Args:
        lat, lon: degrees, WGS 84. accuracy_m: metres, as the phone says.
    Raises:
        NotFound: no such call.
        StepClosed: it is over, and no finer place is kept any more.
        kernel.places.NoSuchPlace: no point on Earth.
    """
    call = _locked(subject)
    if call.state == CallState.STOOD_DOWN:
        raise StepClosed(step="share place", state=call.state)
    call.cell = cell_of(lat, lon)
    call.save(update_fields=["cell"])
    return SharedPlace.objects.create(
        call=call,
        worker_id=call.worker_id,
        latitude=f"{lat:.6f}",
        longitude=f"{lon:.6f}",
        accuracy_m=max(0, min(int(accuracy_m), 100_000)),
        at=at,
        **call.scope(),
    )


@operation(Right.DUTY_RUN)
def clear_places(actor: Actor, *, at: datetime) -> int:
    """Delete points of calls that are over, and those too old to help anybody. How many."""
    old = at - timedelta(hours=rules().place_hours)
    over, _ = SharedPlace.objects.filter(call__stood_down_at__isnull=False).delete()
    late, _ = SharedPlace.objects.filter(at__lt=old).delete()
    return int(over) + int(late)


def _next(
    actor: Actor, call: Call, officers: Sequence[Officer], rung: Sequence[Ring], *, at: datetime
) -> None:
    """Ring the first who was not called in this round; after the last, begin anew.

    Who came on duty meanwhile is called too, since the chain is that of now.
    """
    called = {(each.who, each.name) for each in rung if each.round == call.round}
    waiting = [each for each in officers if (each.who, _name(each)) not in called]
    if not waiting:
        call.round += 1
        waiting = list(officers)
    call.next_at = at + timedelta(minutes=waiting[0].minutes)
    call.save(update_fields=["state", "taken_by", "taken_name", "taken_at", "round", "next_at"])
    _ring(actor, call, waiting[0], at=at)


def _name(officer: Officer) -> str:
    return officer.name or officer.label


def _ring(actor: Actor, call: Call, officer: Officer, *, at: datetime) -> None:
    ring = Ring.objects.create(
        call=call,
        who=officer.who,
        account_id=officer.account_id,
        name=_name(officer),
        phone=officer.phone,
        rung_at=at,
        round=call.round,
        **call.scope(),
    )
    record(
        OfficerRung(call=call.id, number=call.number, ring=ring.id, who=ring.who, name=ring.name),
        actor=actor,
        about=call,
    )


def _end_rings(call: Call, *, at: datetime) -> None:
    Ring.objects.filter(call=call, state=RingState.CALLED).update(state=RingState.OVER)


def _locked(subject: UUID) -> Call:
    call = Call.objects.select_for_update().filter(subject=subject).first()
    if call is None:
        raise NotFound
    return call
