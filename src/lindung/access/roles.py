"""Roles, read from ``roles.yaml``: the kind of actor each makes and the rights it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml

from lindung.access.actors import Actor, Kind
from lindung.access.rights import Right


@dataclass(frozen=True, slots=True)
class Role:
    """One role: ``name`` in data, ``title`` as people say it, its kind and its rights."""

    name: str
    title: str
    kind: Kind
    rights: frozenset[Right]


@cache
def roles() -> dict[str, Role]:
    """All roles by name.

    Raises:
        ValueError: the file names a right or a kind that does not exist.
    """
    loaded = yaml.safe_load((Path(__file__).parent / "roles.yaml").read_text(encoding="utf-8"))
    return {
        name: Role(name, row["title"], Kind(row["kind"]), frozenset(map(Right, row["rights"])))
        for name, row in loaded.items()
    }


def rights_of(name: str) -> frozenset[Right]:
    """The rights of the role ``name``."""
    return roles()[name].rights


# Our own robots have fixed ids, so that the journal names the same one on every machine.
ROBOT = Actor(
    id=UUID("00000000-0000-7000-8000-000000000001"),
    kind=Kind.CLOCK,
    name="Sistem",
    office="Lindung",
    rights=rights_of("robot"),
)
ANYONE = Actor(
    id=UUID("00000000-0000-7000-8000-000000000000"),
    kind=Kind.PUBLIC,
    name="Umum",
    rights=rights_of("public"),
)


def acting_family(member: UUID, name: str, *, worker: UUID) -> Actor:
    """A relative as an actor: acts for one worker, and reads no row but that person's name."""
    return Actor(id=member, kind=Kind.FAMILY, name=name, worker=worker, rights=rights_of("family"))


def acting_worker(worker: UUID, name: str) -> Actor:
    """The worker as an actor: own rows only."""
    return Actor(id=worker, kind=Kind.WORKER, name=name, worker=worker, rights=rights_of("worker"))
