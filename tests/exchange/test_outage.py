"""The network pulled for an hour: work goes on at both ends, and both reconcile without a hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange import books
from lindung.exchange.adapters import Later
from lindung.exchange.models import (
    Comparison,
    Difference,
    Incoming,
    Outgoing,
    PastAlarm,
    TreeNode,
)
from lindung.exchange.operations import applying, comparing, digests, heads, outbox
from lindung.exchange.operations.questions import NothingThere
from lindung.exchange.queries import links
from lindung.exchange.wire.records import plain_name
from lindung.placement import operations as placing
from lindung.placement.models import Contract, Placement
from simulators.eps import reconcile
from simulators.eps.law import EMPLOYERS
from tests import cast

from .both import Both

pytestmark = pytest.mark.usefixtures("posts", "places")

HOUR = 60  # minutes
# Minutes until the last is said again: the longest wait of either side is a quarter of an hour and
# a fifth of it, and what waits behind another message may need one more.
LONGEST = 40
MINUTE = timedelta(minutes=1)


class Cable:
    """The network between the two: pulled, no request of either side reaches the other.

    Attributes:
        tried: requests that met a pulled cable, and from which side.
    """

    def __init__(self, both: Both) -> None:
        self.pulled = False
        self.tried = {"ours": 0, "theirs": 0}
        both.line = self._cut(both.line, "ours", "http://sim.test")
        both.node.client = self._cut(both.node.client, "theirs", "http://us.test")

    def _cut(self, whole: httpx.Client, side: str, base: str) -> httpx.Client:
        def carry(request: httpx.Request) -> httpx.Response:
            if self.pulled:
                self.tried[side] += 1
                raise httpx.ConnectError("no route to host", request=request)
            answer = whole.send(request)
            return httpx.Response(
                answer.status_code, headers=dict(answer.headers.items()), content=answer.content
            )

        return httpx.Client(transport=httpx.MockTransport(carry), base_url=base)


class Office:
    """Both offices in the same passing time, with the jobs that run in each of them."""

    def __init__(self, both: Both, clock: time_machine.Traveller) -> None:
        self.both, self.clock = both, clock
        self.cable = Cable(both)

    def minutes(self, count: int) -> None:
        """So many minutes, in each of which both sides' jobs run as they do by themselves."""
        for _ in range(count):
            self.clock.shift(MINUTE)
            self.sweep()

    def sweep(self) -> None:
        """What the job worker does on each side, over whatever line there is."""
        both = self.both
        outbox.pump(both.partner.pk, http=both.line)
        both.node.work()
        both.node.pump()
        applying.apply_incoming(both.partner.pk, http=both.line)
        digests.fold()
        if datetime.now(UTC).minute % 5 == 0:
            self.compare()

    def compare(self) -> Comparison | None:
        """The job that compares both books and both pasts; nothing when the other is silent."""
        now, both = datetime.now(UTC), self.both
        try:
            compared = comparing.compare(both.partner.pk, now=now, http=both.line)
            with suppress(NothingThere):
                heads.look_at_past(both.partner.pk, now=now, http=both.line)
        except Later:
            return None
        return compared

    def status(self) -> dict[str, Any]:
        """What the public status page says of the line, to anybody."""
        links._counted.cache_clear()
        [link] = Client().get(reverse("exchange-status-data")).json()["links"]
        found: dict[str, Any] = link
        return found

    def held_of(self, made: Placement) -> dict[str, str]:
        """What our books say of somebody, in the agreed fields."""
        with acting_as(ROBOT):
            [held] = books.of_subjects(self.both.partner, [made.number])
        return held.record

    def seen_of(self, made: Placement) -> dict[str, str]:
        """What theirs say."""
        return reconcile.records(self.both.node)[made.number]

    def root(self) -> bytes:
        """The digest of our whole tree."""
        with acting_as(ROBOT):
            node = TreeNode.objects.get(partner=self.both.partner, prefix="")
        return bytes(node.digest)

    def waiting(self) -> tuple[int, int]:
        """Messages not known to be stored by the other side: ours, theirs."""
        with acting_as(ROBOT):
            ours = Outgoing.objects.filter(sequence__isnull=False, state="waiting").count()
        theirs = self.both.node.store.rows(
            "select 1 from sent where sequence is not null and state = 'waiting'"
        )
        return ours, len(theirs)


@pytest.fixture
def office(scene: Any, tmp_path: Path) -> Iterator[Office]:
    """Two nodes that trust each other, at a time that the test moves."""
    with time_machine.travel(datetime(2026, 3, 2, 3, 0, tzinfo=UTC), tick=False) as clock:
        yield Office(Both(scene, tmp_path), clock)
    links._counted.cache_clear()


def sign(made: Placement, *, agree: bool = True) -> None:
    """The desk verifies the offer and the worker answers it."""
    with acting_as(ROBOT):
        contract = Contract.objects.get(placement=made)
    placing.verify_contract(
        cast.ATTACHE, contract.id, judgements=cast.yes_to_all(contract), on=cast.TODAY
    )
    placing.answer_contract(
        cast.self_of(made.worker_id), contract.id, agree=agree, on=cast.TODAY, reason="Upah"
    )


