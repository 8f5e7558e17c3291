"""The API of money before departure: the same operations, behind a key and its rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.costs import operations
from lindung.costs.models import Moment
from lindung.placement.models import Placement
from lindung.registry.models import Worker
from lindung.site import api as doors
from lindung.site import api_costs
from tests import cast
from tests.conftest import Scene
from tests.costs.test_operations import money, told

pytestmark = pytest.mark.usefixtures("posts", "places")

PAID = {
    "component": "agency_fee", "amount": "9000000.5", "currency": "IDR", "paid_on": "2025-05-05",
    "payer": "worker", "payee": "agency", "how": "cash",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_costs, "_today", lambda: cast.TODAY)


@pytest.fixture
def made(scene: Scene) -> Placement:
    who = cast.worker()
    placement = cast.arrived(who)
    with scene():
        Worker.objects.filter(id=who.id).update(agency_id=cast.RECRUITER.agency)
        Placement.objects.filter(id=placement.id).update(agency_id=cast.RECRUITER.agency)
    placement.worker = who
    return placement


@contextmanager
def key_of(actor: Actor) -> Iterator[Client]:
    """A caller whose key is this actor's; keys have tests of their own."""
    with mock.patch.object(doors, "actor_of_token", return_value=actor):
        yield Client(headers={"Authorization": "Bearer lindung_x"})


def ask(actor: Actor, path: str, body: dict[str, Any] | None = None) -> Any:
    with key_of(actor) as client:
        if body is None:
            return client.get(f"/api/{path}")
        return client.post(f"/api/{path}", body, content_type="application/json")


def test_a_recruiter_declares_and_reads_its_own_word_alone(made: Placement) -> None:
    told(cast.self_of(made.worker_id), made.worker, made)
    answer = ask(cast.RECRUITER, f"placements/{made.number}/charges", PAID)
    assert answer.status_code == 201, answer.content
    given = answer.json()
    assert (given["told_by"], given["paid"]) == (
        "agency", {"amount": "9000000.50", "currency": "IDR"},
    )  # fmt: skip
    seen = ask(cast.RECRUITER, f"placements/{made.number}/charges").json()["items"]
    assert [each["number"] for each in seen] == [given["number"]]
    both = ask(cast.ATTACHE, f"placements/{made.number}/charges").json()["items"]
    assert {each["told_by"]: each["counts"] for each in both} == {"worker": True, "agency": False}
    for path in ("loans", "cost-answers"):
        assert ask(cast.RECRUITER, f"placements/{made.number}/{path}").status_code == 403
    assert ask(cast.RECRUITER, "indicators/sdg-10-7-1").status_code == 403


def test_a_refund_of_a_recruiter_waits_to_be_confirmed(made: Placement) -> None:
    number = ask(cast.RECRUITER, f"placements/{made.number}/charges", PAID).json()["number"]
    back = {"amount": "9000000.5", "came_on": "2026-03-01", "by": "agency", "how": "transfer"}
    refund = ask(cast.RECRUITER, f"charges/{number}/refunds", back).json()
    assert refund["state"] == "claimed"
    path = f"refunds/{refund['id']}/confirmation"
    assert ask(cast.RECRUITER, path, {}).status_code == 403
    assert ask(cast.OFFICER, path, {}).json()["state"] == "confirmed"
    charge = ask(cast.ATTACHE, f"placements/{made.number}/charges").json()["items"][0]
    assert charge["net"]["amount"] == "0.00"
    ceilings = ask(cast.ATTACHE, f"placements/{made.number}/ceilings").json()["items"]
    assert {each["outcome"] for each in ceilings} == {"meets"}


def test_says_what_the_law_says_and_records_the_look(made: Placement) -> None:
    told(cast.self_of(made.worker_id), made.worker, made)
    items = ask(cast.ATTACHE, f"placements/{made.number}/ceilings").json()["items"]
    first = next(each for each in items if each["rule"] == "id.recruitment.placement_fee_worker")
    assert (first["outcome"], first["on"], first["refunds"]) == ("breaks", "2025-05-05", "agency")
    assert first["excess"] == {"amount": "9000000.00", "currency": "IDR"}
    assert "UU 18/2017" in first["articles"][0]
    with acting_as(ROBOT):
        assert JournalEntry.objects.filter(type="access.PersonLookedAt").count() == 1


def test_loans_answers_and_the_indicator(made: Placement) -> None:
    loan = {
        "lender": "lender", "principal": "10000000", "currency": "IDR", "taken_on": "2025-05-05",
        "rate": "10", "rate_per": "whole", "months": 10,
    }  # fmt: skip
    assert ask(cast.ATTACHE, f"placements/{made.number}/loans", loan).status_code == 201
    found = ask(cast.ATTACHE, f"placements/{made.number}/loans").json()
    assert found["items"][0]["interest"]["amount"] == "1000000.00"
    assert found["share_of_month"] is not None
    operations.answer_capture(
        cast.self_of(made.worker_id), made.id, moment=Moment.BEFORE, currency="IDR",
        amounts={"bond": money("IDR 5").amount}, on=cast.TODAY,
    )  # fmt: skip
    answers = ask(cast.ATTACHE, f"placements/{made.number}/cost-answers").json()
    assert answers["items"][0]["amounts"] == {"bond": "5"}
    assert answers["gaps"] == [{"component": "bond", "more": None}]
    indicator = ask(cast.ATTACHE, "indicators/sdg-10-7-1").json()
    assert indicator["total"]["n"] is None


def test_withdraws_with_a_reason(made: Placement) -> None:
    charge = told(cast.OFFICER, made.worker, made)
    path = f"charges/{charge.number}/withdrawal"
    assert ask(cast.OTHER_OFFICER, path, {"reason": "x"}).status_code == 404
    assert ask(cast.OFFICER, path, {"reason": ""}).status_code == 422
    assert ask(cast.OFFICER, path, {"reason": "Keliru"}).json()["state"] == "withdrawn"


def test_refuses_what_is_no_sum_and_what_is_not_one_s_own(made: Placement) -> None:
    path = f"placements/{made.number}/charges"
    for wrong in ({"amount": "-1"}, {"amount": "1e9"}, {"payer": "x"}, {"currency": "idr"}):
        assert ask(cast.RECRUITER, path, PAID | wrong).status_code == 422
    assert ask(cast.OTHER_RECRUITER, path, PAID).status_code == 404
    assert ask(cast.RECRUITER, path, PAID | {"told_by": "worker"}).status_code == 403
    assert ask(cast.ATTACHE, path, PAID | {"component": "magic"}).status_code == 404
