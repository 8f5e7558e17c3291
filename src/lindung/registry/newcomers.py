"""Somebody who comes into the register, as far as known: what a form, a list or another system says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from lindung.access.actors import Actor
from lindung.kernel import identifiers
from lindung.registry.models import Worker


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person to be enrolled.

    Attributes:
        region: four-digit code of the home regency.
        numbers: identity numbers as typed, by kind.
        worker_id: the id to use: somebody who enrols alone acts under it already.
        not_same_as: people who were shown as likely the same, and are not: it is not asked again.
    """

    full_name: str
    call_name: str = ""
    sex: str = "X"
    birth_date: date | None = None
    birth_place: str = ""
    region: str = ""
    language: str = "id"
    numbers: Mapping[identifiers.Kind, str] = field(default_factory=dict)
    worker_id: UUID | None = None
    not_same_as: Collection[UUID] = ()

    def worker(self, actor: Actor, *, number: str, is_demo: bool) -> Worker:
        """The row of this person, in the scope of whoever enrols; not saved."""
        chosen = {} if self.worker_id is None else {"id": self.worker_id}
        return Worker(
            public_number=number,
            full_name=self.full_name.strip(),
            call_name=self.call_name.strip(),
            sex=self.sex,
            birth_date=self.birth_date,
            birth_place=self.birth_place,
            language=self.language,
            is_demo=is_demo,
            region=self.region or (actor.regions[0] if len(actor.regions) == 1 else ""),
            agency_id=actor.agency,
            post_id=actor.posts[0] if actor.posts else None,
            **chosen,
        )
