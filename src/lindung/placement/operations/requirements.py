"""What is handed in for a pathway and what is accepted of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.documents.operations import hand_in_for
from lindung.kernel.refusals import Incomplete
from lindung.placement.events import (
    RequirementGiven,
)
from lindung.placement.models import Evidence
from lindung.placement.operations.parts import (
    locked,
    settle,
)
from lindung.regulations import pathways


@operation(Right.REQUIREMENT_GIVE)
def give_requirement(
    actor: Actor,
    placement_id: UUID,
    *,
    requirement: str,
    reference: str,
    on: date,
    document: UUID | None = None,
) -> Evidence:
    """Hand in something for a requirement; it settles nothing until an officer accepts it.

    Args:
        document: an uploaded file of the person; its number is the reference where none is given.
    Raises:
        NotFound: no such placement or requirement, or no such document of this person.
        AlreadyHandedIn: the document serves another requirement.
        DocumentDoesNotFit: it is of another kind, or no longer good.
    """
    placement = locked(placement_id)
    asked = pathways.pathway(placement.pathway).requirement(requirement)
    if document is not None:
        paper = hand_in_for(
            actor,
            document,
            worker_id=placement.worker_id,
            subject=placement.id,
            requirement=requirement,
            on=on,
        )
        reference = reference or paper.number
    evidence = Evidence.objects.create(
        placement=placement,
        worker_id=placement.worker_id,
        requirement=requirement,
        state="given",
        given_on=on,
        reference=reference,
        **placement.scope(),
    )
    record(
        RequirementGiven(placement=placement.id, requirement=requirement, title=asked.title.id),
        actor=actor,
        about=evidence,
    )
    return evidence


@operation(Right.REQUIREMENT_CONFIRM)
def settle_requirements(
    actor: Actor,
    placement_id: UUID,
    *,
    requirements: Sequence[str],
    state: str,
    given_on: date,
    reference: str = "",
    reason: str = "",
    valid_until: date | None = None,
) -> list[Evidence]:
    """Accept, waive or refuse what stands for some requirements.

    Args:
        state: ``accepted``, ``waived`` or ``refused``; the latter two take a reason.
        given_on: issue day of the evidence; its validity counts from it.
    Raises:
        NotFound: no such placement or requirement.
        Incomplete: waived or refused without a reason, or accepted without one although what the
            requirement rests on needs a check.
    """
    if state in {"waived", "refused"} and not reason.strip():
        raise Incomplete(fields={"reason": "Tulis alasannya; orang yang bersangkutan membacanya."})
    placement = locked(placement_id)
    way = pathways.pathway(placement.pathway)
    asked = [way.requirement(requirement) for requirement in requirements]
    # What another government's system gives is its own word; a person says why.
    by_a_person = actor.kind is not Kind.CLOCK
    if by_a_person and not reason.strip() and any(each.needs_check for each in asked):
        raise Incomplete(
            fields={"reason": "Dasar syarat ini perlu diperiksa. Tulis mengapa Anda menerimanya."}
        )
    settled = [
        settle(
            actor,
            placement,
            requirement,
            state=state,
            given_on=given_on,
            reference=reference,
            reason=reason,
            valid_until=valid_until,
        )
        for requirement in requirements
    ]
    return [each for each in settled if each is not None]