def leave(made: Placement) -> None:
    """The office clears somebody and sees them off."""
    cast.complete(made.id)
    placing.clear_for_departure(cast.MINISTRY, made.id, on=cast.TODAY)
    placing.record_departure(cast.OFFICER, made.id, on=cast.TODAY, flight="GA 878")


def another(employer: str) -> str:
    """The key of an employer abroad who is not this one."""
    return next(key for key, each in EMPLOYERS.items() if plain_name(each["name"]) != employer)


def contracts(made: Placement) -> int:
    """How many offers to them stand in our books."""
    with acting_as(ROBOT):
        return Contract.objects.filter(placement=made).count()


def troubles() -> int:
    """Messages that wait for a person, on our side."""
    with acting_as(ROBOT):
        out = Outgoing.objects.filter(state__in=["dead", "refused", "settled"]).count()
        return out + Incoming.objects.filter(state__in=["error", "matching", "aside"]).count()


def found() -> tuple[int, int]:
    """Differences that people were asked about; broken pasts."""
    with acting_as(ROBOT):
        asked = Difference.objects.exclude(confirmed_at=None).count()
        return asked, PastAlarm.objects.count()


def state_of(made: Placement) -> str:
    """Where our books have them."""
    with acting_as(ROBOT):
        return Placement.objects.get(pk=made.pk).state


class TestAnHourWithoutNetwork:
    def test_work_goes_on_at_both_ends_and_all_is_the_same_afterwards(self, office: Office) -> None:
        both = office.both
        abroad, leaving, choosing, listed = (
            both.arrived(), both.signed(), both.listed(), both.listed()
        )  # fmt: skip
        both.office.plan_entry(leaving.number, entry_on=cast.TODAY.isoformat())
        both.office.offer(choosing.number)
        both.exchange()
        partner = both.partner
        office.minutes(5)
        assert office.status()["state"] == "up"
        assert office.waiting() == (0, 0)

        # --- the network is pulled, and nobody stops working -------------------------------------
        office.cable.pulled = True
        pulled_at = datetime.now(UTC)
        sign(choosing)
        both.office.offer(listed.number)
        office.minutes(10)
        leave(leaving)
        before = office.held_of(abroad)["employer"]
        both.office.change_employment(
            abroad.number, event="employer_changed", event_on="2026-04-01", employer=another(before)
        )
        office.minutes(20)
        newcomer = both.listed()
        both.office.extend(abroad.number)
        office.minutes(HOUR - 30)

        # Each side's own books are as its people left them; nothing of the other's is in them.
        assert state_of(leaving) == "departed"
        assert "departed_on" not in office.seen_of(leaving)
        assert office.seen_of(abroad)["employer"] != before
        assert office.held_of(abroad)["employer"] == before
        assert contracts(listed) == 0
        # Both outboxes keep what they could not say, in order, and nothing of it is lost or given up.
        queued = office.waiting()
        assert queued[0] >= 3
        assert queued[1] >= 3
        # The breaker is open: not every message knocks every minute.
        partner.refresh_from_db()
        assert partner.failures >= outbox.BREAKER_AFTER
        assert 0 < office.cable.tried["ours"] < HOUR
        assert 0 < office.cable.tried["theirs"] < HOUR
        # Anyone reads since when the line is down, however often it was tried since; and no more.
        said = office.status()
        assert said["state"] == "down"
        assert pulled_at <= datetime.fromisoformat(said["since"]) <= pulled_at + 2 * MINUTE
        page = Client().get(reverse("exchange-status")).content.decode()
        assert partner.name in page
        assert newcomer.number not in page
        # Books that cannot be compared are not called different.
        assert office.compare() is None
        assert found() == (0, 0)

        # --- the network is back, and nobody lifts a hand ----------------------------------------
        office.cable.pulled = False
        back_at = datetime.now(UTC)
        office.minutes(LONGEST)
        assert office.waiting() == (0, 0)
        said = office.status()
        assert said["state"] == "up"
        assert back_at <= datetime.fromisoformat(said["since"]) <= datetime.now(UTC)

        # What was done at one end stands in the other's books, once, and no person was called.
        assert contracts(listed) == 1
        assert office.seen_of(choosing)["answer"] == "accepted"
        assert office.seen_of(leaving)["departed_on"] == cast.TODAY.isoformat()
        assert office.held_of(abroad)["employer"] != before
        for made in (abroad, leaving, choosing, listed, newcomer):
            assert office.held_of(made) == office.seen_of(made)
        assert troubles() == 0
        assert found() == (0, 0)
        # The roots are equal, asked from either end, and neither past was rewritten.
        compared = office.compare()
        assert compared is not None
        assert (compared.ours, compared.theirs, compared.differing) == (5, 5, 0)
        assert both.theirs().differing() == {}
        leaves = {s: reconcile.leaf(record) for s, record in reconcile.records(both.node).items()}
        assert office.root() == reconcile.Tree(leaves).digest("")
