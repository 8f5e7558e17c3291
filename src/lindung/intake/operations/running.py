"""What the jobs of lists do: find who acts, go on, and take up what a killed process left."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.again import acting_again
from lindung.access.jobs import enqueue
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.intake import queries
from lindung.intake.lifecycles import BatchState
from lindung.intake.operations.parts import READ_JOB, TAKE_JOB, scope_of
from lindung.intake.operations.taking import stop_taking, take_rows

# So long without a step forward means that its process died.
STILL = timedelta(minutes=3)


def run_taking(batch_id: UUID, *, now: datetime, on: date) -> None:
    """Take the next rows of a list as whoever had it taken, as long as that duty stands.

    Runs at the door, where nobody acts yet.
    """
    with acting_as(ROBOT):
        batch = queries.batch(batch_id)
    if batch.state != BatchState.TAKING or batch.taken_by is None:
        return
    mine = {"agency_id": batch.agency_id, "region": batch.region}
    for actor in acting_again(batch.taken_by, now=now):
        if actor.may(Right.LIST_SEND) and scope_of(actor) == mine:
            take_rows(actor, batch_id, on=on, at=now)
            return
    stop_taking(ROBOT, batch_id)


def recover(*, now: datetime) -> None:
    """Put in a job for every list that stands still although one ought to be at work on it.

    Were that job alive after all, both would do no line twice.
    """
    with acting_as(ROBOT):
        for batch in queries.standing_still(before=now - STILL):
            enqueue(
                READ_JOB if batch.state == BatchState.SENT else TAKE_JOB, batch_id=str(batch.id)
            )
