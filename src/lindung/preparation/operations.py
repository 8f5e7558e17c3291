"""Everything that changes in the last weeks before departure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Placement
from lindung.placement.operations import depart, record_failed_departure
from lindung.placement.operations.parts import locked, settle
from lindung.preparation import premiums, queries
from lindung.preparation.events import (
    BorderCrossed,
    ClearanceIssued,
    ClearanceWithdrawn,
    CoverPaid,
    OrientationAttended,
    SeatTaken,
    SessionCancelled,
    SessionPlanned,
)
from lindung.preparation.lifecycles import CLEARANCE, SESSION, ClearanceState, SessionState
from lindung.preparation.models import (
    Attendance,
    Clearance,
    ClearanceCheck,
    Cover,
    CoverKind,
    Crossing,
    Direction,
    OrientationSession,
)
from lindung.registry.models import Source, Worker
from lindung.registry.operations import close_task_of, open_task
from lindung.regulations.verdicts import BREAKS, MEETS

# Requirements of a pathway that are settled here; the vocabulary of regulations/*/pathways.
ORIENTATION = "orientation"
COVERS = {CoverKind.BEFORE: "social_security_before", CoverKind.DURING: "social_security_during"}
# How long an office has to clear up what two sources tell differently; our practice, no law.
CLEAR_UP_DAYS = 3


class SessionFull(Refusal):
    """Every seat of the session is taken."""

    status = 409
    slug = "session-full"
    title = "Semua kursi orientasi ini sudah terisi."
    advice = "Pilih tanggal lain, atau tambah kursi bila ruangnya cukup."


class PremiumTooLow(Refusal):
    """Less was paid than the table asks for a contract of this length."""

    status = 422
    slug = "premium-too-low"
    title = "Iuran yang dibayar kurang dari tabel untuk lama kontrak ini."
    advice = "Minta kekurangannya dibayar, lalu catat bukti yang baru."


class CoverTooShort(Refusal):
    """Social security would end before the contract does."""

    status = 422
    slug = "cover-too-short"
    title = "Jaminan sosial berakhir sebelum kontrak berakhir."
    advice = "Minta masa perlindungan diperpanjang sampai hari terakhir kontrak."


class NotCleared(Refusal):
    """Somebody but an officer tells of a departure that was never cleared."""

    status = 409
    slug = "not-cleared"
    title = "Orang ini belum dinyatakan boleh berangkat."
    advice = "Hubungi kantor BP3MI sebelum berangkat; tanpa surat lepas perlindungan tidak penuh."


@operation(Right.ORIENTATION_RECORD)
def plan_session(
    actor: Actor, *, place: str, held_on: date, seats: int, on: date, country: str = ""
) -> OrientationSession:
    """Plan an orientation.

    Raises:
        Incomplete: no place, no seat, or a day that is past.
    """
    wrong = {}
    if not place.strip():
        wrong["place"] = "Tulis tempatnya."
    if seats < 1:
        wrong["seats"] = "Sedikitnya satu kursi."
    if held_on < on:
        wrong["held_on"] = "Tanggal ini sudah lewat."
    if wrong:
        raise Incomplete(fields=wrong)
    made = OrientationSession.objects.create(
        office=actor.office, place=place.strip(), country=country, held_on=held_on, seats=seats
    )
    record(
        SessionPlanned(session=made.id, held_on=held_on, seats=seats), actor=actor, subject=made.id
    )
    return made


@operation(Right.ORIENTATION_RECORD)
def cancel_session(actor: Actor, session_id: UUID) -> OrientationSession:
    """Cancel an orientation; those with a seat may take another.

    Raises:
        NotFound: no such session.
        StepClosed: it was held or cancelled already.
    """
    found = _locked_session(session_id)
    found.state = SESSION.take("cancel", SessionState(found.state))
    found.save(update_fields=["state"])
    record(SessionCancelled(session=found.id), actor=actor, subject=found.id)
    return found


@operation(Right.SEAT_TAKE)
def take_seat(actor: Actor, session_id: UUID, *, placement_id: UUID) -> Attendance:
    """Give a person a seat in a session; the same seat again is the same seat.

    Raises:
        NotFound: no such session or placement, or none this actor may see.
        StepClosed: the session is over.
        SessionFull: no seat is left.
    """
    placement = placements.placement(placement_id)
    seats = _locked_session(session_id)
    SESSION.take("hold", SessionState(seats.state))
    taken = Attendance.objects.filter(session=seats)
    if known := taken.filter(placement=placement).first():
        return known
    # Offices count all seats of their session, not only those of people they see.
    if seats.seats <= _taken(seats.id):
        raise SessionFull
    made = Attendance.objects.create(
        session=seats, placement=placement, worker_id=placement.worker_id, **placement.scope()
    )
    record(SeatTaken(session=seats.id, held_on=seats.held_on), actor=actor, about=made)
    return made


@operation(Right.ORIENTATION_RECORD)
def record_attendance(
    actor: Actor, session_id: UUID, *, proofs: Mapping[UUID, str], on: date
) -> list[Attendance]:
    """Record who was there; whoever was fulfils that requirement of the pathway.

    Args:
        proofs: seat → number of its certificate; seats not named were empty.
        on: day of recording, not before the session.
    Raises:
        NotFound: no such session.
        StepClosed: recorded already, or cancelled.
        Incomplete: before the day, or a certificate without a number.
    """
    found = _locked_session(session_id)
    found.state = SESSION.take("hold", SessionState(found.state))
    if on < found.held_on:
        raise Incomplete(fields={"held_on": "Orientasi ini belum berlangsung."})
    if any(not proof.strip() for proof in proofs.values()):
        raise Incomplete(fields={"proof": "Tulis nomor sertifikat tiap orang yang hadir."})
    found.save(update_fields=["state"])
    seats = queries.attendances(session_id)
    for seat in seats:
        seat.proof = proofs.get(seat.id, "").strip()
        seat.present = bool(seat.proof)
        seat.save(update_fields=["proof", "present"])
        if seat.present:
            settle(
                actor,
                locked(seat.placement_id),
                ORIENTATION,
                state="accepted",
                given_on=found.held_on,
                reference=seat.proof,
            )
        record(OrientationAttended(session=found.id, present=seat.present), actor=actor, about=seat)
    return seats


@operation(Right.COVER_RECORD)
def record_cover(
    actor: Actor,
    placement_id: UUID,
    *,
    kind: CoverKind,
    receipt: str,
    amount: Decimal,
    paid_on: date,
    covers_from: date,
    covers_to: date,
    months: int,
    reason: str = "",
) -> Cover:
    """Record social security that was paid; where it suffices, the requirement is fulfilled.

    Args:
        amount: in the currency of the law's table.
        months: whole months of contract that the payment is for; 0 for the part before work.
        reason: why an officer accepts it where the table needs a check.
    Raises:
        NotFound: no such placement, or none this actor may see.
        Incomplete: a receipt, a period or a reason is missing.
        PremiumTooLow: less than the table asks.
        CoverTooShort: it ends before the contract.
    Law:
        id.social_security.before_work, id.social_security.during_work
    """
    placement = locked(placement_id)
    if known := Cover.objects.filter(
        worker_id=placement.worker_id, kind=kind, receipt=receipt.strip()
    ).first():
        return known
    _whole(receipt, kind, months, covers_from, covers_to)
    due = (
        premiums.before(on=paid_on)
        if kind == CoverKind.BEFORE
        else premiums.during(months, on=paid_on)
    )
    outcome = due.judge(amount)
    if outcome == BREAKS:
        raise PremiumTooLow(rule=due.rule, found=str(amount), required=str(due.lowest))
    if outcome != MEETS and not reason.strip():
        raise Incomplete(
            fields={"reason": "Tabel iuran tidak memastikan jumlah ini. Tulis mengapa diterima."}
        )
    _reaches(placement, kind, covers_from, covers_to)
    cover = Cover.objects.create(
        placement=placement,
        worker_id=placement.worker_id,
        kind=kind,
        receipt=receipt.strip(),
        amount=amount,
        currency=due.currency,
        paid_on=paid_on,
        covers_from=covers_from,
        covers_to=covers_to,
        months=months,
        outcome=outcome,
        rule=due.rule,
        reason=reason.strip(),
        **placement.scope(),
    )
    settle(
        actor,
        placement,
        COVERS[CoverKind(kind)],
        state="accepted",
        given_on=paid_on,
        reference=cover.receipt,
        valid_until=covers_to,
    )
    record(
        CoverPaid(
            cover=cover.id,
            kind=str(kind),
            covers_from=covers_from,
            covers_to=covers_to,
            outcome=outcome,
        ),
        actor=actor,
        about=cover,
        basis=due.rule,
    )
    close_task_of(actor, placement.worker, kind="cover:gap")
    return cover


def issue_clearance(actor: Actor, placement: Placement, *, on: date) -> Clearance:
    """Make the paper of a placement that was cleared; part of the caller's operation."""
    # 128 bits nobody can guess: whoever has the paper may check it, nobody can try them all.
    code = secrets.token_hex(16)
    made = Clearance.objects.create(
        placement=placement,
        worker_id=placement.worker_id,
        number=next_number(Series.CLEARANCE, on=on),
        code=code,
        issued_on=on,
        **placement.scope(),
    )
    ClearanceCheck.objects.create(
        digest=queries.digest(code), number=made.number, issued_on=on, state=made.state
    )
    record(ClearanceIssued(clearance=made.id, number=made.number), actor=actor, about=made)
    return made


