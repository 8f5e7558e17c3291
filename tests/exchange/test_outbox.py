"""Sending: with the change or not at all, nothing outside the agreement, delivered in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import transaction

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.operations import applying, inbox, outbox
from lindung.exchange.operations.outbox import NotAgreed, send
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import envelopes, signatures, texts
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NotAllowed

from .conftest import Stranger

pytestmark = pytest.mark.django_db
NO = {"offer_no": "SLC-1", "answer": "refused", "answered_on": "2026-03-02", "reason": "wage"}


def rows() -> list[Outgoing]:
    """The outbox."""
    with acting_as(ROBOT):
        return list(Outgoing.objects.order_by("id"))


def line(answer: Callable[[list[texts.Signed]], list[texts.Signed]]) -> httpx.Client:
    """A partner's node at the other end of the line."""

    def transport(request: httpx.Request) -> httpx.Response:
        if request.headers["content-type"] == texts.SINGLE:
            item = (request.content, request.headers["lindung-signature"])
            [(raw, proof)] = answer([item])
            return httpx.Response(200, content=raw, headers={"Lindung-Signature": proof})
        return httpx.Response(200, content=texts.frame(answer(texts.unframe(request.content))))

    return httpx.Client(transport=httpx.MockTransport(transport))


def technical(
    stranger: Stranger, raw: bytes, *, outcome: str = "stored", of: bytes | None = None
) -> texts.Signed:
    """The partner's technical receipt for ``raw``."""
    message = envelopes.read(raw)
    data = {
        "message_id": str(message.id), "outcome": outcome, "digest": texts.digest(of or raw),
        "reason": "stored" if outcome == "stored" else "clock_skew",
        "stored_at": texts.instant(datetime.now(UTC)),
    }  # fmt: skip
    return stranger.says("receipt.technical", message.subject, data)[1]


class TestSend:
    @pytest.mark.parametrize("extra", [{"remark": "x"}, {"answer": "perhaps"}, {"offer_no": None}])
    def test_lets_nothing_leave_that_is_not_agreed(
        self, partner: Partner, extra: dict[str, Any]
    ) -> None:
        with pytest.raises(NotAgreed):
            send("contract.answered", "PMI-1", NO | extra, partner=partner)
        assert rows() == []

    def test_numbers_each_subject_by_itself(self, partner: Partner) -> None:
        for subject in ("PMI-1", "PMI-2", "PMI-1"):
            send("contract.answered", subject, NO, partner=partner)
        assert [(r.subject, r.sequence) for r in rows()] == [
            ("PMI-1", 1), ("PMI-2", 1), ("PMI-1", 2),
        ]  # fmt: skip

    def test_leaves_with_the_change_or_not_at_all_and_without_a_hole(
        self, partner: Partner
    ) -> None:
        with transaction.atomic():
            send("contract.answered", "PMI-1", NO, partner=partner)
            transaction.set_rollback(True)
        send("contract.answered", "PMI-1", NO, partner=partner)
        assert [r.sequence for r in rows()] == [1]


