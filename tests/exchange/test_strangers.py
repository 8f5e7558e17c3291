"""What nobody signed can neither fill the storage nor keep a partner out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Incoming, StrangerHour
from lindung.exchange.operations import strangers
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import envelopes, signatures, texts
from simulators.eps.wire import Key

from .conftest import Stranger

pytestmark = pytest.mark.django_db

URL = "/exchange/v1/messages"


def kept() -> int:
    with acting_as(ROBOT):
        return Incoming.objects.filter(partner=None).count()


def hour() -> StrangerHour:
    with acting_as(ROBOT):
        return StrangerHour.objects.get()


def post(client: Client, item: texts.Signed, source: str = "127.0.0.1") -> int:
    answer = client.post(
        URL,
        item[0],
        content_type=texts.SINGLE,
        headers={"Lindung-Signature": item[1]},
        REMOTE_ADDR=source,
    )
    return int(answer.status_code)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "EACH_HOUR", 3)
    monkeypatch.setattr(strangers, "ALL_HOUR", 5)


class TestAStranger:
    def test_is_kept_and_answered_until_its_measure_is_full(
        self, client: Client, stranger: Stranger
    ) -> None:
        codes = [post(client, (b"{}", "")) for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert kept() == 3
        assert (hour().items, hour().dropped) == (5, 2)

    def test_is_counted_too_when_it_borrows_a_known_key_s_name(
        self, client: Client, stranger: Stranger
    ) -> None:
        raw, signature = stranger.roster("PMI-1")[1]
        for _ in range(5):
            post(client, (raw + b" ", signature))
        assert kept() == 3

    def test_of_one_source_does_not_use_up_another_s(
        self, client: Client, stranger: Stranger
    ) -> None:
        for _ in range(4):
            post(client, (b"{}", ""))
        assert post(client, (b"{}", ""), source="198.51.100.7") == 200

    def test_of_many_sources_is_measured_in_all(self, client: Client, stranger: Stranger) -> None:
        codes = [post(client, (b"{}", ""), source=f"198.51.100.{number}") for number in range(8)]
        assert codes == [200] * 5 + [429] * 3

    def test_changes_sources_in_vain_within_its_own_network(
        self, client: Client, stranger: Stranger
    ) -> None:
        codes = [post(client, (b"{}", ""), source=f"2001:db8::{number}") for number in range(1, 6)]
        assert codes == [200, 200, 200, 429, 429]

    def test_cannot_fill_the_storage(
        self, client: Client, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(strangers, "MOST_BYTES", 10)
        assert post(client, (b"0123456789", "")) == 200
        assert post(client, (b"{}", ""), source="198.51.100.7") == 429
        assert hour().kept_bytes == 10


class TestAPartner:
    def test_gets_in_from_a_source_whose_measure_is_full(
        self, client: Client, stranger: Stranger
    ) -> None:
        for _ in range(9):
            post(client, (b"{}", ""))
        assert post(client, stranger.roster("PMI-1")[1]) == 200
        with acting_as(ROBOT):
            assert Incoming.objects.filter(partner=stranger.partner).count() == 1

    def test_gets_one_receipt_for_each_item_of_a_mixed_batch(
        self, client: Client, stranger: Stranger
    ) -> None:
        for _ in range(9):
            post(client, (b"{}", ""))
        before = kept()
        raw, _ = stranger.roster("PMI-9")[1]
        forger = Key(Ed25519PrivateKey.generate())
        items = [
            (b"{}", ""), stranger.roster("PMI-1")[1], (raw, forger.sign(raw)),
            stranger.roster("PMI-2")[1],
        ]  # fmt: skip
        answer = client.post(URL, texts.frame(items), content_type=texts.BATCH)
        receipts = texts.unframe(answer.content)
        for receipt, signature in receipts:
            signatures.verify(receipt, signature, own_key().x)
        said = [envelopes.read(receipt).data for receipt, _ in receipts]
        assert [each["reason"] for each in said] == [
            "signature_missing", "stored", "key_unknown", "stored",
        ]  # fmt: skip
        assert [each["digest"] for each in said] == [texts.digest(raw) for raw, _ in items]
        assert kept() == before


def test_what_strangers_sent_is_emptied_after_its_time(client: Client, stranger: Stranger) -> None:
    post(client, (b'{"a": 1}', ""))
    refused = stranger.roster("PMI-1", recipient="urn:lindung:node:third")[1]
    post(client, refused)
    now = datetime.now(UTC)
    assert strangers.forget(now=now + strangers.KEPT_FOR - timedelta(days=1)) == 0
    assert strangers.forget(now=now + strangers.KEPT_FOR + timedelta(hours=2)) == 1
    with acting_as(ROBOT):
        gone, theirs = Incoming.objects.order_by("id")
    assert (bytes(gone.raw), gone.digest) == (b"", texts.digest(b'{"a": 1}'))
    assert bytes(theirs.raw) == refused[0]
    assert hour().kept_bytes == 0
