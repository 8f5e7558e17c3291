"""What came in is applied: in order, once, each message in our books or refused (§6, §7)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Min, QuerySet
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.many import update_all
from lindung.access.models import Scoped
from lindung.access.roles import ROBOT, rights_of
from lindung.exchange.adapters import Later, Stop, adapter_for
from lindung.exchange.lifecycles import INCOMING, IncomingState
from lindung.exchange.models import Incoming, Lane, Partner
from lindung.exchange.operations import outbox, receipts, subjects
from lindung.exchange.operations.inbox import NOT_IN_BOOKS, TYPED, take
from lindung.exchange.operations.receipts import AWAITING_MATCH
from lindung.exchange.wire import agreement, envelopes
from lindung.exchange.wire.envelopes import Message, check_agreed
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import instant
from lindung.kernel.faults import where
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import NotFound, Refusal

log = logging.getLogger(__name__)

LANES_AT_ONCE, ANSWERS_AT_ONCE = 100, 500
GAP_FIRST, GAP_LONGEST = timedelta(seconds=2), timedelta(minutes=15)


class UnknownSubject(Exception):
    """Nobody in our books is the one spoken of."""


Handler = Callable[[Actor, Message], Scoped | None]
_handlers: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Register what a message of the partner means.

    The function takes the partner's robot and the message, calls lower layers' operations, and
    returns the row it concerned. ``UnknownSubject`` sends it to the matching list; ``Unacceptable``
    and refusals refuse it; anything else is an error of ours.
    """

    def register(handler: Handler) -> Handler:
        _handlers[name] = handler
        return handler

    return register


def robot_of(partner: Partner) -> Actor:
    """The hand with which a partner's messages change our books."""
    return Actor(
        id=partner.robot,
        kind=Kind.CLOCK,
        name=partner.name,
        office=partner.name,
        country=partner.country,
        rights=rights_of("robot"),
    )


def _hand(row: Incoming, robot: Actor) -> Actor:
    """The partner's robot; the journal says where officers typed what it brings."""
    return replace(robot, office=gettext_noop("diketik petugas")) if row.proof == TYPED else robot


@dataclass(frozen=True, slots=True)
class _Decision:
    step: str
    outcome: str
    reason: str
    note: str = ""
    about: Scoped | None = None


def apply_incoming(partner_id: UUID, *, http: httpx.Client | None = None) -> int:
    """Apply all messages of a partner whose turn it is; returns how many were decided.

    Trouble with one subject never holds up another.
    """
    with acting_as(ROBOT):
        partner = Partner.objects.get(pk=partner_id)
    decided = 0
    try:
        while done := _note_answers(partner):
            decided += done
    except Exception as error:
        # They wait like any other, and are noted one by one below.
        log.error("answers of %s are noted one by one: %s", partner.code, where(error))
    with acting_as(ROBOT):
        waiting, behind = _turns(partner, datetime.now(UTC))
    for subject, gap in behind.items():
        _ask_for(partner, subject, gap, http)
    for start in range(0, len(waiting), LANES_AT_ONCE):
        group = waiting[start : start + LANES_AT_ONCE]
        try:
            done, gaps = _apply_lanes(partner, group)
        except Exception as error:
            # A fault that lost the transaction: each by itself, so that one keeps no other back.
            log.error("subjects of %s are taken one by one: %s", partner.code, where(error))
            done, gaps = _one_by_one(partner, group)
        decided += done
        for subject, gap in gaps.items():
            _ask_for(partner, subject, gap, http)
    return decided


Gap = tuple[int, int]

# Of each subject that has something waiting: whether anything of it can be decided now, and if not,
# what is missing before the first of it. Only numbers are read, however much waits behind a gap.
_TURNS = """
select i.subject, coalesce(l.received, 0) as received, min(i.sequence) as first,
       bool_or(i.sequence is null) as unnumbered,
       coalesce(l.gap_next_at <= %(now)s, true) as due, e.stuck
from exchange_incoming i
left join exchange_lane l on l.partner_id = i.partner_id and l.subject = i.subject
left join (select subject, min(sequence) as stuck from exchange_incoming
           where state = 'error' and partner_id = %(partner)s group by subject) e
    on e.subject = i.subject
where i.state = 'waiting' and i.partner_id = %(partner)s
group by i.subject, l.received, l.gap_next_at, e.stuck
order by i.subject
"""


