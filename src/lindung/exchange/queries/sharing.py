"""What may be told to another government, on what ground; and what was told about one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lindung.exchange import words
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.wire import agreement, envelopes

MOST = 200


@dataclass(frozen=True, slots=True)
class Ground:
    """One rank of the law's order of grounds for giving data abroad, and whether it holds.

    Attributes:
        answer: ``yes``, ``no`` or ``needs_check``.
        source: what was read; checked: when.
    """

    title: str
    answer: str
    source: str
    checked: date


@dataclass(frozen=True, slots=True)
class Sharing:
    """One type of message to a partner: fields, purpose, legal basis, how long it is kept."""

    name: str
    title: str
    fields: tuple[tuple[str, str], ...]
    purposes: tuple[str, ...]
    basis: tuple[str, ...]
    kept: str


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing that was told about a person.

    Attributes:
        given: in the partner's hands; ``False`` while it waits here or was not taken.
        lines: what was said, field by field.
    """

    at: datetime
    title: str
    to: str
    country: str
    why: str
    basis: str
    given: bool
    lines: tuple[words.Line, ...]


def disclosures() -> list[Sharing]:
    """What may be shared with a destination, from the published schemas."""
    found = []
    for type_ in agreement.said_by("origin"):
        schema = agreement.messages()[type_]
        if not schema["x-direction"].startswith("origin"):
            continue
        name = agreement.name_of(type_)
        found.append(
            Sharing(
                name=name,
                title=words.message(name),
                fields=tuple(_fields(agreement.shape_of(schema["$id"]))),
                purposes=tuple(words.purpose(each) for each in schema["x-purpose"]),
                basis=tuple(schema["x-legal-basis"]),
                kept=words.kept(schema["x-retention"]["period"], schema["x-retention"]["from"]),
            )
        )
    return found


def grounds(country: str) -> tuple[str, list[Ground]]:
    """The rule, and its grounds in the law's order as people judged them for a country."""
    file = words.transfers()
    judged = file["countries"].get(country, file["otherwise"])
    found = [
        Ground(words.pick(title), row["answer"], words.pick(row["source"]), row["checked"])
        for rank, title in file["ranks"].items()
        if (row := judged[rank])
    ]
    return f"{file['rule']['instrument']} {file['rule']['provision']}", found


def stands(judged: list[Ground]) -> Ground | None:
    """The first ground that holds, in the law's order; none while nobody has said so."""
    return next((each for each in judged if each.answer == "yes"), None)


def never_shared() -> list[str]:
    """What is given to no other government."""
    return [words.pick(each) for each in words.transfers()["never"]]


def shared_about(worker_ids: list[UUID]) -> list[Shared]:
    """What was told about a person, the newest first; the caller's own policy leaves own rows."""
    rows: QuerySet[Outgoing] = (
        Outgoing.objects.filter(worker_id__in=worker_ids)
        .exclude(type__contains=".receipt.")
        .select_related("partner")
        .order_by("-written_at")[:MOST]
    )
    return [_shared(each) for each in rows]


def _shared(row: Outgoing) -> Shared:
    partner: Partner = row.partner
    message = envelopes.read(bytes(row.raw))
    return Shared(
        at=row.written_at,
        title=words.message(message.name),
        to=partner.name,
        country=partner.country,
        why=words.purpose(message.purpose),
        basis=message.basis,
        given=row.stored_at is not None,
        lines=tuple(words.lines(message.name, message.data)),
    )


def _fields(shape: list[dict[str, Any]], inside: str = "") -> Iterator[tuple[str, str]]:
    """Path and title of every field a schema lets through, its own first, then those within."""
    names = dict.fromkeys(name for each in shape for name in each.get("properties", {}))
    for name in names:
        path = f"{inside}.{name}" if inside else name
        yield path, words.field(name, inside=inside.rpartition(".")[2])
        within = agreement.below(shape, name)
        yield from _fields(within, path)
        yield from _fields(agreement.below(within, 0), path)
