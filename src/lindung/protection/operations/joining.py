"""Cases that belong together: merged, split, linked; complaints placed with a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import NotFound, Refusal
from lindung.protection.events import (
    CasesLinked,
    CasesMerged,
    CasesParted,
    CaseSplit,
    ComplaintPlaced,
    LinkUndone,
)
from lindung.protection.lifecycles import CASE, CaseState
from lindung.protection.models import (
    OPEN,
    Case,
    CaseKind,
    CaseLink,
    Complaint,
    Hearing,
    LinkSort,
)
from lindung.protection.operations.opening import begin
from lindung.protection.operations.parts import changed, locked, needed, still_open, worker_of
from lindung.registry import queries as registry

_CLOCKS = ("opened_at", "answer_due_at", "plan_due_at", "due_at")


class NotTheSamePerson(Refusal):
    """Cases of two people are linked, never merged: each answers their own."""

    status = 409
    slug = "not-the-same-person"
    title = "Kedua kasus ini milik orang yang berbeda."
    advice = "Kaitkan keduanya; setiap orang menjawab kasusnya sendiri."


class SealedApart(Refusal):
    """A sealed case and an open one stay apart."""

    status = 409
    slug = "sealed-apart"
    title = "Kasus tertutup tidak dapat digabung dengan kasus terbuka."
    advice = "Ubah dahulu jenis kasus yang terbuka, lalu gabungkan."


@operation(Right.CASE_WORK)
def merge(
    actor: Actor,
    keep_id: UUID,
    *,
    other_id: UUID,
    reason: str,
    at: datetime,
    version: int | None = None,
) -> Case:
    """Let one case go on in another of the same person, with the clocks of the earliest.

    Raises:
        NotFound: no such case, or none this actor may see.
        Conflict: somebody changed the kept one meanwhile.
        StepClosed: one of them has ended.
        NotTheSamePerson, SealedApart: they cannot be one.
        Incomplete: no reason.
    """
    needed(reason=reason)
    if keep_id == other_id:
        raise NotFound
    # Locked in one order, so that two people merging the same pair do not wait for each other.
    for each in sorted((keep_id, other_id)):
        locked(each)
    keep, other = locked(keep_id, version), locked(other_id)
    still_open(keep, "merge")
    if keep.worker_id != other.worker_id:
        raise NotTheSamePerson
    if keep.is_sealed != other.is_sealed or (
        keep.is_sealed and keep.compartment != other.compartment
    ):
        raise SealedApart
    gone = CASE.take("merge", CaseState(other.state))
    before = {
        "state": other.state,
        **{name: _text(getattr(keep, name)) for name in _CLOCKS},
    }
    _link(actor, keep, other, sort=LinkSort.MERGED, reason=reason, at=at, before=before)
    for name in _CLOCKS:
        both = [getattr(keep, name), getattr(other, name)]
        setattr(keep, name, min((each for each in both if each is not None), default=None))
    answered = [each for each in (keep.answered_at, other.answered_at) if each is not None]
    keep.answered_at = min(answered, default=None)
    changed(keep, *_CLOCKS, "answered_at")
    other.state, other.closed_at, other.merged_into = gone, at, keep
    changed(other, "state", "closed_at", "merged_into")
    told = CasesMerged(case=other.id, number=other.number, into=keep.number, other=keep.id)
    record(told, actor=actor, about=other)
    return keep


@operation(Right.CASE_WORK)
def part_again(actor: Actor, case_id: UUID, *, at: datetime) -> Case:
    """Take a merge back: both stand as before, each with its own clocks.

    Args:
        case_id: the one that was merged into another.
    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: it was not merged.
    """
    case = locked(case_id)
    CASE.take("part again", CaseState(case.state))
    link = CaseLink.objects.get(other=case, sort=LinkSort.MERGED, undone_at__isnull=True)
    keep = locked(link.case_id)
    # Where it stood is kept with the merge; the step's own target only says that it lives again.
    case.state, case.closed_at, case.merged_into = link.before["state"], None, None
    changed(case, "state", "closed_at", "merged_into")
    if keep.closed_at is None:
        for name in _CLOCKS:
            value = link.before[name]
            setattr(keep, name, parse_datetime(value) if value else None)
        changed(keep, *_CLOCKS)
    _undo(actor, link, at)
    told = CasesParted(case=case.id, number=case.number, into=keep.number, other=keep.id)
    record(told, actor=actor, about=case)
    return case


@operation(Right.CASE_WORK)
def split(
    actor: Actor,
    case_id: UUID,
    *,
    kind: CaseKind,
    words: str,
    at: datetime,
    version: int | None = None,
) -> Case:
    """Make a part of a case a case of its own; its clocks count from when the first was opened.

    Raises:
        NotFound: no such case, or none this actor may see.
        Conflict: somebody changed it meanwhile.
        StepClosed: it has ended.
        Incomplete: it is not said what the part is.
    """
    needed(words=words)
    first = still_open(locked(case_id, version), "split")
    made = begin(
        actor,
        worker_of(first),
        kind=kind,
        at=at,
        opened_at=first.opened_at,
        complaint_id=None,
        words=words,
        compartment=first.compartment,
    )
    _link(
        actor,
        first,
        made,
        sort=LinkSort.SPLIT,
        reason=words[:300] if not made.is_sealed else "",
        at=at,
    )
    told = CaseSplit(case=first.id, number=first.number, new=made.number, other=made.id)
    record(told, actor=actor, about=first)
    return made


@operation(Right.CASE_WORK)
def link(
    actor: Actor, case_id: UUID, *, other_id: UUID, sort: LinkSort, at: datetime, reason: str = ""
) -> CaseLink:
    """Say that two cases have the same employer or the same event; saying it again changes nothing.

    Raises:
        NotFound: no such case, or none this actor may see.
    """
    if case_id == other_id or sort not in {LinkSort.SAME_EMPLOYER, LinkSort.SAME_EVENT}:
        raise NotFound
    case, other = locked(case_id), locked(other_id)
    pair = Q(case=case, other=other) | Q(case=other, other=case)
    if standing := CaseLink.objects.filter(pair, sort=sort, undone_at__isnull=True).first():
        return standing
    made = _link(actor, case, other, sort=sort, reason=reason, at=at)
    told = CasesLinked(case=case.id, number=case.number, beside=other.number, other=other.id)
    record(told, actor=actor, about=case)
    return made


@operation(Right.CASE_WORK)
def unlink(actor: Actor, link_id: UUID, *, at: datetime) -> CaseLink:
    """Take a link back; the row stays and says who did.

    Raises:
        NotFound: no such link, or none this actor may see.
        StepClosed: it was taken back before, or is a merge or split.
    """
    found = CaseLink.objects.filter(id=link_id).select_related("case", "other").first()
    if found is None:
        raise NotFound
    if found.undone_at is not None or found.sort not in {
        LinkSort.SAME_EMPLOYER,
        LinkSort.SAME_EVENT,
    }:
        raise StepClosed(step="unlink", state=found.sort)
    _undo(actor, found, at)
    told = LinkUndone(
        case=found.case_id,
        number=found.case.number,
        beside=found.other.number,
        other=found.other_id,
    )
    record(told, actor=actor, about=found.case)
    return found


@operation(Right.CASE_WORK)
def place_complaint(
    actor: Actor, complaint_id: UUID, *, at: datetime, case_id: UUID | None = None, how: str = ""
) -> Complaint:
    """Place a complaint with a case that answers it too, or say how it was answered without one.

    Raises:
        NotFound: no such complaint or case, or none this actor may see.
        Incomplete: neither a case nor words.
    """
    complaint = Complaint.objects.select_for_update().filter(id=complaint_id).first()
    if complaint is None:
        raise NotFound
    if case_id is None:
        needed(how=how)
    else:
        case = locked(case_id)
        Hearing.objects.get_or_create(
            case=case,
            complaint=complaint,
            defaults={
                "worker_id": case.worker_id,
                "at": at,
                "by_name": actor.name,
                **case.scope(),
            },
        )
    if complaint.due_at is not None and complaint.settled_at is None:
        complaint.settled_at, complaint.settled_how = at, how.strip()[:300]
        complaint.save(update_fields=["settled_at", "settled_how"])
    record(ComplaintPlaced(complaint=complaint.id), actor=actor, about=complaint)
    return complaint


@operation(Right.CASE_OPEN)
def open_from(
    actor: Actor, complaint_id: UUID, worker_id: UUID, *, kind: CaseKind, at: datetime
) -> Case:
    """Open a further case for somebody whom a complaint concerns; it counts from the complaint.

    Raises:
        NotFound: no such complaint or person, or none this actor may see.
    """
    complaint = Complaint.objects.filter(id=complaint_id).first()
    if complaint is None:
        raise NotFound
    sealed = complaint.compartment if complaint.worker_id == worker_id else OPEN
    case = begin(
        actor,
        registry.worker(worker_id),
        kind=kind,
        at=at,
        opened_at=complaint.at,
        compartment=sealed,
        tell=complaint.worker_id == worker_id,
    )
    place_complaint(actor, complaint_id, case_id=case.id, at=at)
    return case


def _link(
    actor: Actor,
    case: Case,
    other: Case,
    *,
    sort: LinkSort,
    reason: str,
    at: datetime,
    before: dict[str, str] | None = None,
) -> CaseLink:
    made = CaseLink(
        case=case,
        other=other,
        worker_id=case.worker_id,
        sort=sort,
        reason=reason.strip()[:300],
        before=before or {},
        at=at,
        by_name=actor.name,
        **case.scope(),
    )
    made.save(force_insert=True)
    return made


def _undo(actor: Actor, link: CaseLink, at: datetime) -> None:
    link.undone_at, link.undone_by = at, actor.name
    link.save(update_fields=["undone_at", "undone_by"])


def _text(value: datetime | None) -> str:
    return value.isoformat() if value else ""
