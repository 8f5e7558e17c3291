"""The journal: every operation appends what happened, every look at a person too.

Append-only by grant and by trigger. The life-line, the audit trail, "who looked", the exchange's
outgoing messages and the handlers all read this one table. ``seals.py`` makes it provable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from lindung.access.actors import Actor, Kind
from lindung.access.events import Event, PersonLookedAt
from lindung.access.many import insert_columns
from lindung.access.models import JournalEntry, Scoped
from lindung.access.reactions import is_heard, react
from lindung.access.ready import add
from lindung.kernel.ids import new_id

# What a leaf covers, in this order. The transaction number is left out: it places the entry
# under a seal and is checked there.
BODY = (
    "id", "at", "type", "subject", "worker_id", "actor_id", "actor_kind", "actor_name",
    "actor_office", "post_id", "agency_id", "region", "country", "basis", "payload",
)  # fmt: skip
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


LOOKED = PersonLookedAt.type

# What a kind of actor never reads in the journal, whoever's scope it was written under, by the
# beginning of the event's type. A recruiter may be the one complained of, and learns from us
# neither where people are nor how they are; an office at home has no part in cases. A look names
# the case for whose sake it was; who looked is told without that (``registry.queries.looks``).
CLOSED = {
    Kind.AGENCY: (
        "protection.", "monitoring.", "outreach.", "registry.Fact", "registry.Task",
        "reintegration.", "placement.Finding", "costs.", "duty.", "incidents.", "signals.", "documents.Confined", LOOKED,
        "privacy.",
    ),
    Kind.OFFICE: ("protection.", "documents.Confined", "duty.", "signals.", "privacy.Hold", LOOKED),
    # What was noticed about a person is told to them in an officer's words, once it is let out.
    Kind.WORKER: ("signals.Alert",),
}  # fmt: skip


def closed_to(kind: Kind) -> tuple[str, ...]:
    """Beginnings of event types that this kind of actor never reads."""
    return CLOSED.get(kind, ())


_told: ContextVar[datetime | None] = ContextVar("told", default=None)


@contextmanager
def telling_of(at: datetime) -> Iterator[None]:
    """Record what the block does as of an instant in the past: an old file is brought in.

    Such things were told to the other country in their time, by whoever kept the file then; the
    exchange stays silent about them (``is_retold``).
    """
    token = _told.set(at)
    try:
        yield
    finally:
        _told.reset(token)


def is_retold() -> bool:
    """Whether what is recorded now happened before and elsewhere."""
    return _told.get() is not None


def told_at() -> datetime:
    """The instant of what is recorded now: the past one that is told of, else this one."""
    return _told.get() or datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """Something to be recorded.

    Attributes:
        about: the row it happened to; its id, worker and scope are taken over.
        subject: id of the thing, where ``about`` is not it.
        worker: the person, where ``about`` does not say.
        basis: id of the law or agreement it rests on.
    """

    event: Event
    about: Scoped | None = None
    subject: UUID | None = None
    worker: UUID | None = None
    basis: str = ""


def record(
    event: Event,
    *,
    actor: Actor,
    about: Scoped | None = None,
    subject: UUID | None = None,
    worker: UUID | None = None,
    basis: str = "",
) -> JournalEntry:
    """Append that ``event`` happened, and let the handlers react in the same transaction.

    The rest is as :class:`Told` says.
    """
    entry = entry_of(event, actor=actor, about=about, subject=subject, worker=worker, basis=basis)
    add(entry)
    react([(event, entry)])
    return entry


def record_all(told: Sequence[Told], *, actor: Actor) -> None:
    """Append that all of these happened, in this order, by one statement; then handlers react."""
    bodies = append_all(told, actor=actor)
    react(
        [
            (each.event, JournalEntry(**body))
            for each, body in zip(told, bodies, strict=True)
            if is_heard(each.event)
        ]
    )


def append_all(told: Sequence[Told], *, actor: Actor) -> list[dict[str, Any]]:
    """The same where nobody is to react; the columns of each entry."""
    at = told_at()
    bodies = [_body(each, actor, at) for each in told]
    columns = map(list, zip(*(body.values() for body in bodies), strict=True))
    insert_columns(JournalEntry, dict(zip((*BODY, "leaf"), columns, strict=False)))
    return bodies


def entry_of(
    event: Event,
    *,
    actor: Actor,
    about: Scoped | None = None,
    subject: UUID | None = None,
    worker: UUID | None = None,
    basis: str = "",
) -> JournalEntry:
    """The entry that is appended, for one who copies it in among other rows."""
    return JournalEntry(**_body(Told(event, about, subject, worker, basis), actor, told_at()))


def _body(told: Told, actor: Actor, at: datetime) -> dict[str, Any]:
    """The columns of an entry, those of ``BODY`` in its order and then its leaf."""
    about = told.about
    body = {
        "id": new_id(),
        "at": at,
        "type": told.event.type,
        "subject": told.subject or getattr(about, "id", None),
        "worker_id": told.worker or getattr(about, "worker_id", None),
        "actor_id": actor.id,
        "actor_kind": str(actor.kind),
        "actor_name": actor.name,
        "actor_office": actor.office,
        "post_id": about.post_id if about is not None else None,
        "agency_id": about.agency_id if about is not None else None,
        "region": about.region if about is not None else "",
        "country": about.country if about is not None else "",
        "basis": told.basis,
        "payload": told.event.payload(),
    }
    body["leaf"] = leaf(body)
    return body


def look(actor: Actor, person: Scoped, *, worker: UUID, purpose: str) -> None:
    """Record that ``actor`` opened a person's file; own file excepted."""
    if actor.kind is not Kind.WORKER or actor.worker != worker:
        record(PersonLookedAt(purpose=purpose), actor=actor, about=person, worker=worker)


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one byte form of an entry: JSON, keys in ``BODY`` order, no spaces, UTF-8.

    Instants are UTC with microseconds; payload keys are sorted.
    """
    head = ",".join([f'"{name}":{_written(body[name])}' for name in BODY[:-1]])
    # Its keys alone are sorted; it is the last of BODY.
    return f'{{{head},"payload":{_sorted(body["payload"])}}}'.encode()


def as_body(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a cursor gives it, its payload read."""
    if isinstance(row["payload"], str):
        row["payload"] = json.loads(row["payload"])
    return row


def leaf(body: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical body, prefixed so that a leaf is never taken for a node."""
    return hashlib.sha256(b"\x00" + canonical(body)).digest()


def _written(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, UUID):
        return f'"{value}"'
    if isinstance(value, datetime):
        return f'"{value.astimezone(UTC).isoformat(timespec="microseconds")}"'
    return dumps(value)
