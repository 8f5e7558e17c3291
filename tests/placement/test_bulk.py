"""Approving many contracts in one go."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotAllowed, TooManyAtOnce
from lindung.placement import operations, queries
from lindung.placement.events import ContractVerified
from lindung.placement.models import Contract
from lindung.placement.operations import bulk
from lindung.regulations.contracts import ContractCheck
from lindung.regulations.verdicts import MEETS, NEEDS_CHECK
from tests import cast
from tests.access.test_sign_in import sign_in
from tests.conftest import Scene
from tests.factories import DutyFactory

pytestmark = pytest.mark.usefixtures("posts", "places")
LOW = {"wage": {"monthly_ordinary": "900000", "payment_method": "bank_transfer"}}


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that only a person can read aside: what is left can meet everything."""
    whole = queries.check

    def only_tested(contract: Contract, **given: Any) -> ContractCheck:
        made = whole(contract, **given)
        if contract.fields["job"]["description"] == "unclear":
            return made
        kept = tuple(each for each in made if each.outcome != NEEDS_CHECK)
        return ContractCheck(kept, made.unstated, made.shown, made.law)

    monkeypatch.setattr(queries, "check", only_tested)


def three() -> tuple[Contract, Contract, Contract]:
    """One that meets everything, one that breaks, one that a person must judge."""
    return (
        cast.offered(cast.worker(full_name="Ani Wati")),
        cast.offered(cast.worker(full_name="Budi Rahayu"), **LOW),
        cast.offered(
            cast.worker(full_name="Cici Lestari"), job={"place": "Ansan", "description": "unclear"}
        ),
    )


def ids(*contracts: Contract) -> list[UUID]:
    return [each.id for each in contracts]


@pytest.mark.usefixtures("settled")
class TestLookThrough:
    def test_says_of_each_what_the_rules_say_and_changes_nothing(self) -> None:
        good, bad, unclear = three()
        looked = operations.look_through(cast.ATTACHE, ids(good, bad, unclear), on=cast.TODAY)
        assert [each.approvable for each in looked] == [True, False, False]
        outcomes = [each.check.outcome if each.check else "" for each in looked]
        assert outcomes == [MEETS, "breaks", NEEDS_CHECK]
        with acting_as(cast.ATTACHE):
            assert {each.state for each in Contract.objects.all()} == {"offered"}

    def test_has_no_check_for_what_was_decided_meanwhile(self) -> None:
        good, *_ = three()
        operations.verify_many(cast.ATTACHE, [good.id], on=cast.TODAY)
        [looked] = operations.look_through(cast.ATTACHE, [good.id], on=cast.TODAY)
        assert looked.check is None
        assert not looked.approvable

    def test_leaves_out_what_belongs_to_another_post(self) -> None:
        good, *_ = three()
        assert operations.look_through(cast.OTHER_ATTACHE, [good.id], on=cast.TODAY) == []

    def test_is_closed_to_who_may_not_check(self) -> None:
        with pytest.raises(NotAllowed):
            operations.look_through(cast.OFFICER, [], on=cast.TODAY)


@pytest.mark.usefixtures("settled")
class TestVerifyMany:
    def test_approves_what_meets_everything_and_refuses_the_rest_by_name(self) -> None:
        good, bad, unclear = three()
        receipt = operations.verify_many(cast.ATTACHE, ids(bad, good, unclear), on=cast.TODAY)
        assert ids(*receipt.done) == [good.id]
        assert [(each.worker, each.refusal.slug) for each in receipt.refused] == [
            ("Budi Rahayu", "contract-breaks"),
            ("Cici Lestari", "decision-missing"),
        ]
        with acting_as(ROBOT):
            states = {each.id: each.state for each in Contract.objects.all()}
        assert states == {good.id: "verified", bad.id: "offered", unclear.id: "offered"}

    def test_records_each_for_itself(self) -> None:
        one, other = (cast.offered(cast.worker(full_name=name)) for name in ("Ani", "Ina"))
        operations.verify_many(cast.ATTACHE, ids(one, other), on=cast.TODAY)
        with acting_as(ROBOT):
            entries = JournalEntry.objects.filter(type=ContractVerified.type)
            assert {each.subject for each in entries} == {one.id, other.id}
            assert {each.actor_id for each in entries} == {cast.ATTACHE.id}

    def test_a_second_tap_does_nothing_more(self) -> None:
        good, *_ = three()
        operations.verify_many(cast.ATTACHE, [good.id], on=cast.TODAY)
        again = operations.verify_many(cast.ATTACHE, [good.id, good.id], on=cast.TODAY)
        assert (again.done, ids(*again.before), again.refused) == ((), [good.id], ())
        with acting_as(ROBOT):
            assert JournalEntry.objects.filter(type=ContractVerified.type).count() == 1

    def test_tells_nothing_of_what_one_may_not_see(self) -> None:
        good, *_ = three()
        receipt = operations.verify_many(cast.OTHER_ATTACHE, [good.id, uuid4()], on=cast.TODAY)
        assert receipt.done == ()
        assert [(each.number, each.refusal.slug) for each in receipt.refused] == [
            ("", "not-found"),
            ("", "not-found"),
        ]

    def test_takes_no_more_than_a_receipt_holds(self) -> None:
        with pytest.raises(TooManyAtOnce):
            operations.verify_many(
                cast.ATTACHE, [uuid4() for _ in range(bulk.MOST + 1)], on=cast.TODAY
            )

    def test_is_closed_to_who_may_not_check(self) -> None:
        with pytest.raises(NotAllowed):
            operations.verify_many(cast.MINISTRY, [], on=cast.TODAY)


