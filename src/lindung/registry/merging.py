"""Two entries of one person become one file, and two again where that was a mistake.

Rows are moved to the kept person and their keys written down (``MergeRecord.moved``), so that
undoing moves exactly these back. The gone entry stays as an alias in nobody's scope: no page, list
or export meets it, and its public number leads to the kept person. Journal entries keep the id
under which they were written. Why so: docs/decisions/0017-one-person-two-entries.md.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from lindung.access import sessions
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.registry.events import (
    HeldDistinct,
    MergeDeclined,
    MergeProposed,
    MergeUndone,
    PeopleMerged,
)
from lindung.registry.lifecycles import MERGE, MergeState
from lindung.registry.models import (
    DistinctPair,
    EntryCode,
    FamilyMember,
    Identifier,
    MergeRecord,
    Worker,
    WorkerState,
)
from lindung.registry.operations import close_tasks_between
from lindung.registry.scope import move
from lindung.registry.tokens import write_tokens

# Tables of a person whose rows stay with the entry they were written for, and why.
STAYS: dict[type[models.Model], str] = {
    WorkerState: "one hot row an entry; the kept person's own counts",
    EntryCode: "codes end within minutes, and those of an alias are deleted",
    MergeRecord: "which entries an alias had taken up before; undone the other way round",
}
IN_NOBODYS_SCOPE: dict[str, Any] = {"post_id": None, "agency_id": None, "region": "", "country": ""}

_under_way: list[Callable[[UUID], bool]] = []


class SameEntry(Refusal):
    """A person cannot be merged with the same entry."""

    status = 422
    slug = "same-entry"
    title = "Ini satu berkas, bukan dua."
    advice = "Pilih dua berkas yang berbeda."


class AlreadyMerged(Refusal):
    """One of the two is an alias already, or waits for a second person."""

    status = 409
    slug = "already-merged"
    title = "Salah satu berkas sudah digabung atau menunggu persetujuan."
    advice = "Buka riwayat penggabungannya dan selesaikan itu dahulu."


class BothUnderWay(Refusal):
    """Both have a placement under way: one of them must end, or they are two people."""

    status = 409
    slug = "both-under-way"
    title = "Keduanya sedang dalam penempatan."
    advice = "Akhiri dahulu penempatan yang keliru; bila keduanya benar, mereka dua orang."


class KeepTheOtherOne(Refusal):
    """The one to go has a placement under way: what others know by its scope must stay."""

    status = 409
    slug = "keep-the-other-one"
    title = "Berkas yang akan hilang sedang dalam penempatan."
    advice = "Pertahankan berkas itu, dan gabungkan yang lain ke dalamnya."


class AnotherPersonAgrees(Refusal):
    """Whoever proposed does not agree to it too."""

    status = 403
    slug = "another-person-agrees"
    title = "Usul ini disetujui atau ditolak oleh orang lain."
    advice = "Minta rekan yang berwenang membuka usul ini dengan akunnya sendiri."


class LaterMergeFirst(Refusal):
    """The kept person was merged into yet another one since."""

    status = 409
    slug = "later-merge-first"
    title = "Berkas ini kemudian digabung lagi ke berkas lain."
    advice = "Batalkan penggabungan yang lebih baru dahulu."


def counts_as_under_way(ask: Callable[[UUID], bool]) -> Callable[[UUID], bool]:
    """Register, in a higher app, a question whose yes means: this person is in a placement now.

    Asked as our robot: a placement out of the actor's sight counts too.
    """
    _under_way.append(ask)
    return ask


@operation(Right.DUPLICATE_SETTLE)
def merge(actor: Actor, *, keep_id: UUID, gone_id: UUID, reason: str, on: date) -> MergeRecord:
    """Treat two entries as one person; ``gone_id`` becomes an alias of ``keep_id``.

    Where both have a NIK in force and these differ, nothing moves yet: the merge is proposed, and
    another account has to agree (``confirm_merge``). Asked twice it is done once.

    Raises:
        NotFound: one of them does not exist or may not be seen.
        Incomplete: no reason.
        SameEntry, AlreadyMerged, BothUnderWay, KeepTheOtherOne: as they say.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tuliskan mengapa keduanya satu orang."})
    if keep_id == gone_id:
        raise SameEntry
    keep, gone = _both(keep_id, gone_id)
    if (earlier := _open_of(keep, gone)) is not None:
        return earlier
    _refuse_under_way(keep, gone)
    made = MergeRecord(
        worker=keep,
        gone=gone,
        gone_number=gone.public_number,
        gone_name=gone.full_name,
        reason=reason.strip(),
        proposed_by=actor.id,
        proposed_name=actor.name,
        proposed_on=on,
        **keep.scope(),
    )
    made.save(force_insert=True)
    if needs_a_second(keep.id, gone.id, on=on):
        event = MergeProposed(merge=made.id, kept=keep.public_number, gone=gone.public_number)
        record(event, actor=actor, about=keep)
        return made
    return _carry_out(actor, made, keep, gone, on=on)


