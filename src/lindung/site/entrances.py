"""Entrances: every address, the right it asks for, and what follows for each role.

The table (``entrances.yaml``) is declared beside the code and not read by it: views and operations
check for themselves. What it promises is tried out on all of them by the tests, and written for
people into ``docs/security/matrix.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps

from lindung.access import policies
from lindung.access.actors import Kind
from lindung.access.policies import MayErase, OpenTable
from lindung.access.rights import Right
from lindung.access.roles import Role

ANY = "any"
METHODS = ("get", "post")


class Door(StrEnum):
    """Which way an address is reached."""

    DOOR = "door"
    SIGN_IN = "sign-in"
    OPEN = "open"
    PHONE = "phone"
    FAMILY = "family"
    DESK = "desk"
    API = "api"


class Reach(StrEnum):
    """Which rows of a table exist for a kind of actor."""

    NONE = "none"
    OWN = "own"
    EVERY = "every"


class Outcome(StrEnum):
    """What somebody at an entrance meets."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    NOT_FOUND = "not found"
    SIGN_IN = "sign in"
    ELSEWHERE = "sent to their own pages"
    NO_SUCH_WAY = "no such way"


@dataclass(frozen=True, slots=True)
class Entrance:
    """One address.

    Attributes:
        get: right for looking; ``any`` for whoever the door lets in, empty where it cannot be.
        post: right for acting, alike.
        of: label of the model of the thing in the address, or empty.
        kinds: the kinds of officials it serves, where a right alone does not say so.
        never: roles it is closed to although they hold the right.
        note: what else decides.
    """

    name: str
    door: Door
    get: str = ""
    post: str = ""
    of: str = ""
    kinds: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    note: str = ""

    def right(self, method: str) -> str:
        """The right for ``get`` or ``post``."""
        return self.get if method == "get" else self.post


@cache
def entrances() -> dict[str, Entrance]:
    """All entrances by ``door:name`` (of the API) or name.

    Raises:
        ValueError: the file names a right, a door or a model that does not exist.
    """
    file = Path(__file__).parent / "entrances.yaml"
    found: dict[str, Entrance] = {}
    for door, rows in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        for name, row in rows.items():
            made = Entrance(name, Door(door), **(row | _lists(row)))
            for rule in (made.get, made.post):
                for right in re.split(r"[|&]", rule) if rule not in {"", ANY} else ():
                    Right(right)
            if made.of:
                apps.get_model(made.of)
            found[key_of(made)] = made
    return found


def _lists(row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(row.get(name, ())) for name in ("kinds", "never")}


def key_of(entrance: Entrance) -> str:
    """Names of operations and of pages are apart."""
    return f"api:{entrance.name}" if entrance.door is Door.API else entrance.name


@cache
def reach(kind: Kind, label: str) -> Reach:
    """Which rows of a table a kind of actor has, as its row policies say."""
    if not label:
        return Reach.EVERY
    if label == "exchange.Partner" and kind is Kind.PARTNER:
        return Reach.OWN  # the table is open, the pages of another country's line are not
    found = Reach.NONE
    for each in policies.declared():
        if each.model._meta.label != label:
            continue
        if isinstance(each, OpenTable):
            return Reach.EVERY
        if isinstance(each, MayErase):
            continue  # what our robot may do to it opens nothing to people
        if each.kind == kind and each.rows != "false":
            # The compartment alone keeps nobody out of what lies in the open.
            bare = each.rows.removesuffix(f" and {policies.OPENED}")
            every = bare in {policies.EVERY_ROW, policies.OPENED}
            found = Reach.EVERY if every else Reach.OWN
    return found


def expected(entrance: Entrance, method: str, role: Role, *, own: bool) -> Outcome:
    """What the table promises to a role at an entrance.

    Args:
        own: the thing in the address lies within the role's own scope.
    """
    right = entrance.right(method)
    if not right:
        return Outcome.NO_SUCH_WAY
    if entrance.door in {Door.DOOR, Door.SIGN_IN, Door.OPEN}:
        return Outcome.ALLOWED
    if (elsewhere := _at_the_wrong_door(entrance, role)) is not None:
        return elsewhere
    if role.name in entrance.never or (entrance.kinds and role.kind not in entrance.kinds):
        return Outcome.REFUSED
    if right != ANY and not holds(role, right):
        return Outcome.REFUSED
    rows = reach(role.kind, entrance.of)
    if rows is Reach.EVERY or (rows is Reach.OWN and own):
        return Outcome.ALLOWED
    return Outcome.NOT_FOUND


def holds(role: Role, rule: str) -> bool:
    """Whether a role holds all rights joined by ``&``, of each group joined by ``|`` one."""
    return all(
        any(Right(right) in role.rights for right in group.split("|")) for group in rule.split("&")
    )


def _at_the_wrong_door(entrance: Entrance, role: Role) -> Outcome | None:
    homes = {Kind.WORKER: Door.PHONE, Kind.FAMILY: Door.FAMILY}
    if role.kind is Kind.PUBLIC or (entrance.door is Door.API and role.kind in homes):
        return Outcome.SIGN_IN
    if entrance.door is Door.API:
        return None
    home = homes.get(role.kind, Door.DESK)
    return None if entrance.door is home else Outcome.ELSEWHERE
