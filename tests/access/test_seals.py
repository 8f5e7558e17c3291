"""Seals and proofs: whatever is done to what was sealed is found, and named."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from lindung.access import heads, proofs, seals
from lindung.access.acting import acting_as
from lindung.access.journal import record, telling_of
from lindung.access.models import JournalEntry, Seal
from lindung.access.proofs import Proof
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.registry.events import TaskOpened
from tests.conftest import Scene, become

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Capture = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for the heads file; the keys stay."""
    settings.LINDUNG_HOME = tmp_path
    return tmp_path


@pytest.fixture
def all_finished(db: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """As if this very transaction, in which everything of a test happens, had finished.

    Returns:
        the first transaction that has not begun.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text")
        mine = int(cursor.fetchone()[0])
    monkeypatch.setattr(seals, "transactions_now", lambda: (mine + 1, mine + 1))
    return mine + 1


@pytest.fixture
def seal(
    all_finished: int,
    django_capture_on_commit_callbacks: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Seal | None]:
    """Seal what lies below a transaction, and do what follows the commit."""

    def run(below: int = all_finished) -> Seal | None:
        monkeypatch.setattr(seals, "transactions_now", lambda: (below, all_finished))
        with django_capture_on_commit_callbacks(execute=True), acting_as(ROBOT):
            return seals.seal(now=NOW)

    return run


def write(count: int = 1) -> list[JournalEntry]:
    """Entries, as the robot."""
    with acting_as(ROBOT):
        return [
            record(TaskOpened(kind="gap:nik", title=f"Lengkapi {each}"), actor=ROBOT)
            for each in range(count)
        ]


def as_transactions(entries: list[JournalEntry], first: int) -> None:
    """Give each entry a transaction number of its own, from ``first`` on."""
    with tampering() as run:
        for number, entry in enumerate(entries, first):
            run("update access_journal set xid = %s::text::xid8 where id = %s",
                [str(number), entry.id])  # fmt: skip


@contextmanager
def tampering() -> Iterator[Callable[..., None]]:
    """Whoever owns the database can switch the triggers off; the seals are for this."""
    with become("lindung_owner"), connection.cursor() as cursor:
        for table in ("access_journal", "access_seal"):
            cursor.execute(f"alter table {table} disable trigger user")
        yield cursor.execute
        for table in ("access_journal", "access_seal"):
            cursor.execute(f"alter table {table} enable trigger user")


def prove(**span: Any) -> Proof:
    """Verify as our robot."""
    with acting_as(ROBOT):
        return proofs.verify(now=NOW, **span)


def problems(proof: Proof) -> list[tuple[str, str]]:
    """Problem and entry of each finding."""
    return [(each.problem, each.entry) for each in proof.findings]


@pytest.mark.django_db
class TestSeal:
    def test_covers_what_happened_and_proves_it(self, seal: Any) -> None:
        entries = write(5)
        made = seal()
        assert (made.number, made.count) == (1, 5)
        proof = prove()
        assert proof.holds
        assert (proof.seals, proof.entries, proof.unsealed) == (1, 5, 0)
        with acting_as(ROBOT):
            assert Seal.objects.get().entry_ids == sorted(each.id for each in entries)

    def test_makes_none_of_nothing(self, seal: Any) -> None:
        assert seal() is None
        write()
        assert seal() is not None
        assert seal() is None

    def test_leaves_running_transactions_for_later(self, db: None) -> None:
        write(2)  # in this transaction, which runs on
        with acting_as(ROBOT):
            assert seals.seal(now=NOW) is None
        proof = prove()
        assert proof.unsealed == 2

    def test_never_splits_a_transaction_and_never_waits_on_a_large_one(
        self, seal: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(seals, "BATCH", 2)
        as_transactions(write(1), 5)
        large = write(4)
        for each in large:
            as_transactions([each], 9)
        as_transactions(write(3), 11)
        assert [made.count for made in iter(seal, None)] == [1, 4, 2, 1]
        assert prove().holds

    def test_chains_ranges_without_a_gap(self, seal: Any) -> None:
        for first in (5, 20, 80):
            as_transactions(write(2), first)
            seal(below=first * 4)
        with acting_as(ROBOT):
            chain = list(Seal.objects.order_by("number"))
        assert [each.xid_from for each in chain[1:]] == [each.xid_below for each in chain[:-1]]
        assert chain[0].xid_from == 0

    def test_is_published_only_after_the_commit(
        self, all_finished: int, home: Path, django_capture_on_commit_callbacks: Capture
    ) -> None:
        write()
        with django_capture_on_commit_callbacks() as later, acting_as(ROBOT):
            seals.seal(now=NOW)
        assert not heads.heads_file().exists()
        for each in later:
            each()
        assert [line["number"] for line in heads.lines()] == [1]

    def test_says_so_when_the_database_counts_anew(
        self, seal: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        as_transactions(write(), 5)
        seal()
        monkeypatch.setattr(seals, "transactions_now", lambda: (3, 3))
        with acting_as(ROBOT), pytest.raises(seals.Restored):
            seals.seal(now=NOW)

    def test_seals_what_a_restore_left_of_the_epoch_before(self, seal: Any, scene: Scene) -> None:
        as_transactions(write(2), 5)
        seal(below=50)
        as_transactions(write(3), 7_000_000_000)
        with scene(), connection.cursor() as cursor:
            cursor.execute(
                "create or replace function access.journal_epoch() returns smallint"
                " language sql as 'select 2::smallint'"
            )
        as_transactions(write(1), 4)
        assert [(made.epoch, made.count) for made in iter(seal, None)] == [(1, 3), (2, 1)]
        assert prove().holds


@pytest.mark.django_db
class TestVerify:
    @pytest.fixture
    def sealed(self, seal: Any) -> list[JournalEntry]:
        """Three seals of three entries."""
        entries = []
        for first in (5, 20, 80):
            batch = write(3)
            as_transactions(batch, first)
            seal(below=first * 4)
            entries += batch
        return entries

    @pytest.mark.parametrize(
        "change",
        [
            """payload = payload || '{"title": "lain"}'""", "basis = 'x'", "actor_name = 'Lain'",
            "at = at + interval '1 microsecond'", "worker_id = gen_random_uuid()", "post_id = 1",
            "region = '3502'", "leaf = sha256('x')", "subject = actor_id", "type = 'x.Y'",
        ],
    )  # fmt: skip
    def test_names_a_changed_entry(self, sealed: list[JournalEntry], change: str) -> None:
        victim = sealed[4]
        with tampering() as run:
            run(f"update access_journal set {change} where id = %s", [victim.id])
        proof = prove()
        assert problems(proof) == [("changed", str(victim.id))]
        assert proof.findings[0].seal == 2
        assert not proof.holds

    def test_names_the_type_and_instant_of_a_changed_entry(
        self, sealed: list[JournalEntry]
    ) -> None:
        with tampering() as run:
            run("update access_journal set basis = 'x' where id = %s", [sealed[0].id])
        told = prove().findings[0].detail
        assert told.startswith("registry.TaskOpened ")
        assert f"{sealed[0].at:%Y-%m-%dT%H:%M:%S}" in told

    def test_names_a_changed_entry_whose_leaf_was_made_to_fit(
        self, sealed: list[JournalEntry]
    ) -> None:
        from lindung.access import journal

        victim = sealed[4]
        victim.basis = "x"
        fitting = journal.leaf({name: getattr(victim, name) for name in journal.BODY})
        with tampering() as run:
            run("update access_journal set basis = 'x', leaf = %s where id = %s",
                [fitting, victim.id])  # fmt: skip
        assert problems(prove()) == [("changed", str(victim.id))]

    def test_names_a_removed_entry(self, sealed: list[JournalEntry]) -> None:
        with tampering() as run:
            run("delete from access_journal where id = %s", [sealed[4].id])
        assert problems(prove()) == [("removed", str(sealed[4].id))]

    def test_names_an_inserted_entry(self, sealed: list[JournalEntry]) -> None:
        (forged,) = write()
        as_transactions([forged], 21)
        assert problems(prove()) == [("inserted", str(forged.id))]

    @pytest.mark.parametrize(
        "place", ["epoch = 0", "epoch = 7", "xid = '9000000000000'", "epoch = -1"]
    )
    def test_names_an_entry_that_no_seal_will_ever_cover(
        self, sealed: list[JournalEntry], place: str
    ) -> None:
        (forged,) = write()
        with tampering() as run:
            run(f"update access_journal set {place} where id = %s", [forged.id])
        assert problems(prove()) == [("inserted", str(forged.id))]

    def test_finds_an_entry_moved_out_of_its_seal(self, sealed: list[JournalEntry]) -> None:
        with tampering() as run:
            run("update access_journal set xid = '600' where id = %s", [sealed[4].id])
        assert ("removed", str(sealed[4].id)) in problems(prove())

    @pytest.mark.parametrize(
        ("change", "detail"),
        [
            ("signature = sha256('x') || sha256('y')", "its signature does not fit"),
            ("root = sha256('x')", "its leaves do not make its root"),
            ("leaves = sha256('x') || substr(leaves, 33)", "its leaves do not make its root"),
            ("previous = sha256('x')", "it does not follow the one before it"),
            ("xid_from = xid_from + 1", "it does not follow the one before it"),
            ("xid_below = xid_below - 1", "its signature does not fit"),
            ("count = 2", "its leaves do not make its root"),
            ("branches = sha256('x')", "its leaves do not make its branches"),
            ("head = sha256('x')", "its signature does not fit"),
            ("key_id = 'x'", "its signature does not fit"),
        ],
    )
    def test_finds_a_seal_tampered_with(
        self, sealed: list[JournalEntry], change: str, detail: str
    ) -> None:
        with tampering() as run:
            run(f"update access_seal set {change} where number = 2")
        assert detail in {each.detail for each in prove().findings if each.seal == 2}

    def test_finds_a_seal_made_anew_with_a_key_not_ours(self, sealed: list[JournalEntry]) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        with acting_as(ROBOT):
            head = bytes(Seal.objects.get(number=2).head)
        with tampering() as run:
            run("update access_seal set signature = %s where number = 2",
                [Ed25519PrivateKey.generate().sign(head)])  # fmt: skip
        assert not prove().holds

    def test_finds_the_last_seal_removed(self, sealed: list[JournalEntry]) -> None:
        with tampering() as run:
            run("delete from access_seal where number = 3")
        proof = prove()
        assert [(each.problem, each.seal) for each in proof.findings] == [("seal missing", 3)]
        assert proof.unsealed == 3

    def test_finds_it_still_when_another_was_sealed_in_its_place(
        self, sealed: list[JournalEntry], seal: Any
    ) -> None:
        with tampering() as run:
            run("delete from access_journal where id = %s", [sealed[8].id])
            run("delete from access_seal where number = 3")
        seal()
        assert ("head unknown", 3) in {(each.problem, each.seal) for each in prove().findings}

    def test_finds_a_seal_removed_in_the_middle(self, sealed: list[JournalEntry]) -> None:
        with tampering() as run:
            run("delete from access_seal where number = 2")
        found = {(each.problem, each.seal) for each in prove().findings}
        assert {("seal missing", 2), ("seal broken", 3)} <= found

    def test_finds_all_seals_removed(self, sealed: list[JournalEntry]) -> None:
        with tampering() as run:
            run("truncate access_seal")
        assert [each.seal for each in prove().findings] == [1, 2, 3]

    def test_finds_a_head_taken_out_of_the_file(self, sealed: list[JournalEntry]) -> None:
        file = heads.heads_file()
        kept = file.read_text().splitlines(keepends=True)
        file.write_text(kept[0] + kept[2])
        assert [(each.problem, each.seal) for each in prove().findings] == [("head unknown", 2)]

    def test_publishes_the_newest_head_again_after_a_crash(
        self, sealed: list[JournalEntry]
    ) -> None:
        file = heads.heads_file()
        whole = file.read_text()
        lines = whole.splitlines(keepends=True)
        for torn in (lines[0] + lines[1], lines[0] + lines[1] + lines[2][:40]):
            file.write_text(torn)
            assert prove().holds
            assert [line["number"] for line in heads.lines()] == [1, 2, 3]
        assert prove().holds

    def test_the_next_sealing_publishes_it_too(self, sealed: list[JournalEntry], seal: Any) -> None:
        file = heads.heads_file()
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:2]))
        as_transactions(write(), 320)
        seal()
        assert [line["number"] for line in heads.lines()] == [1, 2, 3, 4]

    def test_looks_at_a_range_alone_when_told(self, sealed: list[JournalEntry]) -> None:
        with tampering() as run:
            run("update access_journal set basis = 'x' where id = %s", [sealed[0].id])
        assert prove(first=2).holds
        assert prove(first=2, last=2).seals == 1
        assert not prove(first=1, last=1).holds

    def test_tells_the_age_of_what_is_not_sealed(self, sealed: list[JournalEntry]) -> None:
        with acting_as(ROBOT):
            # `at` of an old file brought in says nothing of how long it has waited.
            with telling_of(NOW - timedelta(days=900)):
                entry = record(TaskOpened(kind="x", title="y"), actor=ROBOT)
            proof = proofs.verify(now=datetime.now(UTC) + timedelta(seconds=90))
        assert entry.at < NOW
        assert proof.unsealed == 1
        assert 89 <= proof.unsealed_seconds <= 100

    def test_keeps_the_first_findings_and_counts_the_rest(
        self, sealed: list[JournalEntry], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(proofs, "SHOWN", 2)
        with tampering() as run:
            run("update access_journal set basis = 'x'")
        proof = prove()
        assert (len(proof.findings), proof.found) == (2, 9)


@pytest.mark.django_db
class TestARestore:
    @pytest.fixture
    def restored(
        self, seal: Any, scene: Scene, django_capture_on_commit_callbacks: Capture
    ) -> None:
        """Three seals; a backup that ended with the second is restored."""
        for first in (5, 20, 80):
            as_transactions(write(3), first)
            seal(below=first * 4)
        with tampering() as run:
            run("delete from access_seal where number = 3")
            run("delete from access_journal where xid >= '80'")
        with scene(), django_capture_on_commit_callbacks(execute=True):
            call_command("journal_epoch", stdout=StringIO())

    def test_is_shown_and_the_journal_holds(self, restored: None) -> None:
        proof = prove()
        assert proof.holds
        assert [each["kept"] for each in proof.restores] == [2]

    def test_goes_on_in_the_next_epoch(self, restored: None, seal: Any) -> None:
        as_transactions(write(2), 6)  # a number that the epoch before had used
        assert seal().epoch == 2
        proof = prove()
        assert proof.holds
        assert proof.entries == 8

    def test_is_not_believed_a_second_time(self, restored: None, seal: Any) -> None:
        as_transactions(write(2), 6)
        seal()
        file = heads.heads_file()
        note = next(line for line in file.read_text().splitlines() if "restored_at" in line)
        with tampering() as run:
            run("delete from access_seal where number = 3")
        with file.open("a") as opened:
            opened.write(note + "\n")
        assert {each.problem for each in prove().findings} == {"restore unknown", "seal missing"}

    def test_is_not_believed_without_our_signature(self, seal: Any) -> None:
        as_transactions(write(2), 6)
        seal()
        with heads.heads_file().open("a") as opened:
            note = {"restored_at": "2026-01-01T00:00:00+00:00", "epoch": 2, "kept": 0}
            opened.write(json.dumps(note | {"key": "x", "signature": "00" * 64}) + "\n")
        with tampering() as run:
            run("truncate access_seal")
        assert {each.problem for each in prove().findings} == {"restore unknown", "seal missing"}


@pytest.mark.django_db
class TestTheCommand:
    def test_exits_with_1_and_names_the_entry(self, seal: Any) -> None:
        (entry, *_) = write(3)
        seal()
        said = StringIO()
        call_command("journal", "verify", stdout=said)
        assert "intact: 1 seals, 3 entries" in said.getvalue()
        with tampering() as run:
            run("update access_journal set basis = 'x' where id = %s", [entry.id])
        said = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("journal", "verify", stdout=said)
        assert ended.value.code == 1
        assert f"CHANGED: {entry.id} registry.TaskOpened" in said.getvalue()

    def test_prints_one_object_a_line(self, seal: Any) -> None:
        write(3)
        said = StringIO()
        call_command("journal", "seal", "--json", stdout=said)
        call_command("journal", "verify", "--json", stdout=said)
        objects = [json.loads(line) for line in said.getvalue().splitlines()]
        assert objects[0]["entries"] == 3
        assert objects[-1]["holds"] is True


def _insert(conn: psycopg.Connection[Any]) -> None:
    conn.execute("set role acts_as_clock")
    conn.execute(
        "insert into access_journal (id, at, type, actor_id, actor_kind, actor_name, actor_office,"
        " region, country, basis, payload, leaf) values (%s, now(), 'x.Y', %s, 'clock', 'x', '',"
        " '', '', '', '{}', sha256('x'))",
        [new_id(), ROBOT.id],
    )


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_an_entry_committed_late_falls_under_a_later_seal(self, app_conninfo: str) -> None:
        """Were it judged by its instant, the late one would slip between two seals for ever."""
        with psycopg.connect(app_conninfo) as slow, psycopg.connect(app_conninfo) as quick:
            _insert(slow)  # its transaction began first
            _insert(quick)
            quick.commit()
            with acting_as(ROBOT):
                assert seals.seal(now=NOW) is None
            slow.commit()
            with acting_as(ROBOT):
                made = seals.seal(now=NOW)
        assert made is not None
        assert made.count == 2

    def test_what_finished_before_the_oldest_runner_is_sealed_meanwhile(
        self, app_conninfo: str
    ) -> None:
        with psycopg.connect(app_conninfo) as quick, psycopg.connect(app_conninfo) as slow:
            _insert(quick)
            quick.commit()
            _insert(slow)
            with acting_as(ROBOT):
                first = seals.seal(now=NOW)
            slow.commit()
            with acting_as(ROBOT):
                second = seals.seal(now=NOW)
        assert first is not None
        assert second is not None
        assert (first.count, second.count) == (1, 1)
        assert second.xid_from == first.xid_below

    def test_two_sealers_make_one_chain(self) -> None:
        write(4)
        made: list[Seal | None] = []

        def run() -> None:
            try:
                with acting_as(ROBOT):
                    made.append(seals.seal(now=NOW))
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(each.count if each else 0 for each in made) == [0, 0, 0, 4]
        assert prove().holds

    def test_a_sealing_rolled_back_publishes_nothing(self) -> None:
        write(1)

        class Broken(Exception):
            pass

        with pytest.raises(Broken), acting_as(ROBOT):
            seals.seal(now=NOW)
            raise Broken
        assert list(heads.lines()) == []
        with acting_as(ROBOT):
            assert seals.seal(now=NOW) is not None
        assert prove().holds
