"""What people do about a difference, and about a past that is broken (§16, §17)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange import books
from lindung.exchange.events import (
    DifferenceNoted,
    PartnerAsked,
    PastAlarmClosed,
    TheirsAccepted,
)
from lindung.exchange.fields import label_of
from lindung.exchange.lifecycles import DIFFERENCE, DifferenceState
from lindung.exchange.models import Difference, DifferenceStep, PastAlarm
from lindung.exchange.operations import heads
from lindung.exchange.operations.applying import robot_of
from lindung.exchange.operations.outbox import send
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.monitoring import operations as monitoring
from lindung.placement import operations as placing
from lindung.placement.models import Placement
from lindung.registry.models import Source
from lindung.registry.operations import close_task_about, open_task
from lindung.reintegration.models import ReturnReason
from lindung.reintegration.operations import record_return

log = logging.getLogger(__name__)

OFFICER_HAS = timedelta(days=7)
TASK = "exchange-take-theirs"
# What our books take over by the operation that a message of the partner would have called.
Take = Callable[[Actor, Placement, Difference, datetime], None]


@operation(Right.DIFFERENCE_SETTLE)
def ask_partner(actor: Actor, difference_id: UUID, *, note: str, at: datetime) -> Difference:
    """Ask the partner, by a message, to look at its own books.

    Raises:
        NotFound: no such difference, or none this actor may see.
        StepClosed: it is not confirmed yet, or closed.
    """
    row = _open(difference_id)
    row.state = DIFFERENCE.take("ask partner", DifferenceState(row.state))
    _save(row)
    data = {"fields": [row.field], "queried_on": at.date().isoformat()}
    send("record.queried", row.subject, data, partner=row.partner, about=row)
    _step(actor, row, "asked", note, at)
    about = PartnerAsked(
        difference=row.id, number=row.subject, field=row.field, label=label_of(row.field)
    )
    record(about, actor=actor, about=row)
    return row


@operation(Right.DIFFERENCE_SETTLE)
def accept_theirs(actor: Actor, difference_id: UUID, *, note: str, at: datetime) -> bool:
    """Say that the partner's value is right.

    Our books take it over by the operation that the partner's own message would have called;
    where there is none, or it is closed to that, an officer gets a task.

    Returns:
        Whether our books took it over at once.

    Raises:
        NotFound: no such difference, or none this actor may see.
        StepClosed: it is not confirmed yet, or closed.
        Incomplete: no reason given.
    """
    if not note.strip():
        raise Incomplete(fields={"note": "Tulis dasar Anda menerima catatan mitra."})
    row = _open(difference_id)
    row.state = DIFFERENCE.take("accept theirs", DifferenceState(row.state))
    _save(row)
    done = _take_over(row, at)
    if not done:
        open_task(
            actor,
            about=row,
            kind=TASK,
            title=gettext_noop("Sesuaikan catatan kita dengan catatan negara tujuan"),
            due_at=at + OFFICER_HAS,
            owner="post" if row.post_id is not None else "ministry",
            subject=row.id,
            details={"field": row.field, "number": row.subject},
        )
    _step(actor, row, "accepted", note, at)
    about = TheirsAccepted(
        difference=row.id, number=row.subject, field=row.field, label=label_of(row.field), done=done
    )
    record(about, actor=actor, about=row)
    return done


@operation(Right.DIFFERENCE_SETTLE)
def note_difference(actor: Actor, difference_id: UUID, *, note: str, at: datetime) -> Difference:
    """Write down what was found out.

    Raises:
        NotFound: no such difference, or none this actor may see.
        Incomplete: nothing written.
    """
    if not note.strip():
        raise Incomplete(fields={"note": "Tulis catatannya."})
    row = _open(difference_id)
    _step(actor, row, "noted", note, at)
    about = DifferenceNoted(
        difference=row.id, number=row.subject, field=row.field, label=label_of(row.field)
    )
    record(about, actor=actor, about=row)
    return row


@operation(Right.DIFFERENCE_SETTLE)
def close_alarm(actor: Actor, alarm_id: UUID, *, reason: str, at: datetime) -> PastAlarm:
    """Close an alarm about a broken past, saying what it was.

    Raises:
        NotFound: no such alarm open, or none this actor may see.
        Incomplete: no reason.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis apa yang terjadi dan siapa yang memastikannya."})
    alarm = PastAlarm.objects.filter(pk=alarm_id, closed_at=None).first()
    if alarm is None:
        raise NotFound
    alarm.closed_at, alarm.closed_name, alarm.reason = at, actor.name, reason.strip()[:300]
    with acting_as(ROBOT):
        alarm.save(update_fields=["closed_at", "closed_name", "reason"])
        close_task_about(ROBOT, alarm.id, kind=heads.TASK)
    record(PastAlarmClosed(alarm=alarm.id, reason=alarm.reason), actor=actor, about=alarm)
    return alarm


