"""What becomes known of a person since an event: from them, their family, or an officer who found out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.crisis import queries
from lindung.crisis.events import MusterAnswered
from lindung.crisis.labels import ANSWER_LABELS
from lindung.crisis.lifecycles import MUSTER_ANSWER, AnswerState, EventState
from lindung.crisis.models import MusterEntry
from lindung.crisis.operations.asking import TASK
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.models import Channel
from lindung.protection import operations as protection
from lindung.protection.models import CaseKind
from lindung.registry.models import Condition, Confidence, FactKind, Source
from lindung.registry.operations import close_task_about, keep_fact

_STEPS = {AnswerState.SAFE: "tell safe", AnswerState.NEEDS_HELP: "tell help"}
_NOTE = 300


@operation(Right.MUSTER_ANSWER)
def answer(
    actor: Actor,
    event_id: UUID,
    worker_id: UUID,
    *,
    state: AnswerState,
    source: Source,
    at: datetime,
    over: str = Channel.CALL,
    words: str = "",
    household_safe: bool | None = None,
) -> MusterEntry:
    """Write down what an officer, or another system, learned of somebody.

    Who needs help gets a case at once, unless one for this cry is running. The condition becomes a
    fact with its source; what the person said of themselves is not overwritten by it.

    Args:
        source: who said it. over: how it was learned.
        household_safe: of the family who live there; none: not told.
    Raises:
        NotFound: not on the list, or none this actor may see.
        StepClosed: the event ended. Incomplete: no such answer, or help without a word on what.
    """
    if state not in _STEPS:
        raise Incomplete(fields={"state": gettext_noop("Pilih aman atau perlu bantuan.")})
    if state is AnswerState.NEEDS_HELP and not words.strip():
        raise Incomplete(
            fields={"words": gettext_noop("Tulis bantuan apa yang diperlukan, dan di mana.")}
        )
    about = queries.event(event_id)
    if about.state == EventState.ENDED:
        raise StepClosed(step="answer", state=about.state)
    entry = _locked(event_id, worker_id)
    case_id = entry.case_id
    if state is AnswerState.NEEDS_HELP and case_id is None:
        case_id = protection.open_case(
            actor, worker_id, kind=CaseKind.DANGER, at=at, words=words.strip()
        ).id
        # The new case has told this entry already.
        entry = _locked(event_id, worker_id)
    _take(
        actor, entry, state, source=source, at=at, over=over, words=words, case_id=case_id,
        household_safe=household_safe,
    )  # fmt: skip
    _keep(actor, entry, state, source=source, at=at)
    return entry


@operation(Right.COMPLAINT_MAKE)
def answer_for(actor: Actor, *, safe: bool, words: str, at: datetime) -> int:
    """Take a relative's word on the person they act for, in every event that still asks.

    A call for help becomes a case. What the person said of themselves stands above it.

    Returns:
        in how many events it counted.
    Raises:
        NotFound: nothing is asked of this relative.
        Incomplete: help without a word on what.
    """
    if actor.worker is None or queries.for_family(actor) is None:
        raise NotFound
    if not safe:
        # The case that follows tells the entries.
        case = protection.tell_for(actor, words=words, at=at)
        return heard(
            ROBOT, actor.worker, state=AnswerState.NEEDS_HELP, source=Source.FAMILY, at=at,
            over=Channel.WEB, case_id=case.id,
        )  # fmt: skip
    return heard(
        ROBOT, actor.worker, state=AnswerState.SAFE, source=Source.FAMILY, at=at, over=Channel.WEB,
        words=words,
    )  # fmt: skip


@operation(Right.MUSTER_ANSWER)
def heard(
    actor: Actor,
    worker_id: UUID,
    *,
    state: AnswerState,
    source: Source,
    at: datetime,
    over: str = "",
    words: str = "",
    case_id: UUID | None = None,
) -> int:
    """Note an answer that came by itself, in every event that still asks; by our robot.

    Returns:
        how many entries it settled; 0 where nothing is asked or the person's own word stands.
    """
    settled = 0
    found = (
        MusterEntry.objects.select_for_update(of=("self",))
        .select_related("event", "worker")
        .filter(queries.running(), worker_id=worker_id)
    )
    for entry in found:
        if at < entry.event.happened_at or _stands(entry, state, source):
            continue
        if entry.state == state and entry.answered_by == source and case_id == entry.case_id:
            continue
        _take(
            actor, entry, state, source=source, at=at, over=over, words=words,
            case_id=case_id or entry.case_id,
        )  # fmt: skip
        settled += 1
        if source is not Source.WORKER:
            _keep(actor, entry, state, source=source, at=at)
    return settled


def note_channel(worker_id: UUID, channel: str, *, at: datetime) -> None:
    """A question went on to the person's next channel, since one did not take it; as our robot."""
    asked = MusterEntry.objects.select_for_update(of=("self",)).filter(
        queries.running(), worker_id=worker_id, state__in=queries.SILENT, asked_at__isnull=False
    )
    for entry in asked:
        step = "miss" if channel == Channel.WEB else "ask"
        entry.state = MUSTER_ANSWER.take(step, AnswerState(entry.state))
        entry.channels = [*entry.channels, channel]
        entry.asked_at = at
        entry.save(update_fields=["state", "channels", "asked_at"])