@operation(Right.DUPLICATE_SETTLE)
def confirm_merge(actor: Actor, merge_id: UUID, *, on: date) -> MergeRecord:
    """Agree, as a second person, that two entries with different NIK are one person.

    Raises:
        NotFound: no such proposal, or one of the two may not be seen.
        AnotherPersonAgrees: the actor proposed it.
        StepClosed: it is settled already.
        BothUnderWay, KeepTheOtherOne: a placement began meanwhile.
    """
    made = _locked_record(merge_id)
    MERGE.take("merge", MergeState(made.state))
    if made.proposed_by == actor.id:
        raise AnotherPersonAgrees
    keep, gone = _both(made.worker_id, made.gone_id)
    _refuse_under_way(keep, gone)
    return _carry_out(actor, made, keep, gone, on=on)


@operation(Right.DUPLICATE_SETTLE)
def decline_merge(actor: Actor, merge_id: UUID, *, on: date) -> MergeRecord:
    """Do not agree, or take one's own proposal back; nothing has moved.

    Raises:
        NotFound: no such proposal, or none this actor may see.
        StepClosed: it is settled already.
    """
    made = _locked_record(merge_id)
    made.state = MERGE.take("decline", MergeState(made.state))
    made.settled_by, made.settled_name, made.settled_on = actor.id, actor.name, on
    made.save()
    record(
        MergeDeclined(merge=made.id, gone=made.gone_number),
        actor=actor,
        about=made,
        subject=made.id,
    )
    return made


@operation(Right.DUPLICATE_SETTLE)
def unmerge(actor: Actor, merge_id: UUID, *, reason: str, on: date) -> MergeRecord:
    """They were two after all: exactly the rows that moved go back, with their scope.

    What was added to the kept person since stays there: nobody but a person can tell whose it is.

    Raises:
        NotFound: no such merge, or none this actor may see.
        Incomplete: no reason.
        StepClosed: it was not carried out, or is undone already.
        LaterMergeFirst: the kept person is an alias by now.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tuliskan mengapa keduanya dua orang."})
    made = _locked_record(merge_id)
    made.state = MERGE.take("undo", MergeState(made.state))
    keep = _seen(made.worker_id)
    if keep.merged_into_id is not None:
        raise LaterMergeFirst
    with acting_as(ROBOT):
        gone = _seen(made.gone_id)
        rows = _move_back(made, keep, gone)
        gone.merged_into = None
        gone.save(update_fields=["merged_into"])
        taken_up = set(gone.ids)
        keep.aliases = [each for each in keep.aliases or () if each not in taken_up] or None
        keep.save(update_fields=["aliases"])
        move(gone, **made.before)
        write_tokens(gone)
        write_tokens(keep)
        sessions.end_all_of_worker(keep.id)
        made.undone_name, made.undone_on, made.undone_reason = actor.name, on, reason.strip()
        made.save()
    record(
        MergeUndone(
            merge=made.id,
            kept=keep.public_number,
            gone=gone.public_number,
            gone_id=gone.id,
            rows=rows,
        ),
        actor=actor,
        about=keep,
    )
    return made


@operation(Right.WORKER_READ)
def hold_distinct(actor: Actor, worker_id: UUID, other_id: UUID, *, on: date) -> None:
    """Say that two entries are two people: it is not asked again. Said twice it is said once.

    Raises:
        NotFound: one of them does not exist or may not be seen.
        SameEntry: it is one entry.
    """
    if worker_id == other_id:
        raise SameEntry
    one, other = _both(worker_id, other_id)
    for mine, theirs in ((one, other), (other, one)):
        _pair, made = DistinctPair.objects.get_or_create(
            worker=mine, other=theirs, defaults={"said_by": actor.name, "on": on, **mine.scope()}
        )
        if made:
            record(HeldDistinct(other=theirs.public_number), actor=actor, about=mine)
    close_tasks_between(actor, one.id, other.id)


def needs_a_second(keep_id: UUID, gone_id: UUID, *, on: date) -> bool:
    """Whether both have a NIK in force and none in common: twins and namesakes are like that."""
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    nik = Identifier.objects.filter(in_force, kind=str(Kind.NIK))
    mine, theirs = (
        {bytes(blind) for blind in nik.filter(worker_id=each).values_list("blind", flat=True)}
        for each in (keep_id, gone_id)
    )
    return bool(mine and theirs) and not mine & theirs


def moving(gone_id: UUID) -> dict[type[models.Model], int]:
    """How many rows of each table would move: the preview. Counted as our robot, shown as numbers."""
    with acting_as(ROBOT):
        counted = {model: model._default_manager.filter(worker_id=gone_id).count() for model in tables()}  # fmt: skip
    return {model: rows for model, rows in counted.items() if rows}


def tables() -> list[type[models.Model]]:
    """Every table of every app that has a person's rows and moves with the person."""
    return [
        model for model in apps.get_models() if model not in STAYS and _points_to_a_person(model)
    ]


