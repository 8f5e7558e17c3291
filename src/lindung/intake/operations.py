"""Sending a list, and taking its good rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.intake import queries
from lindung.intake.events import ListSent, ListTaken
from lindung.intake.lifecycles import ROW, RowState
from lindung.intake.models import Batch, Row
from lindung.intake.reading import read
from lindung.intake.understanding import key_of, understand
from lindung.kernel import identifiers
from lindung.kernel.refusals import NotFound, Refusal
from lindung.placement.operations import open_placement
from lindung.registry.operations import add_identifier, enrol
from lindung.registry.secrets import keyring


@operation(Right.LIST_SEND)
def send_list(actor: Actor, content: bytes, *, on: date, is_demo: bool = False) -> Batch:
    """Keep a list row by row, each tried; nobody is taken before somebody has looked at it.

    The same file again gives the list that stands.

    Args:
        content: bytes of a CSV or XLSX file.
    Raises:
        ListTooLarge, ListUnreadable: see :mod:`lindung.intake.reading`.
    """
    digest = hashlib.sha256(content).digest()
    scope = _scope_of(actor)
    if known := Batch.objects.filter(digest=digest, taken_at__isnull=True, **scope).first():
        return known
    sheet = read(content)
    batch = Batch.objects.create(
        digest=digest,
        rows=len(sheet.lines),
        columns=sheet.columns,
        unknown_columns=list(sheet.unknown),
        sent_at=told_at(),
        sent_by=actor.id,
        is_demo=is_demo,
        **scope,
    )
    ring, sender = keyring(), _sender(scope)
    Row.objects.bulk_create(
        [
            Row(
                batch=batch,
                line=line,
                sealed=ring.seal(queries.WORDS, json.dumps(said, ensure_ascii=False)).cipher,
                key=ring.seal(queries.KEY, key_of(said, office=sender)).blind,
                problems=understand(said, on=on).problems,
                **scope,
            )
            for line, said in sheet.lines
        ]
    )
    record(ListSent(batch=batch.id, rows=batch.rows), actor=actor, about=batch)
    return batch


@operation(Right.LIST_SEND)
def take_list(actor: Actor, batch_id: UUID, *, on: date) -> Batch:
    """Take every good row: one that is refused keeps the reason, the others go on.

    Taken again, it does nothing more.

    Raises:
        NotFound: no such list, or none this actor may see.
    """
    batch = Batch.objects.select_for_update().filter(id=batch_id).first()
    if batch is None:
        raise NotFound
    if batch.taken_at is not None:
        return batch
    for row in Row.objects.select_for_update().filter(batch=batch, state=RowState.READY):
        _take(actor, row, on=on, is_demo=batch.is_demo)
    batch.taken_at = told_at()
    batch.save(update_fields=["taken_at"])
    states = list(Row.objects.filter(batch=batch).values_list("state", flat=True))
    record(
        ListTaken(
            batch=batch.id,
            taken=states.count(RowState.TAKEN),
            known=states.count(RowState.KNOWN),
            refused=states.count(RowState.REFUSED),
        ),
        actor=actor,
        about=batch,
    )
    return batch


def _take(actor: Actor, row: Row, *, on: date, is_demo: bool) -> None:
    said = queries.words(row)
    # Under every key of the ring: a rotation must not make a known person new.
    keys = keyring().indexes(queries.KEY, key_of(said, office=_sender(row.scope())))
    before = Row.objects.filter(key__in=keys, state=RowState.TAKEN, **row.scope()).first()
    understood = understand(said, on=on)
    row.problems = understood.problems
    if before is not None:
        row.worker_id = before.worker_id
        _step(row, "find known")
    elif understood.problems:
        _step(row, "refuse")
    else:
        try:
            with transaction.atomic():
                row.worker_id = _bring_in(actor, understood.values, on=on, is_demo=is_demo)
        except Refusal as refusal:
            row.problems = [{"column": "", "sentence": f"{refusal.title} {refusal.advice}"}]
            _step(row, "refuse")
        else:
            _step(row, "take")


def _bring_in(actor: Actor, values: dict[str, object], *, on: date, is_demo: bool) -> UUID:
    given = dict(values)
    nik, passport = given.pop("nik"), given.pop("passport")
    pathway, sector = given.pop("pathway"), given.pop("sector")
    worker = enrol(
        actor,
        on=on,
        channel="import",
        is_demo=is_demo,
        **given,  # type: ignore[arg-type]  # columns.yaml names enrol's own parameters
    )
    for kind, number in ((identifiers.Kind.NIK, nik), (identifiers.Kind.PASSPORT, passport)):
        if number:
            add_identifier(actor, worker.id, kind=kind, value=str(number), on=on)
    if pathway:
        open_placement(
            actor, worker.id, pathway_id=str(pathway), sector=str(sector), on=on, is_demo=is_demo
        )
    return worker.id


def _step(row: Row, name: str) -> None:
    row.state = ROW.take(name, RowState(row.state))
    row.save(update_fields=["state", "problems", "worker_id"])


def _scope_of(actor: Actor) -> dict[str, object]:
    return {
        "agency_id": actor.agency,
        "region": actor.regions[0] if actor.regions else "",
    }


def _sender(scope: Mapping[str, object]) -> str:
    return str(scope["agency_id"] or scope["region"])
