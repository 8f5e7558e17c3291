"""Keys for other systems: within a duty, with some of its rights, until a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lindung.access import tokens
from lindung.access.actors import Actor
from lindung.access.identity import actor_for
from lindung.access.models import ApiToken, Duty, JournalEntry
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed
from tests.conftest import Scene
from tests.factories import DutyFactory, PostFactory, WorkerFactory

NOW = datetime.now(UTC)
SOON = NOW + timedelta(days=30)


@pytest.fixture
def seoul(scene: Scene) -> Duty:
    with scene():
        duty: Duty = DutyFactory(role="attache", post=PostFactory())
    return duty


@pytest.fixture
def administrator(scene: Scene) -> Actor:
    with scene():
        duty = DutyFactory(role="administrator")
    return actor_for(duty.account, duty)


def issue(administrator: Actor, duty: Duty, **given: Any) -> tokens.Issued:
    values = {"name": "Sistem lain", "rights": [Right.WORKER_READ], "expires_at": SOON, "now": NOW}
    return tokens.issue(administrator, duty.id, **(values | given))


class TestIssuing:
    def test_keeps_only_a_hash_and_writes_it_down(
        self, administrator: Actor, seoul: Duty, scene: Scene
    ) -> None:
        issued = issue(administrator, seoul)
        with scene():
            row = ApiToken.objects.values().get()
            entry = JournalEntry.objects.get(type="access.TokenIssued")
        assert issued.secret not in str(row)
        assert issued.secret not in str(entry.payload)

    @pytest.mark.parametrize(
        "given",
        [
            {"rights": []},
            {"rights": [Right.ACCOUNT_ADMINISTER]},
            {"name": " "},
            {"expires_at": NOW},
            {"expires_at": NOW + timedelta(days=400)},
        ],
    )
    def test_refuses_more_than_the_duty_holds_and_too_long_a_life(
        self, administrator: Actor, seoul: Duty, given: dict[str, Any]
    ) -> None:
        with pytest.raises(Incomplete):
            issue(administrator, seoul, **given)

    def test_is_the_administrators(self, seoul: Duty) -> None:
        with pytest.raises(NotAllowed):
            issue(actor_for(seoul.account, seoul), seoul)


class TestAKey:
    def test_acts_within_the_duty_with_the_given_rights_only(
        self, administrator: Actor, seoul: Duty
    ) -> None:
        actor = tokens.actor_of_token(issue(administrator, seoul).secret, now=NOW)
        assert actor is not None
        assert actor.posts == (seoul.post_id,)
        assert actor.rights == {Right.WORKER_READ}

    def test_ends_with_its_day_its_revocation_and_its_duty(
        self, administrator: Actor, seoul: Duty, scene: Scene
    ) -> None:
        issued = issue(administrator, seoul)
        assert tokens.actor_of_token(issued.secret, now=SOON) is None
        with scene():
            Duty.objects.filter(id=seoul.id).update(valid_to=date(2026, 2, 1))
        assert tokens.actor_of_token(issued.secret, now=NOW) is None
        with scene():
            Duty.objects.filter(id=seoul.id).update(valid_to=None)
        tokens.revoke(administrator, issued.token.id, now=NOW)
        assert tokens.actor_of_token(issued.secret, now=NOW) is None

    def test_ends_with_its_account(self, administrator: Actor, seoul: Duty, scene: Scene) -> None:
        issued = issue(administrator, seoul)
        with scene():
            seoul.account.is_active = False
            seoul.account.save()
        assert tokens.actor_of_token(issued.secret, now=NOW) is None


class TestTheApi:
    def ask(self, path: str, secret: str = "") -> Any:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return Client().get(path, headers=headers)

    def find(self, secret: str, **body: str) -> Any:
        return Client().post(
            "/api/workers/search",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

    def test_refuses_whoever_has_no_key(self, db: None) -> None:
        for secret in ("", "lindung_salah"):
            answer = self.ask("/api/me", secret)
            assert answer.status_code == 401
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["type"] == "/problems/sign-in"

    def test_slows_whoever_tries_keys(self, db: None) -> None:
        answers = [self.ask("/api/me", f"lindung_{n}").status_code for n in range(62)]
        assert answers[59] == 401
        assert answers[61] == 429

    def test_says_who_the_key_is(self, administrator: Actor, seoul: Duty) -> None:
        answer = self.ask("/api/me", issue(administrator, seoul).secret)
        assert answer.json()["kind"] == "post"
        assert answer.json()["rights"] == ["registry:worker:read"]

    def test_knows_nobody_outside_the_jurisdiction(
        self, administrator: Actor, seoul: Duty, scene: Scene
    ) -> None:
        with scene():
            ours = WorkerFactory(post_id=seoul.post_id)
            theirs = WorkerFactory(post_id=PostFactory().id)
        secret = issue(administrator, seoul).secret
        assert self.ask(f"/api/workers/{ours.public_number}", secret).status_code == 200
        hidden = self.ask(f"/api/workers/{theirs.public_number}", secret)
        missing = self.ask("/api/workers/PMI-26-000000", secret)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content == missing.content

    def test_writes_down_whom_the_key_looked_at(
        self, administrator: Actor, seoul: Duty, scene: Scene
    ) -> None:
        with scene():
            ours = WorkerFactory(post_id=seoul.post_id)
        issued = issue(administrator, seoul)
        self.ask(f"/api/workers/{ours.public_number}", issued.secret)
        with scene():
            entry = JournalEntry.objects.get(type="access.PersonLookedAt")
        assert (entry.worker_id, entry.actor_id) == (ours.id, issued.token.id)

    def test_a_search_tells_no_more_than_who_it_could_be(
        self, administrator: Actor, seoul: Duty, scene: Scene
    ) -> None:
        """A file is opened one by one, and each time written down."""
        with scene():
            ours = WorkerFactory(post_id=seoul.post_id)
        secret = issue(administrator, seoul).secret
        [found] = self.find(secret, name=ours.public_number).json()["items"]
        assert found["public_number"] == ours.public_number
        assert not {"birth_date", "condition", "last_check_in_at", "sex"} & set(found)

    def test_asks_for_the_right(self, administrator: Actor, seoul: Duty) -> None:
        issued = issue(administrator, seoul, rights=[Right.CASE_READ])
        answer = self.find(issued.secret, name="siti")
        assert answer.status_code == 403

    def test_names_the_place_of_what_is_unusable(self, administrator: Actor, seoul: Duty) -> None:
        answer = self.find(issue(administrator, seoul).secret)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["place"] == "body.search.name"

    def test_publishes_its_shape(self, db: None) -> None:
        shape = self.ask("/api/openapi.json").json()
        assert {"/api/me", "/api/workers/search", "/api/workers/{public_number}"} <= set(
            shape["paths"]
        )

    def test_answers_an_address_that_is_none(self, db: None) -> None:
        answer = self.ask("/api/tidak-ada")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