def _points_to_a_person(model: type[models.Model]) -> bool:
    field = next((each for each in model._meta.concrete_fields if each.name == "worker"), None)
    return isinstance(field, models.ForeignKey) and field.related_model is Worker


def _carry_out(
    actor: Actor, made: MergeRecord, keep: Worker, gone: Worker, *, on: date
) -> MergeRecord:
    made.before = {name: _plain(value) for name, value in gone.scope().items()}
    with acting_as(ROBOT):
        made.moved = {model._meta.label: _moved(model, keep, gone) for model in tables()}
        made.moved = {label: keys for label, keys in made.moved.items() if keys}
        EntryCode.objects.filter(worker=gone).delete()
        for member in FamilyMember.objects.filter(worker=keep).values_list("id", flat=True):
            if str(member) in made.moved.get(FamilyMember._meta.label, ()):
                sessions.end_all_of_worker(member)
        sessions.end_all_of_worker(gone.id)
        # An alias first leaves every scope, then what has moved takes the kept person's.
        move(gone, **IN_NOBODYS_SCOPE)
        move(keep, **keep.scope())
        gone.merged_into = keep
        gone.save(update_fields=["merged_into"])
        keep.aliases = [*(keep.aliases or ()), *gone.ids]
        keep.save(update_fields=["aliases"])
        write_tokens(gone)
        write_tokens(keep)
        made.state = MERGE.take("merge", MergeState(made.state))
        made.settled_by, made.settled_name, made.settled_on = actor.id, actor.name, on
        made.save()
    record(
        PeopleMerged(
            merge=made.id,
            kept=keep.public_number,
            gone=gone.public_number,
            gone_id=gone.id,
            rows=sum(map(len, made.moved.values())),
        ),
        actor=actor,
        about=keep,
    )
    close_tasks_between(actor, keep.id, gone.id)
    return made


def _moved(model: type[models.Model], keep: Worker, gone: Worker) -> list[str]:
    """Move a table's rows; keys of those that moved. What the kept person has already stays."""
    manager = model._default_manager
    keys = list(manager.filter(worker_id=gone.id).order_by("pk").values_list("pk", flat=True))
    if not keys:
        return []
    try:
        with transaction.atomic():
            manager.filter(pk__in=keys, worker_id=gone.id).update(worker_id=keep.id)
        return [str(key) for key in keys]
    except IntegrityError:
        # The same number, the same fact: one of them is there already. Row by row then.
        return [str(key) for key in keys if _moved_alone(manager, key, keep)]


def _moved_alone(manager: models.Manager[Any], key: object, keep: Worker) -> bool:
    try:
        with transaction.atomic():
            return manager.filter(pk=key).update(worker_id=keep.id) == 1
    except IntegrityError:
        return False


def _move_back(made: MergeRecord, keep: Worker, gone: Worker) -> int:
    rows = 0
    for label, keys in made.moved.items():
        model = apps.get_model(label)
        # Where the person is the key itself, the key went along.
        where = {"pk": keep.id} if model._meta.pk.name == "worker" else {"pk__in": keys}
        rows += model._default_manager.filter(worker_id=keep.id, **where).update(worker_id=gone.id)
    return rows


def _both(one_id: UUID, other_id: UUID) -> tuple[Worker, Worker]:
    """Both, locked in one order whoever is named first, under the actor's own policies."""
    found = {
        each.id: each
        for each in Worker.objects.select_for_update()
        .filter(id__in=(one_id, other_id))
        .order_by("id")
    }
    if len(found) != 2:
        raise NotFound
    return found[one_id], found[other_id]


def _open_of(keep: Worker, gone: Worker) -> MergeRecord | None:
    """The same merge, asked for before; refuses another one that is open."""
    settled = Q(state__in=(MergeState.PROPOSED, MergeState.MERGED))
    same = MergeRecord.objects.filter(settled, worker=keep, gone=gone).first()
    if same is not None:
        return same
    waits = Q(state=MergeState.PROPOSED) & (Q(gone__in=(keep, gone)) | Q(worker=gone))
    if keep.merged_into_id or gone.merged_into_id or MergeRecord.objects.filter(waits).exists():
        raise AlreadyMerged
    return None


def _refuse_under_way(keep: Worker, gone: Worker) -> None:
    with acting_as(ROBOT):
        if not any(ask(gone.id) for ask in _under_way):
            return
        both = any(ask(keep.id) for ask in _under_way)
    raise BothUnderWay if both else KeepTheOtherOne


def _locked_record(merge_id: UUID) -> MergeRecord:
    found = MergeRecord.objects.select_for_update().filter(id=merge_id).first()
    if found is None:
        raise NotFound
    return found


def _seen(worker_id: UUID) -> Worker:
    found = Worker.objects.select_for_update().filter(id=worker_id).first()
    if found is None:
        raise NotFound
    return found


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