def _open(difference_id: UUID) -> Difference:
    """The difference as this actor sees it; our robot locks and writes it."""
    row = Difference.objects.select_related("partner").filter(pk=difference_id).first()
    if row is None:
        raise NotFound
    with acting_as(ROBOT):
        return (
            Difference.objects.select_related("partner")
            .select_for_update(of=("self",))
            .get(pk=row.pk)
        )


def _save(row: Difference) -> None:
    with acting_as(ROBOT):
        row.save(update_fields=["state"])


def _step(actor: Actor, row: Difference, what: str, note: str, at: datetime) -> None:
    with acting_as(ROBOT):
        DifferenceStep.objects.create(
            difference=row, at=at, what=what, name=actor.name, office=actor.office,
            note=note.strip()[:300], **row.scope(),
        )  # fmt: skip


# --- taking theirs over ---------------------------------------------------------------------------


def _take_over(row: Difference, at: datetime) -> bool:
    take = _TAKES.get(row.field)
    if take is None or not row.theirs:
        return False
    robot = robot_of(row.partner)
    try:
        with acting_as(robot), transaction.atomic():
            placement = Placement.objects.filter(number=row.subject).first()
            if placement is None:
                return False
            take(robot, placement, row, at)
    except (Refusal, NeedsAnOfficer) as refusal:
        log.info("difference %s is for an officer: %s", row.pk, type(refusal).__name__)
        return False
    return True


class NeedsAnOfficer(Exception):
    """What is known does not suffice for the operation."""


def _employer(actor: Actor, placement: Placement, row: Difference, at: datetime) -> None:
    # A workplace is a name and a place: where both differ, both are theirs.
    monitoring.record_employment_change(
        actor, placement.worker_id, change="employer_changed", on=at.date(), employer=row.theirs,
        region=_other(row, "region") or placement.dest_region,
        sector=placement.sector,
    )  # fmt: skip


def _arrival(actor: Actor, placement: Placement, row: Difference, _at: datetime) -> None:
    placing.record_arrival(actor, placement.number, on=date.fromisoformat(row.theirs))


def _left(actor: Actor, placement: Placement, row: Difference, _at: datetime) -> None:
    if placement.ended_on is not None:
        raise NeedsAnOfficer
    record_return(
        actor, placement.worker_id, on=date.fromisoformat(row.theirs), reason=ReturnReason.TROUBLE,
        source=Source.DESTINATION,
    )  # fmt: skip


def _region(actor: Actor, placement: Placement, row: Difference, at: datetime) -> None:
    """The same employer at another place; where the employer differs too, that is settled first."""
    if _other(row, "employer") is not None:
        raise NeedsAnOfficer
    monitoring.record_employment_change(
        actor, placement.worker_id, change="workplace_moved", on=at.date(),
        employer=_held(row).get("employer", placement.employer_name), region=row.theirs,
        sector=placement.sector,
    )  # fmt: skip


def _residence(actor: Actor, placement: Placement, row: Difference, at: datetime) -> None:
    until = _other(row, "stay_expires_on") or _held(row).get("stay_expires_on")
    if until is None:
        raise NeedsAnOfficer
    monitoring.record_registration(
        actor, placement.worker_id, residence_no=row.theirs, on=at.date(),
        stay_expires_on=date.fromisoformat(until),
    )  # fmt: skip


def _stay(actor: Actor, placement: Placement, row: Difference, at: datetime) -> None:
    until, ours = date.fromisoformat(row.theirs), _held(row).get("stay_expires_on")
    if ours is None or until <= date.fromisoformat(ours):
        raise NeedsAnOfficer  # a shorter stay was not granted: somebody finds out what it is
    monitoring.record_extension(
        actor, placement.id, granted=True, on=at.date(), stay_expires_on=until
    )


def _other(row: Difference, field: str) -> str | None:
    """Their value in another field of the same subject, where that differs too."""
    found = Difference.objects.filter(
        partner=row.partner, subject=row.subject, field=field, closed_at=None
    ).first()
    return found.theirs if found is not None and found.theirs else None


def _held(row: Difference) -> dict[str, str]:
    found = books.of_subjects(row.partner, [row.subject])
    return found[0].record if found else {}


_TAKES: dict[str, Take] = {
    "employer": _employer,
    "region": _region,
    "residence_no": _residence,
    "stay_expires_on": _stay,
    "arrived_on": _arrival,
    "left_on": _left,
}