class TestTheQueue:
    def test_of_a_post_is_read_in_the_order_of_its_index(self) -> None:
        cast.offered(cast.worker())
        with acting_as(cast.ATTACHE), CaptureQueriesContext(connection) as seen:
            with connection.cursor() as cursor:
                cursor.execute("set local enable_seqscan = off")
                cursor.execute("set local enable_sort = off")
                cursor.execute("set local enable_bitmapscan = off")
            plan = queries.awaiting_verification(cast.ATTACHE)[:50].explain()
        assert seen.captured_queries
        assert "contract_post_queue" in plan
        assert "Sort" not in plan


@pytest.mark.usefixtures("settled")
class TestThePages:
    def client(self, scene: Scene, **duty: Any) -> Client:
        client = Client()
        with scene():
            account = DutyFactory(**duty).account
        sign_in(client, account)
        return client

    def attache(self, scene: Scene, post: int = cast.SEOUL) -> Client:
        return self.client(scene, role="attache", post_id=post)

    def test_of_the_queue_has_a_tick_box_in_each_row(self, scene: Scene) -> None:
        good, *_ = three()
        page = self.attache(scene).get("/kontrak/").content.decode()
        assert f'name="contract" value="{good.id}"' in page
        reader = self.client(scene, role="ministry_officer").get("/kontrak/").content.decode()
        assert good.number in reader
        assert 'name="contract"' not in reader

    def test_preview_decides_nothing_and_offers_only_what_meets_everything(
        self, scene: Scene
    ) -> None:
        good, bad, unclear = three()
        given = {"contract": [str(each.id) for each in (good, bad, unclear)] + ["x"]}
        page = self.attache(scene).post("/kontrak/tinjau/", given).content.decode()
        assert "1 memenuhi semua aturan" in page
        assert "2 perlu Anda buka satu per satu" in page
        offered = [each for each in (good, bad, unclear) if f'value="{each.id}"' in page]
        assert offered == [good]
        with acting_as(ROBOT):
            assert {each.state for each in Contract.objects.all()} == {"offered"}
            looks = JournalEntry.objects.filter(type="access.PersonLookedAt")
            assert {each.subject for each in looks} == {good.id, bad.id, unclear.id}

    def test_receipt_names_who_was_refused_and_why(self, scene: Scene) -> None:
        good, bad, _ = three()
        client = self.attache(scene)
        given = {"contract": [str(good.id), str(bad.id)]}
        page = client.post("/kontrak/setujui/", given).content.decode()
        assert "1 disetujui, 1 tidak" in page
        for part in (good.number, "Budi Rahayu", "Kontrak ini melanggar aturan"):
            assert part in page
        again = client.post("/kontrak/setujui/", {"contract": [str(good.id)]}).content.decode()
        assert "Sudah disetujui sebelumnya" in again

    def test_of_another_post_name_nobody(self, scene: Scene) -> None:
        good, *_ = three()
        client = self.attache(scene, cast.TAIPEI)
        for address in ("/kontrak/tinjau/", "/kontrak/setujui/"):
            page = client.post(address, {"contract": [str(good.id)]}).content.decode()
            assert good.number not in page
            assert "Ani Wati" not in page

    def test_send_who_may_not_check_back_to_the_queue(self, scene: Scene) -> None:
        good, *_ = three()
        client = self.client(scene, role="ministry_officer")
        for address in ("/kontrak/tinjau/", "/kontrak/setujui/"):
            answer = client.post(address, {"contract": [str(good.id)]})
            assert answer.headers["Location"] == "/kontrak/"
        with acting_as(ROBOT):
            assert Contract.objects.get(id=good.id).state == "offered"
