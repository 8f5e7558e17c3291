"""Whom a message is about, when nobody knows yet: what it says of the person, and who it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lindung.access.actors import Actor
from lindung.exchange.lifecycles import IncomingState
from lindung.exchange.models import Incoming, Partner
from lindung.exchange.wire import envelopes
from lindung.kernel.identifiers import Kind
from lindung.registry import duplicates
from lindung.registry.duplicates import Candidate, Draft

_SEX = {"female": "F", "male": "M"}
_NUMBERS = {
    "roster_no": "roster",
    "offer_no": "offer",
    "authorisation_no": "visa-authorisation",
    "list_no": "entry-list",
    "residence_no": "residence",
}


@dataclass(frozen=True, slots=True)
class Lane:
    """What waits under one number of the partner's, the oldest first."""

    subject: str
    rows: tuple[Incoming, ...]

    @property
    def first(self) -> Incoming:
        """The oldest message."""
        return self.rows[0]

    @property
    def since(self) -> datetime:
        """Since when it waits."""
        return self.first.came_at


def matching_lanes(partner: Partner) -> list[Lane]:
    """What waits for its person, by the partner's numbers, the longest waiting first."""
    rows = Incoming.objects.filter(partner=partner, state=IncomingState.MATCHING)
    lanes: dict[str, list[Incoming]] = {}
    for row in rows.order_by("sequence", "id"):
        lanes.setdefault(row.subject, []).append(row)
    found = [Lane(subject, tuple(each)) for subject, each in lanes.items()]
    return sorted(found, key=lambda lane: lane.since)


def person_in(rows: tuple[Incoming, ...] | list[Incoming]) -> Draft:
    """What these messages say of the person; what they do not say stays empty."""
    said: dict[str, Any] = {}
    outside: set[tuple[str, str]] = set()
    passport = ""
    for row in rows:
        data = envelopes.read(bytes(row.raw)).data
        for part in _objects(data):
            if "birth_date" in part:
                for name in ("name", "birth_date", "sex"):
                    if part.get(name):
                        said[name] = part[name]
            for name, kind in _NUMBERS.items():
                if isinstance(part.get(name), str):
                    outside.add((kind, part[name]))
            passport = _passport(part) or passport
    born = said.get("birth_date")
    return Draft(
        full_name=str(said.get("name", "")),
        sex=_SEX.get(str(said.get("sex", "")), "X"),
        birth_date=date.fromisoformat(born) if born else None,
        numbers={Kind.PASSPORT: passport} if passport else {},
        outside=frozenset(outside),
    )


def candidates(actor: Actor, rows: tuple[Incoming, ...] | list[Incoming]) -> list[Candidate]:
    """People in the actor's scope who may be the one spoken of, the likeliest first."""
    return duplicates.candidates_for(actor, person_in(rows))


def _passport(part: dict[str, Any]) -> str:
    found = part.get("passport_number")
    if found is None and isinstance(part.get("passport"), dict):
        found = part["passport"].get("number")
    return found if isinstance(found, str) else ""


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)