def _stands(entry: MusterEntry, state: AnswerState, source: Source) -> bool:
    """Whether what is known goes above what is said now: only the person takes back a cry for help."""
    if source in {Source.WORKER, Source.OFFICER} or entry.state in queries.SILENT:
        return False
    own = entry.answered_by == Source.WORKER
    return own and (state is AnswerState.SAFE or entry.state == state)


def _take(
    actor: Actor,
    entry: MusterEntry,
    state: AnswerState,
    *,
    source: Source,
    at: datetime,
    over: str,
    words: str,
    case_id: UUID | None,
    household_safe: bool | None = None,
) -> None:
    # The case that an officer's answer opened has told the same already.
    told = entry.state == state and entry.answered_by == source and entry.answered_at == at
    entry.state = MUSTER_ANSWER.take(_STEPS[state], AnswerState(entry.state))
    entry.answered_at, entry.answered_by, entry.answered_over = at, source, over[:12]
    entry.note = words.strip()[:_NOTE]
    entry.case_id = case_id
    fields = ["state", "answered_at", "answered_by", "answered_over", "note", "case_id"]
    if household_safe is not None:
        entry.household_safe = household_safe
        fields.append("household_safe")
    with acting_as(ROBOT):
        entry.save(update_fields=fields)
        # The reason is gone for this person; others of the event go on waiting.
        close_task_about(actor, entry.event_id, kind=TASK, worker_id=entry.worker_id)
    if told:
        return
    record(
        MusterAnswered(
            event=entry.event_id,
            title=entry.event.title,
            state=str(state),
            label=str(ANSWER_LABELS[state]),
            source=str(source),
        ),
        actor=actor,
        about=entry,
    )


def _keep(
    actor: Actor, entry: MusterEntry, state: AnswerState, *, source: Source, at: datetime
) -> None:
    """What others say of somebody's condition is a fact with its source, like any other."""
    condition = Condition.GOOD if state is AnswerState.SAFE else Condition.NEEDS_HELP
    with acting_as(ROBOT):
        keep_fact(
            actor,
            entry.worker,
            kind=FactKind.CONDITION,
            value={"condition": str(condition)},
            shown=str(condition.label),
            source=source,
            confirmed_on=timezone.localdate(at),
            confidence=Confidence.HIGH if source is Source.WORKER else Confidence.MEDIUM,
        )


def _locked(event_id: UUID, worker_id: UUID) -> MusterEntry:
    found = (
        MusterEntry.objects.select_for_update(of=("self",))
        .select_related("event", "worker")
        .filter(event_id=event_id, worker_id=worker_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found
