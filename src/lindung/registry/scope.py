"""Moving a person's rows to another scope: the one place where scope columns change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Refusal
from lindung.registry.balance import following
from lindung.registry.models import Task, Worker, WorkerToken


class BehindTheWall(Refusal):
    """Somebody who entered herself is named to no other country and no recruiter unless she agrees."""

    status = 409
    slug = "behind-the-wall"
    title = "Orang ini mendaftar sendiri dan belum mengizinkan datanya dipakai di luar perwakilan."
    advice = "Tanyakan dahulu kepadanya; ia membukanya sendiri di ponselnya pada halaman Data saya."


def require_open(worker: Worker) -> None:
    """Refuse what would name a person who entered herself to others.

    Raises:
        BehindTheWall: she has not agreed.
    """
    if worker.walled:
        raise BehindTheWall


def move(worker: Worker, **scope: Any) -> None:
    """Give the person and what follows them the new ``post_id``, ``agency_id``, ``region`` or
    ``country``; open tasks go along, closed ones stay with those who did them.

    As our robot: what the actor does not see of the person goes along too.
    """
    with acting_as(ROBOT):
        move_rows(worker, **scope)


def move_rows(worker: Worker, **scope: Any) -> None:
    """The same by one who is above the row policies already, as the owner of the tables.

    Raises:
        BehindTheWall: a country or a recruiter for somebody who has not agreed to be named to them.
    """
    if scope.get("country") or scope.get("agency_id"):
        require_open(worker)
    Worker.objects.filter(id=worker.id).update(**scope)
    for model in following():
        model._default_manager.filter(worker_id=worker.id).update(**scope)
    Task.objects.filter(worker_id=worker.id, state="open").update(**scope)
    tokens = {name: value for name, value in scope.items() if name != "country"}
    if tokens:
        WorkerToken.objects.filter(worker_id=worker.id).update(**tokens)
    for name, value in scope.items():
        setattr(worker, name, value)


def scope_of(worker_id: UUID) -> dict[str, Any]:
    """The scope columns of a person's rows."""
    return Worker.objects.only(*Worker.SCOPE).get(id=worker_id).scope()
