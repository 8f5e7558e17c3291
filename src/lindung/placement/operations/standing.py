"""Whom a placement rests on, and that nobody of them stands on the problem list."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.parties.queries import require_no_problem
from lindung.placement.models import Placement
from lindung.recruitment.models import JobOrder


def require_clean_parties(placement: Placement, *, on: date) -> None:
    """Stop where employer, recruiter or partner abroad is on the problem list on that day.

    Which they are is asked as our robot: an office at home sees no order, and the list holds all the
    same. The ministry sets an entry aside in ``parties``, with a reason and until a day.

    Raises:
        KnownProblem: naming each entry by its number.
    """
    subjects: list[UUID | None] = [placement.employer_id, placement.agency_id]
    if placement.job_order_id is not None:
        with acting_as(ROBOT):
            order = JobOrder.objects.select_related("agreement").get(id=placement.job_order_id)
        subjects += [order.employer_id, order.agreement.partner_id]
    require_no_problem(subjects=list({each for each in subjects if each}), on=on)
