"""Many messages in one transaction mean what each by itself would mean."""

from __future__ import annotations

import itertools
import logging
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier, Thread
from typing import Any

import httpx
import psycopg
import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.many import update_all
from lindung.access.roles import ROBOT
from lindung.exchange.models import Incoming, Lane, Outgoing, Partner, PartnerKey
from lindung.exchange.operations import applying, inbox, outbox, receipts
from lindung.exchange.operations.subjects import MATCH
from lindung.exchange.wire import envelopes
from lindung.exchange.wire.reasons import Unacceptable
from lindung.kernel.ids import new_id
from lindung.registry.models import Task

from .conftest import Stranger

NOTHING = httpx.Client(transport=httpx.MockTransport(lambda _request: httpx.Response(404)))
KINDS = ("fine", "fine", "fine", "refused", "unknown", "fault", "database")
STATES = {"fine": "applied", "refused": "refused", "unknown": "matching"}
REASONS = {"fine": "applied", "refused": "terms_unlawful", "unknown": "awaiting_match"}
ROSTER = {"status": "removed", "as_of": "2026-03-02"}
NO = {"offer_no": "SLC-1", "answer": "refused", "answered_on": "2026-03-02", "reason": "wage"}
_examples = itertools.count()


def handled(kinds: dict[Any, str], ledger: str) -> applying.Handler:
    """A handler that does with each message what was drawn for it, after it wrote something.

    Args:
        ledger: setting of the transaction in which it notes what it did: undone where that is.
    """

    def handler(_actor: object, message: envelopes.Message) -> None:
        kind = kinds.get(message.id, "fine")
        with acting_as(ROBOT), connection.cursor() as cursor:
            if kind != "fine":
                cursor.execute("update exchange_partner set name = 'half done'")
            if kind == "database":
                cursor.execute("select 1 / 0")
        if kind == "refused":
            raise Unacceptable("terms_unlawful")
        if kind == "unknown":
            raise applying.UnknownSubject
        if kind == "fault":
            raise KeyError("Siti Rahayu C1234567")
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config(%s, coalesce(current_setting(%s, true), '') || %s, false)",
                [ledger, ledger, f"{message.subject} {message.sequence};"],
            )

    return handler


