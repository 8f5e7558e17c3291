"""Everything asked about life after the return."""

from __future__ import annotations

from uuid import UUID

from lindung.reintegration.models import Owed, Plan, Return


def last_return(worker_id: UUID) -> Return | None:
    """The last return, if there was one."""
    return Return.objects.filter(worker_id=worker_id).order_by("-on").first()


def last_plan(worker_id: UUID) -> Plan | None:
    """The plan that counts now, if one was made."""
    return Plan.objects.filter(worker_id=worker_id).first()


def money_left(worker_id: UUID) -> list[Owed]:
    """What may still be due to a person in the destination, the newest return's."""
    found = list(Owed.objects.filter(worker_id=worker_id).order_by("-left_on", "id"))
    return [each for each in found if each.placement_id == found[0].placement_id]
