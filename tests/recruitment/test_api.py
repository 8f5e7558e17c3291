"""The API of the chain: the same operations, behind a key and its rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from lindung.access.actors import Actor
from lindung.site import api as doors
from lindung.site import api_recruitment
from tests import cast
from tests.recruitment import people
from tests.recruitment.people import NOW, STAFF, TODAY

pytestmark = pytest.mark.usefixtures("parties")


@pytest.fixture(autouse=True)
def _on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_recruitment, "_today", lambda: TODAY)
    monkeypatch.setattr(api_recruitment, "_now", lambda: NOW)


@contextmanager
def key_of(actor: Actor) -> Iterator[Client]:
    """A caller whose key is this actor's; keys have tests of their own."""
    with mock.patch.object(doors, "actor_of_token", return_value=actor):
        yield Client(headers={"Authorization": "Bearer lindung_x"})


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/{path}", body or {}, content_type="application/json")


def asked(**given: Any) -> dict[str, Any]:
    values = people.asked(**given)
    return values | {"valid_to": values["valid_to"].isoformat()}


def test_leads_from_the_agreement_to_the_permit() -> None:
    with key_of(cast.RECRUITER) as client:
        made = post(
            client, "agreements",
            {"partner": str(people.PARTNER_ID), "country": "KR", "valid_from": "2026-03-02",
             "valid_to": "2027-03-01", "quota": 3},
        )  # fmt: skip
    assert made.status_code == 201
    under = made.json()["id"]
    with key_of(STAFF) as client:
        assert post(client, f"recruitment/agreement/{under}/check").json()["state"] == "checked"
    with key_of(cast.ATTACHE) as client:
        assert post(client, f"recruitment/agreement/{under}/endorse").json()["state"] == "endorsed"
    with key_of(cast.RECRUITER) as client:
        order = post(client, f"agreements/{under}/job-orders", asked(quota=3)).json()
        assert client.get(f"/api/job-orders/{order['number']}").json() == order
    with key_of(STAFF) as client:
        post(client, f"recruitment/order/{order['id']}/check")
    with key_of(cast.ATTACHE) as client:
        receipt = post(client, "recruitment/orders/endorse", {"orders": [order["id"]]}).json()
    assert receipt == {"done": [order["number"]], "before": [], "refused": []}
    with key_of(cast.RECRUITER) as client:
        permit = post(client, f"job-orders/{order['number']}/permit").json()
    with key_of(cast.MINISTRY) as client:
        refused = post(client, f"permits/{permit['number']}/issue")
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/incomplete")
        issued = post(
            client, f"permits/{permit['number']}/issue",
            {"valid_to": "2026-06-01", "reason": "Surat 1"},
        ).json()  # fmt: skip
        assert (issued["state"], issued["outcome"]) == ("issued", "needs_check")


def test_names_the_checks_and_takes_an_exception_from_two() -> None:
    made = people.checked(people.in_force(), documents={})
    with key_of(STAFF) as client:
        checks = client.get(f"/api/recruitment/order/{made.id}/checks").json()["items"]
        assert [each["id"] for each in checks if not each["passes"]] == ["documents_complete"]
        wish = post(
            client, f"recruitment/order/{made.id}/exceptions",
            {"check": "documents_complete", "reason": "Menyusul", "expires_on": "2026-03-09"},
        ).json()  # fmt: skip
    with key_of(cast.ATTACHE) as client:
        problem = post(client, f"recruitment/order/{made.id}/endorse")
        assert (problem.status_code, problem.json()["type"]) == (409, "/problems/checks-fail")
        post(client, f"recruitment/exceptions/{wish['id']}", {"give": True, "reason": "Dilihat"})
        done = post(client, f"recruitment/order/{made.id}/endorse")
    assert done.json()["state"] == "endorsed"


@pytest.mark.parametrize("who", [cast.OTHER_RECRUITER, cast.OTHER_ATTACHE])
def test_shows_another_office_nothing(who: Actor) -> None:
    made = people.open_order()
    with key_of(who) as client:
        assert client.get("/api/agreements").json() == {"items": []}
        assert client.get("/api/job-orders").json() == {"items": []}
        assert client.get(f"/api/job-orders/{made.number}").status_code == 404
        assert client.get(f"/api/job-orders/{made.number}/places").status_code == 404


def test_asks_for_the_right() -> None:
    made = people.open_order()
    with key_of(cast.OFFICER) as client:
        assert client.get("/api/agreements").status_code == 403
        assert post(client, f"recruitment/order/{made.id}/endorse").status_code == 403


def test_lists_places_by_ids_alone() -> None:
    made = people.open_order()
    got = people.placed(made)
    with key_of(cast.RECRUITER) as client:
        (place,) = client.get(f"/api/job-orders/{made.number}/places").json()["items"]
    assert (place["seat"], place["placement"], place["state"]) == (1, str(got.id), "held")
    assert "Siti" not in str(place)


def test_returns_refuses_and_ends_with_a_reason_of_the_list() -> None:
    under = people.in_force()
    made = people.order(under)
    with key_of(STAFF) as client:
        wrong = post(client, f"recruitment/order/{made.id}/return", {"reason_code": "x"})
        assert wrong.status_code == 422
        post(client, f"recruitment/order/{made.id}/return", {"reason_code": "terms_unclear"})
    with key_of(cast.RECRUITER) as client:
        again = post(client, f"recruitment/order/{made.id}/again", asked(quota=1))
        assert again.json()["state"] == "submitted"
        end = post(client, f"recruitment/agreement/{under.id}/end",
                   {"reason_code": "agreement_dissolved"})  # fmt: skip
        assert end.json()["state"] == "ended"
    with key_of(cast.ATTACHE) as client:
        refused = post(
            client, f"recruitment/order/{made.id}/refuse", {"reason_code": "wage_too_low"}
        )
        assert refused.json()["state"] == "refused"