def noted(ledger: str) -> list[tuple[str, int]]:
    """Subject and number of what the handler did and nobody undid, in order."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting(%s, true), '')", [ledger])
        lines = [line.rpartition(" ") for line in cursor.fetchone()[0].split(";") if line]
    return [(subject, int(sequence)) for subject, _, sequence in lines]


def answers() -> Counter[tuple[str, str]]:
    """Message id and reason of each business receipt in our outbox."""
    with acting_as(ROBOT):
        found = Outgoing.objects.filter(sequence=None)
        said = [envelopes.read(bytes(row.raw)).data for row in found]
    return Counter((each["message_id"], each["reason"]) for each in said)


@pytest.mark.django_db
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), lost=st.sampled_from([0.0, 0.1]), size=st.integers(3, 90))
def test_a_batch_leaves_what_one_after_another_leaves(
    stranger: Stranger, partner: Partner, seed: int, lost: float, size: int
) -> None:
    random, example = Random(seed), next(_examples)
    ledger = f"test.heard_{example}"
    kinds: dict[Any, str] = {}
    said: dict[str, list[tuple[envelopes.Message, Any]]] = {}
    for number in range(64):
        subject = f"PMI-{example}-{number}"
        said[subject] = [stranger.roster(subject) for _ in range(random.randint(1, 4))]
        for message, _ in said[subject]:
            kinds[message.id] = random.choice(KINDS) if random.random() < 0.4 else "fine"
    came = [each for lane in said.values() for each in lane if random.random() >= lost]
    times = Counter(message.id for message, _ in came)
    again = random.choices(came, k=25)
    times.update(message.id for message, _ in again)
    items = [item for _, item in came + again]
    random.shuffle(items)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(applying._handlers, "roster.status", handled(kinds, ledger))
        for start in range(0, len(items), size):
            inbox.take(items[start : start + size])
            if random.random() < 0.5:
                applying.apply_incoming(partner.pk, http=NOTHING)
        applying.apply_incoming(partner.pk, http=NOTHING)

    # The model: one message at a time, in order, until one is missing or a fault of ours.
    states: dict[Any, str] = {}
    expected: dict[str, list[int]] = defaultdict(list)
    reasons: Counter[tuple[str, str]] = Counter()
    received: dict[str, int] = {}
    asked = 0
    for subject, lane in said.items():
        open_, received[subject] = True, 0
        for at, (message, _) in enumerate(lane, 1):
            kind = kinds[message.id]
            if not times[message.id]:
                open_ = False
            elif not open_:
                states[message.id] = "waiting"
            elif kind not in STATES:
                states[message.id], open_ = "error", False
            else:
                states[message.id] = STATES[kind]
                reasons[str(message.id), REASONS[kind]] += 1
                received[subject] = at
                if kind == "fine":
                    expected[subject].append(at)
        asked += "matching" in [states.get(message.id) for message, _ in lane]

    got: dict[str, list[int]] = defaultdict(list)
    for about, sequence in noted(ledger):
        got[about].append(sequence)
    assert got == expected
    with acting_as(ROBOT):
        rows = Incoming.objects.filter(subject__in=said).exclude(state="repeat")
        assert {row.message_id: row.state for row in rows} == states
        assert {row.message_id: row.repeats + 1 for row in rows} == dict(+times)
        assert Incoming.objects.filter(subject__in=said).count() == len(items)
        lanes = dict(Lane.objects.filter(subject__in=said).values_list("subject", "received"))
        tasks = Task.objects.filter(kind=MATCH, subject__in=[row.pk for row in rows]).count()
        assert Partner.objects.get(pk=partner.pk).name == "Test node"
    assert {subject: n for subject, n in received.items() if n} == {
        s: n for s, n in lanes.items() if n
    }
    ours = {str(message.id) for lane in said.values() for message, _ in lane}
    assert {key: n for key, n in answers().items() if key[0] in ours} == reasons
    assert tasks == asked


@pytest.mark.django_db
class TestOneBatch:
    def test_tells_a_repeat_a_changed_message_and_a_used_number_apart(
        self, stranger: Stranger
    ) -> None:
        message, item = stranger.roster("PMI-1")
        changed = replace(message, data={**ROSTER, "as_of": "2026-03-03"})
        batch = [
            item, item, stranger.signed(envelopes.write(changed)),
            stranger.roster("PMI-1", sequence=1)[1], stranger.roster("PMI-2")[1],
        ]  # fmt: skip
        said = [envelopes.read(raw).data for raw, _ in inbox.take(batch)]
        assert [(each["reason"], each["repeat"]) for each in said] == [
            ("stored", False), ("stored", True), ("id_reused", False),
            ("sequence_reused", False), ("stored", False),
        ]  # fmt: skip

    def test_takes_an_id_that_another_partner_used(
        self, stranger: Stranger, partner: Partner, scene: Any
    ) -> None:
        with scene():
            other = Partner.objects.create(
                code="jp-test", name="Other", country="JP", node="urn:lindung:node:jp-test",
                base_url="http://other.test", adapter="http", agreement="MoU",
            )  # fmt: skip
        node = Stranger(other)
        with scene():
            PartnerKey.objects.create(
                kid=node.key.kid, x=node.key.x, partner=other, pinned_at=datetime.now(UTC),
                valid_from=datetime(2020, 1, 1, tzinfo=UTC),
            )  # fmt: skip
        message, item = stranger.roster("PMI-1")
        receipts = inbox.take([item, node.roster("PMI-1", id=message.id)[1]])
        assert [envelopes.read(raw).data["repeat"] for raw, _ in receipts] == [False, False]

    @pytest.mark.parametrize("text", [rb"\u0000", rb"\ud800"])
    def test_is_not_spoiled_by_a_text_that_no_book_holds(
        self, stranger: Stranger, text: bytes
    ) -> None:
        raw = stranger.roster("PMI-1")[1][0].replace(b"removed", b"removed" + text)
        good = stranger.roster("PMI-2")[1]
        receipts = inbox.take([stranger.signed(raw), good, (good[0], "a\0b\ud800")])
        assert [envelopes.read(raw).data["reason"] for raw, _ in receipts] == [
            "json_invalid", "stored", "signature_invalid",
        ]  # fmt: skip

    def test_left_unread_keeps_no_other_back(
        self, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as dead:
            dead.setattr(inbox, "examine", lambda _kept: [])
            inbox.take([stranger.roster("PMI-1")[1], stranger.roster("PMI-2")[1]])
        opened = inbox._opened

        def reading(row: Incoming, keys: Any) -> Any:
            if b"PMI-1" in bytes(row.raw):
                raise ZeroDivisionError
            return opened(row, keys)

        monkeypatch.setattr(inbox, "_opened", reading)
        assert inbox.recover(older_than=timedelta(seconds=-1)) == 1


@pytest.mark.django_db
def test_what_is_written_at_once_lies_sealed_and_reads_back(
    stranger: Stranger, partner: Partner
) -> None:
    sent = outbox.send("contract.answered", "PMI-1", NO, partner=partner)
    items = [stranger.roster(f"PMI-{each}")[1] for each in range(3)]
    inbox.take(items)
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(
            "select raw from exchange_incoming union all select raw from exchange_outgoing"
        )
        assert not any(b"specversion" in bytes(raw) for (raw,) in cursor.fetchall())
        came = Incoming.objects.order_by("id").values_list("raw", "signature")
        assert [(bytes(raw), signature) for raw, signature in came] == items
        assert Outgoing.objects.get(pk=sent.pk).raw == sent.raw


@pytest.mark.django_db
def test_what_waits_for_its_turn_holds_up_its_own_subject_alone(partner: Partner) -> None:
    for subject in ("PMI-1", "PMI-1", "PMI-1", "PMI-2"):
        outbox.send("contract.answered", subject, NO, partner=partner)
    now = datetime.now(UTC)

    def due() -> list[tuple[str, int | None]]:
        with acting_as(ROBOT):
            taken = outbox._due(partner, now)
            outbox._give_back(taken, now)
        return sorted((row.subject, row.sequence) for row in taken)

    with acting_as(ROBOT):
        second = Outgoing.objects.filter(subject="PMI-1", sequence=2)
        second.update(next_at=now + timedelta(hours=1))
    assert due() == [("PMI-1", 1), ("PMI-2", 1)]
    with acting_as(ROBOT):
        second.update(handed_at=now)
    assert due() == [("PMI-1", 1), ("PMI-1", 3), ("PMI-2", 1)]


@pytest.mark.django_db
def test_what_is_sealed_is_not_written_back_in_clear(partner: Partner) -> None:
    sent = outbox.send("contract.answered", "PMI-1", NO, partner=partner)
    with acting_as(ROBOT), connection.cursor() as cursor:
        update_all([sent], ["raw"])
        cursor.execute("select raw from exchange_outgoing")
        assert not any(b"specversion" in bytes(raw) for (raw,) in cursor.fetchall())
        assert Outgoing.objects.get(pk=sent.pk).raw == sent.raw


@pytest.mark.django_db
class TestAnswers:
    def test_to_what_is_settled_are_refused_and_the_others_noted(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        for subject in ("PMI-1", "PMI-2"):
            outbox.send("contract.answered", subject, NO, partner=partner)
        with acting_as(ROBOT):
            Outgoing.objects.filter(subject="PMI-1").update(state="settled")
            rows = list(Outgoing.objects.order_by("subject"))
        inbox.take([business(stranger, row) for row in rows])
        with acting_as(ROBOT):
            came = list(Incoming.objects.order_by("id").values_list("state", "reason"))
            sent = list(Outgoing.objects.order_by("subject").values_list("state", flat=True))
        assert came == [("refused", "step_closed"), ("applied", "applied")]
        assert sent == ["settled", "accepted"]

    def test_that_cannot_be_noted_together_are_noted_one_by_one(
        self, stranger: Stranger, partner: Partner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = outbox.send("contract.answered", "PMI-1", NO, partner=partner)
        monkeypatch.setattr(receipts, "note", lambda _receipts, _partner: 1 / 0)
        inbox.take([business(stranger, row), stranger.roster("PMI-2")[1]])
        applying.apply_incoming(partner.pk)
        with acting_as(ROBOT):
            assert Outgoing.objects.get(pk=row.pk).state == "accepted"
            assert not Incoming.objects.filter(state="waiting").exists()

    def test_that_cannot_be_noted_as_they_come_wait_and_spoil_nothing(
        self, stranger: Stranger, partner: Partner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = outbox.send("contract.answered", "PMI-1", NO, partner=partner)
        with monkeypatch.context() as broken:
            broken.setattr(receipts, "_answer", lambda *_: 1 / 0)
            [(raw, _)] = inbox.take([business(stranger, row)])
        assert envelopes.read(raw).data["outcome"] == "stored"
        with acting_as(ROBOT):
            assert Incoming.objects.get().state == "waiting"
            assert Outgoing.objects.get(pk=row.pk).state == "waiting"
        assert applying.apply_incoming(partner.pk) == 1
        with acting_as(ROBOT):
            assert Incoming.objects.get().state == "applied"
            assert Outgoing.objects.get(pk=row.pk).state == "accepted"

    def test_beside_a_repeat_are_noted_when_the_rest_is_applied(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        rows = [
            outbox.send("contract.answered", each, NO, partner=partner) for each in ("A-1", "A-2")
        ]
        first = business(stranger, rows[0])
        inbox.take([first])
        inbox.take([first, business(stranger, rows[1])])
        assert applying.apply_incoming(partner.pk) == 1
        with acting_as(ROBOT):
            assert {each.state for each in Outgoing.objects.all()} == {"accepted"}
            states = Incoming.objects.order_by("id").values_list("state", flat=True)
            assert list(states) == ["applied", "repeat", "applied"]

    def test_first_for_the_time_being_then_for_good_in_one_batch(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        row = outbox.send("contract.answered", "PMI-1", NO, partner=partner)
        inbox.take(
            [business(stranger, row, reason) for reason in ("awaiting_match", "applied", "applied")]
        )
        with acting_as(ROBOT):
            row.refresh_from_db()
        assert (row.state, row.reason) == ("accepted", "applied")

    def test_that_come_before_the_technical_receipt_is_written_stand(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        outbox.send("contract.answered", "PMI-1", NO, partner=partner)
        with acting_as(ROBOT):
            [stale] = Outgoing.objects.all()
        inbox.take([business(stranger, stale)])
        applying.apply_incoming(partner.pk)
        data = {
            "message_id": str(stale.pk), "outcome": "stored", "digest": stale.digest,
            "reason": "stored", "stored_at": "2026-03-02T00:00:00.000Z",
        }  # fmt: skip
        outbox._note_receipts(
            partner, [stale], [stranger.says("receipt.technical", "PMI-1", data)[1]]
        )
        with acting_as(ROBOT):
            row = Outgoing.objects.get(pk=stale.pk)
        assert (row.state, row.answer_id is None, row.technical is None) == (
            "accepted",
            False,
            False,
        )


def business(stranger: Stranger, row: Outgoing, reason: str = "applied") -> Any:
    """The partner's business receipt for a message of ours."""
    data = {
        "message_id": str(row.pk), "digest": row.digest, "outcome": "accepted", "reason": reason,
        "decided_at": "2026-03-02T00:00:00.000Z",
    }  # fmt: skip
    return stranger.says("receipt.business", row.subject, data)[1]