def _turns(partner: Partner, now: datetime) -> tuple[list[str], dict[str, Gap]]:
    """Subjects with something to decide; and gaps that it is time to ask for."""
    ready, behind = [], {}
    with connection.cursor() as cursor:
        cursor.execute(_TURNS, {"partner": partner.pk, "now": now})
        for subject, received, first, unnumbered, due, stuck in cursor.fetchall():
            if unnumbered:
                ready.append(subject)
            elif stuck is not None and first > stuck:
                continue  # all of it waits behind a fault of ours
            elif first <= received + 1:
                ready.append(subject)
            elif due:
                behind[subject] = (received + 1, first - 1)
    return ready, behind


def _one_by_one(partner: Partner, group: Sequence[str]) -> tuple[int, dict[str, Gap]]:
    """Each message in a transaction of its own; what loses even that waits for a person."""
    decided = 0
    gaps: dict[str, Gap] = {}
    for subject in group:
        done = 1
        while done:
            try:
                done, missing = _apply_lanes(partner, [subject], most=1)
            except Exception as error:
                log.error("a subject of %s could not be applied: %s", partner.code, where(error))
                if not _passes(error):
                    _fail_first(partner, subject, error)
                break
            decided += done
            gaps |= missing
    return decided, gaps


def _passes(error: Exception) -> bool:
    """Whether trying again may help by itself: a lock, or the way to the database."""
    return isinstance(error, InterfaceError) or (
        isinstance(error, OperationalError)
        and (getattr(error.__cause__, "sqlstate", None) or "08").startswith(_PASSING)
    )


# SQLSTATE: connection, rollback (deadlock, serialization), lock not had, server going down.
_PASSING = ("08", "40", "55P03", "57P")


def _fail_first(partner: Partner, subject: str, error: Exception) -> None:
    """Show a person the message whose turn it was when the transaction was lost."""
    with acting_as(ROBOT):
        locked_lane(partner, subject)
        row = _in_turn(partner, [subject]).first()
        if row is not None:
            _failed(row, error)


def _in_turn(partner: Partner, group: Sequence[str]) -> QuerySet[Incoming]:
    return Incoming.objects.filter(
        partner=partner, subject__in=group, state=IncomingState.WAITING
    ).order_by("subject", F("sequence").asc(nulls_first=True), "id")


def _apply_lanes(
    partner: Partner, group: Sequence[str], *, most: int | None = None
) -> tuple[int, dict[str, Gap]]:
    """Apply what waits about these subjects in one transaction; how many, and what is missing.

    First as if all were well, without a savepoint around each: whatever is not undoes the whole, and
    it is done again with one around each, so that a message that cannot be taken leaves nothing.

    Args:
        most: messages of each subject; none: all.
    """
    try:
        return _applied(partner, group, most=most, careful=False)
    except _Undone:
        return _applied(partner, group, most=most, careful=True)


class _Undone(Exception):
    """Something is not well; what was written is undone with the transaction."""


def _applied(
    partner: Partner, group: Sequence[str], *, most: int | None, careful: bool
) -> tuple[int, dict[str, Gap]]:
    decided = 0
    gaps: dict[str, Gap] = {}
    with acting_as(ROBOT):
        lanes = locked_lanes(partner, group)
        rows: dict[str, list[Incoming]] = {subject: [] for subject in group}
        # Locked in the order in which repeats of them are counted; applied in the order of turns.
        found = list(_in_turn(partner, group).select_for_update().order_by("id"))
        for row in sorted(found, key=lambda row: (row.sequence or 0, row.pk)):
            rows[row.subject].append(row)
        stuck = dict(
            Incoming.objects.filter(
                partner=partner, subject__in=group, state=IncomingState.ERROR
            ).values_list("subject").annotate(first=Min("sequence"))
        )  # fmt: skip
        work = _Work(partner, careful=careful)
        for subject, lane in lanes.items():
            done, gap = _apply_lane(work, lane, rows[subject][:most], stuck.get(subject))
            decided += done
            if gap is not None:
                gaps[subject] = gap
        work.write()
    return decided, gaps


