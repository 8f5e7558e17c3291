"""Whether the copies of the scope columns are true: every following row as its person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.db.models import F, Q

from lindung.access.models import Scoped
from lindung.registry.models import (
    DistinctPair,
    Fact,
    FamilyMember,
    Identifier,
    MergeRecord,
    OutsideNumber,
    PostChange,
    SelfEnrolment,
    Task,
    WorkerState,
)

# Rows that follow their person (see scope.move); rows of one time of life keep their own scope.
_FOLLOWING: list[type[Scoped]] = [
    WorkerState,
    Identifier,
    OutsideNumber,
    Fact,
    FamilyMember,
    DistinctPair,
    MergeRecord,
    SelfEnrolment,
    PostChange,
]
M = TypeVar("M", bound=Scoped)
_COLUMNS = ("post_id", "agency_id", "region", "country")


@dataclass(frozen=True, slots=True)
class Imbalance:
    """So many rows of a table whose scope is not their person's."""

    table: str
    rows: int


def follows_its_person(model: type[M]) -> type[M]:
    """Mark a table of a higher app, with a column ``worker``, whose rows follow their person."""
    _FOLLOWING.append(model)
    return model


def following() -> tuple[type[models.Model], ...]:
    """Every table whose rows follow their person."""
    return tuple(_FOLLOWING)


def imbalances() -> list[Imbalance]:
    """Tables with rows out of scope; empty is how it must be."""
    different = Q()
    for column in _COLUMNS:
        theirs = F(f"worker__{column}")
        different |= ~Q(**{column: theirs}) & ~Q(
            **{f"{column}__isnull": True, f"worker__{column}__isnull": True}
        )
        different |= Q(**{f"{column}__isnull": True, f"worker__{column}__isnull": False})
        different |= Q(**{f"{column}__isnull": False, f"worker__{column}__isnull": True})
    found = [
        Imbalance(
            model._meta.db_table,
            model._default_manager.filter(different & Q(worker__isnull=False)).count(),
        )
        for model in _FOLLOWING
    ]
    open_tasks = Task.objects.filter(different, state="open", worker__isnull=False).count()
    return [each for each in (*found, Imbalance(Task._meta.db_table, open_tasks)) if each.rows]
