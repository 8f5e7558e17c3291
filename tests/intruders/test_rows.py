"""Below every page: each table with row policies, asked by each role of the database itself.

The roles stand in the world here. What they may see, change and add of the world there follows from
the declared policies alone; no view takes part.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from lindung.access import policies
from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.policies import RowPolicy
from lindung.access.roles import ROBOT, acting_family, acting_worker
from lindung.kernel.ids import new_id
from tests.intruders.worlds import World, guarded

Worlds = tuple[World, World]
# Whose rows reach as far as the world: our own robots, the ministry.
_EVERYWHERE = {Kind.CLOCK, Kind.MINISTRY}
# Rows that are one's own by who wrote them, or hold nobody's data; and where anybody may put in.
_BY_AUTHOR = {"access.Receipt", "access.OnceKey", "access.SavedFilter", "access.Presence"}
_PUT_IN_BY_ALL = {
    "access.HandlerError": "what failed is left for people, by whoever acted",
    "signals.Touched": "word for our robot that something was told",
    "monitoring.LineMark": "word for our robot that a line of the book may have changed",
}
_READ_BY_ALL_OF_A_KIND = {
    ("parties.AgencyStanding", Kind.OFFICE): "supervisors read what every company owns",
    ("parties.AgencyStanding", Kind.POST): "supervisors read what every company owns",
    ("assistance.Service", Kind.WORKER): "whoever needs help finds every service",
    ("signals.Threshold", Kind.POST): "figures of our own, nobody's data",
    ("signals.Unjudged", Kind.POST): "figures of our own, nobody's data",
    ("signals.Pass", Kind.POST): "figures of our own, nobody's data",
    ("crisis.CrisisEvent", Kind.POST): "a person of one post may be inside what another declared",
    ("crisis.FootprintArea", Kind.POST): "where something happened, nobody's data",
    ("crisis.FootprintSpan", Kind.POST): "where something happened, nobody's data",
}
# Footprints hang on an event that only its own post may declare or end.
_CHANGED_BY_ALL_OF_A_KIND = {
    ("crisis.FootprintArea", Kind.POST),
    ("crisis.FootprintSpan", Kind.POST),
}


def actor(kind: Kind, world: World) -> Actor:
    """Somebody of that kind, at home in a world."""
    if kind is Kind.CLOCK:
        return ROBOT
    if kind is Kind.WORKER:
        return acting_worker(world.worker.pk, "Siti")
    if kind is Kind.FAMILY:
        return acting_family(new_id(), "Ibu", worker=world.worker.pk)
    scope: dict[Kind, dict[str, Any]] = {
        Kind.POST: {"posts": (world.post,)},
        Kind.AGENCY: {"agency": world.agency},
        Kind.OFFICE: {"regions": (world.region,)},
        Kind.PARTNER: {"country": world.country},
    }
    return Actor(id=new_id(), kind=kind, name="Coba", **scope.get(kind, {}))


def policy(model: type[models.Model], kind: Kind) -> RowPolicy | None:
    for each in policies.declared():
        if each.model is model and isinstance(each, RowPolicy) and each.kind == kind:
            return each
    return None


def tried(sql: str, params: list[Any]) -> int:
    """How many rows a statement reached; none where it is denied."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            count = cursor.rowcount
            transaction.set_rollback(True)
            return count
    except DatabaseError:
        return 0


def where(row: models.Model) -> tuple[str, list[Any]]:
    """The condition that names one row."""
    key = row._meta.pk
    fields = getattr(key, "fields", None) or [key]
    names = " and ".join(f'"{each.column}" = %s' for each in fields)
    return names, [
        each.get_db_prep_value(getattr(row, each.attname), connection) for each in fields
    ]


def sees(row: models.Model) -> int:
    names, values = where(row)
    return tried(f'select 1 from "{row._meta.db_table}" where {names}', values)


def changes(row: models.Model) -> int:
    names, values = where(row)
    column = row._meta.concrete_fields[-1].column
    return tried(f'update "{row._meta.db_table}" set "{column}" = "{column}" where {names}', values)


def adds(row: models.Model) -> int:
    """Whether another row like this one could be put in: past the policy, whatever else forbids."""
    made = (models.AutoField, models.GeneratedField)
    fields = [each for each in row._meta.concrete_fields if not isinstance(each, made)]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    values = [
        each.get_db_prep_save(
            new_id() if each.primary_key and isinstance(each, models.UUIDField)
            else getattr(row, each.attname),
            connection,
        )
        for each in fields
    ]  # fmt: skip
    marks = ", ".join(["%s"] * len(values))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'insert into "{row._meta.db_table}" ({columns}) values ({marks})', values
            )
            transaction.set_rollback(True)
    except DatabaseError as error:
        said = str(error)
        return int("permission denied" not in said and "row-level security" not in said)
    return 1


KINDS = [kind for kind in Kind if kind not in _EVERYWHERE]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", guarded(), ids=lambda model: model._meta.label)
def test_what_is_there_does_not_exist_here(
    model: type[models.Model], kind: Kind, worlds: Worlds
) -> None:
    label = model._meta.label
    row = worlds[1].rows[label]
    with acting_as(actor(kind, worlds[0])):
        if (label, kind) not in _READ_BY_ALL_OF_A_KIND:
            assert sees(row) == 0
        if (label, kind) not in _CHANGED_BY_ALL_OF_A_KIND:
            assert changes(row) == 0
        if label not in _PUT_IN_BY_ALL and (label, kind) not in _CHANGED_BY_ALL_OF_A_KIND:
            assert adds(row) == 0


@pytest.mark.parametrize("kind", [Kind.POST, Kind.AGENCY, Kind.OFFICE, Kind.WORKER, Kind.FAMILY])
def test_what_is_here_is_what_the_policies_say(kind: Kind, worlds: Worlds) -> None:
    wrong = []
    with acting_as(actor(kind, worlds[0])):
        for model in guarded():
            label = model._meta.label
            if label in _BY_AUTHOR:
                continue
            said, row = policy(model, kind), worlds[0].rows[label]
            if getattr(row, "worker_id", None) not in {None, worlds[0].worker.pk}:
                continue  # somebody else of this world
            seen = sees(worlds[0].rows[label])
            if said is None and seen:
                wrong.append(f"{label} is seen without a policy")
            if said is not None and _plain(said) and not seen:
                wrong.append(f"{label} is not seen")
    assert wrong == []


def test_the_door_reaches_no_person(worlds: Worlds) -> None:
    for model in guarded():
        if policy_of_door(model) is None:
            assert sees(worlds[0].rows[model._meta.label]) == 0, model._meta.label


def policy_of_door(model: type[models.Model]) -> RowPolicy | None:
    return policy(model, "door")  # type: ignore[arg-type]  # nobody acts at the door


def test_the_exceptions_are_declared_so(worlds: Worlds) -> None:
    for (label, kind), reason in _READ_BY_ALL_OF_A_KIND.items():
        with acting_as(actor(kind, worlds[0])):
            assert sees(worlds[1].rows[label]) == 1, reason
    for label in _PUT_IN_BY_ALL:
        with acting_as(actor(Kind.WORKER, worlds[0])):
            assert adds(worlds[1].rows[label]) == 1


def _plain(said: RowPolicy) -> bool:
    """A scope and nothing beside it."""
    bare = said.rows.removesuffix(f" and {policies.OPENED}")
    return bare in {policies.POST, policies.AGENCY, policies.OFFICE, policies.WORKER}
