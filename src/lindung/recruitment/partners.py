"""What the chain asks of parties: may the recruiter work, is anyone on the problem list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from lindung.kernel.refusals import Refusal
from lindung.parties import queries as parties
from lindung.parties.models import ForeignAgency
from lindung.parties.refusals import AgencyUnknown


def unable(agency_id: UUID | None, *, on: date) -> Refusal | None:
    """Why the recruiter may not work on that day; ``None`` where it may."""
    if agency_id is None:
        return AgencyUnknown()
    try:
        parties.require_able_agency(agency_id, on=on)
    except Refusal as refusal:
        return refusal
    return None


def problem_of(subjects: Iterable[UUID | None], *, on: date) -> Refusal | None:
    """Why one of these parties stands in the way on that day; ``None`` where none does."""
    try:
        parties.require_no_problem(subjects=[each for each in subjects if each], on=on)
    except Refusal as refusal:
        return refusal
    return None


def works_in(partner_id: UUID, country: str) -> bool:
    """Whether a partner is entered for that country."""
    return ForeignAgency.objects.filter(id=partner_id, country=country).exists()


def partner_name(partner_id: UUID) -> str:
    """The partner's name."""
    return parties.partner(partner_id).name
