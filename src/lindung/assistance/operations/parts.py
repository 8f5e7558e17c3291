"""What the operations of help share: the case they hang on, and its running numbers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models

from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Conflict, NotFound
from lindung.protection.models import Case


def open_case(case_id: UUID) -> Case:
    """The case, locked, so that numbers run on and nothing is added to a closed one.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: the case is closed.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(id=case_id).first()
    if case is None:
        raise NotFound
    if case.closed_at is not None:
        raise StepClosed(step="help", state=case.state)
    return case


def of_case(case: Case) -> dict[str, Any]:
    """What every row on a case copies from it: case, person, scope and compartment."""
    return {
        "case": case,
        "worker_id": case.worker_id,
        "compartment": case.compartment,
        **case.scope(),
    }


def numbered(case: Case, model: type[models.Model], mark: str) -> str:
    """The next number on a case, as ``KSS-26-000123/S2``; the case is locked by the caller."""
    count = model._default_manager.filter(case=case).count()
    return f"{case.number}/{mark}{count + 1}"


def same_version(row: models.Model, version: int | None) -> None:
    """Refuse to save over what somebody else changed meanwhile.

    Raises:
        Conflict: the row has gone on since the page was read.
    """
    if version is not None and version != row.version:  # type: ignore[attr-defined]
        raise Conflict
