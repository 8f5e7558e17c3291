"""Everything asked about life at work abroad."""

from __future__ import annotations

from uuid import UUID

from lindung.monitoring.models import Employment


def current_employment(worker_id: UUID) -> Employment | None:
    """The employment that goes on, if one is known."""
    return Employment.objects.filter(worker_id=worker_id, ended_on__isnull=True).first()
