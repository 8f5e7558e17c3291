"""Lives to look at: each stage is reached by the operations that lead there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.identity import WORKER_KEY
from lindung.access.models import Jurisdiction, Post
from lindung.access.roles import ROBOT, acting_worker, rights_of
from lindung.kernel.ids import new_id
from lindung.placement import operations as placement
from lindung.placement import queries as placements
from lindung.placement.models import Contract, Placement
from lindung.protection import operations as protection
from lindung.protection.models import Case
from lindung.reference.models import Country, Region
from lindung.reference.queries import forget
from lindung.registry import operations as registry
from lindung.regulations import pathways
from lindung.regulations.verdicts import NEEDS_CHECK

TODAY = date.today()
NOW = datetime.now(UTC)
WAY = "g2g-kr"
TERMS: dict[str, Any] = {
    "employer": {"enterprise_name": "Hanbit"},
    "contract": {"months": 36, "probation": {"used": False}},
    "hours": {"start": "09:00", "end": "18:00", "recess_minutes": 60},
    "rest": {"days": ["sunday", "every_saturday"]},
    "wage": {"monthly_ordinary": "2300000", "payment_method": "bank_transfer"},
    "lodging": {"type": "studio", "worker_cost": "150000"},
    "job": {"place": "Ansan", "description": "operator mesin"},
}


@dataclass
class Lives:
    """Officials on duty, and the steps that move a person on."""

    officer: Actor
    attache: Actor

    def person(self, name: str = "Siti Rahayu", call_name: str = "Siti") -> Actor:
        worker_id = new_id()
        actor = acting_worker(worker_id, call_name)
        registry.enrol(
            actor,
            worker_id=worker_id,
            full_name=name,
            call_name=call_name,
            sex="F",
            birth_date=date(1999, 4, 12),
            region="3502",
            on=TODAY,
            channel="phone",
        )
        return actor

    def candidate(self, who: Actor) -> Placement:
        return placement.open_placement(
            self.officer, who.worker, pathway_id=WAY, sector="manufacturing", on=TODAY
        )

    def listed(self, who: Actor) -> Placement:
        opened = self.candidate(who)
        before = placement.needed_before(pathways.pathway(WAY), "roster")
        placement.settle_requirements(
            self.officer,
            opened.id,
            requirements=sorted(before),
            state="accepted",
            given_on=TODAY,
            reference="x",
            reason="Bukti aslinya dilihat.",
        )
        placement.send_to_roster(self.officer, opened.id, on=TODAY)
        placement.record_roster_status(
            ROBOT,
            opened.id,
            status="active",
            roster_no=f"R-{opened.number}",
            as_of=TODAY,
            valid_to=TODAY + timedelta(days=365),
        )
        return opened

    def offered(self, who: Actor, answer_by: date | None = None) -> Contract:
        opened = self.listed(who)
        return placement.record_contract_offer(
            ROBOT,
            opened.number,
            offer_no=f"SLC-{opened.number}",
            form="kr.slc.v2020_01",
            terms=TERMS,
            offered_on=TODAY,
            answer_by=answer_by or TODAY + timedelta(days=14),
            employer="Hanbit",
            region="KR-41",
        )

    def verified(self, who: Actor, answer_by: date | None = None) -> Contract:
        contract = self.offered(who, answer_by)
        with acting_as(self.attache):
            checked = placements.check(placements.contract(contract.id), on=TODAY)
        judgements = {
            each.parameter: {"answer": "yes", "reason": "Sudah ditanyakan ke Seoul"}
            for each in checked.having(NEEDS_CHECK)
        }
        return placement.verify_contract(self.attache, contract.id, judgements=judgements, on=TODAY)

    def complained(self, who: Actor, words: str = "Gaji belum dibayar") -> Case:
        return protection.complain(who, who.worker, words=words, at=NOW, kind="wages_unpaid")

    def outcome(self, who: Actor) -> Case:
        self.verified(who)
        case = self.complained(who)
        for step in ("understand", "handle"):
            protection.move_case(self.attache, case.id, step=step)
        return protection.move_case(
            self.attache, case.id, step="report outcome", outcome="Gaji sudah dibayar"
        )


@pytest.fixture
def lives(scene: Any) -> Iterator[Lives]:
    with scene():
        post = Post.objects.create(
            id=3,
            code="SEL",
            name="KBRI Seoul",
            country="KR",
            city="Seoul",
            timezone="Asia/Seoul",
            phone="+82 2 0000 0000",
        )
        Jurisdiction.objects.create(post=post, country="KR", valid_from=date(2020, 1, 1))
        _places()
    forget()
    yield Lives(
        officer=Actor(
            id=new_id(),
            kind=Kind.OFFICE,
            name="Budi",
            office="BP3MI",
            regions=("3502",),
            rights=rights_of("placement_officer"),
        ),
        attache=Actor(
            id=new_id(),
            kind=Kind.POST,
            name="Rina",
            office="KBRI Seoul",
            posts=(3,),
            rights=rights_of("attache"),
        ),
    )
    forget()


@pytest.fixture
def at_noon() -> Iterator[None]:
    """The day does not turn under a page that says "today": noon in Jakarta, whenever tests run."""
    with time_machine.travel(datetime.combine(TODAY, time(5), UTC)):
        yield


@pytest.fixture
def phone_of() -> Callable[[Actor], Client]:
    """A phone on which this worker is signed in."""

    def signed_in(who: Actor) -> Client:
        client = Client()
        session = client.session
        session[WORKER_KEY] = {"id": str(who.worker), "name": who.name}
        session.save()
        return client

    return signed_in


def _places() -> None:
    names = {"id": "Indonesia", "en": "Indonesia"}
    if Country.objects.exists():
        return  # the shipped data is loaded already, for other tests
    home = Country.objects.create(code="ID", alpha3="IDN", numeric="360", names=names)
    province = Region.objects.create(
        code="35", country=home, level=1, names={"id": "Jawa Timur", "en": "East Java"}
    )
    Region.objects.create(
        code="3502",
        country=home,
        level=2,
        parent=province,
        names={"id": "Kabupaten Ponorogo", "en": "Ponorogo"},
    )
