"""A cast for tests of who sees what: two people far apart, a stranger, and everyone around them.

``ROW_OF`` fills a row of any scoped table for a person, so that a table added later is part of the
matrix without anyone thinking of it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lindung.access.actors import Actor, Kind
from lindung.access.policies import IN_THE_OPEN
from lindung.access.rights import Right
from lindung.access.roles import ROBOT, rights_of
from lindung.incidents.models import Incident
from lindung.kernel.ids import new_id
from lindung.parties.models import ForeignAgency
from lindung.registry.models import Task, Worker

SEOUL, TAIPEI = 901, 902
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_number = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Someone's id and scope, as plain facts that no policy was asked for."""

    id: UUID
    post: int | None
    agency: UUID | None
    region: str
    country: str

    def scope(self) -> dict[str, Any]:
        """As the columns are called."""
        return {
            "post_id": self.post,
            "agency_id": self.agency,
            "region": self.region,
            "country": self.country,
        }


ANA = Person(new_id(), SEOUL, new_id(), "3502", "KR")
BUDI = Person(new_id(), TAIPEI, new_id(), "3503", "TW")
# Registered by phone: nobody's office, nobody's agency.
STRANGER = Person(new_id(), None, None, "", "")
PEOPLE = (ANA, BUDI, STRANGER)


def actor(kind: Kind, *, may: tuple[Right, ...] = (), **scope: Any) -> Actor:
    """An actor of that kind with just these rights and this scope."""
    return Actor(id=new_id(), kind=kind, name="Uji", rights=frozenset(may), **scope)


ATTACHE_SEOUL = actor(Kind.POST, posts=(SEOUL,), may=tuple(rights_of("attache")))
ATTACHE_TAIPEI = actor(Kind.POST, posts=(TAIPEI,), may=tuple(rights_of("attache")))
ACTORS: dict[str, Actor] = {
    "attaché in Seoul": ATTACHE_SEOUL,
    "attaché in Taipei": ATTACHE_TAIPEI,
    "attaché of both": actor(Kind.POST, posts=(SEOUL, TAIPEI)),
    "attaché of neither": actor(Kind.POST, posts=(903,)),
    "attaché without a post": actor(Kind.POST),
    "Ana's agency": actor(Kind.AGENCY, agency=ANA.agency),
    "Budi's agency": actor(Kind.AGENCY, agency=BUDI.agency),
    "agency without an id": actor(Kind.AGENCY),
    "Ana's office": actor(Kind.OFFICE, regions=("3502",)),
    "office of two regencies": actor(Kind.OFFICE, regions=("3502", "3503")),
    "office without a regency": actor(Kind.OFFICE),
    "Ana": actor(Kind.WORKER, worker=ANA.id),
    "the stranger": actor(Kind.WORKER, worker=STRANGER.id),
    "Ana's family": actor(Kind.FAMILY, worker=ANA.id),
    "official of Korea": actor(Kind.PARTNER, country="KR"),
    "official of nowhere": actor(Kind.PARTNER),
    "ministry": actor(Kind.MINISTRY),
    "robot": ROBOT,
    "anyone": actor(Kind.PUBLIC),
}


def in_scope(who: Actor, person: Person) -> bool:
    """Whether a person belongs to an actor, by the words of the design and not by SQL."""
    match who.kind:
        case Kind.POST:
            return person.post is not None and person.post in who.posts
        case Kind.AGENCY:
            return person.agency is not None and person.agency == who.agency
        case Kind.OFFICE:
            return person.region != "" and person.region in who.regions
        case Kind.WORKER | Kind.FAMILY:
            return person.id == who.worker
        case Kind.PARTNER:
            return person.country != "" and person.country == who.country
        case Kind.MINISTRY | Kind.CLOCK:
            return True
    return False


def seed(model: type[models.Model]) -> dict[str, list[Any]]:
    """A row of ``model`` for each person; by the person's name in PEOPLE the keys that were made.

    Call it as the owner.
    """
    return {str(person.id): [row_of(model, person).pk] for person in PEOPLE}


def row_of(model: type[models.Model], person: Person, **given: Any) -> models.Model:
    """Store a row of ``model`` that belongs to ``person``, its parents too."""
    if model is Worker:
        found = Worker.objects.filter(id=person.id).first()
        return found or _stored(Worker, person, given | {"id": person.id})
    if model is Incident and (running := Incident.objects.filter(worker_id=person.id).first()):
        return running  # of one sort only one is open at a time
    return _stored(model, person, given)


def filled(model: type[models.Model], person: Person, **given: Any) -> models.Model:
    """An unsaved row of ``model`` that belongs to ``person``; its parents are stored."""
    values: dict[str, Any] = dict(given)
    for field in model._meta.concrete_fields:
        if field.name in values or isinstance(field, models.CompositePrimaryKey):
            continue
        # A partner abroad is a company of a country, and nobody's.
        if field.name in person.scope() and model is not ForeignAgency:
            values[field.name] = person.scope()[field.name]
            if values[field.name] is None and not field.null:
                values[field.name] = 0  # a house or an interpreter is always a post's
        elif field.name == "worker_id":
            values[field.name] = person.id
        elif field.name == "compartment" and not field.has_default():
            values[field.name] = UUID(IN_THE_OPEN)  # sealed ones have tests of their own
        elif model is Task and field.name == "kind":
            values[field.name] = "gap:nik"  # the one sort that every kind of office may see
        elif field.name == "month" and isinstance(field, models.DateField):
            values[field.name] = NOON.date().replace(day=1)  # months go by their first day
        elif field.name == "expires_at":
            values[field.name] = NOON + timedelta(days=1)
        elif field.name == "minutes":
            values[field.name] = 60
        elif field.name == "next_at":
            values[field.name] = NOON  # a call that rings goes on to the next
        elif isinstance(field, models.ForeignKey):
            if field.related_model is Worker and field.name != "worker" and not field.null:
                values[field.name] = row_of(Worker, _another(person))
            # A file about a party is about one; here an employer.
            elif field.name in {"worker", "employer", "case"} or not field.null:
                values[field.name] = row_of(field.related_model, person)
        elif not field.null and not field.has_default() and field.name not in _AUTOMATIC:
            values[field.name] = _value(field)
    return model(**values)


def _another(person: Person) -> Person:
    """Whom a row about two people names beside this one; each another."""
    return PEOPLE[(PEOPLE.index(person) + 1) % len(PEOPLE)]


_AUTOMATIC = {"created_at", "recorded_at"}


def _stored(model: type[models.Model], person: Person, given: dict[str, Any]) -> models.Model:
    row = filled(model, person, **given)
    row.save(force_insert=True)
    return row


def _value(field: models.Field[Any, Any]) -> Any:
    if field.choices:
        return field.choices[0][0]
    match field:
        case ArrayField():
            return []
        case models.UUIDField():
            return uuid4()
        case models.DateTimeField():
            return NOON
        case models.DateField():
            return NOON.date()
        case models.TimeField():
            return time(9)
        case models.IntegerField():
            return next(_number)
        case models.DecimalField():
            return Decimal(next(_number) % 100 + 1)
        case models.BinaryField():
            return next(_number).to_bytes(16, "big")
        case models.JSONField():
            return {}
        case models.BooleanField():
            return False
        case models.CharField() | models.TextField():
            return _text(field)
    raise TypeError(f"say how to fill {field.model.__name__}.{field.name}")


def _text(field: models.Field[Any, Any]) -> str:
    room = field.max_length or 20
    return f"u{next(_number):0{min(room, 12) - 1}d}"[:room] if room > 4 else "X" * room


TODAY = date(2026, 3, 2)
