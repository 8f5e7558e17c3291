"""Every adapter keeps one set of promises, whatever it carries them with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import WrongSettings, check_settings
from lindung.exchange.models import Incoming, Outgoing, Partner
from lindung.exchange.operations import applying, outbox
from lindung.exchange.operations.outbox import send
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import envelopes, signatures, texts
from lindung.exchange.wire.texts import Signed

from .conftest import Stranger
from .harnesses import ALL, SIGNING, Harness, forger

pytestmark = pytest.mark.django_db

NO = {"offer_no": "SLC-1", "answer": "refused", "answered_on": "2026-03-02", "reason": "wage"}
CHANGED = {"event": "employer_renamed", "event_on": "2026-03-02", "employer": {"name": "Hanbit"}}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None]]:
    """What reached the handler of ``employment.changed``, in place of the one that changes the books."""
    calls: list[tuple[str, int | None]] = []
    monkeypatch.setitem(
        applying._handlers,
        "employment.changed",
        lambda _actor, message: calls.append((message.subject, message.sequence)),
    )
    return calls


@pytest.fixture(params=ALL, ids=lambda kind: kind.__name__)
def line(request: Any, stranger: Stranger, tmp_path: Path) -> Harness:
    """A partner at the end of each line in turn."""
    made: Harness = request.param(stranger, tmp_path)
    return made


@pytest.fixture(params=SIGNING, ids=lambda kind: kind.__name__)
def signed_line(request: Any, stranger: Stranger, tmp_path: Path) -> Harness:
    """The same for lines on which the partner signs."""
    made: Harness = request.param(stranger, tmp_path)
    return made


def change(stranger: Stranger, subject: str = "PMI-1") -> Signed:
    """Something a partner says."""
    return stranger.says("employment.changed", subject, CHANGED)[1]


def ours() -> list[Outgoing]:
    """Messages of ours, receipts left out."""
    with acting_as(ROBOT):
        return list(Outgoing.objects.exclude(sequence=None).order_by("id"))


def states() -> list[str]:
    """Of everything that came, in order."""
    with acting_as(ROBOT):
        return list(Incoming.objects.order_by("id").values_list("state", flat=True))


class TestSending:
    def test_keeps_the_order_of_a_subject_and_the_exact_bytes(
        self, line: Harness, partner: Partner
    ) -> None:
        for subject in ("PMI-1", "PMI-1", "PMI-2", "PMI-1"):
            send("contract.answered", subject, NO, partner=line.partner)
        line.carry()
        assert [row.state for row in ours()] == ["stored"] * 4
        assert {raw for raw, _ in line.came} == {bytes(row.raw) for row in ours()}
        said = [envelopes.read(raw) for raw, _ in line.came]
        assert [m.sequence for m in said if m.subject == "PMI-1"] == [1, 2, 3]
        for raw, proof in line.came:
            if line.signs:
                signatures.verify(raw, proof, own_key().x)

    def test_waits_for_a_silent_partner_and_sends_the_same_bytes_again(self, line: Harness) -> None:
        send("contract.answered", "PMI-1", NO, partner=line.partner)
        line.silent = True
        line.carry()
        [row] = ours()
        assert (row.state, row.stored_at) == ("waiting", None)
        line.silent = False
        line.due_again()
        line.carry()
        [again] = ours()
        assert again.state == "stored"
        assert {raw for raw, _ in line.came} == {bytes(row.raw)}

    def test_believes_no_receipt_but_the_partner_s(self, signed_line: Harness) -> None:
        send("contract.answered", "PMI-1", NO, partner=signed_line.partner)
        signed_line.forger = forger()
        signed_line.carry()
        assert [row.state for row in ours()] == ["waiting"]
        signed_line.forger = None
        signed_line.due_again()
        signed_line.carry()
        assert [row.state for row in ours()] == ["stored"]
        assert signed_line.came[0] == signed_line.came[-1]

    @pytest.mark.parametrize("outcome", ["accepted", "refused"])
    def test_ends_with_the_business_receipt(self, line: Harness, outcome: str) -> None:
        row = send("contract.answered", "PMI-1", NO, partner=line.partner)
        line.carry()
        said = {
            "message_id": str(row.pk), "digest": row.digest, "outcome": outcome,
            "reason": "applied" if outcome == "accepted" else "answer_late",
            "decided_at": texts.instant(datetime.now(UTC)),
        }  # fmt: skip
        line.says([line.stranger.says("receipt.business", "PMI-1", said)[1]])
        applying.apply_incoming(line.partner.pk)
        assert [row.state for row in ours()] == [outcome]


class TestTakingIn:
    def test_applies_in_order_and_receipts_each(
        self, line: Harness, heard: list[Any], stranger: Stranger
    ) -> None:
        items = [change(stranger) for _ in range(3)]
        said = line.says(items)
        applying.apply_incoming(line.partner.pk)
        assert [each["outcome"] for each in said] == ["stored"] * 3
        assert heard == [("PMI-1", 1), ("PMI-1", 2), ("PMI-1", 3)]

    def test_a_repeat_changes_nothing_and_is_receipted_as_one(
        self, signed_line: Harness, heard: list[Any], stranger: Stranger
    ) -> None:
        item = change(stranger)
        first = signed_line.says([item])
        applying.apply_incoming(signed_line.partner.pk)
        second = signed_line.says([item])
        applying.apply_incoming(signed_line.partner.pk)
        assert (first[0]["repeat"], second[-1]["repeat"]) == (False, True)
        assert heard == [("PMI-1", 1)]

    def test_puts_what_comes_out_of_order_back_into_order(
        self, signed_line: Harness, heard: list[Any], stranger: Stranger
    ) -> None:
        items = [change(stranger) for _ in range(3)]
        for at in (2, 0, 1):
            signed_line.says([items[at]])
            applying.apply_incoming(signed_line.partner.pk)
        assert [sequence for _, sequence in heard] == [1, 2, 3]

    def test_refuses_a_wrong_signature_with_its_code_and_keeps_the_bytes(
        self, signed_line: Harness, stranger: Stranger
    ) -> None:
        raw, proof = change(stranger)
        good = change(stranger, "PMI-2")
        wrong = proof[:-6] + ("AAAAAA" if proof[-6:] != "AAAAAA" else "BBBBBB")
        said = signed_line.says([(raw, wrong), good])
        assert [each["reason"] for each in said] == ["signature_invalid", "stored"]
        assert states() == ["untaken", "waiting"]
        with acting_as(ROBOT):
            assert bytes(Incoming.objects.get(state="untaken").raw) == raw

    def test_refuses_a_signer_nobody_pinned(self, signed_line: Harness, stranger: Stranger) -> None:
        raw, _ = change(stranger)
        [said] = signed_line.says([(raw, forger().sign(raw))])
        assert said["reason"] == "key_unknown"


class TestSettings:
    @pytest.mark.parametrize(
        ("adapter", "settings"),
        [
            ("http", {"out": "/tmp"}),
            ("files", {"out": "/x"}),
            ("files", {"out": "/x", "in": "/y", "form": "xml"}),
            ("xroad", {"security_server": "ftp://x"}),
            ("worklist", {}),
        ],
    )
    def test_that_an_adapter_cannot_work_with_are_refused(
        self, adapter: str, settings: dict[str, Any]
    ) -> None:
        with pytest.raises(WrongSettings):
            check_settings(adapter, settings)

    def test_that_are_wrong_stop_the_line_and_say_so(self, partner: Partner) -> None:
        with acting_as(ROBOT):
            Partner.objects.filter(pk=partner.pk).update(adapter="files", settings={})
        send("contract.answered", "PMI-1", NO, partner=partner)
        assert outbox.pump(partner.pk) == 0
        with acting_as(ROBOT):
            assert "settings" in Partner.objects.get(pk=partner.pk).halted_why
