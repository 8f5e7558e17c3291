"""The simulated world: drawn from published figures, the same again from the same seed."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulators.eps.desks import ACTS, MORE, STATES
from simulators.eps.drawing import Draw, sector_weights, share
from simulators.eps.law import EMPLOYERS, WORLD
from simulators.eps.node import Node
from simulators.eps.office import AUTOMATIC, Office
from simulators.eps.pages import make_app
from simulators.eps.store import Store
from simulators.eps.wire import Key


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that talks to nobody."""
    nobody = httpx.MockTransport(lambda _: httpx.Response(503))
    node = Node(
        Store(tmp_path / "eps.db"), Key(Ed25519PrivateKey.generate()), name="urn:lindung:node:kr-eps",
        base="http://sim.test", partner_base="http://us.test", client=httpx.Client(transport=nobody),
    )  # fmt: skip
    return Office(node)


class TestTheFigures:
    def test_name_their_sources(self) -> None:
        for each in (*WORLD["shares"].values(), *WORLD["quota"].values()):
            assert each["source"]

    def test_add_up_to_the_published_quotas(self) -> None:
        for year, quota in WORLD["quota"].items():
            assert sum(quota["sectors"].values()) == quota["total"], year

    def test_that_nobody_published_are_said_to_be_invented(self) -> None:
        for name, each in WORLD["shares"].items():
            assert each["from"] or "invented" in each["source"], name


class TestChance:
    def test_gives_the_same_life_from_the_same_seed(self) -> None:
        def life() -> list[str]:
            draw = Draw(random.Random(7))
            return [draw.next_step("registered")[0] for _ in range(500)]

        assert life() == life()

    def test_keeps_to_the_shares(self) -> None:
        draw, months = Draw(random.Random(1)), 20_000
        found = Counter(draw.next_step("registered")[0] for _ in range(months))
        assert found["miss_wages"] / months == pytest.approx(share("wage_arrears"), rel=0.25)
        assert found["report_incident"] / months == pytest.approx(share("accident"), rel=0.4)

    def test_chooses_employers_by_the_quota_of_their_sector(self) -> None:
        draw = Draw(random.Random(2))
        found = Counter(EMPLOYERS[draw.employer(2026)]["sector"] for _ in range(4_000))
        assert found["manufacturing"] > found["agriculture"] > found["services"]
        assert sector_weights(2030) == sector_weights(2026)


class TestTheDesks:
    def test_offer_nothing_that_the_office_cannot_do(self, office: Office) -> None:
        for act in ACTS:
            assert callable(getattr(office, act))
        assert set(AUTOMATIC.values()) <= set(ACTS)
        assert {state for act in MORE for state in act.states} <= set(STATES)

    @pytest.mark.parametrize("state", sorted(STATES))
    def test_show_a_candidate_in_every_state(self, office: Office, state: str) -> None:
        person = '{"name": "SITI", "birth_date": "1999-02-03", "sex": "female"}'
        office.store.db.execute(
            "insert into candidate (subject, state, listed, passport, changed_at) "
            "values ('PMI-1', ?, ?, 'C1', '2026-03-02T00:00:00Z')",
            (state, f'{{"person": {person}, "sector": "manufacturing"}}'),
        )
        page = make_app(office.node, office).test_client().get("/candidates/PMI-1")
        assert page.status_code == 200
        for act in MORE:
            assert (f"/candidates/PMI-1/{act.name}" in page.text) == (state in act.states)


class TestTheNode:
    def test_publishes_a_new_key_before_it_signs_with_it(self, office: Office) -> None:
        node = office.node
        first, second = node.key.kid, node.rotate(in_seconds=3600)
        assert node.key.kid == first
        assert [each["kid"] for each in node.own_keys()] == [first, second]
        third = node.rotate(in_seconds=-1)
        assert node.key.kid == third