def withdraw_clearance(actor: Actor, placement_id: UUID, *, reason: str) -> None:
    """Withdraw the paper that stands, where one does; part of the caller's operation."""
    found = (
        Clearance.objects.select_for_update()
        .filter(placement_id=placement_id)
        .exclude(state=ClearanceState.WITHDRAWN)
        .first()
    )
    if found is None:
        return
    found.reason = reason
    _step(found, "withdraw")
    record(
        ClearanceWithdrawn(clearance=found.id, number=found.number, reason=reason),
        actor=actor,
        about=found,
    )


@operation(Right.CROSSING_TELL)
def record_crossing(
    actor: Actor,
    worker_id: UUID,
    *,
    direction: Direction,
    on: date,
    carrier: str,
    source: Source,
    checkpoint: str = "",
    reference: str = "",
) -> Crossing:
    """Record a passage over the border, as the border, the agency or the worker tells it.

    Going out makes a cleared placement *departed*. A second telling that names another day is kept
    beside the first, and an office is asked to clear it up.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: no flight or ship.
        NotCleared: going out without a clearance; an officer's word is kept all the same, and an
            office is asked to clear it up.
    """
    if not carrier.strip():
        raise Incomplete(fields={"carrier": "Tulis nomor penerbangan atau kapal."})
    worker = Worker.objects.select_for_update().filter(id=worker_id).first()
    if worker is None:
        raise NotFound
    if known := Crossing.objects.filter(
        worker=worker, direction=direction, on=on, source=source
    ).first():
        return known
    placement = placements.live_placement(worker_id)
    going = placement is not None and direction == Direction.OUT
    cleared = going and placement is not None and placement.state == PlacementState.CLEARED
    gone = placement is not None and placement.departed_on is not None
    if direction == Direction.OUT and not cleared and not gone and source != Source.OFFICER:
        raise NotCleared
    crossing = Crossing.objects.create(
        worker=worker,
        placement_id=placement.id if placement else None,
        direction=direction,
        on=on,
        carrier=carrier.strip().upper(),
        checkpoint=checkpoint.strip(),
        source=source,
        reference=reference.strip(),
        **worker.scope(),
    )
    record(
        BorderCrossed(crossing=crossing.id, direction=str(direction), on=on, source=str(source)),
        actor=actor,
        about=crossing,
    )
    if cleared and placement is not None:
        depart(actor, locked(placement.id), on=on, flight=carrier)
    uncleared = direction == Direction.OUT and not cleared and not gone
    if uncleared or queries.other_days(crossing):
        open_task(
            actor,
            about=crossing,
            kind="crossing:differs",
            title=gettext_noop("Perlintasan batas perlu dijernihkan"),
            due_at=told_at() + timedelta(days=CLEAR_UP_DAYS),
            owner="office",
        )
    return crossing


