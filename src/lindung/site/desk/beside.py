"""What stands beside a life-line: early warnings, incidents, family; asked in one round trip."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, IntegerField, QuerySet, Value

from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.incidents.models import Incident
from lindung.registry.models import FamilyMember
from lindung.regulations.sentences import pick
from lindung.signals.catalogue import signal
from lindung.signals.models import Alert

_ALERT, _INCIDENT, _FAMILY = 1, 2, 3


@dataclass(slots=True)
class Beside:
    """Pairs of words and id, each list in the order in which it is read.

    ``family`` is name, relation and whether to call them first; ``None`` where it is not told.
    """

    alerts: list[tuple[str, UUID]] = field(default_factory=list)
    incidents: list[tuple[str, UUID]] = field(default_factory=list)
    family: list[tuple[str, str, bool]] | None = None


def beside(actor: Actor, worker_id: UUID) -> Beside:
    """What this actor may know beside the line."""
    told = Beside(family=[] if actor.may(Right.FACT_RECORD) else None)
    parts: list[QuerySet[Any, Any]] = []
    if actor.may(Right.ALERT_READ):
        standing = Alert.objects.filter(worker_id=worker_id, gone_on__isnull=True)
        parts.append(_shaped(standing, _ALERT, "signal", rank=0 - F("severity")))
    if actor.may(Right.INCIDENT_READ):
        of = Incident.objects.filter(worker_id=worker_id)
        parts.append(_shaped(of, _INCIDENT, "number"))
    if told.family is not None:
        named = FamilyMember.objects.filter(worker_id=worker_id)
        parts.append(
            _shaped(named, _FAMILY, "name", more=F("relation"), first=F("is_emergency_contact"))
        )
    if not parts:
        return told
    for what, _rank, key, said, more, first in sorted(parts[0].union(*parts[1:], all=True)):
        if what == _ALERT:
            told.alerts.append((pick(signal(said).title), key))
        elif what == _INCIDENT:
            told.incidents.append((said, key))
        elif told.family is not None:
            told.family.append((said, more, first))
    return told


def _shaped(
    rows: QuerySet[Any],
    what: int,
    said: str,
    *,
    rank: Any = None,
    more: Any = None,
    first: Any = None,
) -> QuerySet[Any, Any]:
    number = IntegerField()
    return (
        rows.order_by()
        .values_list(
            Value(what, output_field=number),
            Value(0, output_field=number) if rank is None else rank,
            F("id"),
            F(said),
            Value("") if more is None else more,
            Value(False, output_field=BooleanField()) if first is None else first,
        )
    )  # fmt: skip
