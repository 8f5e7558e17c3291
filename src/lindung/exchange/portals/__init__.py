"""Portals that people use: the order and the words of their forms, as data.

A file lists, for each message, the places of its data in the order in which the portal asks for them,
with the portal's own label. What stands in a message and not in the file is shown after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lindung.exchange.models import Partner
from lindung.exchange.wire import agreement, flat


@dataclass(frozen=True, slots=True)
class Place:
    """One field of a portal's form.

    Attributes:
        path: where its value stands in a message's data, ``employer.name``.
        label: what the portal calls it.
        listed: whether the portal's file names it; the rest comes after.
        example: what a value looks like, for whoever types it.
    """

    path: str
    label: str
    listed: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal's forms."""

    title: Mapping[str, str]
    takes: Mapping[str, tuple[Place, ...]]
    tells: Mapping[str, tuple[Place, ...]]


def portal_of(partner: Partner) -> Portal:
    """The portal of a partner whose messages people carry; an empty one where no file is named."""
    return portal(str(partner.settings.get("portal", "")))


@cache
def portal(name: str) -> Portal:
    """A portal's file; an empty portal where there is none, so that nothing is hidden by a slip."""
    file = Path(__file__).with_name(f"{name}.yaml")
    if not name or not file.exists():
        return Portal({}, {}, {})
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Portal(loaded["title"], _forms(loaded["takes"]), _forms(loaded["tells"]))


def fields_of(partner: Partner, name: str, data: Mapping[str, Any]) -> list[tuple[Place, str]]:
    """What to copy, in the portal's order; every value of the message is in it."""
    values = flat.flattened(dict(data))
    listed = portal_of(partner).takes.get(name, ())
    known = {place.path for place in listed}
    rest = [Place(path, path, listed=False) for path in values if path not in known]
    return [(place, values[place.path]) for place in (*listed, *rest) if values.get(place.path)]


def _forms(raw: Mapping[str, list[Mapping[str, str]]]) -> dict[str, tuple[Place, ...]]:
    return {
        name: tuple(
            Place(each["at"], each["label"], example=each.get("example", "")) for each in places
        )
        for name, places in raw.items()
    }


def asked(partner: Partner, name: str) -> tuple[Place, ...]:
    """What to type of a message that the portal tells: its own fields, then what the schema needs."""
    listed = portal_of(partner).tells[name]
    known = {place.path for place in listed}
    needed = agreement.needed(agreement.schema_of(name))
    return (*listed, *(Place(path, path, listed=False) for path in needed if path not in known))
