"""The last weeks by the API: the same steps as on the pages, in the rights and scope of the key."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.rights import Right
from lindung.placement import operations as placing
from lindung.placement import queries as placements
from lindung.placement.models import Placement
from tests import cast
from tests.conftest import Scene
from tests.preparation.test_operations import cleared, on_the_way
from tests.site.keys import Caller, caller

pytestmark = pytest.mark.usefixtures("posts", "places")

GONE = f"/orientations/{UUID(int=1)}"
PAID = {
    "kind": "during", "receipt": "TK-1", "amount": "494500", "paid_on": "2026-01-20",
    "covers_from": cast.TODAY.isoformat(), "months": 36,
    "covers_to": (cast.TODAY + timedelta(days=1130)).isoformat(),
}  # fmt: skip


@pytest.fixture
def office(scene: Scene) -> Caller:
    return caller(scene, "placement_officer")


@pytest.fixture
def other(scene: Scene) -> Caller:
    return caller(scene, "placement_officer", region=cast.MALANG)


def planned(office: Caller, held_on: date | None = None, seats: int = 2) -> dict[str, Any]:
    day = held_on or timezone.localdate()
    answer = office.post("/orientations", place="Ponorogo", held_on=day.isoformat(), seats=seats)
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


class TestOrientations:
    def test_are_planned_filled_and_held(self, office: Caller) -> None:
        made = cast.placement(cast.worker())
        session = planned(office)
        at = f"/orientations/{session['id']}"
        for _ in range(2):
            seat = office.post(f"{at}/seats", placement=made.number)
            assert (seat.status_code, seat.json()["placement"]) == (201, made.number)
        (coming,) = office.get("/orientations").json()
        assert (coming["id"], coming["taken"], coming["state"]) == (session["id"], 1, "planned")
        present = [{"seat": seat.json()["id"], "certificate": "OPP-1"}]
        held = office.post(f"{at}/attendance", present=present).json()
        assert held["state"] == "held"
        assert [(each["present"], each["certificate"]) for each in held["items"]] == [
            (True, "OPP-1")
        ]
        with acting_as(cast.MINISTRY):
            left = placements.open_requirements(made, on=timezone.localdate())
        assert "orientation" not in {each.requirement.id for each in left}

    def test_that_are_full_or_over_say_so(self, office: Caller) -> None:
        at = f"/orientations/{planned(office, seats=1)['id']}"
        first = cast.placement(cast.worker())
        second = cast.placement(cast.worker(full_name="Wati"))
        assert office.post(f"{at}/seats", placement=first.number).status_code == 201
        full = office.post(f"{at}/seats", placement=second.number)
        assert (full.status_code, full.json()["type"]) == (409, "/problems/session-full")
        assert office.post(f"{at}/cancel").json()["state"] == "cancelled"
        assert office.post(f"{at}/cancel").status_code == 409
        assert office.post(f"{at}/attendance", present=[]).status_code == 409
        assert office.get("/orientations").json() == []

    def test_in_the_past_or_without_a_seat_are_refused(self, office: Caller) -> None:
        past = (timezone.localdate() - timedelta(days=1)).isoformat()
        answer = office.post("/orientations", place="Ponorogo", held_on=past, seats=1)
        assert "held_on" in answer.json()["fields"]
        later = timezone.localdate().isoformat()
        answer = office.post("/orientations", place="Ponorogo", held_on=later, seats=0)
        assert answer.status_code == 422

    def test_show_seats_of_one_s_own_people_alone(self, office: Caller, other: Caller) -> None:
        made = cast.placement(cast.worker())
        at = f"/orientations/{planned(office)['id']}"
        office.post(f"{at}/seats", placement=made.number)
        assert len(office.get(at).json()["items"]) == 1
        assert other.get(at).json()["items"] == []
        assert other.post(f"{at}/seats", placement=made.number).status_code == 404


class TestPremiums:
    def test_are_told_by_the_table_of_the_day(self, office: Caller) -> None:
        told = office.get("/premiums/during", months=36, on="2026-01-20").json()
        assert (told["rule"], told["amount"]) == ("id.social_security.during_work", "494500")
        between = office.get("/premiums/during", months=8, on="2026-01-20").json()
        assert between["why"] == "two_readings" or between["amount"]
        assert office.get("/premiums/later").status_code == 422


class TestReadiness:
    def test_tells_how_far_one_person_is_and_keeps_the_look(self, office: Caller) -> None:
        placement = on_the_way(cast.worker())
        at = f"/placements/{placement.number}"
        # Beside a contract without a first day, which is taken to begin today.
        end = (timezone.localdate() + timedelta(days=1200)).isoformat()
        made = office.post(f"{at}/covers", **(PAID | {"covers_to": end}))
        assert (made.status_code, made.json()["outcome"]) == (201, "meets")
        told = office.get(f"{at}/readiness").json()
        assert (told["covered"], len(told["covers"]), told["clearance"]) == ("meets", 1, None)
        with acting_as(cast.MINISTRY):
            looks = JournalEntry.objects.filter(type="access.PersonLookedAt")
            assert {each.payload["purpose"] for each in looks} == {"API"}

    def test_refuses_too_little_and_too_short(self, office: Caller) -> None:
        at = f"/placements/{on_the_way(cast.worker()).number}/covers"
        low = office.post(at, **(PAID | {"amount": "494499.99"}))
        assert (low.status_code, low.json()["type"]) == (422, "/problems/premium-too-low")
        short = office.post(at, **(PAID | {"covers_to": "2026-04-01"}))
        assert short.json()["type"] == "/problems/cover-too-short"
        assert office.post(at, **(PAID | {"kind": "ever"})).status_code == 422


class TestTheBorder:
    def test_lets_a_cleared_person_out_and_back_where_they_did_not_go(
        self, office: Caller, scene: Scene
    ) -> None:
        placement = cleared(cast.worker())
        at = f"/placements/{placement.number}"
        paper = office.get(f"{at}/readiness").json()["clearance"]
        assert paper["state"] == "valid"
        gone = office.post(
            f"{at}/crossings", direction="out", on=cast.TODAY.isoformat(), carrier="GA 878"
        )
        assert (gone.status_code, gone.json()["source"]) == (201, "officer")
        assert office.get(f"{at}/readiness").json()["clearance"]["state"] == "used"
        back = office.post(f"{at}/failed-departures", reason="Pesawat batal").json()
        assert back["state"] == "cleared"
        assert office.post(f"{at}/failed-departures", reason="Lagi").status_code == 409
        told = office.post("/clearances/check", code=paper["code"]).json()
        assert (told["answer"], told["number"]) == ("valid", paper["number"])
        assert office.post("/clearances/check", code="x").json()["answer"] == "could_not_tell"

    def test_is_told_by_an_agency_as_such_and_only_of_the_cleared(self, scene: Scene) -> None:
        who = cast.worker()
        with scene():
            type(who).objects.filter(id=who.id).update(agency_id=cast.RECRUITER.agency)
        who.agency_id = cast.RECRUITER.agency
        made = placing.open_placement(
            cast.RECRUITER,
            who.id,
            pathway_id="p2p-tw-care",
            sector="caregiving_home",
            on=cast.TODAY,
        )
        agency = caller(scene, "agency_staff")
        answer = agency.post(
            f"/placements/{made.number}/crossings",
            direction="out", on=cast.TODAY.isoformat(), carrier="CI 762",
        )  # fmt: skip
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-cleared")
        back = agency.post(
            f"/placements/{made.number}/crossings",
            direction="in", on=cast.TODAY.isoformat(), carrier="CI 762",
        )  # fmt: skip
        assert back.json()["source"] == "agency"


def calls(placement: Placement) -> list[tuple[str, dict[str, Any]]]:
    at = f"/placements/{placement.number}"
    return [
        (f"{at}/covers", PAID),
        (f"{at}/crossings", {"direction": "in", "on": "2026-03-02", "carrier": "GA 1"}),
        (f"{at}/failed-departures", {"reason": "x"}),
    ]


def test_another_office_meets_nobody(other: Caller) -> None:
    placement = on_the_way(cast.worker())
    for path, body in calls(placement):
        assert other.post(path, **body).status_code == 404, path
    assert other.get(f"/placements/{placement.number}/readiness").status_code == 404


def test_a_key_without_the_right_is_refused_everywhere(scene: Scene) -> None:
    placement = on_the_way(cast.worker())
    poor = caller(scene, "placement_officer", Right.WORKER_READ)
    for path, body in [
        *calls(placement),
        ("/orientations", {"place": "X", "held_on": "2099-01-01", "seats": 1}),
        (f"{GONE}/cancel", {}),
        (f"{GONE}/seats", {"placement": placement.number}),
        (f"{GONE}/attendance", {"present": []}),
    ]:
        assert poor.post(path, **body).status_code == 403, path
    for path in ("/orientations", GONE, f"/placements/{placement.number}/readiness"):
        assert poor.get(path).status_code == 403, path
