"""Erasing by job: asked with a dry run, agreed to by a second person, done in batches, resumable.

Each batch is one transaction: it waits for its turn, asks again who is due and not held, and erases
set-based what the schedule names. A batch that was cut off did nothing; the next run goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models.functions import Coalesce, ExtractYear

from lindung.access import sessions
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.forgetting import forget_words
from lindung.access.jobs import enqueue
from lindung.access.journal import entry_of, record
from lindung.access.models import Forgotten, JournalEntry
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.access.two_people import AlreadyAsked, answered, reason_of
from lindung.documents import store
from lindung.documents.models import Content
from lindung.kernel.refusals import NotFound, Refusal
from lindung.placement.models import Placement
from lindung.privacy import due, ledger, schedule
from lindung.privacy.events import (
    DataErased,
    ErasureAnswered,
    ErasureAsked,
    ErasureEnded,
)
from lindung.privacy.lifecycles import ERASURE, Decision
from lindung.privacy.models import Erasure, Tally
from lindung.privacy.operations.holds import wait_for_turn
from lindung.registry.models import Worker

BATCH = 200  # people of one batch
ENTRIES = 2_000  # journal entries of one batch


class NothingDue(Refusal):
    """There is nothing to erase, or nothing that may be erased yet."""

    status = 409
    slug = "nothing-due"
    title = "Tidak ada data yang boleh dihapus sekarang."
    advice = "Periksa masa simpannya: tanpa masa yang diketahui atau diputuskan tidak ada yang jatuh tempo."


class Held(Refusal):
    """Something stops the erasing of this person's data."""

    status = 409
    slug = "held"
    title = "Data orang ini sedang ditahan dari penghapusan."
    advice = "Lihat penahanan, kasus, tuntutan, dan kejadian yang masih berjalan; hapus sesudah semuanya selesai."


@operation(Right.ERASURE_ASK)
def ask_for_kind(actor: Actor, kind: str, *, reason: str, on: date, at: datetime) -> Erasure:
    """Ask to erase what is due of one kind; the dry run stands on the row.

    Raises:
        NotFound: no such kind. NothingDue: none is due, or the period needs a check.
        AlreadyAsked: one of the kind waits or runs.
    """
    if kind not in schedule.kinds():
        raise NotFound
    reason = reason_of(reason)
    _refuse_twice(kind=kind)
    # Counted over every table, also those that the one who asks never reads.
    with acting_as(ROBOT):
        people, held = due.people_due(kind, on=on)
        expected: Counter[str] = Counter()
        going = due.next_due(kind, on=on, most=people)
        for start in range(0, len(going), BATCH):
            expected += dry_run(going[start : start + BATCH], kind=kind)
    if not people:
        raise NothingDue
    return _asked(
        actor, kind=kind, reason=reason, on=on, at=at, expected=expected, people=people, held=held
    )


@operation(Right.ERASURE_ASK)
def ask_for_person(
    actor: Actor,
    worker_id: UUID,
    *,
    reason: str,
    on: date,
    at: datetime,
    request: UUID | None = None,
) -> Erasure:
    """Ask to erase everything about one person, whatever the periods; for a granted request.

    Raises:
        NotFound: no such person. Held: something is going on. AlreadyAsked: one waits or runs.
    """
    reason = reason_of(reason)
    worker = Worker.objects.filter(pk=worker_id, merged_into__isnull=True).first()
    if worker is None or worker.full_name == due.SHELL:
        raise NotFound
    _refuse_twice(worker_id=worker_id)
    with acting_as(ROBOT):
        if due.is_held(worker_id, on=on):
            raise Held
        expected = dry_run(worker.ids, kind="")
    return _asked(
        actor, worker_id=worker_id, reason=reason, on=on, at=at, expected=expected, people=1,
        request_id=request,
    )  # fmt: skip


@operation(Right.ERASURE_APPROVE)
def answer(actor: Actor, erasure_id: UUID, *, agree: bool, at: datetime) -> Erasure:
    """Agree to an erasure as the second person, which begins it, or refuse it.

    Raises:
        NotFound, NeedsAnother, StepClosed.
    """
    row = Erasure.objects.select_for_update().filter(pk=erasure_id).first()
    if row is None:
        raise NotFound
    answered(row, ERASURE, actor, yes="agree", agree=agree, at=at)
    told = ErasureAnswered(erasure=row.id, answer=str(row.state))
    record(told, actor=actor, subject=row.id)
    if agree:
        enqueue("privacy.erase", lock="erasing", erasure=str(row.id))
    return row


