"""The copy: everything held about one person, gathered from what every app declares.

A table is read under the policies of whoever asks where these give that kind of actor anything; the
person's other rows are read by our robot, and only where the person asks. So an officer who makes the
copy for somebody sees no more than the desk shows, and the copy says what was left out and why.

Law:
    UU 27/2022 art. 7, 13, 32 (copy, machine-readable, with the record of processing), 33 (what is
    not given: what endangers, and other people's data).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from lindung.access import policies
from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import LOOKED
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.outreach import addresses
from lindung.privacy import schedule
from lindung.registry.models import Worker

FORMAT = "lindung-personal-copy/1"


@dataclass(frozen=True, slots=True)
class Section:
    """One table's rows about the person, or why there are none."""

    table: str
    kind: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: str = ""

    @property
    def why(self) -> str:
        """Why it is left out, in the active language."""
        return schedule.said(schedule.reasons().get(self.left_out) or _OTHER.get(self.left_out))


# Beside the reasons of the schedule: what is so for the one who asks.
_OTHER: dict[str, schedule.Words] = {
    "closed": {
        "id": "Tidak terbuka bagi petugas yang membuat salinan ini; ada dalam salinan yang Anda unduh sendiri",
        "en": "Not open to the officer who made this copy; it stands in the copy you download yourself",
    },
}  # fmt: skip


def gather(actor: Actor, worker: Worker) -> list[Section]:
    """Every declared table, in the schedule's order, and who looked at the file."""
    found = [_section(actor, worker, table) for table in schedule.tables().values()]
    return [*found, _looks(worker)]


def as_document(worker: Worker, sections: list[Section], *, at: datetime) -> dict[str, Any]:
    """The copy as JSON values, of the form of ``copy.schema.json``."""
    law = schedule.kinds()
    return {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "person": worker.public_number,
        "sections": [
            {
                "table": each.table,
                "kind": each.kind,
                "title": law[each.kind].title,
                "purpose": law[each.kind].purpose,
                "basis": law[each.kind].basis,
                "rows": each.rows,
            }
            for each in sections
            if not each.left_out and each.rows
        ],
        "left_out": [
            {"table": each.table, "reason": schedule.reasons().get(each.left_out) or _OTHER[each.left_out]}
            for each in sections
            if each.left_out
        ],
    }  # fmt: skip


def _section(actor: Actor, worker: Worker, table: schedule.Table) -> Section:
    if not table.copy:
        return Section(table.label, table.kind, left_out=table.left_out)
    own = table.label in _readable(actor.kind)
    herself = actor.kind is Kind.WORKER
    if not own and not herself:
        return Section(table.label, table.kind, left_out="closed")
    with _reading(actor if own else ROBOT):
        rows = [_row(table, each) for each in table.rows(worker.ids)]
    return Section(table.label, table.kind, rows)


@contextmanager
def _reading(actor: Actor) -> Iterator[None]:
    with acting_as(actor):
        yield


@cache
def _readable(kind: Kind) -> frozenset[str]:
    """Tables that a kind of actor may read rows of."""
    return frozenset(
        each.model._meta.label
        for each in policies.declared()
        if isinstance(each, policies.RowPolicy) and each.kind == kind and each.rows != "false"
    )


def _looks(worker: Worker) -> Section:
    """Who opened the file: name, office, instant, purpose; the last part of art. 32."""
    with acting_as(ROBOT):
        entries = JournalEntry.objects.filter(worker_id__in=worker.ids, type=LOOKED)
        rows = [
            {"at": each.at.isoformat(), "name": each.actor_name, "office": each.actor_office,
             "purpose": each.payload.get("purpose", "")}
            for each in entries.order_by("-at", "-id")
        ]  # fmt: skip
    return Section("access.looks", "journal", rows)


def _row(table: schedule.Table, row: models.Model) -> dict[str, Any]:
    opened = _OPENED.get(table.label, {})
    told: dict[str, Any] = {}
    for name in table.copy:
        if name in opened:
            label, read = opened[name]
            told[label] = read(row)
        else:
            told[name] = _plain(getattr(row, name))
    return told


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case _:
            return value


def _number(row: Any) -> str:
    return keyring().open(row.kind, bytes(row.cipher))


def _address(row: Any) -> str:
    return keyring().open(f"{addresses.SEALED_AS}:{row.kind}", bytes(row.cipher))


def _said_abroad(row: Any) -> str:
    return bytes(row.raw).decode("utf-8", "replace")


# Sealed or raw columns that are opened for the person, by table and column: under which name, and how.
_OPENED: dict[str, dict[str, tuple[str, Callable[[Any], str]]]] = {
    "registry.Identifier": {"cipher": ("number", _number)},
    "outreach.Sender": {"cipher": ("address", _address)},
    "exchange.Outgoing": {"raw": ("message", _said_abroad)},
    "exchange.Incoming": {"raw": ("message", _said_abroad)},
}