class TestPump:
    def test_delivers_in_order_with_signatures_over_the_exact_bytes(
        self, partner: Partner, stranger: Stranger
    ) -> None:
        for _ in range(3):
            send("contract.answered", "PMI-1", NO, partner=partner)
        came: list[texts.Signed] = []

        def answer(items: list[texts.Signed]) -> list[texts.Signed]:
            came.extend(items)
            return [technical(stranger, raw) for raw, _ in items]

        assert outbox.pump(partner.pk, http=line(answer)) == 3
        for raw, proof in came:
            signatures.verify(raw, proof, own_key().x)
        assert [envelopes.read(raw).sequence for raw, _ in came] == [1, 2, 3]
        assert [bytes(r.raw) for r in rows()] == [raw for raw, _ in came]
        assert {r.state for r in rows()} == {"stored"}

    @pytest.mark.parametrize("fault", ["no answer", "other bytes", "nobody's signature"])
    def test_sends_the_same_bytes_again_when_the_receipt_is_none(
        self, partner: Partner, stranger: Stranger, fault: str
    ) -> None:
        send("contract.answered", "PMI-1", NO, partner=partner)
        came: list[texts.Signed] = []

        def answer(items: list[texts.Signed]) -> list[texts.Signed]:
            came.extend(items)
            raw, proof = technical(
                stranger, items[0][0], of=b"other" if fault == "other bytes" else None
            )
            if fault == "no answer":
                raise httpx.ConnectError("cut")
            return [(raw, proof[:-8] + "AAAAAAAA" if fault == "nobody's signature" else proof)]

        assert outbox.pump(partner.pk, http=line(answer)) == 0
        row = rows()[0]
        assert (row.state, row.attempts) == ("waiting", 1)
        assert row.next_at > datetime.now(UTC)
        with acting_as(ROBOT):
            Outgoing.objects.update(next_at=datetime.now(UTC))
        good = line(lambda items: [came.extend(items) or technical(stranger, items[0][0])])
        assert outbox.pump(partner.pk, http=good) == 1
        assert came[0] == came[1]

    def test_holds_back_what_comes_after_a_message_that_must_wait(
        self, partner: Partner, stranger: Stranger
    ) -> None:
        for subject in ("PMI-1", "PMI-1", "PMI-2"):
            send("contract.answered", subject, NO, partner=partner)
        with acting_as(ROBOT):
            Outgoing.objects.filter(subject="PMI-1", sequence=1).update(
                next_at=datetime.now(UTC) + timedelta(hours=1)
            )
        outbox.pump(
            partner.pk,
            http=line(lambda items: [technical(stranger, raw) for raw, _ in items]),
        )
        assert [r.state for r in rows()] == ["waiting", "waiting", "stored"]

    def test_opens_the_breaker_after_failures_and_tries_no_more_meanwhile(
        self, partner: Partner, stranger: Stranger
    ) -> None:
        send("contract.answered", "PMI-1", NO, partner=partner)
        tries: list[int] = []

        def dead(_items: list[texts.Signed]) -> list[texts.Signed]:
            tries.append(1)
            raise httpx.ConnectError("cut")

        for _ in range(outbox.BREAKER_AFTER + 3):
            with acting_as(ROBOT):
                Outgoing.objects.update(next_at=datetime.now(UTC))
            outbox.pump(partner.pk, http=line(dead))
        assert len(tries) == outbox.BREAKER_AFTER

    def test_leaves_to_people_what_the_partner_could_not_take(
        self, partner: Partner, stranger: Stranger
    ) -> None:
        send("contract.answered", "PMI-1", NO, partner=partner)
        refusing = line(lambda items: [technical(stranger, items[0][0], outcome="refused")])
        outbox.pump(partner.pk, http=refusing)
        dead = rows()[0]
        assert (dead.state, dead.reason) == ("dead", "clock_skew")
        nobody = Actor(id=new_id(), kind=Kind.MINISTRY, name="x")
        with pytest.raises(NotAllowed):
            outbox.send_again(nobody, dead.pk)
        officer = Actor(
            id=new_id(), kind=Kind.MINISTRY, name="x", rights=frozenset({Right.EXCHANGE_RESEND})
        )
        outbox.send_again(officer, dead.pk)
        assert rows()[0].state == "waiting"
        assert bytes(rows()[0].raw) == bytes(dead.raw)


class TestBusinessReceipt:
    def test_ends_the_message_it_speaks_of_and_no_other(
        self, partner: Partner, stranger: Stranger
    ) -> None:
        row = send("contract.answered", "PMI-1", NO, partner=partner)
        said = {"message_id": str(row.pk), "outcome": "refused", "reason": "answer_late"}
        at = {"decided_at": texts.instant(datetime.now(UTC))}
        wrong = said | at | {"digest": texts.digest(b"other")}
        inbox.take([stranger.says("receipt.business", "PMI-1", wrong)[1]])
        applying.apply_incoming(partner.pk)
        assert rows()[0].state == "waiting"
        right = said | at | {"digest": row.digest}
        inbox.take([stranger.says("receipt.business", "PMI-1", right)[1]])
        applying.apply_incoming(partner.pk)
        assert (rows()[0].state, rows()[0].reason) == ("refused", "answer_late")
