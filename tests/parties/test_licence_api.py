"""Decisions about parties by the API: the same operations, rights and refusals as the pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.rights import Right
from lindung.parties import queries
from lindung.registry.models import Agency
from tests import cast
from tests.conftest import Scene
from tests.parties.conftest import partner
from tests.site.keys import Caller, caller

pytestmark = pytest.mark.usefixtures("posts", "places")

WHY = {"basis": "UU 18/2017 Ps. 74", "reason": "Dana jaminan kurang"}
SILENCE = "Tidak menjawab dua surat dan satu kunjungan."


@pytest.fixture
def ministry(scene: Scene) -> Caller:
    return caller(scene, "ministry_officer")


def test_suspends_and_reinstates_with_law_and_reason(ministry: Caller) -> None:
    at = f"/agencies/{cast.RECRUITER.agency}/acts"
    assert ministry.post(at, act="suspend", **WHY).json()["state"] == "suspended"
    assert ministry.post(at, act="suspend", **WHY).status_code == 409
    assert ministry.post(at, act="reinstate", **WHY).json()["state"] == "valid"
    assert ministry.post(at, act="warn", basis="", reason="x").status_code == 422
    assert "valid_from" in ministry.post(at, act="extend", **WHY).json()["fields"]


def test_takes_a_file_through_hearing_to_publication_and_lifting(ministry: Caller) -> None:
    subject = partner()
    made = ministry.post(
        "/problems", party="partner", party_number=subject.number, kind="violence",
        evidence="KSS-26-000001", basis="UU 18/2017 Ps. 10", reported_by="KBRI Seoul",
    ).json()  # fmt: skip
    at = f"/problems/{made['id']}/steps"
    end = (timezone.localdate() + timedelta(days=300)).isoformat()
    early = ministry.post(at, step="publish", until=end)
    assert early.status_code in {409, 422}
    assert ministry.post(at, step="tell").status_code == 200
    heard = ministry.post(at, step="hear", reply="Kami membantah.")
    assert heard.status_code == 200
    assert "until" in ministry.post(at, step="publish").json()["fields"]
    assert ministry.post(at, step="publish", until=end).json()["state"] == "published"
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert (
        ministry.post(at, step="override", reason="Sudah dibayar", until=until).status_code == 200
    )
    assert ministry.post(at, step="lift", reason="Selesai").json()["state"] == "lifted"
    assert ministry.post(at, step="erase").status_code == 422


def test_registers_a_provider(ministry: Caller) -> None:
    body = {
        "name": "LPK Maju", "kind": "training", "region": cast.PONOROGO, "accreditation": "A-1",
        "accredited_by": "LA-LPK", "valid_from": "2026-01-01", "valid_to": "2028-12-31",
    }  # fmt: skip
    made = ministry.post("/providers", **body)
    assert (made.status_code, made.json()["number"][:3]) == (201, "PNY")
    assert ministry.post("/providers", **(body | {"kind": "magic"})).status_code == 422
    with acting_as(cast.MINISTRY):
        assert queries.provider(UUID(made.json()["id"])).name == "LPK Maju"


def test_needs_the_right_of_each_call(scene: Scene) -> None:
    poor = caller(scene, "ministry_officer", Right.WORKER_READ)
    agency = f"/agencies/{cast.RECRUITER.agency}/acts"
    assert poor.post(agency, act="warn", **WHY).status_code == 403
    at = f"/problems/{UUID(int=1)}"
    for step in ("tell", "hear", "publish", "lift", "dismiss", "override"):
        answer = poor.post(f"{at}/steps", step=step, reason="x", reply="x", until="2099-01-01")
        assert answer.status_code == 403, step
    assert poor.post(f"{at}/reply", reply="x").status_code == 403
    with acting_as(cast.MINISTRY):
        assert Agency.objects.get(id=cast.RECRUITER.agency).licence_number