@operation(Right.DEPARTURE_RECORD)
def record_no_departure(actor: Actor, placement_id: UUID, *, on: date, reason: str) -> Placement:
    """Record that a cleared or departed person did not leave after all; the paper stands again.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no departure is recorded.
        Incomplete: no reason.
    """
    placement = record_failed_departure(actor, placement_id, on=on, reason=reason)
    found = (
        Clearance.objects.select_for_update()
        .filter(placement_id=placement_id, state=ClearanceState.USED)
        .first()
    )
    if found is not None:
        _step(found, "give back")
    return placement


def use_clearance(placement_id: UUID) -> None:
    """Mark the paper as used at departure; part of the caller's operation."""
    found = (
        Clearance.objects.select_for_update()
        .filter(placement_id=placement_id, state=ClearanceState.VALID)
        .first()
    )
    if found is not None:
        _step(found, "use")


def _step(clearance: Clearance, name: str) -> None:
    clearance.state = CLEARANCE.take(name, ClearanceState(clearance.state))
    clearance.save(update_fields=["state", "reason"])
    ClearanceCheck.objects.filter(digest=queries.digest(clearance.code)).update(
        state=clearance.state
    )


def _taken(session_id: UUID) -> int:
    """All seats taken, also those of people this actor does not see."""
    with acting_as(ROBOT):
        return Attendance.objects.filter(session_id=session_id).count()


def _locked_session(session_id: UUID) -> OrientationSession:
    # Locking asks for the right to write, which whoever only takes a seat does not have.
    with acting_as(ROBOT):
        found = OrientationSession.objects.select_for_update().filter(id=session_id).first()
    if found is None:
        raise NotFound
    return found


def _whole(receipt: str, kind: CoverKind, months: int, first: date, last: date) -> None:
    wrong = {}
    if not receipt.strip():
        wrong["receipt"] = "Tulis nomor bukti bayar."
    if last < first:
        wrong["covers_to"] = "Hari terakhir mendahului hari pertama."
    if kind == CoverKind.DURING and months < 1:
        wrong["months"] = "Tulis untuk berapa bulan kontrak iuran ini."
    if wrong:
        raise Incomplete(fields=wrong)


def _reaches(placement: Placement, kind: CoverKind, first: date, last: date) -> None:
    contract = placements.current_contract(placement.id)
    if kind != CoverKind.DURING or contract is None:
        return
    end = queries.contract_end(contract, starts_on=contract.starts_on or first)
    if end is not None and last < end:
        raise CoverTooShort(covers_to=last.isoformat(), contract_to=end.isoformat())