def _apply_lane(
    work: _Work, lane: Lane, rows: Sequence[Incoming], stuck: int | None
) -> tuple[int, Gap | None]:
    decided = 0
    for row in rows:
        if row.sequence is not None:
            # What follows a fault of ours waits; receipts have no number and never do.
            if stuck is not None and row.sequence > stuck:
                return decided, None
            # One that waited for its person comes after its turn, and before what follows.
            if row.sequence > lane.received + 1:
                return decided, (lane.received + 1, row.sequence - 1)
        if not _apply(row, work):
            return decided, None  # an error of ours: the lane waits for a person
        decided += 1
        if row.sequence is not None and row.sequence > lane.received:
            lane.received = row.sequence
            lane.gap_asks, lane.gap_next_at = 0, None
            work.moved[lane.subject] = lane
    return decided, None


class _Work:
    """What one transaction of applying writes at its end, each table at once."""

    def __init__(self, partner: Partner, *, careful: bool = True) -> None:
        self.partner, self.careful = partner, careful
        self.hand = robot_of(partner)
        self.decided: list[Incoming] = []
        self.receipts: list[tuple[Message, Incoming]] = []
        self.moved: dict[str, Lane] = {}

    def write_decisions(self) -> None:
        """What was decided so far."""
        update_all(self.decided, receipts.DECIDED)
        self.decided.clear()

    def write(self) -> None:
        """The rows' decisions, our answers, and how far each lane has come."""
        self.write_decisions()
        outbox.send_receipts(self.receipts, self.partner)
        if self.moved:
            with connection.cursor() as cursor:
                cursor.execute(
                    "update exchange_lane l set received = v.received, gap_asks = 0,"
                    " gap_next_at = null from unnest(%s::text[], %s::int[]) as v (subject, received)"
                    " where l.partner_id = %s and l.subject = v.subject",
                    [
                        list(self.moved),
                        [lane.received for lane in self.moved.values()],
                        self.partner.pk,
                    ],
                )


def locked_lane(partner: Partner, subject: str) -> Lane:
    """The counts of one subject with a partner, held until the transaction ends."""
    return locked_lanes(partner, [subject])[subject]


def locked_lanes(partner: Partner, group: Sequence[str]) -> dict[str, Lane]:
    """The same of many, always in the order of their subjects, so that none wait in a ring."""
    wanted = sorted(group)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into exchange_lane (partner_id, subject, sent, received, gap_asks)"
            " select %s, subject, 0, 0, 0 from unnest(%s::text[]) subject order by subject"
            " on conflict do nothing",
            [partner.pk, wanted],
        )
    found = Lane.objects.select_for_update().filter(partner=partner, subject__in=wanted)
    return {lane.subject: lane for lane in found.order_by("subject")}


def _apply(row: Incoming, work: _Work) -> bool:
    partner, message = work.partner, envelopes.read(bytes(row.raw))
    try:
        decision = _decide(row, message, work)
    except _Undone:
        raise
    except DatabaseError as error:
        # One of two that waited for each other is no fault: the whole is tried again.
        if connection.needs_rollback or _passes(error):
            raise
        return _failed(row, error)
    except Exception as error:
        # Ours, whatever it is: undone, shown to a person, and no other subject suffers.
        return _failed(row, error)
    now = datetime.now(UTC)
    waited = row.reason == AWAITING_MATCH
    row.state = INCOMING.take(decision.step, IncomingState(row.state))
    row.decided_at, row.reason, row.note = now, decision.reason, decision.note
    if decision.about is not None:
        scope = decision.about.scope() | {"country": partner.country}
        for name, value in scope.items():
            setattr(row, name, value)
        row.worker_id = getattr(decision.about, "worker_id", None)
    elif row.state == IncomingState.MATCHING:
        work.write_decisions()  # whether somebody was asked already is read from them
        subjects.ask_who(work.hand, row, at=now)
    work.decided.append(row)
    # A portal takes no receipts: there people read on our page what became of what they typed.
    told = message.is_receipt or row.proof == TYPED
    if not told and not (waited and row.reason == AWAITING_MATCH):
        data = {
            "message_id": str(message.id),
            "digest": row.digest,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "decided_at": instant(now),
        }
        if decision.note:
            data["note"] = decision.note
        receipt = outbox.receipt_message("business", partner, message.subject, message.id, data)
        work.receipts.append((receipt, row))
    return True


def _failed(row: Incoming, error: Exception) -> bool:
    log.error("message %s could not be applied: %s", row.message_id, where(error))
    row.state = INCOMING.take("fail", IncomingState(row.state))
    row.note = where(error)
    row.save(update_fields=["state", "note"])
    return False


