"""The people and papers of the chain, each paper moved by the operation the service itself uses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from lindung.access.actors import Actor, Kind
from lindung.access.roles import rights_of
from lindung.kernel.ids import new_id
from lindung.parties.models import ForeignAgency
from lindung.placement import operations as placing
from lindung.placement.models import Placement
from lindung.recruitment import operations
from lindung.recruitment.models import Agreement, JobOrder, RecruitmentPermit
from lindung.registry.models import Agency, Worker
from tests import cast

TODAY = cast.TODAY
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
STAFF = Actor(
    id=new_id(), kind=Kind.POST, name="Wulan", office="KBRI Seoul",
    posts=(cast.SEOUL,), rights=rights_of("post_staff"),
)  # fmt: skip
PARTNER_ID = new_id()
WAGE = {"amount": "2300000", "currency": "KRW", "per": "month"}
DOCUMENTS = {
    "demand_letter": "DL-1",
    "power_of_attorney": "PA-1",
    "partner_licence": "L-1",
    "contract_form": "C-1",
}


def parties() -> None:
    """Two licensed recruiters and a licensed partner in Korea; the owner's to make."""
    for number, who in enumerate((cast.RECRUITER, cast.OTHER_RECRUITER), start=1):
        Agency.objects.update_or_create(
            id=who.agency,
            defaults={
                "number": f"P3MI-90{number}",
                "name": f"P3MI {who.name}",
                "region": cast.PONOROGO,
                "licence_number": f"SIP3MI-90{number}",
                "licensed_from": date(2024, 1, 1),
                "licensed_to": date(2028, 12, 31),
            },
        )
    ForeignAgency.objects.create(
        id=PARTNER_ID,
        number="MTR-1",
        name="Hanbit Manpower",
        country="KR",
        licensed_from=date(2020, 1, 1),
        licensed_to=date(2029, 12, 31),
    )


def agreement(*, who: Actor = cast.RECRUITER, quota: int = 20, **given: Any) -> Agreement:
    """Handed in by the recruiter."""
    return operations.submit_agreement(
        who,
        partner_id=PARTNER_ID,
        country="KR",
        valid_from=given.pop("valid_from", TODAY),
        valid_to=given.pop("valid_to", TODAY + timedelta(days=365)),
        quota=quota,
        at=NOW,
        on=TODAY,
        **given,
    )


def in_force(**given: Any) -> Agreement:
    """Checked by the staff and endorsed by the attaché."""
    made = agreement(**given)
    operations.check_agreement(STAFF, made.id, at=NOW, on=TODAY)
    done = operations.endorse(cast.ATTACHE, "agreement", made.id, at=NOW, on=TODAY)
    assert isinstance(done, Agreement)
    return done


def asked(quota: int = 2, **given: Any) -> dict[str, Any]:
    """What a recruiter types into an order."""
    return {
        "employer_name": "Hanbit Co.",
        "employer_kind": "company",
        "employer_number": "KR-9",
        "sector": "manufacturing",
        "quota": quota,
        "wage": WAGE,
        "documents": DOCUMENTS,
        "valid_to": TODAY + timedelta(days=180),
    } | given


def order(under: Agreement, *, who: Actor = cast.RECRUITER, **given: Any) -> JobOrder:
    """Handed in by the recruiter."""
    return operations.submit_order(who, under.id, given=asked(**given), at=NOW, on=TODAY)


def checked(under: Agreement, **given: Any) -> JobOrder:
    """Checked by the staff of the post."""
    made = order(under, **given)
    return operations.check_order(STAFF, made.id, at=NOW, on=TODAY)


def endorsed(under: Agreement | None = None, **given: Any) -> JobOrder:
    """Endorsed by the attaché."""
    made = checked(under or in_force(), **given)
    done = operations.endorse(cast.ATTACHE, "order", made.id, at=NOW, on=TODAY)
    assert isinstance(done, JobOrder)
    return done


def permit(for_: JobOrder) -> RecruitmentPermit:
    """Asked by the recruiter, issued by the ministry until the order's last day."""
    wish = operations.request_permit(cast.RECRUITER, for_.id, at=NOW, on=TODAY)
    return operations.issue_permit(
        cast.MINISTRY, wish.id, at=NOW, on=TODAY, valid_to=for_.valid_to, reason="Surat 12/2026"
    )


def open_order(**given: Any) -> JobOrder:
    """Endorsed and permitted: candidates may be placed."""
    made = endorsed(**given)
    permit(made)
    return made


def candidate(who: Actor = cast.RECRUITER, **given: Any) -> Worker:
    """Somebody the recruiter enrolled."""
    from lindung.registry import operations as registering

    values: dict[str, Any] = {
        "full_name": "Siti Rahayu",
        "sex": "F",
        "birth_date": date(1999, 4, 12),
        "region": cast.PONOROGO,
        "on": TODAY,
        "channel": "agency",
    }
    return registering.enrol(who, worker_id=new_id(), **(values | given))


def placed(
    in_: JobOrder, person: Worker | None = None, *, who: Actor = cast.RECRUITER
) -> Placement:
    """On the way with a place of that order."""
    return placing.open_placement(
        who,
        (person or candidate()).id,
        pathway_id="g2g-kr",
        sector="manufacturing",
        job_order_id=in_.id,
        on=TODAY,
    )
