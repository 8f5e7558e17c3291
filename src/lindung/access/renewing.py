"""Sealing anew under a fresh key: each app declares its sealed columns, one command goes through them.

An app that seals anything under the key ring has a module ``rotation`` with ``ROTATIONS``. Nothing else
may seal under the ring: what stands in no rotation is lost when the old key leaves the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import models, transaction

from lindung.kernel.secrets import Keyring


@dataclass(frozen=True, slots=True)
class Rotation:
    """One table with sealed columns.

    Attributes:
        what: as the command names it, plural.
        model: the table.
        fields: columns that ``renew`` may change.
        renew: seals what is not under the ring's current key anew, on the row alone; says whether it
            changed anything. Raises ``CannotOpen`` where the row's key is not in the ring.
    """

    what: str
    model: type[models.Model]
    fields: tuple[str, ...]
    renew: Callable[[Keyring, Any], bool]


def rotations() -> list[Rotation]:
    """Every app's, in the order of the layers."""
    return [each for config in apps.get_app_configs() for each in _declared_by(config.name)]


def renew_all(rotation: Rotation, ring: Keyring, *, batch: int = 1_000) -> Iterator[int]:
    """Pass every row of a table through ``renew``, in the order of the keys.

    Each batch is a transaction of its own, with its rows held, so that the service may write meanwhile;
    stopped and begun again it does what is left. Yields how many rows each batch has changed.
    """
    rows = rotation.model._default_manager.order_by("pk")
    after = None
    while True:
        with transaction.atomic():
            held = rows.select_for_update(of=("self",))
            found = list((held if after is None else held.filter(pk__gt=after))[:batch])
            changed = [row for row in found if rotation.renew(ring, row)]
            rotation.model._default_manager.bulk_update(changed, rotation.fields)
        yield len(changed)
        if len(found) < batch:
            return
        after = found[-1].pk


def _declared_by(app: str) -> tuple[Rotation, ...]:
    name = f"{app}.rotation"
    if not app.startswith("lindung.") or find_spec(name) is None:
        return ()
    found: tuple[Rotation, ...] = import_module(name).ROTATIONS
    return found