@operation(Right.ERASURE_RUN)
def erase_next(actor: Actor, erasure_id: UUID, *, on: date, at: datetime) -> bool:
    """Erase the next batch of an agreed erasure; whether there is more to do.

    Raises:
        NotFound: no such erasure, or it is not agreed to.
    """
    wait_for_turn()
    running = [Decision.AGREED, Decision.RUNNING]
    row = Erasure.objects.select_for_update().filter(pk=erasure_id, state__in=running).first()
    if row is None:
        raise NotFound
    if row.worker_id is not None and due.is_held(row.worker_id, on=on):
        # Agreed to, and then something came up: it waits, and is looked at again each hour.
        return False
    row.state = ERASURE.take("run", Decision(row.state))
    row.begun_at = row.begun_at or at
    people = _next_people(row, on=on)
    if people:
        row.batches += 1
        gone = erase_people(actor, people, kind=row.kind, erasure=row, batch=row.batches)
        row.done = dict(Counter(row.done) + gone)
        record_of_each(actor, people, row)
        assert row.answered_by is not None
        batch = ledger.Batch(
            row.id, row.kind, tuple(people), row.asked_by, row.answered_by, row.on, at
        )
        transaction.on_commit(partial(ledger.note, batch))
    else:
        row.state = ERASURE.take("finish", Decision(row.state))
        row.ended_at = at
        ended = ErasureEnded(erasure=row.id, people=row.people, rows=sum(row.done.values()))
        record(ended, actor=actor, subject=row.id)
    row.save(update_fields=["state", "begun_at", "batches", "done", "ended_at"])
    return bool(people)


@operation(Right.ERASURE_RUN)
def erase_again(actor: Actor, batch: ledger.Batch, *, at: datetime) -> int:
    """Do a batch again that a restored backup undid; rows that went, 0 where it was not undone.

    The two people agreed to it then; holds placed since do not count, since the data was gone.
    """
    wait_for_turn()
    if not dry_run(batch.people, kind=batch.kind):
        return 0
    row, _ = Erasure.objects.get_or_create(
        id=batch.erasure,
        defaults={
            "kind": batch.kind, "worker_id": None if batch.kind else batch.people[0],
            "on": batch.on, "reason": "Diulang sesudah cadangan dipulihkan.", "people": len(batch.people),
            "state": Decision.DONE, "asked_by": batch.asked_by, "asked_name": "", "asked_at": batch.at,
            "answered_by": batch.answered_by, "answered_name": "", "answered_at": batch.at,
            "begun_at": at, "ended_at": at,
        },
    )  # fmt: skip
    row.batches += 1
    gone = erase_people(actor, batch.people, kind=batch.kind, erasure=row, batch=row.batches)
    row.done = dict(Counter(row.done) + gone)
    row.save(update_fields=["batches", "done"])
    record_of_each(actor, batch.people, row)
    return sum(gone.values())


def dry_run(people: Sequence[UUID], *, kind: str) -> Counter[str]:
    """How many rows would go or be blanked, by table; nothing is changed."""
    found: Counter[str] = Counter()
    ids = _all_ids(people)
    for table in _tables(kind):
        if table.then == "words":
            gone = Forgotten.objects.values("entry_id")
            entries = table.rows(ids).exclude(type__startswith="privacy.")
            rows = entries.exclude(id__in=gone).count()
        else:
            rows = _still_full(table, ids).count()
        if rows:
            found[table.name] += rows
    return found


def erase_people(
    actor: Actor, people: Sequence[UUID], *, kind: str, erasure: Erasure, batch: int
) -> Counter[str]:
    """Erase one kind about these people, or everything; rows by table that went or were blanked."""
    ids = _all_ids(people)
    gone: Counter[str] = Counter()
    tables = _tables(kind)
    if any(each.model is Content for each in tables):
        for document in (
            schedule.tables()["documents.Content"].rows(ids).values_list("document_id", flat=True)
        ):
            transaction.on_commit(partial(store.drop, document))
    if any(each.model is Placement for each in tables):
        _tally(ids, erasure)
    if not kind or kind == "sign_in":
        for each in ids:
            sessions.end_all_of_worker(each)
    # What others name goes first: who names it is still there to ask.
    for table in sorted(tables, key=lambda each: (each.along is None, "__" not in _path(each))):
        if table.then == "words":
            gone[table.name] += _forget(actor, ids, erasure, batch)
        elif table.then == "erase":
            gone[table.name] += table.rows(ids)._raw_delete(connection.alias)
        elif table.then == "blank":
            gone[table.name] += _still_full(table, ids).update(**_blanks(table))
    return +gone


