"""The API of parties: typed answers, the same rights and rows as the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lindung.access import tokens
from lindung.access.identity import actor_for
from lindung.access.models import Post
from lindung.access.rights import Right
from lindung.parties import operations
from lindung.parties.models import PartyKind
from lindung.registry.models import Agency
from tests import cast
from tests.conftest import Scene
from tests.factories import DutyFactory
from tests.parties.conftest import DAY, WHY, employer, partner, published
from tests.parties.test_register import provider

pytestmark = pytest.mark.usefixtures("posts", "places")

ALL = (
    Right.PARTY_READ,
    Right.PARTNER_REGISTER,
    Right.EMPLOYER_REGISTER,
    Right.PROBLEM_REPORT,
)


@pytest.fixture
def key(scene: Scene) -> Any:
    """Makes a key of the attaché's office in Seoul with these rights."""
    with scene():
        duty = DutyFactory(role="attache", post=Post.objects.get(id=cast.SEOUL))
        boss = DutyFactory(role="administrator")
    administrator = actor_for(boss.account, boss)

    def make(*rights: Right) -> dict[str, str]:
        now = datetime.now(UTC)
        issued = tokens.issue(
            administrator,
            duty.id,
            name="uji",
            rights=rights,
            expires_at=now + timedelta(days=30),
            now=now,
        )
        return {"Authorization": f"Bearer {issued.secret}"}

    return make


def get(path: str, headers: dict[str, str], **query: str) -> Any:
    return Client().get(path, query, headers=headers)


def post(path: str, headers: dict[str, str], **body: object) -> Any:
    return Client().post(path, body, content_type="application/json", headers=headers)


def test_tells_an_agency_with_its_licence_and_rules(agency: Agency, key: Any) -> None:
    operations.suspend_agency(cast.MINISTRY, agency.id, on=DAY, **WHY)
    headers = key(Right.PARTY_READ)
    (found,) = post("/api/agencies/search", headers, name=agency.number).json()
    assert (found["state"], found["able"]) == ("suspended", False)
    assert found["obstacle"] == "agency-suspended"
    told = get(f"/api/agencies/{agency.id}", headers).json()
    assert [each["rule"] for each in told["rules"]][0] == "id.agency.paid_capital"
    assert {each["outcome"] for each in told["rules"]} <= {"meets", "breaks", "needs_check"}


def test_needs_the_right_of_each_call(key: Any) -> None:
    headers = key(Right.WORKER_READ)
    for path in ("/api/agencies/search", "/api/partners/search", "/api/providers/search"):
        assert post(path, headers, name="x").status_code == 403
    assert get("/api/problems", headers).status_code == 403
    body = {"name": "Kim", "kind": "household", "country": "KR", "sector": "domestic_work"}
    assert post("/api/employers", headers, **body).status_code == 403
    assert post("/api/partners", headers, name="X", country="KR").status_code == 403


def test_registers_within_the_jurisdiction(key: Any) -> None:
    headers = key(*ALL)
    made = post("/api/partners", headers, name="Hansung", country="KR", licence_number="K-1")
    assert made.status_code == 201
    again = post("/api/partners", headers, name="Hansung", country="KR", licence_number="K-1")
    assert again.status_code == 422
    assert "licence_number" in again.json()["fields"]
    assert post("/api/partners", headers, name="Formosa", country="TW").status_code == 404
    (found,) = post("/api/partners/search", headers, country="KR").json()
    assert found["number"] == made.json()["number"]
    body = {"name": "Kim", "kind": "household", "country": "KR", "sector": "domestic_work"}
    assert post("/api/employers", headers, **body).json()["number"].startswith("PBK-")


def test_opens_a_file_and_lists_what_is_published_of_companies(key: Any) -> None:
    headers, subject = key(*ALL), partner()
    body = {
        "party": "partner", "party_number": subject.number, "kind": "violence",
        "evidence": "KSS-26-000001", "basis": "UU 18/2017 Ps. 10", "reported_by": "KBRI Seoul",
    }  # fmt: skip
    assert post("/api/problems", headers, **body).status_code == 201
    assert post("/api/problems", headers, **(body | {"kind": "x"})).status_code in {404, 422}
    assert post("/api/problems", headers, **(body | {"party_number": "X"})).status_code == 404
    assert get("/api/problems", headers).json() == []
    end = date(2099, 12, 31)
    out = published(PartyKind.PARTNER, subject, end)
    published(PartyKind.EMPLOYER, employer(), end)
    assert [each["number"] for each in get("/api/problems", headers).json()] == [out.number]


def test_lists_providers(key: Any) -> None:
    made = provider()
    (found,) = post("/api/providers/search", key(Right.PARTY_READ), name="lpk").json()
    assert found["number"] == made.number
