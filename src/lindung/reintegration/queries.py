"""Everything asked about life after the return."""

from __future__ import annotations

from uuid import UUID

from lindung.reintegration.models import Plan, Return


def last_return(worker_id: UUID) -> Return | None:
    """The last return, if there was one."""
    return Return.objects.filter(worker_id=worker_id).order_by("-on").first()


def last_plan(worker_id: UUID) -> Plan | None:
    """The plan that counts now, if one was made."""
    return Plan.objects.filter(worker_id=worker_id).first()
