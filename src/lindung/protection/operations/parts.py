"""What the operations on a case share: the locked row, a note, the journal of a step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.jurisdictions import workweek_of
from lindung.access.ready import add
from lindung.access.roles import ROBOT
from lindung.kernel.clock import Workweek
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Conflict, Incomplete, NotFound
from lindung.protection.events import CaseMoved
from lindung.protection.kinds import CLOSED
from lindung.protection.lifecycles import CaseState
from lindung.protection.models import Case, CaseNote, NoteSort, SealedPart
from lindung.protection.stages import STAGE_LABELS
from lindung.registry import queries as registry
from lindung.registry.models import Worker


def locked(case_id: UUID, version: int | None = None) -> Case:
    """The case, locked; with the version that a form was drawn from, if nobody changed it since.

    Raises:
        NotFound: no such case, or none this actor may see.
        Conflict: somebody changed it meanwhile; the refusal says how it stands now.
    """
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None:
        raise NotFound
    if version is not None and version != case.version:
        raise Conflict(version=case.version, stage=case.stage, owner=case.owner)
    return case


def still_open(case: Case, step: str) -> Case:
    """The same case.

    Raises:
        StepClosed: it has ended.
    """
    if case.closed_at is not None:
        raise StepClosed(step=step, state=case.state)
    return case


def needed(**given: str) -> None:
    """Ask for words.

    Raises:
        Incomplete: names the fields left empty.
    """
    if missing := [name for name, value in given.items() if not value.strip()]:
        raise Incomplete(fields=dict.fromkeys(missing, "Isi bagian ini."))


def worker_of(case: Case) -> Worker:
    """Whose case it is, also for a post that was handed the case and not the person."""
    with acting_as(ROBOT):
        return registry.worker(case.worker_id)


def kind_of_case(case: Case) -> str:
    """What it is about, whether or not the actor may read that; it stays inside the operation."""
    if case.kind != CLOSED:
        return case.kind
    with acting_as(ROBOT):
        return SealedPart.objects.get(case_id=case.id).kind


def week_of(case: Case) -> Workweek:
    """The calendar on which its clocks run."""
    return workweek_of(case.post_id) or Workweek(country="", timezone=settings.TIME_ZONE)


def changed(case: Case, *fields: str) -> None:
    """Save these fields and count the change."""
    case.version += 1
    case.save(update_fields=[*fields, "version"])


def write_note(
    case: Case,
    *,
    words: str,
    at: datetime,
    author: str,
    from_worker: bool = False,
    internal: bool = False,
    sort: NoteSort = NoteSort.WORDS,
) -> CaseNote:
    """Put words on a case, in its compartment."""
    note = CaseNote(
        case=case,
        worker_id=case.worker_id,
        at=at,
        words=words,
        author=author,
        from_worker=from_worker,
        internal=internal,
        sort=sort,
        compartment=case.compartment,
        **case.scope(),
    )
    add(note)
    return note


def moved(actor: Actor, case: Case, step: str) -> None:
    """Record that the case took a step."""
    label = str(STAGE_LABELS[CaseState(case.state)])
    record(
        CaseMoved(case=case.id, number=case.number, step=step, label=label),
        actor=actor,
        about=case,
    )
