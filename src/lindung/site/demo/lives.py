"""A few made-up lives told in full, each step through the operation the service itself uses.

The drawn population fills the lists; these fill the life-lines. What lies in the past is told as
such, so that the other country is not told again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import telling_of
from lindung.access.roles import ROBOT, acting_worker
from lindung.kernel import nik
from lindung.kernel.identifiers import Kind as Number
from lindung.kernel.ids import new_id
from lindung.monitoring import operations as monitoring
from lindung.outreach import family
from lindung.placement import operations as placing
from lindung.placement import queries as placements
from lindung.placement.models import Contract, Placement
from lindung.protection import operations as protecting
from lindung.protection.models import CaseKind
from lindung.registry import operations as registering
from lindung.registry.models import Condition, Source, Worker
from lindung.regulations import pathways
from lindung.reintegration import operations as reintegration
from lindung.reintegration.models import ReturnReason

PATHWAY = "g2g-kr"
_TERMS: dict[str, Any] = {
    "employer": {
        "enterprise_name": "Hanbit Precision",
        "address": "12 Sandan-ro, Danwon-gu, Ansan",
        "representative_name": "Kim M. S.",
    },
    "contract": {"kind": "newcomer", "months": 36, "probation": {"used": False}},
    "job": {"place": "12 Sandan-ro, Danwon-gu, Ansan", "description": "Press operator"},
    "hours": {"start": "09:00", "end": "18:00", "shift_system": "none", "recess_minutes": 60},
    "rest": {"days": ["sunday", "every_saturday", "legal_holidays_paid"]},
    "wage": {
        "monthly_ordinary": "2340000",
        "basic_unit": "month",
        "payment_method": "bank_transfer",
    },
    "lodging": {"provided": True, "type": "studio", "worker_cost": "150000"},
    "meals": {"breakfast": False, "lunch": True, "dinner": True, "worker_cost": "0"},
}


class Telling:
    """Takes the steps of a life on their days, as the people whose work they are."""

    def __init__(self, cast: Mapping[str, Actor], today: date) -> None:
        """``cast``: officer, attache and ministry."""
        self.officer, self.attache = cast["officer"], cast["attache"]
        self.ministry, self.today = cast["ministry"], today

    def day(self, ago: int) -> date:
        """So many days ago."""
        return self.today - timedelta(days=ago)

    def told(self, ago: int) -> Any:
        """What happens in the block happened then, at nine in the morning in Jakarta."""
        return telling_of(datetime.combine(self.day(ago), time(2), UTC))

    def enrolled(self, ago: int, phone: str, passport: str, **facts: Any) -> Worker:
        """Enrolled on her own phone; an officer added the papers."""
        key = new_id()
        me = acting_worker(key, facts.get("call_name") or facts["full_name"])
        with self.told(ago):
            worker = registering.enrol(
                me, worker_id=key, on=self.day(ago), channel="phone", is_demo=True, **facts
            )
            registering.add_identifier(me, key, kind=Number.PHONE, value=phone, on=self.day(ago))
            if passport:
                number = nik.make(
                    district=f"{worker.region}01",
                    born=facts["birth_date"],
                    sex=facts["sex"],
                    serial=9000 + int(passport[-2:]),
                )
                registering.add_identifier(
                    self.ministry,
                    key,
                    kind=Number.NIK,
                    value=number.value,
                    on=self.day(ago),
                    issuer=placements.origin(),
                )
                registering.add_identifier(
                    self.ministry,
                    key,
                    kind=Number.PASSPORT,
                    value=passport,
                    on=self.day(ago),
                    issuer=placements.origin(),
                    valid_from=self.day(ago + 200),
                    valid_to=self.day(ago + 200 - 3650),
                )
        return worker

    def rostered(self, worker: Worker, ago: int, *, past: bool) -> Placement:
        """Opened, papers accepted, sent to the destination's list."""
        with self.told(ago + 60):
            made = placing.open_placement(
                self.ministry,
                worker.id,
                pathway_id=PATHWAY,
                sector="manufacturing",
                on=self.day(ago + 60),
                is_demo=True,
            )
        way = pathways.pathway(PATHWAY)
        before = placing.needed_before(way, placing.ROSTER)
        with self.told(ago + 20):
            self._accept(made.id, [e.id for e in way.requirements if e.id in before], ago + 20)
        if not past:
            placing.send_to_roster(self.ministry, made.id, on=self.today)
            return made
        with self.told(ago):
            placing.send_to_roster(self.ministry, made.id, on=self.day(ago))
            placing.record_roster_status(
                ROBOT,
                made.id,
                status="active",
                roster_no=f"RO-{made.number}",
                as_of=self.day(ago),
                valid_to=self.day(ago - 365),
            )
        return made

    def offered(self, placement: Placement, ago: int) -> Contract:
        """With an offer."""
        with self.told(ago):
            return placing.record_contract_offer(
                ROBOT,
                placement.number,
                offer_no=f"SLC-{placement.number}",
                form="kr.slc.v2020_01",
                terms=_TERMS,
                offered_on=self.day(ago),
                answer_by=self.day(ago - 14),
                employer="Hanbit Precision",
                region="KR-41",
            )

    def at_work(self, worker: Worker, placement: Placement, ago: int) -> None:
        """Checked, agreed, cleared, left, arrived so many days ago."""
        contract = self.offered(placement, ago + 90)
        on = self.day(ago + 85)
        with self.told(ago + 85):
            with acting_as(self.attache):
                checked = placements.check(placements.contract(contract.id), on=on)
            judged = {
                each.parameter: {"answer": "yes", "reason": "Dipastikan lewat surat penyelenggara."}
                for each in checked.having("needs_check")
            }
            placing.verify_contract(self.attache, contract.id, judgements=judged, on=on)
        me = acting_worker(worker.id, worker.shown_name)
        with self.told(ago + 84):
            placing.answer_contract(me, contract.id, agree=True, on=self.day(ago + 84))
        with self.told(ago + 60):
            placing.record_visa_authorisation(
                ROBOT,
                placement.number,
                authorisation_no=f"CCVI-{placement.number}",
                issued_on=self.day(ago + 60),
                expires_on=self.day(ago - 30),
            )
        with self.told(ago + 7):
            with acting_as(self.ministry):
                left = placements.open_requirements(placement, on=self.day(ago + 7))
            self._accept(placement.id, [each.requirement.id for each in left], ago + 7)
            placing.clear_for_departure(self.ministry, placement.id, on=self.day(ago + 7))
        with self.told(ago + 1):
            placing.record_departure(
                self.ministry, placement.id, on=self.day(ago + 1), flight="GA 878"
            )
        with self.told(ago):
            placing.record_arrival(
                ROBOT, placement.number, on=self.day(ago), employer="Hanbit Precision"
            )
        with self.told(ago - 30):
            monitoring.record_registration(
                ROBOT,
                worker.id,
                residence_no=f"ARC-{placement.number}",
                on=self.day(ago - 30),
                stay_expires_on=self.day(ago - 1095),
                region="KR-41",
            )

    def checked_in(self, worker: Worker, ago: int, condition: Condition) -> None:
        """Said how things were."""
        at = datetime.combine(self.day(ago), time(13), UTC)
        with telling_of(at):
            me = acting_worker(worker.id, worker.shown_name)
            monitoring.check_in(me, worker.id, condition=condition, at=at)

    def complained(self, worker: Worker, ago: int, kind: CaseKind, words: str) -> UUID:
        """Asked for help; the case stays open."""
        at = datetime.combine(self.day(ago), time(14), UTC)
        with telling_of(at):
            me = acting_worker(worker.id, worker.shown_name)
            return protecting.complain(me, worker.id, words=words, at=at, kind=kind).id

    def came_home(self, worker: Worker, ago: int) -> None:
        """The destination's system told of the departure."""
        with self.told(ago):
            reintegration.record_return(
                ROBOT,
                worker.id,
                on=self.day(ago),
                reason=ReturnReason.CONTRACT_ENDED,
                source=Source.DESTINATION,
            )

    def _accept(self, placement_id: UUID, requirements: list[str], ago: int) -> None:
        placing.settle_requirements(
            self.ministry,
            placement_id,
            requirements=requirements,
            state="accepted",
            given_on=self.day(ago),
            reason="Bukti aslinya dilihat petugas.",
        )