@pytest.mark.django_db
class TestAFault:
    def test_is_logged_by_kind_and_place_alone(
        self, stranger: Stranger, partner: Partner, caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        message, item = stranger.roster("PMI-1")
        handler = handled({message.id: "fault"}, "test.heard")
        monkeypatch.setitem(applying._handlers, "roster.status", handler)
        inbox.take([item])
        applying.apply_incoming(partner.pk)
        lines = "\n".join(map(logging.Formatter().format, caplog.records))
        assert "KeyError" in lines
        assert "Siti" not in lines

    def test_that_passes_by_itself_is_no_fault(
        self, stranger: Stranger, partner: Partner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[Any] = []
        times = itertools.count()

        def handler(_actor: object, message: envelopes.Message) -> None:
            if next(times) == 1:
                raise OperationalError from psycopg.errors.DeadlockDetected()
            heard.append(message.subject)

        monkeypatch.setitem(applying._handlers, "roster.status", handler)
        inbox.take([stranger.roster(f"PMI-{each}")[1] for each in range(3)])
        assert applying.apply_incoming(partner.pk) == 3
        assert sorted(heard[1:]) == [
            "PMI-0",
            "PMI-1",
            "PMI-2",
        ]  # the first was undone and done again


@pytest.mark.django_db(transaction=True)
def test_a_fault_found_at_the_commit_keeps_no_other_back(
    stranger: Stranger, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handler(_actor: object, message: envelopes.Message) -> None:
        if (message.subject, message.sequence) == ("PMI-7", 2):
            PartnerKey.objects.create(
                kid="x" * 43, x="x" * 43, partner_id=new_id(), pinned_at=datetime.now(UTC),
                valid_from=datetime.now(UTC),
            )  # fmt: skip

    monkeypatch.setitem(applying._handlers, "roster.status", handler)
    inbox.take([stranger.roster(f"PMI-{each}")[1] for _ in range(3) for each in range(60)])
    assert applying.apply_incoming(partner.pk) == 178
    with acting_as(ROBOT):
        left = Incoming.objects.exclude(state="applied").order_by("sequence")
        assert [(row.subject, row.sequence, row.state) for row in left] == [
            ("PMI-7", 2, "error"), ("PMI-7", 3, "waiting"),
        ]  # fmt: skip
        assert left[0].note.startswith("IntegrityError")
    assert sum(answers().values()) == 178


@pytest.mark.django_db(transaction=True)
def test_many_takers_and_appliers_at_once_lose_and_double_nothing(
    stranger: Stranger, partner: Partner, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def handler(_actor: object, message: envelopes.Message) -> None:
        # What is written in the same transaction: an attempt that was undone leaves nothing.
        outbox.send("contract.answered", message.subject, NO, partner=partner, answers=message.id)

    subjects = [f"PMI-{each}" for each in range(60)]
    monkeypatch.setitem(applying._handlers, "roster.status", handler)
    said = {subject: [stranger.roster(subject) for _ in range(3)] for subject in subjects}
    items = [item for lane in said.values() for _, item in lane]
    begin = Barrier(4)
    wrong: list[BaseException] = []

    def run(seed: int) -> None:
        random = Random(seed)
        mine = random.sample(items, len(items))
        try:
            begin.wait()
            for start in range(0, len(mine), 60):
                # What is not read now is kept, and read by the sweep.
                with suppress(OperationalError, inbox.ReadElsewhere):
                    inbox.take(mine[start : start + 60])
                applying.apply_incoming(partner.pk, http=NOTHING)
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []
    inbox.recover(older_than=timedelta(seconds=-1))
    inbox.recover(older_than=timedelta(seconds=-1))
    applying.apply_incoming(partner.pk, http=NOTHING)
    with acting_as(ROBOT):
        states = Counter(Incoming.objects.values_list("state", flat=True))
        assert set(Lane.objects.values_list("received", flat=True)) == {3}
    assert states == {"applied": 180, "repeat": 540}
    assert set(answers().values()) == {1}
    assert len(answers()) == 180
    with acting_as(ROBOT):
        for subject, lane in said.items():
            ours = Outgoing.objects.filter(subject=subject, sequence__isnull=False)
            told = list(ours.order_by("sequence").values_list("sequence", "correlation"))
            assert told == [(at, message.id) for at, (message, _) in enumerate(lane, 1)]
    assert "one by one" not in caplog.text
