"""What a relative is told: only what the worker allows, gathered by our robot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.incidents import queries as incidents
from lindung.kernel.refusals import NotFound
from lindung.placement import queries as placements
from lindung.protection import queries as cases
from lindung.protection.lifecycles import CaseState
from lindung.protection.stages import STAGE_LABELS
from lindung.reference.queries import country_name
from lindung.registry.models import Condition, FamilyMember, Stage, Worker
from lindung.reintegration.queries import last_return


@dataclass(frozen=True, slots=True)
class Told:
    """What stands on a relative's page; ``condition`` is empty where it is not allowed."""

    name: str
    stage: str
    country: str
    ends_on: date | None
    returned_on: date | None
    condition: str
    confirmed_on: date | None
    cases: tuple[tuple[str, str], ...]


def home(actor: Actor) -> Told:
    """How the person is, as far as they let this relative know.

    Raises:
        NotFound: the relative is named no more.
    """
    with acting_as(ROBOT):
        member = _member(actor)
        worker = member.worker
        placement = placements.live_placement(worker.id)
        contract = placements.current_contract(placement.id) if placement else None
        back = last_return(worker.id)
        state = worker.state
        if incidents.family_not_told_yet(worker.id):
            # No screen brings such news before a person does.
            state.stage = Stage.DURING
        abroad = state.stage == Stage.DURING and placement is not None
        return Told(
            name=worker.shown_name,
            stage=str(Stage(state.stage).label),
            country=country_name(placement.country) if abroad and placement else "",
            ends_on=contract.ends_on if abroad and contract else None,
            returned_on=back.on if back and state.stage == Stage.AFTER else None,
            condition=str(Condition(state.condition).label) if member.may_see_condition else "",
            confirmed_on=state.confirmed_on if member.may_see_condition else None,
            cases=tuple(
                (case.number, str(STAGE_LABELS[CaseState(case.state)]))
                for case in cases.told_by(actor.id, worker.id)
            ),
        )


def person(actor: Actor) -> Worker:
    """Whom the relative acts for, to record that they looked.

    Raises:
        NotFound: the relative is named no more.
    """
    with acting_as(ROBOT):
        return _member(actor).worker


def _member(actor: Actor) -> FamilyMember:
    if actor.worker is None:
        raise NotFound
    found = (
        FamilyMember.objects.filter(id=actor.id, worker_id=actor.worker)
        .select_related("worker", "worker__state")
        .first()
    )
    if found is None:
        raise NotFound
    return found
