"""An officer on duty is told on their own telephone that a call rings, and the next when unanswered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry, Post
from lindung.access.roles import ROBOT
from lindung.duty import operations as duty
from lindung.duty.lifecycles import RingState
from lindung.duty.models import Call, Ring
from lindung.kernel.ids import new_id
from lindung.outreach import channels, operations
from lindung.outreach.channels import NotTaken, Parcel, Refused
from lindung.outreach.models import OfficerAlert
from lindung.registry.models import Worker
from tests import cast
from tests.cast import ATTACHE, NOW, OTHER_ATTACHE, SEOUL
from tests.conftest import Scene
from tests.factories import AccountFactory, DutyFactory

pytestmark = pytest.mark.usefixtures("posts")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Parcel]:
    """What the lines carried."""
    found: list[Parcel] = []

    def carry(parcel: Parcel) -> str:
        found.append(parcel)
        return "1"

    monkeypatch.setitem(channels._gateways, "sms", carry)
    monkeypatch.setitem(channels._gateways, "email", carry)
    return found


def begin(**given: Any) -> Call:
    who = cast.worker()
    values: dict[str, Any] = {
        "subject": new_id(), "worker_id": who.id, "about": Worker(post_id=SEOUL, country="KR"),
        "number": "KSS-26-000001", "at": NOW, "contact_due_at": NOW + 15 * MINUTE,
        "plan_due_at": NOW + timedelta(hours=4),
    }  # fmt: skip
    return duty.begin_call(ROBOT, **(values | given))


def on_duty(who: str, phone: str) -> None:
    duty.put_on_duty(
        ATTACHE, SEOUL, who=who, role=f"Piket {who}", phone=phone, starts_at=NOW,
        ends_at=NOW + timedelta(hours=12),
    )  # fmt: skip


def alerts() -> list[OfficerAlert]:
    with acting_as(ROBOT):
        return list(OfficerAlert.objects.select_related("ring").order_by("made_at", "id"))


class TestAlert:
    def test_goes_to_the_rosters_telephone_without_a_word_about_anybody(
        self, sent: list[Parcel]
    ) -> None:
        on_duty("first", "+821011112222")
        begin()
        (made,) = alerts()
        operations.alert(ROBOT, made.id, now=NOW)
        (parcel,) = sent
        assert (parcel.to, parcel.channel) == ("+821011112222", "sms")
        assert "KSS-26-000001" in parcel.words
        assert "/sos/" in parcel.words
        assert "Siti" not in parcel.words
        assert alerts()[0].state == "sent"
        with acting_as(ROBOT):
            assert JournalEntry.objects.filter(type="outreach.OfficerAlerted").count() == 1

    def test_run_twice_it_is_sent_once(self, sent: list[Parcel]) -> None:
        on_duty("first", "+821011112222")
        begin()
        for _ in range(2):
            operations.alert(ROBOT, alerts()[0].id, now=NOW)
        assert len(sent) == 1

    def test_the_next_in_the_chain_is_told_when_nobody_answers(self, sent: list[Parcel]) -> None:
        on_duty("first", "+821011112222")
        on_duty("second", "+821033334444")
        begin()
        duty.escalate(ROBOT, at=NOW + 10 * MINUTE)
        for each in alerts():
            operations.alert(ROBOT, each.id, now=NOW)
        assert [each.to for each in sent] == ["+821011112222", "+821033334444"]

    def test_who_answered_meanwhile_is_not_woken(self, sent: list[Parcel]) -> None:
        on_duty("first", "+821011112222")
        call = begin()
        duty.take(ATTACHE, call.subject, at=NOW)
        operations.alert(ROBOT, alerts()[0].id, now=NOW)
        assert sent == []
        assert alerts()[0].failure == "answered meanwhile"

    def test_a_line_that_takes_nothing_is_tried_again_then_the_next_way(
        self, scene: Scene, sent: list[Parcel], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(parcel: Parcel) -> str:
            raise NotTaken("busy")

        monkeypatch.setitem(channels._gateways, "sms", busy)
        with scene():
            account = AccountFactory(email="piket@example.org")
            DutyFactory(account=account, role="attache", post=Post.objects.get(id=SEOUL))
        duty.put_on_duty(
            ATTACHE, SEOUL, who="first", account_id=account.id, phone="+821011112222",
            starts_at=NOW, ends_at=NOW + timedelta(hours=12),
        )  # fmt: skip
        begin()
        first = alerts()[0]
        for _ in range(3):
            operations.alert(ROBOT, first.id, now=NOW)
        states = {each.channel: each for each in alerts()}
        assert {name: each.state for name, each in states.items()} == {
            "sms": "failed",
            "email": "waiting",
        }
        operations.alert(ROBOT, states["email"].id, now=NOW)
        assert [each.to for each in sent] == ["piket@example.org"]

    def test_a_line_that_refuses_is_not_tried_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def no(parcel: Parcel) -> str:
            raise Refused("no")

        monkeypatch.setitem(channels._gateways, "sms", no)
        on_duty("first", "+821011112222")
        begin()
        operations.alert(ROBOT, alerts()[0].id, now=NOW)
        assert [each.state for each in alerts()] == ["failed"]
        with acting_as(ROBOT):
            assert Ring.objects.get().state == RingState.CALLED

    def test_is_read_by_the_post_in_charge_alone(self) -> None:
        on_duty("first", "+821011112222")
        begin()
        with acting_as(ATTACHE):
            assert OfficerAlert.objects.count() == 1
        with acting_as(OTHER_ATTACHE):
            assert OfficerAlert.objects.count() == 0
