"""A case ends with the worker's own word, or by the dated rule when nobody can reach them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.protection.events import (
    CaseClosed,
    CaseClosedAfterDeath,
    CaseClosedUnreachable,
    CaseReopened,
    ContactTried,
)
from lindung.protection.lifecycles import CASE, CaseState
from lindung.protection.models import Case, CaseKind, CaseNote, ContactAttempt
from lindung.protection.operations.parts import (
    changed,
    locked,
    moved,
    needed,
    still_open,
    write_note,
)
from lindung.regulations.lawbook import Provision

UNREACHABLE_DAYS = Provision("id.complaint.unreachable_days", unit="days")
# So many ways have to be tried; our own practice, beside the days of the rule.
WAYS = 3
_BEST = 5


class NotTriedEnough(Refusal):
    """The person may still be reached: too few ways were tried, or too few days have passed."""

    status = 409
    slug = "not-tried-enough"
    title = "Kasus ini belum boleh ditutup tanpa kata pekerja."
    advice = "Coba saluran lain dan catat; kasus boleh ditutup setelah syaratnya terpenuhi."


@operation(Right.OUTCOME_CONFIRM)
def answer_outcome(
    actor: Actor, case_id: UUID, *, solved: bool, at: datetime, feedback: int | None = None
) -> Case:
    """The worker's word on the outcome: it closes the case, or sends it back to work.

    Args:
        feedback: how it went, 1 to 5, if the worker says so.
    Raises:
        NotFound: no such case, or not this worker's.
        StepClosed: no outcome was reported.
        Incomplete: feedback out of range.
    """
    if feedback is not None and not 1 <= feedback <= _BEST:
        raise Incomplete(fields={"feedback": "Pilih 1 sampai 5."})
    case = locked(case_id)
    case.state = CASE.take("confirm" if solved else "object", CaseState(case.state))
    case.closed_at = at if solved else None
    case.feedback = feedback
    changed(case, "state", "closed_at", "feedback")
    if solved:
        record(CaseClosed(case=case.id, number=case.number), actor=actor, about=case)
    else:
        moved(actor, case, "object")
    return case


@operation(Right.OUTCOME_CONFIRM)
def object_to_close(actor: Actor, case_id: UUID, *, words: str, at: datetime) -> Case:
    """The worker says that a closed case is not over; work goes on where it stood.

    Raises:
        NotFound: no such case, or not this worker's.
        StepClosed: it has not ended, or goes on in another case.
        Incomplete: no words.
    """
    needed(words=words)
    case = locked(case_id)
    case.state = CASE.take("reopen", CaseState(case.state))
    case.closed_at = None
    changed(case, "state", "closed_at")
    write_note(case, words=words, at=at, author=actor.name, from_worker=True)
    record(CaseReopened(case=case.id, number=case.number), actor=actor, about=case)
    return case


@operation(Right.CASE_WORK)
def log_attempt(
    actor: Actor, case_id: UUID, *, channel: str, reached: bool, at: datetime, words: str = ""
) -> ContactAttempt:
    """Keep that the person was tried, and how it went; what was said goes into an internal note.

    Reaching them is the first human contact, where there was none.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: it has ended.
        Incomplete: no channel.
    """
    needed(channel=channel)
    case = still_open(locked(case_id), "log attempt")
    attempt = ContactAttempt(
        case=case,
        worker_id=case.worker_id,
        channel=channel,
        reached=reached,
        at=at,
        by_name=actor.name,
        **case.scope(),
    )
    attempt.save(force_insert=True)
    if reached and case.answered_at is None:
        case.answered_at = at
        changed(case, "answered_at")
    if words.strip():
        write_note(case, words=words, at=at, author=actor.name, internal=True)
    told = ContactTried(case=case.id, number=case.number, channel=channel)
    record(told, actor=actor, about=case)
    return attempt


@operation(Right.CASE_WORK)
def close_unreachable(
    actor: Actor, case_id: UUID, *, at: datetime, version: int | None = None
) -> Case:
    """Close the case of somebody nobody could reach; they may object whenever they come back.

    Raises:
        NotFound: no such case, or none this actor may see.
        Conflict: somebody changed it meanwhile.
        NotTriedEnough: names the channels tried since the last word, and the day it may end.
        NotConfirmed: no term was ever known.
    Law:
        id.complaint.unreachable_days
    """
    case = locked(case_id, version)
    state = CASE.take("close unreachable", CaseState(case.state))
    ways, until = out_of_reach(case, at=at)
    if len(ways) < WAYS or at.date() < until:
        raise NotTriedEnough(ways=sorted(ways), needed=WAYS, until=until.isoformat())
    case.state, case.closed_at = state, at
    case.paused_until = None
    changed(case, "state", "closed_at", "paused_until")
    told = CaseClosedUnreachable(case=case.id, number=case.number, attempts=len(ways))
    record(told, actor=actor, about=case, basis=UNREACHABLE_DAYS.id)
    return case


@operation(Right.CASE_WORK)
def close_after_death(actor: Actor, case_id: UUID, *, outcome: str, at: datetime) -> Case:
    """Close the case of somebody who died, once everything owed was done; by the workflow alone.

    A case that has ended already, or is not about a death, stays as it is.

    Raises:
        NotFound: no such case, or none this actor may see.
    """
    case = locked(case_id)
    if case.closed_at is not None or case.kind != CaseKind.DEATH:
        return case
    case.state = CASE.take("close after death", CaseState(case.state))
    case.closed_at, case.outcome, case.paused_until = at, outcome, None
    changed(case, "state", "closed_at", "outcome", "paused_until")
    record(CaseClosedAfterDeath(case=case.id, number=case.number), actor=actor, about=case)
    return case


def out_of_reach(case: Case, *, at: datetime) -> tuple[frozenset[str], date]:
    """The channels tried in vain since the person's last word, and the day the rule's time is over.

    Raises:
        NotConfirmed: no term was ever known.
    """
    # A sealed note counts for its day, whoever asks; nothing of it is told.
    with acting_as(ROBOT):
        last_note = (
            CaseNote.objects.filter(case_id=case.id, from_worker=True).order_by("-at").first()
        )
        attempts = list(ContactAttempt.objects.filter(case_id=case.id, at__lte=at))
    heard = [each.at for each in attempts if each.reached]
    last = max([case.opened_at, *heard, *([last_note.at] if last_note else [])])
    ways = frozenset(each.channel for each in attempts if each.at > last)
    said = UNREACHABLE_DAYS.on(at.date())
    # The last known term counts where the day itself is not confirmed: the longer wait is the safe
    # side, and the rule's own page says that it needs a check. Never known: nobody is closed out.
    days = said.last_known if said.last_known is not None else said.confirmed()
    return ways, last.date() + timedelta(days=int(days))
