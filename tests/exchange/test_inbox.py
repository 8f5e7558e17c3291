"""Taking in: stored before read, repeats harmless, in order, once; each fault its own reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.lifecycles import IncomingState
from lindung.exchange.models import Incoming, Outgoing, Partner
from lindung.exchange.operations import applying, inbox
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import envelopes, signatures, texts
from lindung.kernel.lifecycle import StepClosed
from simulators.eps.wire import Key

from .conftest import Stranger

pytestmark = pytest.mark.django_db


def receipt(items: list[texts.Signed]) -> dict[str, Any]:
    """The data of the first technical receipt, its signature checked."""
    raw, signature = items[0]
    signatures.verify(raw, signature, own_key().x)
    return envelopes.read(raw).data


def states() -> list[str]:
    """Of everything that came, in order."""
    with acting_as(ROBOT):
        return list(Incoming.objects.order_by("id").values_list("state", flat=True))


def answers() -> list[dict[str, Any]]:
    """Data of the business receipts in our outbox."""
    with acting_as(ROBOT):
        rows = Outgoing.objects.filter(sequence=None).order_by("id")
        return [envelopes.read(bytes(row.raw)).data for row in rows]


class TestTake:
    def test_stores_the_exact_bytes_before_anything_is_read(
        self, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_kept: object) -> None:
            raise RuntimeError("the reader died")

        monkeypatch.setattr(inbox, "examine", broken)
        _, item = stranger.roster("PMI-1")
        with pytest.raises(RuntimeError):
            inbox.take([item, (b"\xff not even text", "nonsense")])
        with acting_as(ROBOT):
            kept = list(Incoming.objects.order_by("id"))
        assert [bytes(row.raw) for row in kept] == [item[0], b"\xff not even text"]
        assert states() == ["kept", "kept"]

    def test_reads_later_what_a_dead_process_left(
        self, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as dead:
            dead.setattr(inbox, "examine", lambda _kept: [])
            inbox.take([stranger.roster("PMI-1")[1]])
        assert inbox.recover(older_than=timedelta(seconds=-1)) == 1
        assert states() == ["waiting"]

    def test_answers_each_item_of_a_batch_in_order(self, stranger: Stranger) -> None:
        good, other = stranger.roster("PMI-1"), stranger.roster("PMI-2")
        receipts = inbox.take([good[1], (b"{}", ""), other[1]])
        said = [envelopes.read(raw).data for raw, _ in receipts]
        assert [each["reason"] for each in said] == ["stored", "signature_missing", "stored"]
        assert [each["message_id"] for each in said] == [
            str(good[0].id), "unknown", str(other[0].id),
        ]  # fmt: skip

    def test_knows_a_repeat_again(self, stranger: Stranger) -> None:
        _, item = stranger.roster("PMI-1")
        first, second = receipt(inbox.take([item])), receipt(inbox.take([item]))
        assert (first["repeat"], second["repeat"]) == (False, True)
        assert first["stored_at"] == second["stored_at"]
        assert states() == ["waiting", "repeat"]

    def test_refuses_a_signer_nobody_pinned(self, stranger: Stranger) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        raw, _ = stranger.roster("PMI-1")[1]
        forger = Key(Ed25519PrivateKey.generate())
        assert receipt(inbox.take([(raw, forger.sign(raw))]))["reason"] == "key_unknown"
        assert states() == ["untaken"]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"recipient": "urn:lindung:node:third"}, "recipient_wrong"),
            ({"source": "urn:lindung:node:third"}, "key_unknown"),
            ({"time": datetime(2999, 1, 1, tzinfo=UTC)}, "clock_skew"),
            ({"time": datetime(2001, 1, 1, tzinfo=UTC)}, "key_not_valid"),
        ],
    )
    def test_refuses_each_fault_with_its_reason(
        self, stranger: Stranger, changes: dict[str, Any], code: str
    ) -> None:
        _, item = stranger.roster("PMI-1", **changes)
        assert receipt(inbox.take([item]))["reason"] == code
        assert states() == ["untaken"]

    def test_refuses_an_id_or_a_number_used_twice(self, stranger: Stranger) -> None:
        message, item = stranger.roster("PMI-1")
        inbox.take([item])
        changed = replace(message, data={**message.data, "as_of": "2026-03-03"})
        reused = stranger.signed(envelopes.write(changed))
        assert receipt(inbox.take([reused]))["reason"] == "id_reused"
        _, same_number = stranger.roster("PMI-1", sequence=1)
        assert receipt(inbox.take([same_number]))["reason"] == "sequence_reused"


class TestApply:
    def test_keeps_the_order_whatever_the_order_of_coming(
        self, stranger: Stranger, partner: Partner, heard: list[Any]
    ) -> None:
        items = [stranger.roster("PMI-1")[1] for _ in range(4)]
        for at in (3, 1, 2):
            inbox.take([items[at]])
        assert applying.apply_incoming(partner.pk) == 0
        inbox.take([items[0]])
        assert applying.apply_incoming(partner.pk) == 4
        assert [sequence for _, sequence, _ in heard] == [1, 2, 3, 4]

    def test_applies_a_repeated_message_once(
        self, stranger: Stranger, partner: Partner, heard: list[Any]
    ) -> None:
        _, item = stranger.roster("PMI-1")
        for _ in range(3):
            inbox.take([item, item])
            applying.apply_incoming(partner.pk)
        assert len(heard) == 1
        assert [each["outcome"] for each in answers()] == ["accepted"]

    def test_accepts_someone_unknown_into_the_matching_list(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        inbox.take([stranger.roster("KR-UNKNOWN-1")[1]])
        applying.apply_incoming(partner.pk)
        assert states() == ["matching"]
        assert [(a["outcome"], a["reason"]) for a in answers()] == [("accepted", "awaiting_match")]

    def test_refuses_what_breaks_the_agreement(
        self, stranger: Stranger, partner: Partner, heard: list[Any]
    ) -> None:
        data = {"status": "removed", "as_of": "2026-03-02", "remark": "x"}
        inbox.take([stranger.says("roster.status", "PMI-1", data)[1]])
        inbox.take([stranger.roster("PMI-2", purpose="marketing")[1]])
        inbox.take([stranger.roster("PMI-3", type="id.lindung.roster.status.v2")[1]])
        inbox.take([stranger.roster("PMI-4", schema="urn:lindung:exchange:roster.status:v9")[1]])
        applying.apply_incoming(partner.pk)
        assert sorted(each["reason"] for each in answers()) == [
            "data_invalid", "purpose_refused", "schema_unknown", "type_unknown",
        ]  # fmt: skip
        assert heard == []

    def test_keeps_a_fault_of_ours_to_its_subject(
        self, stranger: Stranger, partner: Partner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def handler(_actor: object, message: envelopes.Message) -> None:
            with acting_as(ROBOT):
                Partner.objects.filter(pk=partner.pk).update(name="half done")
            if message.subject == "PMI-1":
                raise ZeroDivisionError

        monkeypatch.setitem(applying._handlers, "roster.status", handler)
        for subject in ("PMI-1", "PMI-1", "PMI-2"):
            inbox.take([stranger.roster(subject)[1]])
        assert applying.apply_incoming(partner.pk) == 1
        assert states() == ["error", "waiting", "applied"]
        assert len(answers()) == 1

    def test_undoes_what_a_refusing_handler_wrote(
        self, stranger: Stranger, partner: Partner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def handler(_actor: object, _message: object) -> None:
            Partner.objects.filter(pk=partner.pk).update(name="half done")
            raise StepClosed(step="x", state="y")

        monkeypatch.setitem(applying._handlers, "roster.status", handler)
        inbox.take([stranger.roster("PMI-1")[1]])
        applying.apply_incoming(partner.pk)
        with acting_as(ROBOT):
            assert Partner.objects.get(pk=partner.pk).name == "Test node"
        assert [each["reason"] for each in answers()] == ["step_closed"]
        assert states() == [IncomingState.REFUSED]


class TestTheDoor:
    def test_takes_single_messages_and_batches_and_says_no_otherwise(
        self, client: Client, stranger: Stranger
    ) -> None:
        raw, proof = stranger.roster("PMI-1")[1]
        url = "/exchange/v1/messages"
        one = client.post(url, raw, content_type=texts.SINGLE, headers={"Lindung-Signature": proof})
        assert one.status_code == 200
        assert receipt([(one.content, one.headers["Lindung-Signature"])])["outcome"] == "stored"
        framed = texts.frame([stranger.roster("PMI-2")[1], stranger.roster("PMI-3")[1]])
        many = client.post(url, framed, content_type=texts.BATCH)
        assert len(texts.unframe(many.content)) == 2
        assert client.post(url, b"{}", content_type="application/json").status_code == 415
        assert client.post(url, b"{}", content_type=texts.BATCH).status_code == 400

    def test_shows_our_keys_signed(self, client: Client, partner: Partner) -> None:
        answer = client.get("/.well-known/lindung-exchange.json")
        document = json.loads(answer.content)
        key = document["keys"][0]
        signatures.verify(answer.content, answer.headers["Lindung-Signature"], key["x"])
        assert key["kid"] == signatures.thumbprint(key["x"])

    def test_gives_a_replay_to_its_partner_alone(self, client: Client, stranger: Stranger) -> None:
        url = "/exchange/v1/messages?subject=PMI-1&from=1&to=2"
        assert client.get(url).status_code == 401
        claims = {
            "node": stranger.partner.node, "recipient": "urn:lindung:node:id", "method": "GET",
            "target": url, "time": texts.instant(datetime.now(UTC)), "id": str(inbox.new_id()),
        }  # fmt: skip
        token = stranger.key.sign_request(claims)
        assert client.get(url, headers={"Lindung-Request": token}).status_code == 404
        assert client.get(url, headers={"Lindung-Request": token}).status_code == 401
