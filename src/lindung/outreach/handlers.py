"""Reactions of outreach: an officer who is rung is told on their own telephone."""

from __future__ import annotations

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.duty.events import OfficerRung
from lindung.outreach import operations


@reacts_to(OfficerRung)
def tell_the_officer(event: OfficerRung, entry: JournalEntry) -> None:
    """The ring goes to the telephone and e-mail that the officer registered."""
    with acting_as(ROBOT):
        operations.alert_officer(ROBOT, event.ring, now=entry.at)
