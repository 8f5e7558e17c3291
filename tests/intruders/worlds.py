"""Two worlds side by side: a person, her papers and everything ever recorded, once here, once there.

*Here* is one post, recruiter, home office and country, *there* the others. Every table that has row
policies gets a row in each world, so that what a role sees of the other world can be asked of the
whole database at once. All words written about the other world carry a mark that no page of this
one may ever show.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import JSONField

from lindung.access import policies
from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.policies import IN_THE_OPEN, OpenTable
from lindung.access.secrets import keyring
from lindung.intake.queries import WORDS
from lindung.kernel.ids import new_id
from lindung.placement import queries as placements
from lindung.registry import operations as registering
from lindung.registry.models import Worker, WorkerState
from tests import cast
from tests.conftest import owner_sets_the_scene

MARK = {"here": "Terang", "there": "Rahasiawati"}
ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
LATER = {"ends_at", "expires_at", "until", "until_at", "due_at", "valid_to", "covers_to", "back_by",
         "expires_on", "answer_due_at", "plan_due_at", "contact_due_at", "closed_until"}  # fmt: skip
_SERIAL = count(1)


@dataclass
class World:
    """One side of the border.

    Attributes:
        rows: the row of each table, by the label of its model.
        verdict: what a rule said of her contract, as it is kept.
    """

    name: str
    post: int
    country: str
    region: str
    agency: Any
    rows: dict[str, models.Model] = field(default_factory=dict)
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return MARK[self.name]

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "post_id": self.post,
            "agency_id": self.agency,
            "region": self.region,
            "country": self.country,
        }

    @property
    def worker(self) -> Worker:
        found = self.rows["registry.Worker"]
        assert isinstance(found, Worker)
        return found


HERE = ("here", cast.SEOUL, "KR", cast.PONOROGO, cast.RECRUITER.agency)
THERE = ("there", cast.TAIPEI, "TW", cast.MALANG, cast.OTHER_RECRUITER.agency)


def build() -> tuple[World, World]:
    """Both worlds, in the present transaction."""
    here, there = World(*HERE), World(*THERE)
    with owner_sets_the_scene():
        cast.posts()
    for world in (here, there):
        _life(world)
    with owner_sets_the_scene():
        for world in (here, there):
            _claim(world)
            for model in guarded():
                if model._meta.label not in world.rows:
                    world.rows[model._meta.label] = make(model, world)
    return here, there


def guarded() -> list[type[models.Model]]:
    """Every table that somebody declared row policies for, those it points to first."""
    found: list[type[models.Model]] = []

    def visit(model: type[models.Model]) -> None:
        if model in found:
            return
        for each in model._meta.concrete_fields:
            if each.is_relation and not each.null and each.related_model is not model:
                visit(each.related_model)
        if model in wanted:
            found.append(model)

    wanted = [
        each.model
        for each in policies.declared()
        if not isinstance(each, OpenTable) and each.model is not JournalEntry
    ]
    for model in wanted:
        visit(model)
    return found


def _life(world: World) -> None:
    """A person with a placement and an offer, as the service itself writes them."""
    key = new_id()
    worker = registering.enrol(
        cast.self_of(key),
        worker_id=key,
        full_name=f"Siti {world.mark}",
        call_name=world.mark[:20],
        sex="F",
        birth_date=date(1999, 4, 12),
        region=cast.PONOROGO,
        on=ON,
        channel="phone",
    )
    contract = cast.offered(worker)
    world.rows["registry.Worker"] = worker
    world.rows["placement.Placement"] = contract.placement
    world.rows["placement.Contract"] = contract
    with acting_as(cast.MINISTRY):
        said = placements.check(placements.contract(contract.id), on=ON)
    world.verdict = said.verdicts[0].frozen()


def _claim(world: World) -> None:
    """Give everything that the service wrote about the person the whole scope of her world."""
    with connection.cursor() as cursor:
        for model in guarded():
            columns = {each.column for each in model._meta.concrete_fields}
            scope = {name: value for name, value in world.scope.items() if name in columns}
            person = "worker_id" if "worker_id" in columns else "id"
            if not scope or (model is not Worker and "worker_id" not in columns):
                continue
            named = ", ".join(f"{name} = %s" for name in scope)
            cursor.execute(
                f'update "{model._meta.db_table}" set {named} where {person} = %s',
                [*scope.values(), world.worker.pk],
            )
    for label in ("registry.Worker", "placement.Placement", "placement.Contract"):
        world.rows[label].refresh_from_db()
    # What the service wrote about her is as good a row as one made up here.
    for model in guarded():
        if model._meta.label in world.rows or not hasattr(model, "worker_id"):
            continue
        found = model._default_manager.filter(worker_id=world.worker.pk).order_by("pk").first()
        if found is not None:
            world.rows[model._meta.label] = found


def make(model: type[models.Model], world: World, **given: Any) -> models.Model:
    """A row of any table, in scope of one world, with nothing left out that the table asks for."""
    values = {**SPECIAL.get(model._meta.label, {}), **given}
    values = {name: each(world) if callable(each) else each for name, each in values.items()}
    for each in model._meta.concrete_fields:
        if each.name in values or each.attname in values:
            continue
        if isinstance(each, models.AutoField):
            continue
        made = _value(each, world)
        if made is not _LEFT:
            values[each.attname if each.is_relation else each.name] = made
    row = model(**values)
    models.Model.save(row, force_insert=True)
    return row


_LEFT = object()


def _value(each: models.Field[Any, Any], world: World) -> Any:
    if each.name in world.scope:
        return world.scope[each.name]
    if each.attname in world.scope:
        return world.scope[each.attname]
    if each.attname == "worker_id":
        return world.worker.pk
    if each.name == "compartment":
        return IN_THE_OPEN
    if each.is_relation:
        return _related(each, world)
    if each.has_default() or each.null or getattr(each, "auto_now_add", False):
        return _LEFT
    return _plain(each, world)


def _related(each: models.Field[Any, Any], world: World) -> Any:
    if each.null:
        return _LEFT
    target = each.related_model
    label = target._meta.label
    if label not in world.rows:
        world.rows[label] = make(target, world)
    return world.rows[label].pk


def _plain(each: models.Field[Any, Any], world: World) -> Any:
    number = next(_SERIAL)
    if isinstance(each, models.CharField | models.TextField):
        if each.choices:
            return next(iter(each.flatchoices))[0]
        if each.blank and not isinstance(each, models.TextField):
            return ""
        if each.name == "currency":
            return "KRW"
        words = f"{world.mark} {number}"
        return words if each.max_length is None else words[: each.max_length]
    if isinstance(each, models.UUIDField):
        return new_id()
    if isinstance(each, models.DateTimeField):
        return AT + timedelta(days=30) if each.name in LATER else AT
    if isinstance(each, models.DateField):
        return ON + timedelta(days=30) if each.name in LATER else ON
    if isinstance(each, models.DecimalField):
        return Decimal(number % 10 + 1)
    if isinstance(each, models.BooleanField):
        return False
    if isinstance(each, models.IntegerField | models.FloatField):
        choices = list(each.flatchoices)
        return choices[0][0] if choices else number % 90 + 1
    if isinstance(each, models.BinaryField):
        size = each.max_length or 32
        return number.to_bytes(size, "big")
    if isinstance(each, JSONField):
        return {}
    if isinstance(each, ArrayField):
        return []
    if isinstance(each, models.GenericIPAddressField):
        return "127.0.0.1"
    raise TypeError(f"{each} needs a value of its own in SPECIAL.")


def _second(world: World) -> Any:
    """Somebody else of the same world."""
    if "second" not in world.rows:
        number = f"PMI-26-9{next(_SERIAL):05d}"
        made = make(
            Worker,
            world,
            full_name=f"Dewi {world.mark}",
            call_name=world.mark[:20],
            public_number=number,
        )
        world.rows["second"] = made
        WorkerState.objects.create(worker=made, **world.scope)
    return world.rows["second"].pk


def _line(world: World) -> bytes:
    """The words of a line of a list, sealed as the service seals them."""
    return keyring().seal(WORDS, json.dumps({"full_name": f"Ayu {world.mark}"})).cipher


# What a table asks for that follows from no column's type.
SPECIAL: dict[str, dict[str, Any]] = {
    "access.Duty": {"role": "attache", "agency_id": None},
    "access.Receipt": {"act": "done"},
    "assistance.Interpreter": {"languages": ["id"]},
    "costs.Charge": {"component": "agency_fee"},
    "costs.Overcharge": {"verdict": lambda world: world.verdict},
    "documents.Document": {"type": "passport"},
    "documents.Fitness": {"type": "passport"},
    "duty.ChainStep": {"minutes": 5},
    "duty.Call": {"next_at": AT},
    # It says nothing, so it is nobody's to read on a phone but the other's.
    "exchange.Outgoing": {"raw": b"{}", "worker_id": _second},
    "exchange.Incoming": {"raw": b"{}"},
    "exchange.Partner": {
        "code": lambda world: f"sistem-{world.country.lower()}",
        "node": lambda world: f"https://{world.country.lower()}.example/",
        "base_url": lambda world: f"https://{world.country.lower()}.example",
        "name": lambda world: f"Sistem {world.country}",
    },
    "incidents.AgencyDuty": {"basis": "kr.minimum_wage.hourly"},
    "incidents.Todo": {"track": "death", "step": "identity"},
    "intake.Row": {"sealed": _line},
    "monitoring.WageReport": {"month": ON.replace(day=1)},
    "privacy.Period": {"kind": lambda world: "person" if world.name == "here" else "family"},
    "parties.ProblemEntry": {"party": "agency", "recruiter_id": lambda world: world.agency},
    "protection.Evidence": {
        "case_id": lambda world: world.rows["protection.Case"].pk,
        "document_id": lambda world: world.rows["documents.Document"].pk,
    },
    "protection.TrackStep": {"step": "verification"},
    "registry.DistinctPair": {"other_id": _second},
    "registry.MergeRecord": {"gone_id": _second},
    # Checked already, so nobody takes it for a message of the agreement.
    "exchange.Sheet": {
        "pointer": "Map 12",
        "state": "checked",
        "checked_by": lambda world: new_id(),
        "checked_name": lambda world: world.mark,
        "checked_at": AT,
    },
    "signals.Alert": {"signal": "isolation"},
    "signals.Notice": {"signal": "isolation"},
    "signals.Threshold": {"signal": "isolation"},
    "signals.Unjudged": {"signal": "isolation"},
    "visits.Visit": {"checklist": "household"},
}
