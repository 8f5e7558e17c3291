"""A life with something in every corner, and the two people who decide over erasing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lindung.access.actors import Actor
from lindung.access.actors import Kind as ActorKind
from lindung.access.roles import rights_of
from lindung.kernel.identifiers import Kind
from lindung.kernel.ids import new_id
from lindung.monitoring import operations as monitoring
from lindung.monitoring.models import WageState
from lindung.outreach import family
from lindung.outreach import operations as outreach
from lindung.protection import operations as protection
from lindung.protection.models import Case
from lindung.registry import operations as registering
from lindung.registry.models import Condition, Worker
from tests.cast import ATTACHE, NOW, TODAY, arrived, self_of, worker

DPO = Actor(
    id=new_id(), kind=ActorKind.MINISTRY, name="Nina", office="Kementerian",
    rights=rights_of("data_protection_officer"),
)  # fmt: skip
DPO_2 = Actor(
    id=new_id(), kind=ActorKind.MINISTRY, name="Oka", office="Kementerian",
    rights=rights_of("data_protection_officer"),
)  # fmt: skip
NIK, PASSPORT, PHONE = "3502155204990003", "E4471823", "+821055501234"
WORDS = "Kata-kata rahasia tentang upah"


def lived(**given: Any) -> Worker:
    """Siti: arrived in Korea, with numbers, a message, a check-in, a wage."""
    who = worker(full_name="Siti Rahayu Prameswari", call_name="Prameswari", **given)
    me = self_of(who.id, "Prameswari")
    for kind, value in (("nik", NIK), ("passport", PASSPORT), ("phone", PHONE)):
        registering.add_identifier(me, who.id, kind=Kind(kind), value=value, on=TODAY)
    arrived(who)
    return who


def lived_fully(**given: Any) -> Worker:
    """And with words of her own, a wage, a day of hours, a message and a case that ended."""
    who = lived(**given)
    me = self_of(who.id, "Prameswari")
    monitoring.check_in(me, who.id, condition=Condition.GOOD, at=NOW, words=WORDS)
    monitoring.report_wage(
        me, who.id, month=TODAY.replace(day=1), state=WageState.PAID, at=NOW,
        amount=Decimal(2_100_000), currency="KRW",
    )  # fmt: skip
    family.name_relative(me, who.id, name="Bu Prameswari", relation="ibu")
    outreach.send(ATTACHE, who, "question_waiting", now=NOW)
    return who


def with_case(who: Worker) -> Case:
    """With an open case."""
    return protection.complain(self_of(who.id, "Prameswari"), who.id, words=WORDS, at=NOW)