def record_of_each(actor: Actor, people: Sequence[UUID], erasure: Erasure) -> None:
    """In the journal of each: that data was erased, and nothing of it."""
    told = DataErased(erasure=erasure.id, kind=erasure.kind)
    JournalEntry.objects.bulk_create(
        entry_of(told, actor=actor, subject=erasure.id, worker=each) for each in people
    )


def _asked(
    actor: Actor, *, expected: Counter[str], people: int, held: int = 0, kind: str = "",
    worker_id: UUID | None = None, request_id: UUID | None = None, reason: str, on: date, at: datetime,
) -> Erasure:  # fmt: skip
    row = Erasure.objects.create(
        kind=kind, worker_id=worker_id, request_id=request_id, on=on, reason=reason,
        expected=dict(expected), people=people, held=held,
        asked_by=actor.id, asked_name=actor.name, asked_at=at,
    )  # fmt: skip
    told = ErasureAsked(erasure=row.id, kind=kind, people=people, rows=sum(expected.values()))
    record(told, actor=actor, subject=row.id)
    return row


def _refuse_twice(**what: object) -> None:
    going = [Decision.ASKED, Decision.AGREED, Decision.RUNNING]
    if Erasure.objects.filter(state__in=going, **what).exists():
        raise AlreadyAsked


def _next_people(row: Erasure, *, on: date) -> list[UUID]:
    if row.kind:
        return due.next_due(row.kind, on=on, most=BATCH)
    assert row.worker_id is not None
    over = Worker.objects.filter(pk=row.worker_id, full_name=due.SHELL).exists()
    return [] if over else [row.worker_id]


def _tables(kind: str) -> list[schedule.Table]:
    found = schedule.tables_of(kind) if kind else list(schedule.tables().values())
    return [
        each
        for each in found
        if each.then in {"erase", "blank", "words"} and (each.whose or each.along)
    ]


def _all_ids(people: Sequence[UUID]) -> list[UUID]:
    """With every id under which earlier things happened to them."""
    rows = Worker.objects.filter(models.Q(pk__in=people) | models.Q(merged_into__in=people))
    return list({id_ for row in rows for id_ in row.ids} | set(people))


def _path(table: schedule.Table) -> str:
    return table.whose[0] if table.whose else ""


def _blanks(table: schedule.Table) -> dict[str, object]:
    binary = {
        f.attname for f in table.model._meta.concrete_fields if isinstance(f, models.BinaryField)
    }
    return {name: b"" if name in binary else value for name, value in (table.blank or {}).items()}


def _still_full(table: schedule.Table, ids: Sequence[UUID]) -> models.QuerySet[models.Model]:
    """Rows about these people that are not blank yet; all of them where they are deleted."""
    rows = table.rows(ids)
    return rows.exclude(**_blanks(table)) if table.then == "blank" else rows


def _forget(actor: Actor, ids: Sequence[UUID], erasure: Erasure, batch: int) -> int:
    """The words of every entry about them, some thousands at a time, each with an event of its own."""
    total, part = 0, 0
    while count := forget_words(
        actor, ids, erasure=erasure.id, batch=batch * 1_000_000 + part, most=ENTRIES
    ):
        total, part = total + count, part + 1
    return total


def _tally(ids: Sequence[UUID], erasure: Erasure) -> None:
    """Counts of the placements that go, so that statistics of past years stay true."""
    day = Coalesce("departed_on", "ended_on", "opened_on")
    rows = schedule.tables()["placement.Placement"].rows(ids).annotate(year=ExtractYear(day))
    Tally.objects.bulk_create(
        Tally(erasure=erasure, **each)
        for each in rows.values("year", "country", "scheme")
        .annotate(placements=models.Count("id"))
        .order_by()
    )