# Numbers of no network: Indonesia gives no mobile numbers after +62 000.
# The life that the first page of the demonstration points to.
SHOWN = "Siti Rahayu"
SITI_PHONE = "+620000000001"
_PONOROGO, _INDRAMAYU, _MALANG, _CILACAP = "3502", "3212", "3507", "3301"


def make(cast: Mapping[str, Actor], *, today: date) -> dict[str, Worker]:
    """Tell the lives; ``cast`` has officer, attache and ministry.

    Returns:
        the people by what they show: ``at_work``, ``listed``, ``offered``, ``preparing``, ``home``.
    """
    tell = Telling(cast, today)
    siti = tell.enrolled(
        900,
        SITI_PHONE,
        "X1200001",
        full_name=SHOWN,
        call_name="Siti",
        sex="F",
        birth_date=date(today.year - 27, 4, 12),
        birth_place="Ponorogo",
        region=_PONOROGO,
        language="id",
    )
    with tell.told(899):
        family.name_relative(
            acting_worker(siti.id, "Siti"),
            siti.id,
            name="Sumiati",
            relation="ibu",
            may_see_condition=True,
            is_emergency_contact=True,
        )
    tell.at_work(siti, tell.rostered(siti, 760, past=True), 540)
    for ago, condition in ((500, Condition.GOOD), (200, Condition.GOOD), (36, Condition.FAIR)):
        tell.checked_in(siti, ago, condition)
    tell.complained(siti, 3, CaseKind.WAGES_UNPAID, "Gaji bulan lalu belum dibayar.")

    slamet = tell.enrolled(
        120,
        "+620000000002",
        "X1200002",
        full_name="Slamet",
        sex="M",
        birth_date=date(today.year - 24, 9, 1),
        birth_place="Cilacap",
        region=_CILACAP,
    )
    # Told now: the destination's own system takes it from here.
    tell.rostered(slamet, 5, past=False)

    yuni = tell.enrolled(
        200,
        "+620000000003",
        "X1200003",
        full_name="Yuni Astuti",
        call_name="Yuni",
        sex="F",
        birth_date=date(today.year - 30, 1, 20),
        birth_place="Malang",
        region=_MALANG,
    )
    tell.offered(tell.rostered(yuni, 90, past=True), 4)

    wahyu = tell.enrolled(10, "+620000000004", "", full_name="Wahyu", sex="M", region=_INDRAMAYU)

    bambang = tell.enrolled(
        1500,
        "+620000000005",
        "X1200005",
        full_name="Bambang Sutrisno",
        call_name="Bambang",
        sex="M",
        birth_date=date(today.year - 35, 6, 3),
        birth_place="Ponorogo",
        region=_PONOROGO,
    )
    tell.at_work(bambang, tell.rostered(bambang, 1360, past=True), 1130)
    tell.came_home(bambang, 35)
    return {
        "at_work": siti,
        "listed": slamet,
        "offered": yuni,
        "preparing": wahyu,
        "home": bambang,
    }
