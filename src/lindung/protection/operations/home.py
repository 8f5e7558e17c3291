"""What an office at home does on a case of somebody at home: it reads the little it needs, and calls.

An office has no part in cases abroad, and no row of a case is its own to read. Of somebody who is in its
region and whom no post looks after, our robot tells it the number, what kind it is and by when somebody has
to call; of a sealed case only that there is one. What was said is between the person and who calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import look, record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.protection.events import CaseAnswered, ContactTried
from lindung.protection.lifecycles import CaseState
from lindung.protection.models import Case, ContactAttempt
from lindung.protection.operations.parts import locked, still_open, write_note
from lindung.protection.stages import STAGE_LABELS


@dataclass(frozen=True, slots=True)
class HomeCase:
    """What an office at home reads of a case; ``kind`` is in words, closed for a sealed one."""

    id: UUID
    number: str
    worker_id: UUID
    kind: str
    stage: str
    opened_at: datetime
    answer_due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    owner: str
    sealed: bool
    attempts: tuple[tuple[datetime, str, bool, str], ...]


@operation(Right.CASE_HOME)
def read_home_case(actor: Actor, case_id: UUID) -> HomeCase:
    """A case of somebody at home, as far as the office needs it; the look is recorded.

    Raises:
        NotFound: no such case, one that a post looks after, or of another region.
    """
    with acting_as(ROBOT):
        case = _at_home(actor, Case.objects.filter(id=case_id).first())
        attempts = ContactAttempt.objects.filter(case_id=case.id)
        found = HomeCase(
            id=case.id,
            number=case.number,
            worker_id=case.worker_id,
            kind=str(case.get_kind_display()),
            stage=str(STAGE_LABELS[CaseState(case.state)]),
            opened_at=case.opened_at,
            answer_due_at=case.answer_due_at,
            answered_at=case.answered_at,
            closed_at=case.closed_at,
            owner=case.owner_name,
            sealed=case.is_sealed,
            attempts=tuple(
                (each.at, each.channel, each.reached, each.by_name) for each in attempts
            ),
        )
        scope = case
    look(actor, scope, worker=found.worker_id, purpose=found.number)
    return found


@operation(Right.CASE_HOME)
def call_from_home(
    actor: Actor, case_id: UUID, *, channel: str, reached: bool, words: str, at: datetime
) -> None:
    """Keep that the office called, and what was said; reaching the person is the first answer.

    Raises:
        NotFound: no such case, one that a post looks after, or of another region.
        StepClosed: it has ended. Incomplete: no channel, or reached without a word on it.
    """
    wrong = {}
    if not channel:
        wrong["channel"] = gettext_noop("Pilih cara menghubunginya.")
    if reached and not words.strip():
        wrong["words"] = gettext_noop("Tulis apa yang dikatakan dan apa yang dijanjikan.")
    if wrong:
        raise Incomplete(fields=wrong)
    with acting_as(ROBOT):
        _at_home(actor, Case.objects.filter(id=case_id).first())
        case = still_open(locked(case_id), "log attempt")
        ContactAttempt(
            case=case,
            worker_id=case.worker_id,
            channel=channel,
            reached=reached,
            at=at,
            by_name=actor.name,
            **case.scope(),
        ).save(force_insert=True)
        if words.strip():
            author = f"{actor.name} ({actor.office})" if actor.office else actor.name
            write_note(case, words=words, at=at, author=author[:120], internal=True)
        first = reached and case.answered_at is None
        if first:
            case.answered_at = at
            case.save(update_fields=["answered_at"])
    told = ContactTried(case=case.id, number=case.number, channel=channel)
    record(told, actor=actor, about=case)
    if first:
        record(CaseAnswered(case=case.id, number=case.number), actor=actor, about=case)


def _at_home(actor: Actor, case: Case | None) -> Case:
    if (
        case is None
        or case.post_id is not None
        or actor.kind is not Kind.OFFICE
        or case.region not in actor.regions
    ):
        raise NotFound
    return case