def _decide(row: Incoming, message: Message, work: _Work) -> _Decision:
    partner = work.partner
    try:
        if message.name not in _handlers and message.name != receipts.NAME:
            raise Unacceptable("type_unknown")
        check_agreed(message)
    except Unacceptable as refusal:
        return _Decision("refuse", "refused", refusal.code, refusal.note)
    if not work.careful:
        try:
            about = _meant(row, message, work)
        except Exception as error:
            raise _Undone from error
        return _Decision("apply", "accepted", "applied", about=about)
    try:
        with transaction.atomic():
            about = _meant(row, message, work)
    except (UnknownSubject, NotFound):
        with transaction.atomic():
            person = subjects.without_placement(partner, message.subject)
            if person is None:
                return _Decision("set aside", "accepted", AWAITING_MATCH)
            # Known, but on no placement of ours to that country: kept with the person, and asked
            # about.
            subjects.ask_for_placement(work.hand, person, at=row.came_at)
        return _Decision("apply", "accepted", "applied", "no placement yet", about=person)
    except Unacceptable as refusal:
        return _Decision("refuse", "refused", refusal.code, refusal.note)
    except StepClosed:
        return _Decision("refuse", "refused", "step_closed")
    except Refusal as refusal:
        if refusal.status >= 500 or refusal.status in (401, 403):
            raise  # ours to repair, not the partner's fault
        return _Decision("refuse", "refused", "data_invalid", refusal.slug)
    return _Decision("apply", "accepted", "applied", about=about)


def _meant(row: Incoming, message: Message, work: _Work) -> Scoped | None:
    """What the message means, done to our books; the row it concerned."""
    if message.name == receipts.NAME:
        return receipts.note_one(row, message, work.partner)
    return _handlers[message.name](_hand(row, work.hand), message)


def apply_subject(partner: Partner, subject: str) -> int:
    """Apply what waits about one subject, in order; returns how many were decided."""
    return _apply_lanes(partner, [subject])[0]


def _note_answers(partner: Partner) -> int:
    """Note the partner's business receipts that wait, a few hundred at once; how many."""
    with acting_as(ROBOT):
        rows = list(
            Incoming.objects.select_for_update(skip_locked=True)
            .filter(
                partner=partner,
                state=IncomingState.WAITING,
                type=agreement.type_of(receipts.NAME),
                sequence=None,
            )
            .order_by("id")[:ANSWERS_AT_ONCE]
        )
        if rows:
            receipts.note([(row, envelopes.read(bytes(row.raw))) for row in rows], partner)
            update_all(rows, receipts.DECIDED)
    return len(rows)


def message_of_offer(partner: Partner, subject: str, offer_no: str) -> UUID | None:
    """The id of the message that made an offer, so that the answer names it."""
    offers = Incoming.objects.filter(
        partner=partner, subject=subject, type=agreement.type_of("contract.offered")
    ).exclude(state__in=NOT_IN_BOOKS)
    for row in offers.order_by("-sequence"):
        if envelopes.read(bytes(row.raw)).data["offer_no"] == offer_no:
            return row.message_id
    return None


# --- gaps ---------------------------------------------------------------------------------------


def _ask_for(
    partner: Partner, subject: str, gap: tuple[int, int], http: httpx.Client | None
) -> None:
    now = datetime.now(UTC)
    with acting_as(ROBOT):
        lane = locked_lane(partner, subject)
        due = lane.gap_next_at
        if due is None or due <= now:
            wait = min(GAP_FIRST * 2 ** min(lane.gap_asks, 12), GAP_LONGEST)
            Lane.objects.filter(partner=partner, subject=subject).update(
                gap_asks=lane.gap_asks + 1, gap_next_at=now + wait
            )
    # The first time it is only noted: the rest may be on its way in another request.
    if due is None or due > now:
        return
    try:
        with adapter_for(partner, http=http) as line:
            if missing := line.replay(subject, *gap):
                take(missing)
    except (Later, Stop) as error:
        log.warning("replay from %s failed: %s", partner.code, error)


def received_through(partner: Partner, subject: str) -> int:
    """The sequence up to which a partner's messages about a subject are all decided."""
    lane = Lane.objects.filter(partner=partner, subject=subject).first()
    return lane.received if lane is not None else 0
