"""Sending: the person's rules hold, what fails goes another way, and states come from receipts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.kernel.refusals import Incomplete
from lindung.outreach import channels, operations
from lindung.outreach.channels import NotTaken, Parcel, Refused
from lindung.outreach.models import Message
from lindung.outreach.operations import receipts
from lindung.outreach.operations.talking import NoNumber, NotSafeNow
from lindung.outreach.parsing.parts import Receipt
from lindung.outreach.practice import practice
from lindung.registry.models import Worker
from lindung.registry.operations import add_identifier
from tests import cast

pytestmark = pytest.mark.usefixtures("posts")

PHONE = "+821055550101"


class Network:
    """Carries what it is given, or fails as told; remembers each parcel."""

    def __init__(self) -> None:
        self.carried: list[Parcel] = []
        self.trouble: dict[str, Exception] = {}

    def __call__(self, parcel: Parcel) -> str:
        if (trouble := self.trouble.get(parcel.channel)) is not None:
            raise trouble
        self.carried.append(parcel)
        return f"out-{len(self.carried)}"


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network()
    for name in ("sms", "whatsapp", "email"):
        monkeypatch.setitem(channels._gateways, name, made)
    return made


def person(**rules: Any) -> Worker:
    who = cast.worker()
    me = cast.self_of(who.id)
    add_identifier(me, who.id, kind=Kind.PHONE, value=PHONE, on=cast.TODAY)
    add_identifier(me, who.id, kind=Kind.EMAIL, value="siti@example.org", on=cast.TODAY)
    if rules:
        operations.set_rules(me, who.id, now=cast.NOW, **rules)
    return who


def send(who: Worker, template: str = "arrived", **given: Any) -> Message:
    with acting_as(ROBOT):
        return operations.send(ROBOT, who, template, now=cast.NOW, **given)


def deliver(message_id: UUID, *, minutes: int = 0) -> Message:
    return operations.deliver(ROBOT, message_id, now=cast.NOW + timedelta(minutes=minutes))


def sent(who: Worker) -> list[Message]:
    with acting_as(ROBOT):
        return list(Message.objects.filter(worker=who).order_by("id"))


class TestDeliver:
    def test_hands_the_words_to_the_persons_own_number(self, network: Network) -> None:
        who = person(channels=["sms"])
        message = deliver(send(who).id)
        [parcel] = network.carried
        assert parcel.to == PHONE
        assert (message.state, message.outside_id) == ("sent", "out-1")
        assert PHONE not in repr(parcel)

    def test_tries_again_with_growing_waits_and_then_another_way(self, network: Network) -> None:
        who = person(channels=["sms", "email"])
        network.trouble["sms"] = NotTaken("http 503")
        message = send(who)
        for _each in practice().waits_minutes:
            assert deliver(message.id).state == "waiting"
        assert deliver(message.id).state == "failed"
        first, second = sent(who)
        assert (second.channel, second.instead_of_id) == ("email", first.id)
        assert deliver(second.id).state == "sent"
        assert network.carried[0].to == "siti@example.org"
        assert network.carried[0].subject == "Pesan untuk Anda"

    def test_ends_on_the_own_page_when_nothing_else_is_left(self, network: Network) -> None:
        who = person(channels=["sms"])
        network.trouble["sms"] = Refused("smpp 0xb")
        assert deliver(send(who).id).failure == "smpp 0xb"
        assert [each.channel for each in sent(who)] == ["sms", "web"]

    def test_asks_the_rules_again_when_it_leaves(self, network: Network) -> None:
        who = person(channels=["sms"])
        message = send(who)
        operations.set_rules(cast.self_of(who.id), who.id, now=cast.NOW, channels=["web"])
        assert deliver(message.id).state == "failed"
        assert network.carried == []

    def test_rings_nobody_at_night_even_on_a_later_try(self, network: Network) -> None:
        who = person(channels=["sms"], not_before=time(8), not_after=time(20))
        message = send(who)
        late = datetime(2026, 3, 2, 16, tzinfo=UTC)  # 23.00 at home
        assert operations.deliver(ROBOT, message.id, now=late).state == "waiting"
        assert network.carried == []


class TestWords:
    def test_that_travel_are_neutral_where_the_person_asked(self, network: Network) -> None:
        who = person(channels=["sms", "email"], harmless=True)
        message = send(who, "case_note", number="KSS-26-000001")
        deliver(message.id)
        [parcel] = network.carried
        assert "KSS" not in parcel.words
        assert "Lindung" not in parcel.words
        assert "KSS-26-000001" in message.words  # on the own page

    def test_of_an_officer_stay_behind_the_sign_in(self, network: Network) -> None:
        who = person(channels=["sms"])
        said = operations.say(
            cast.MINISTRY, who.id, channel="sms", words="Gaji Anda akan dibayar", now=cast.NOW
        )
        deliver(said.id)
        assert "Gaji" not in network.carried[0].words
        assert not network.carried[0].automatic

    def test_of_an_officer_travel_where_the_person_allowed_it(self, network: Network) -> None:
        who = person(channels=["sms"], open_words=True)
        said = operations.say(
            cast.MINISTRY, who.id, channel="sms", words="Gaji Anda akan dibayar", now=cast.NOW
        )
        deliver(said.id)
        assert network.carried[0].words == "Gaji Anda akan dibayar"

    def test_of_an_officer_never_take_a_closed_channel(self) -> None:
        who = person(channels=["web"])
        with pytest.raises(Incomplete):
            operations.say(cast.MINISTRY, who.id, channel="sms", words="Halo", now=cast.NOW)

    def test_are_free_on_whatsapp_only_within_the_time(self, network: Network) -> None:
        who = person(channels=["whatsapp"])
        deliver(send(who).id)
        operations.receive(ROBOT, channel="whatsapp", sender=PHONE, raw="Halo", at=cast.NOW)
        deliver(send(who).id, minutes=60)
        deliver(send(who).id, minutes=60 * practice().open_hours + 1)
        assert [each.open for each in network.carried] == [False, True, False]


class TestReceipts:
    @pytest.mark.parametrize(
        ("states", "stands"),
        [
            (["delivered"], "delivered"),
            (["delivered", "read"], "read"),
            (["read", "delivered"], "read"),
            (["delivered", "delivered"], "delivered"),
            (["delivered", "failed"], "delivered"),
            (["failed", "delivered"], "failed"),
        ],
    )
    def test_in_any_order_leave_the_best_that_is_true(
        self, network: Network, states: list[str], stands: str
    ) -> None:
        who = person(channels=["whatsapp"])
        message = deliver(send(who).id)
        with acting_as(ROBOT):
            for state in states:
                assert receipts.settle(ROBOT, "whatsapp", Receipt("out-1", state), now=cast.NOW)
            message.refresh_from_db()
        assert message.state == stands

    def test_of_failure_send_it_another_way(self, network: Network) -> None:
        who = person(channels=["sms", "email"])
        deliver(send(who).id)
        with acting_as(ROBOT):
            receipts.settle(ROBOT, "sms", Receipt("out-1", "failed", "smpp 001"), now=cast.NOW)
        assert [each.channel for each in sent(who)] == ["sms", "email"]

    def test_are_found_in_decimal_where_the_answer_was_hexadecimal(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(channels._gateways, "sms", lambda _parcel: "1F")
        who = person(channels=["sms"])
        deliver(send(who).id)
        with acting_as(ROBOT):
            assert receipts.settle(ROBOT, "sms", Receipt("31", "delivered"), now=cast.NOW)


class TestCalling:
    def test_shows_the_number_and_records_it(self) -> None:
        who = person(channels=["sms"])
        assert operations.number_to_call(cast.MINISTRY, who.id, now=cast.NOW) == PHONE

    def test_is_refused_where_the_person_asked(self) -> None:
        who = person(channels=["sms"], do_not_call=True)
        with pytest.raises(NotSafeNow):
            operations.number_to_call(cast.MINISTRY, who.id, now=cast.NOW)

    def test_says_that_there_is_no_number(self) -> None:
        with pytest.raises(NoNumber):
            operations.number_to_call(cast.MINISTRY, cast.worker().id, now=cast.NOW)


class TestSetRules:
    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"channels": ["pigeon"]}, "channels"),
            ({"channels": ["sms"], "not_before": time(8)}, "not_after"),
            ({"channels": ["sms"], "harmless": True, "open_words": True}, "open_words"),
            ({"channels": ["sms"], "help_word": "baik"}, "help_word"),
            ({"channels": ["sms"], "help_word": "ab"}, "help_word"),
        ],
    )
    def test_refuses_what_cannot_be(self, given: dict[str, Any], field: str) -> None:
        with pytest.raises(Incomplete) as refusal:
            person(**given)
        assert field in refusal.value.facts["fields"]

    def test_keeps_an_officers_note_when_the_person_saves(self) -> None:
        who = person()
        operations.set_rules(
            cast.MINISTRY, who.id, now=cast.NOW, channels=["sms"], note="Adiknya di rumah"
        )
        rules = operations.set_rules(cast.self_of(who.id), who.id, now=cast.NOW, channels=["web"])
        assert rules.note == "Adiknya di rumah"
