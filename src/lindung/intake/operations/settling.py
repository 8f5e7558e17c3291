"""Rows of a list become people, all of them by the same few queries, each with a verdict of its own.

The rows are tried together. Where that breaks, on a refusal nobody foresaw or in the database, each
half is tried again, down to the single row, which then keeps the reason: one bad row spoils no other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.many import update_all
from lindung.access.rights import Right
from lindung.access.secrets import keyring
from lindung.intake import queries
from lindung.intake.lifecycles import ROW, RowState
from lindung.intake.models import Row
from lindung.intake.understanding import Understood, key_of, sender, understand
from lindung.kernel import identifiers
from lindung.kernel.faults import where
from lindung.kernel.refusals import NotAllowed, Refusal
from lindung.placement.operations import Start, obstacle_of, open_placements
from lindung.registry.models import Worker
from lindung.registry.newcomers import Newcomer
from lindung.registry.operations import enrol_all

log = logging.getLogger(__name__)

NOT_KEPT = gettext_noop(
    "Baris ini tidak dapat disimpan: periksa panjang nama dan tempat lahirnya, lalu kirim lagi."
)
_NUMBERS = (("nik", identifiers.Kind.NIK), ("passport", identifiers.Kind.PASSPORT))


@dataclass(slots=True)
class _Tried:
    """A row on its way: what it says, under which keys it is known, and what became of it."""

    row: Row
    keys: list[bytes]
    said: Understood
    step: str = ""
    worker_id: UUID | None = None
    problems: list[dict[str, str]] | None = None

    def becomes(self, step: str, worker_id: UUID | None = None) -> None:
        self.step, self.worker_id = step, worker_id

    def refused(self, *problems: dict[str, str]) -> None:
        self.step, self.problems = "refuse", list(problems)


def settle(actor: Actor, rows: Sequence[Row], *, on: date, is_demo: bool) -> None:
    """Take, know or refuse each of these rows; part of the caller's operation.

    Raises:
        OperationalError: the database is away or undid the transaction: nothing is settled.
    """
    if rows:
        _settle(actor, rows, on=on, is_demo=is_demo, last=False)


def _settle(actor: Actor, rows: Sequence[Row], *, on: date, is_demo: bool, last: bool) -> None:
    try:
        with transaction.atomic():
            tried = _tried(rows, on=on)
            _bring_in(actor, tried, on=on, is_demo=is_demo)
            _save(tried)
    except (Refusal, DataError, IntegrityError) as error:
        if len(rows) > 1:
            half = len(rows) // 2
            for part in (rows[:half], rows[half:]):
                _settle(actor, part, on=on, is_demo=is_demo, last=False)
        elif isinstance(error, IntegrityError) and not last:
            # The same person in another list of this office, taken in this moment: known by now.
            _settle(actor, rows, on=on, is_demo=is_demo, last=True)
        else:
            log.warning("row %s of a list was not taken: %s", rows[0].id, where(error))
            alone = _tried(rows, on=on)
            alone[0].refused(_sentence(error))
            _save(alone)


def _tried(rows: Sequence[Row], *, on: date) -> list[_Tried]:
    ring, office = keyring(), sender(rows[0].scope())
    found = []
    for row in rows:
        said = queries.words(row, ring)
        # Under every key of the ring: a rotation must not make a known person new.
        keys = ring.indexes(queries.KEY, key_of(said, office=office))
        found.append(_Tried(row, keys, understand(said, on=on)))
    return found


def _bring_in(actor: Actor, tried: Sequence[_Tried], *, on: date, is_demo: bool) -> None:
    """Give each of them its step; of lines that are one person the first good one is taken."""
    known = _taken_before(tried)
    left = list(tried)
    while left:
        now, later, seen = list[_Tried](), list[_Tried](), set[bytes]()
        for each in left:
            before = next((known[key] for key in each.keys if key in known), None)
            if before is not None:
                each.becomes("find known", before)
            elif each.said.problems:
                each.refused(*each.said.problems)
            elif each.keys[0] in seen:
                later.append(each)
            else:
                seen.add(each.keys[0])
                now.append(each)
        _enrol(actor, now, on=on, is_demo=is_demo)
        known.update((key, each.worker_id) for each in now if each.worker_id for key in each.keys)
        left = later


def _taken_before(tried: Sequence[_Tried]) -> dict[bytes, UUID]:
    """Whom lines of this sender became that had one of these keys."""
    keys = [key for each in tried for key in each.keys]
    taken = Row.objects.filter(key__among=keys, state=RowState.TAKEN, **tried[0].row.scope())
    return {bytes(key): worker for key, worker in taken.values_list("key", "worker_id") if worker}


def _enrol(actor: Actor, tried: Sequence[_Tried], *, on: date, is_demo: bool) -> None:
    good = list(_without_obstacle(actor, tried, on=on))
    if not good:
        return
    people = enrol_all(
        actor,
        [_newcomer(each.said.values) for each in good],
        on=on,
        channel="import",
        is_demo=is_demo,
    )
    starts, fresh = [], []
    for each, made in zip(good, people, strict=True):
        if isinstance(made, Refusal):
            each.refused(_sentence(made))
            continue
        each.becomes("take", made.id)
        fresh.append(made)
        if each.said.values["pathway"]:
            starts.append(_start(made, each.said.values))
    if starts:
        for placement in open_placements(actor, starts, on=on, is_demo=is_demo, fresh=fresh):
            if isinstance(placement, Refusal):
                raise placement


def _without_obstacle(actor: Actor, tried: Sequence[_Tried], *, on: date) -> Iterator[_Tried]:
    """Those who may set out where they want to; nobody is enrolled who then may not."""
    obstacle: Refusal | None = None
    if any(each.said.values["pathway"] for each in tried):
        if actor.may(Right.PLACEMENT_OPEN):
            obstacle = obstacle_of(actor.agency, on=on)
        else:
            obstacle = NotAllowed(right=str(Right.PLACEMENT_OPEN))
    for each in tried:
        if obstacle is not None and each.said.values["pathway"]:
            each.refused(_sentence(obstacle))
        else:
            yield each


def _newcomer(values: dict[str, Any]) -> Newcomer:
    return Newcomer(
        full_name=values["full_name"],
        call_name=values["call_name"],
        sex=values["sex"],
        birth_date=values["birth_date"],
        birth_place=values["birth_place"],
        region=values["region"],
        numbers={kind: values[name] for name, kind in _NUMBERS if values[name]},
    )


def _start(worker: Worker, values: dict[str, Any]) -> Start:
    return Start(
        worker.id,
        pathway_id=values["pathway"],
        sector=values["sector"],
        destination=values["destination"],
    )


def _sentence(error: Exception) -> dict[str, str]:
    if isinstance(error, Refusal):
        return {"column": "", "sentence": f"{error.title} {error.advice}"}
    return {"column": "", "sentence": NOT_KEPT}


def _save(tried: Sequence[_Tried]) -> None:
    for each in tried:
        row = each.row
        # As it was read: an attempt that was undone left its marks on it.
        row.state = ROW.take(each.step, RowState.READY)
        row.problems = each.said.problems if each.problems is None else each.problems
        row.worker_id = each.worker_id
    update_all([each.row for each in tried], ["state", "problems", "worker_id"])
