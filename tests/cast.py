"""The cast of the tests: a worker, her officers, another office's officer, a stranger.

And the steps of a life, each taken through the operation that the service itself uses.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.models import Jurisdiction, Post
from lindung.access.roles import ROBOT, acting_worker, rights_of
from lindung.kernel.ids import new_id
from lindung.placement import operations as placing
from lindung.placement import queries as placements
from lindung.placement.models import Contract, Placement
from lindung.registry import operations as registering
from lindung.registry.models import Agency, Worker
from lindung.regulations import pathways

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SEOUL, TAIPEI = 3, 4
PONOROGO, MALANG = "3502", "3507"


def _actor(kind: Kind, role: str, name: str, **scope: Any) -> Actor:
    return Actor(id=new_id(), kind=kind, name=name, rights=rights_of(role), **scope)


ATTACHE = _actor(Kind.POST, "attache", "Rina", office="KBRI Seoul", posts=(SEOUL,))
OTHER_ATTACHE = _actor(Kind.POST, "attache", "Tono", office="KDEI Taipei", posts=(TAIPEI,))
OFFICER = _actor(Kind.OFFICE, "placement_officer", "Budi", office="BP3MI", regions=(PONOROGO,))
OTHER_OFFICER = _actor(
    Kind.OFFICE, "placement_officer", "Agus", office="BP3MI lain", regions=(MALANG,)
)
MINISTRY = _actor(Kind.MINISTRY, "ministry_officer", "Dewi", office="Kementerian")
MINISTRY_2 = _actor(Kind.MINISTRY, "ministry_officer", "Ratna", office="Kementerian")
RECRUITER = _actor(Kind.AGENCY, "agency_staff", "Sinar", office="P3MI Sinar", agency=new_id())
OTHER_RECRUITER = _actor(Kind.AGENCY, "agency_staff", "Lain", agency=new_id())

TERMS = {
    "employer": {"enterprise_name": "Hanbit"},
    "contract": {"months": 36, "probation": {"used": False}},
    "job": {"place": "Ansan", "description": "Perakitan"},
    "hours": {"start": "09:00", "end": "18:00", "recess_minutes": 60},
    "rest": {"days": ["sunday", "every_saturday"]},
    "wage": {"monthly_ordinary": "2300000", "payment_method": "bank_transfer"},
    "lodging": {"provided": True, "type": "studio", "worker_cost": "150000"},
}


def posts() -> None:
    """Two posts and their countries; the owner's to make."""
    for number, code, country, zone in (
        (SEOUL, "SEL", "KR", "Asia/Seoul"),
        (TAIPEI, "TPE", "TW", "Asia/Taipei"),
    ):
        Post.objects.create(
            id=number, code=code, name=code, country=country, city=code, timezone=zone
        )
        Jurisdiction.objects.create(post_id=number, country=country, valid_from=date(2020, 1, 1))
    Agency.objects.bulk_create(
        Agency(
            id=each.agency, number=f"P3MI-{number}", name=f"PT Sinar {number}", region="3578",
            licence_number=f"SIP3MI {number}", licensed_from=date(2024, 1, 1),
            licensed_to=date(2028, 12, 31),
        )
        for number, each in enumerate((RECRUITER, OTHER_RECRUITER), 1)
    )  # fmt: skip


def worker(**given: Any) -> Worker:
    """A woman from Ponorogo who enrolled on her own phone."""
    key = given.pop("worker_id", None) or new_id()
    values: dict[str, Any] = {
        "full_name": "Siti Rahayu",
        "call_name": "Siti",
        "sex": "F",
        "birth_date": date(1999, 4, 12),
        "region": PONOROGO,
        "on": TODAY,
        "channel": "phone",
    }
    return registering.enrol(self_of(key), worker_id=key, **(values | given))


def self_of(worker_id: UUID, name: str = "Siti") -> Actor:
    """The worker as an actor."""
    return acting_worker(worker_id, name)


def placement(who: Worker) -> Placement:
    """On the way to Korea between governments."""
    return placing.open_placement(
        OFFICER, who.id, pathway_id="g2g-kr", sector="manufacturing", on=TODAY
    )


def rostered(who: Worker) -> Placement:
    """Everything before the list accepted, and the list's answer in."""
    made = placement(who)
    way = pathways.pathway(made.pathway)
    before = placing.needed_before(way, placing.ROSTER)
    placing.settle_requirements(
        OFFICER,
        made.id,
        requirements=[each.id for each in way.requirements if each.id in before],
        state="accepted",
        given_on=TODAY,
        reason="Bukti aslinya dilihat.",
    )
    placing.send_to_roster(OFFICER, made.id, on=TODAY)
    placing.record_roster_status(
        ROBOT,
        made.id,
        status="active",
        roster_no=f"R-{made.number}",
        as_of=TODAY,
        valid_to=TODAY + timedelta(days=365),
    )
    return made


def offered(who: Worker, **terms: Any) -> Contract:
    """With an offer from the destination."""
    made = rostered(who)
    return placing.record_contract_offer(
        ROBOT,
        made.number,
        offer_no=f"SLC-{made.number}",
        form="kr.slc.v2020_01",
        terms=TERMS | terms,
        offered_on=TODAY,
        answer_by=TODAY + timedelta(days=14),
        employer="Hanbit",
        region="KR-41",
    )


def yes_to_all(contract: Contract) -> dict[str, dict[str, str]]:
    """An officer's answers to every rule that needs a person."""
    with acting_as(ATTACHE):
        checked = placements.check(placements.contract(contract.id), on=TODAY)
    return {
        verdict.parameter: {"answer": "yes", "reason": "Dipastikan lewat telepon."}
        for verdict in checked.having("needs_check")
    }


def verified(who: Worker) -> Contract:
    """Checked by the attaché."""
    contract = offered(who)
    return placing.verify_contract(ATTACHE, contract.id, judgements=yes_to_all(contract), on=TODAY)


def signed(who: Worker) -> Contract:
    """Agreed by the worker, visa authorised."""
    contract = placing.answer_contract(self_of(who.id), verified(who).id, agree=True, on=TODAY)
    placing.record_visa_authorisation(
        ROBOT,
        contract.placement.number,
        authorisation_no=f"CCVI-{contract.number}",
        issued_on=TODAY,
        expires_on=TODAY + timedelta(days=90),
    )
    return contract


def complete(placement_id: UUID) -> None:
    """Accept whatever is still open before departure."""
    with acting_as(MINISTRY):
        left = placements.open_requirements(placements.placement(placement_id), on=TODAY)
    placing.settle_requirements(
        MINISTRY,
        placement_id,
        requirements=[each.requirement.id for each in left],
        state="accepted",
        given_on=TODAY,
        reason="Bukti aslinya dilihat.",
    )


def arrived(who: Worker) -> Placement:
    """Cleared, left, and seen by the destination's own system."""
    placement_id = signed(who).placement_id
    complete(placement_id)
    placing.clear_for_departure(MINISTRY, placement_id, on=TODAY)
    gone = placing.record_departure(OFFICER, placement_id, on=TODAY, flight="GA 878")
    return placing.record_arrival(ROBOT, gone.number, on=TODAY, employer="Hanbit")
