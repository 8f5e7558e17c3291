"""Everything asked about life at work abroad."""

from __future__ import annotations

from uuid import UUID

from lindung.monitoring.models import CheckIn, Employment


def check_ins_of(worker_id: UUID) -> list[CheckIn]:
    """A person's last check-ins, newest first."""
    return list(CheckIn.objects.filter(worker_id=worker_id)[:20])


def current_employment(worker_id: UUID) -> Employment | None:
    """The employment that goes on, if one is known."""
    return Employment.objects.filter(worker_id=worker_id, ended_on__isnull=True).first()
