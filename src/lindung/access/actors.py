"""Actors: a person on duty, a worker, a partner node or one of our own robots."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from lindung.access.rights import Right


class Kind(StrEnum):
    """Kinds of actor; each is a database role ``acts_as_<kind>`` with policies of its own."""

    POST = "post"  # a labour attaché's office abroad
    AGENCY = "agency"  # a licensed recruiter
    OFFICE = "office"  # a district, one-stop or regional office at home
    MINISTRY = "ministry"
    WORKER = "worker"  # also a candidate, before there is a placement
    FAMILY = "family"
    PARTNER = "partner"  # an official of the other country
    PUBLIC = "public"  # anyone, not signed in
    CLOCK = "clock"  # our own robots: jobs, schedules, the exchange's hands

    @property
    def role(self) -> str:
        """Name of the database role."""
        return f"acts_as_{self}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in what duty, over which rows.

    Attributes:
        id: of the account, worker, token or robot.
        kind: decides the database role.
        name: as shown to the people whose data is looked at.
        office: the office on whose behalf, as shown; may be empty.
        posts: ids of the posts whose jurisdiction counts (kind POST).
        agency: the agency (kind AGENCY).
        regions: four-digit regency codes (kind OFFICE).
        worker: the worker (kinds WORKER and FAMILY).
        country: ISO 3166-1 alpha-2 of the other country (kind PARTNER).
        rights: what this duty may do at all.
    """

    id: UUID
    kind: Kind
    name: str
    office: str = ""
    posts: tuple[int, ...] = ()
    agency: UUID | None = None
    regions: tuple[str, ...] = ()
    worker: UUID | None = None
    country: str = ""
    rights: frozenset[Right] = field(default_factory=frozenset)

    def may(self, right: Right) -> bool:
        """Whether this duty holds ``right``; which rows is the database's answer."""
        return right in self.rights
