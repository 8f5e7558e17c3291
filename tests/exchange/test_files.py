"""Drops: nothing lost, nothing applied twice, whatever lies there, whenever we die."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import disk, drop_book
from lindung.exchange.models import Drop, Incoming, Lane, Outgoing, Partner
from lindung.exchange.operations import applying, inbox, outbox
from lindung.exchange.operations.outbox import send
from lindung.exchange.ourselves import own_node
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import agreement, envelopes, flat, signatures, texts
from lindung.exchange.wire.reasons import Unacceptable
from simulators.filedrop import drops

from .conftest import Stranger
from .harnesses import Files, Tables, forger
from .test_adapters import NO, change, heard, ours, states

pytestmark = pytest.mark.django_db
__all__ = ["heard"]


@pytest.fixture
def files(stranger: Stranger, tmp_path: Path) -> Files:
    """A partner by files."""
    return Files(stranger, tmp_path)


@pytest.fixture
def patient(files: Files) -> Files:
    """One with whom a quarter of an hour is agreed."""
    patience = files.partner.settings | {"patience_seconds": 900}
    with acting_as(ROBOT):
        Partner.objects.filter(pk=files.partner.pk).update(settings=patience)
    return files


def refused(files: Files) -> list[dict[str, Any]]:
    """What was put aside, with the reason beside it, as the folder and the book tell it."""
    told = [
        json.loads(each.read_bytes())
        for each in sorted((files.theirs / "refused").glob("*.reason.json"))
    ]
    with acting_as(ROBOT):
        book = list(Drop.objects.filter(state="refused").values_list("reason", flat=True))
    assert sorted(each["reason"] for each in told) == sorted(book)
    for each in (files.theirs / "refused").glob("*.reason.json"):
        assert os.path.lexists(each.with_name(each.name.removesuffix(".reason.json")))
    return told


def lying(folder: Path) -> list[str]:
    """Names in a folder, the key document and what is put away left out."""
    apart = {"taken", "refused", drops.KEYS + ".json", drops.KEYS + ".jws"}
    return sorted(each.name for each in folder.iterdir() if each.name not in apart)


class TestWriting:
    def test_makes_one_drop_of_what_is_due_with_a_list_that_proves_it(self, files: Files) -> None:
        for _ in range(2):
            send("contract.answered", "PMI-1", NO, partner=files.partner)
        outbox.pump(files.partner.pk)
        assert lying(files.ours) == ["d00000001"]
        place = files.ours / "d00000001"
        manifest = (place / "manifest.json").read_bytes()
        signatures.verify(manifest, (place / "manifest.jws").read_text("ascii"), own_key().x)
        listed = json.loads(manifest)
        assert (listed["drop"], listed["source"], listed["recipient"]) == (
            1, own_node(), files.partner.node,
        )  # fmt: skip
        for file, row in zip(listed["files"], ours(), strict=True):
            assert (place / file["name"]).read_bytes() == bytes(row.raw)
            assert file["digest"] == row.digest

    def test_leaves_what_waits_to_be_fetched_alone(self, files: Files) -> None:
        send("contract.answered", "PMI-1", NO, partner=files.partner)
        for _ in range(3):
            outbox.pump(files.partner.pk)
            files.due_again()
        assert lying(files.ours) == ["d00000001"]

    def test_drops_the_same_bytes_again_when_nothing_came_back(self, files: Files) -> None:
        send("contract.answered", "PMI-1", NO, partner=files.partner)
        outbox.pump(files.partner.pk)
        first = files.fetch()
        files.due_again()
        outbox.pump(files.partner.pk)
        assert lying(files.ours) == ["d00000002"]
        assert files.fetch() == first

    def test_lets_what_follows_leave_without_waiting_for_receipts(self, files: Files) -> None:
        send("contract.answered", "PMI-1", NO, partner=files.partner)
        outbox.pump(files.partner.pk)
        send("contract.answered", "PMI-1", NO, partner=files.partner)
        outbox.pump(files.partner.pk)
        assert [envelopes.read(raw).sequence for raw, _ in files.fetch()] == [1, 2]

    def test_waits_when_the_share_is_gone(self, files: Files) -> None:
        send("contract.answered", "PMI-1", NO, partner=files.partner)
        files.ours.rename(files.folder / "elsewhere")
        assert outbox.pump(files.partner.pk) == 0
        assert inbox.collect(files.partner.pk) == 0
        [row] = ours()
        assert (row.state, row.attempts, row.handed_at) == ("waiting", 1, None)
        (files.folder / "elsewhere").rename(files.ours)
        files.due_again()
        files.carry()
        assert ours()[0].state == "stored"

    def test_answers_no_technical_receipt(self, files: Files) -> None:
        send("contract.answered", "PMI-1", NO, partner=files.partner)
        files.carry()
        assert lying(files.ours) == []
        assert ours()[0].state == "stored"


class TestReading:
    def test_waits_for_a_list_and_puts_aside_what_never_gets_one(
        self, patient: Files, stranger: Stranger
    ) -> None:
        patient.leave([change(stranger)], half_written=True)
        inbox.collect(patient.partner.pk)
        assert lying(patient.theirs) == ["d00000001"]
        with acting_as(ROBOT):
            Partner.objects.update(settings=patient.made_settings())
        inbox.collect(patient.partner.pk)
        assert lying(patient.theirs) == []
        assert [each["reason"] for each in refused(patient)] == ["manifest_missing"]

    def test_waits_for_the_rest_of_a_file(self, patient: Files, stranger: Stranger) -> None:
        item = change(stranger)
        patient.leave([item], truncated=True)
        inbox.collect(patient.partner.pk)
        assert (lying(patient.theirs), states()) == (["d00000001"], [])
        (patient.theirs / "d00000001" / "m0001.json").write_bytes(item[0])
        inbox.collect(patient.partner.pk)
        assert (lying(patient.theirs), states()) == ([], ["waiting"])

    def test_takes_what_is_whole_of_a_drop_that_is_not(
        self, files: Files, stranger: Stranger
    ) -> None:
        items = [change(stranger, "PMI-1"), change(stranger, "PMI-2")]
        files.leave(items, truncated=True)
        inbox.collect(files.partner.pk)
        [told] = refused(files)
        assert (told["reason"], told["number"]) == ("file_wrong", 1)
        assert states() == ["waiting"]
        files.leave(items)
        inbox.collect(files.partner.pk)
        assert states() == ["waiting", "waiting", "repeat"]

    @pytest.mark.parametrize("fault", ["twice", "renamed", "reorder"])
    def test_applies_once_and_in_order_whatever_folders_are_called(
        self, files: Files, stranger: Stranger, heard: list[Any], fault: str
    ) -> None:
        items = [change(stranger) for _ in range(3)]
        faults: dict[str, Any] = {fault: True}
        files.leave(items[::-1] if fault == "reorder" else items, **faults)
        inbox.collect(files.partner.pk)
        applying.apply_incoming(files.partner.pk)
        assert [sequence for _, sequence in heard] == [1, 2, 3]
        assert (lying(files.theirs), refused(files)) == ([], [])

    def test_applies_drops_that_come_in_the_wrong_order(
        self, files: Files, stranger: Stranger, heard: list[Any]
    ) -> None:
        early, late = change(stranger), change(stranger)
        files.number = 7
        files.leave([late])
        inbox.collect(files.partner.pk)
        files.number = 3
        files.leave([early])
        inbox.collect(files.partner.pk)
        applying.apply_incoming(files.partner.pk)
        assert [sequence for _, sequence in heard] == [1, 2]

    def test_refuses_a_list_that_somebody_else_signed(
        self, files: Files, stranger: Stranger
    ) -> None:
        files.leave([change(stranger)], key=forger())
        files.leave([change(stranger)], wrong_signature=True)
        inbox.collect(files.partner.pk)
        assert [e["reason"] for e in refused(files)] == ["key_unknown", "signature_invalid"]
        assert states() == []

    def test_leaves_a_locked_drop_to_its_writer(self, files: Files, stranger: Stranger) -> None:
        files.leave([change(stranger)])
        lock = files.theirs / "d00000001" / ".lock"
        lock.touch()
        inbox.collect(files.partner.pk)
        assert lying(files.theirs) == ["d00000001"]
        lock.unlink()
        inbox.collect(files.partner.pk)
        assert lying(files.theirs) == []

    @pytest.mark.parametrize(
        "name", ["../outside.json", "/etc/passwd", "..", "m\0.json", "M.json", "a/b.json", ".lock"]
    )
    def test_never_goes_where_a_list_points(
        self, files: Files, stranger: Stranger, name: str
    ) -> None:
        raw, proof = change(stranger)
        (files.folder / "outside.json").write_bytes(raw)
        (files.theirs / "outside.json").write_bytes(raw)
        self.hand_made(files, name, raw, proof)
        inbox.collect(files.partner.pk)
        assert "manifest_invalid" in {each["reason"] for each in refused(files)}
        assert states() == []

    def test_follows_no_link(self, files: Files, stranger: Stranger) -> None:
        raw, proof = change(stranger)
        secret = files.folder / "secret.json"
        secret.write_bytes(raw)
        self.hand_made(files, "m1.json", raw, proof)
        (files.theirs / "d1" / "m1.json").unlink()
        (files.theirs / "d1" / "m1.json").symlink_to(secret)
        (files.theirs / "d2").symlink_to(files.folder)
        inbox.collect(files.partner.pk)
        assert {each["reason"] for each in refused(files)} == {"file_wrong", "link_refused"}
        assert states() == []
        assert secret.read_bytes() == raw

    def test_keeps_what_is_no_drop_for_a_person(self, files: Files) -> None:
        (files.theirs / "READ ME (new).txt").write_text("we changed the server")
        (files.theirs / ".part-of-theirs").write_text("not ours to touch")
        inbox.collect(files.partner.pk)
        assert [each["reason"] for each in refused(files)] == ["stray_file"]
        assert lying(files.theirs) == [".part-of-theirs"]

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"recipient": "urn:lindung:node:third"}, "recipient_wrong"),
            ({"source": "urn:lindung:node:third"}, "recipient_wrong"),
            ({"made_at": "2999-01-01T00:00:00Z"}, "clock_skew"),
            ({"made_at": "2001-01-01T00:00:00Z"}, "key_not_valid"),
            ({"form": "xml"}, "manifest_invalid"),
            ({"drop": 0}, "manifest_invalid"),
        ],
    )
    def test_refuses_each_fault_of_a_list_with_its_reason(
        self, files: Files, stranger: Stranger, changes: dict[str, Any], reason: str
    ) -> None:
        raw, proof = change(stranger)
        self.hand_made(files, "m1.json", raw, proof, **changes)
        inbox.collect(files.partner.pk)
        assert [each["reason"] for each in refused(files)] == [reason]

    @staticmethod
    def hand_made(files: Files, name: str, raw: bytes, proof: str, **changes: Any) -> None:
        """A drop that a program of the protocol would not write."""
        place = files.theirs / "d1"
        place.mkdir()
        (place / "m1.json").write_bytes(raw)
        file = {"name": name, "size": len(raw), "digest": texts.digest(raw), "signature": proof}
        listed = {
            "protocol": 1, "source": files.partner.node, "recipient": own_node(), "drop": 1,
            "made_at": texts.instant(datetime.now(UTC)), "form": "json", "files": [file],
            "asks": [],
        } | changes  # fmt: skip
        manifest = texts.write_json(listed)
        (place / "manifest.json").write_bytes(manifest)
        (place / "manifest.jws").write_text(files.stranger.key.sign(manifest))


class TestAsking:
    def test_names_a_gap_in_a_list_and_takes_what_comes(
        self, files: Files, stranger: Stranger, heard: list[Any]
    ) -> None:
        items = [change(stranger) for _ in range(3)]
        files.says([items[2]])
        for _ in range(2):  # noted first, asked the second time
            applying.apply_incoming(files.partner.pk)
            with acting_as(ROBOT):
                Lane.objects.update(gap_next_at=datetime.now(UTC))
        [place] = [each for each in files.ours.iterdir() if each.is_dir() and each.name[0] == "d"]
        asks = json.loads((place / "manifest.json").read_bytes())["asks"]
        assert asks == [{"subject": "PMI-1", "from": 1, "to": 2}]
        files.says(items[:2])
        applying.apply_incoming(files.partner.pk)
        assert [sequence for _, sequence in heard] == [1, 2, 3]

    def test_is_answered_with_the_bytes_first_sent(self, files: Files) -> None:
        for _ in range(3):
            send("contract.answered", "PMI-1", NO, partner=files.partner)
        files.carry()
        files.leave([], asks=[{"subject": "PMI-1", "from": 2, "to": 9}])
        inbox.collect(files.partner.pk)
        assert [raw for raw, _ in files.fetch()] == [bytes(row.raw) for row in ours()[1:]]


class TestTables:
    def test_say_in_cells_what_the_payload_says(self, stranger: Stranger, tmp_path: Path) -> None:
        tables = Tables(stranger, tmp_path)
        send("contract.answered", "PMI-1", NO, partner=tables.partner)
        outbox.pump(tables.partner.pk)
        [table] = (tables.ours / "d00000001").glob("*.csv")
        text = table.read_text("utf-8")
        assert "data.offer_no" in text.splitlines()[0]
        assert '"SLC-1"' in text
        assert flat.read(table.read_bytes())[0][0] == bytes(ours()[0].raw)

    def test_whose_cells_contradict_the_payload_are_refused(
        self, stranger: Stranger, tmp_path: Path
    ) -> None:
        tables = Tables(stranger, tmp_path)
        raw, proof = change(stranger)
        good = flat.write([(raw, proof)])
        with pytest.raises(Unacceptable) as wrong:
            flat.read(good.replace(b'"employer_renamed"', b'"deceased"', 1))
        assert wrong.value.code == "table_invalid"
        assert tables.form == "csv"

    @pytest.mark.parametrize("agreed", [True, False])
    def test_without_signatures_count_only_where_that_is_agreed(
        self, stranger: Stranger, tmp_path: Path, heard: list[Any], agreed: bool
    ) -> None:
        tables = Tables(stranger, tmp_path)
        with acting_as(ROBOT):
            Partner.objects.update(settings=tables.made_settings() | {"rows_unsigned": agreed})
        raw, _ = change(stranger)
        columns, line = flat.write([(raw, "")]).decode().splitlines()
        bare = line[: line[: line.rindex(",")].rindex(",")] + ',"",""'
        table = f"{columns}\r\n{bare}\r\n".encode()
        self.leave_table(tables, table)
        inbox.collect(tables.partner.pk)
        applying.apply_incoming(tables.partner.pk)
        with acting_as(ROBOT):
            row, drop = Incoming.objects.get(), Drop.objects.filter(ours=False).get()
        if agreed:
            assert (heard, row.proof, row.state) == ([("PMI-1", 1)], "manifest", "applied")
            assert signatures.claimed_kid(row.signature) == own_key().kid
            assert drop.tables == {"t.csv": table.decode()}
            signatures.verify(bytes(drop.manifest), drop.signature, stranger.key.x)
            assert json.loads(bytes(row.raw)) == json.loads(raw)
        else:
            assert (heard, row.state, row.reason) == ([], "untaken", "signature_missing")

    @staticmethod
    def leave_table(tables: Files, table: bytes) -> None:
        """A drop with one table made by a partner's own program."""
        place = tables.theirs / "d1"
        place.mkdir()
        (place / "t.csv").write_bytes(table)
        manifest = texts.write_json(
            {
                "protocol": 1, "source": tables.partner.node, "recipient": own_node(), "drop": 1,
                "made_at": texts.instant(datetime.now(UTC)), "form": "csv",
                "files": [{"name": "t.csv", "size": len(table), "digest": texts.digest(table)}],
                "asks": [],
            }
        )  # fmt: skip
        (place / "manifest.jws").write_text(tables.stranger.key.sign(manifest))
        (place / "manifest.json").write_bytes(manifest)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner, min_size=1, max_size=3)
                | st.dictionaries(
                    st.text("abcxyz_", min_size=1, max_size=5), inner, min_size=1, max_size=3
                )
            ),
            max_leaves=8,
        )
    )
    def test_have_a_cell_for_every_leaf_and_lose_none(self, value: Any) -> None:
        cells = flat.flattened({"a": value})
        assert len(cells) == _leaves(value)
        assert all(path == "a" or path.startswith("a.") for path in cells)


def _leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_leaves(each) for each in value.values())
    if isinstance(value, list):
        return sum(_leaves(each) for each in value)
    return 1


class TestVectors:
    FOLDER = agreement.FOLDER / "examples" / "drops"
    KEYS: ClassVar[dict[str, str]] = {
        key["kid"]: key["x"]
        for key in json.loads((agreement.FOLDER / "examples" / "vectors.json").read_text("utf-8"))[
            "keys"
        ].values()
    }

    @pytest.mark.parametrize("name", ["d00000001", "d00000002"])
    def test_prove_themselves_and_hold_what_they_list(self, name: str) -> None:
        place = self.FOLDER / name
        manifest = (place / "manifest.json").read_bytes()
        seal = (place / "manifest.jws").read_text("ascii").strip()
        signatures.verify(manifest, seal, self.KEYS[signatures.claimed_kid(seal)])
        listed = json.loads(manifest)
        assert agreement.faults("urn:lindung:exchange:drop:v1", listed) == []
        for file in listed["files"]:
            raw = (place / file["name"]).read_bytes()
            assert (len(raw), texts.digest(raw)) == (file["size"], file["digest"])
            rows = flat.read(raw) if listed["form"] == "csv" else [(raw, file["signature"])]
            for body, proof in rows:
                signatures.verify(body, proof, self.KEYS[signatures.claimed_kid(proof)])
                assert envelopes.read(body).source == listed["source"]


class Crash(BaseException):
    """The machine lost power."""


STEPS: list[tuple[Any, str]] = [
    (disk, "write"), (disk, "settle"), (disk, "replace"), (disk, "move"), (disk, "appear"),
    (drop_book, "begin"), (drop_book, "written"), (drop_book, "taken"), (drop_book, "set_aside"),
    (inbox, "take"), (inbox, "examine"), (outbox, "note_receipt"), (outbox, "_handed"),
]  # fmt: skip


@contextmanager
def dying(at: int, *, after: bool) -> Iterator[None]:
    """Die at the ``at``-th step of all of them, before it or after it was done."""
    count = 0

    def wrapped(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            mine = count
            if mine == at and not after:
                raise Crash
            done = step(*args, **kwargs)
            if mine == at and after:
                raise Crash
            return done

        return run

    with pytest.MonkeyPatch.context() as patch:
        for module, name in STEPS:
            patch.setattr(module, name, wrapped(getattr(module, name)))
        yield


@pytest.mark.slow
@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    deaths=st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=4),
    table=st.booleans(),
)
def test_dying_anywhere_loses_nothing_and_applies_nothing_twice(
    deaths: list[tuple[int, bool]], table: bool, stranger: Stranger,
    tmp_path_factory: pytest.TempPathFactory, heard: list[Any],
) -> None:  # fmt: skip
    heard.clear()
    stranger.numbers.clear()
    with transaction.atomic():
        line = (Tables if table else Files)(stranger, tmp_path_factory.mktemp("drops"))
        for _ in range(2):
            send("contract.answered", "PMI-9", NO, partner=line.partner)
        said = [change(stranger) for _ in range(3)]
        line.leave(said[:2])
        line.leave([said[2], change(stranger, "PMI-2")], truncated=True)
        for at, after in deaths:
            with dying(at, after=after):
                try:
                    line.carry()
                    applying.apply_incoming(line.partner.pk)
                except Crash:
                    pass
            line.due_again()
        line.leave(said)  # what was spoiled goes again
        for _ in range(3):
            line.due_again()
            inbox.recover(older_than=timedelta(seconds=-1))
            line.carry()
            applying.apply_incoming(line.partner.pk)
        assert [row.state for row in ours()] == ["stored", "stored"]
        assert [each for each in heard if each[0] == "PMI-1"] == [("PMI-1", n) for n in (1, 2, 3)]
        assert lying(line.theirs) == []
        assert "file_wrong" in {each["reason"] for each in refused(line)}
        with acting_as(ROBOT):
            assert not Outgoing.objects.filter(state="dead").exists()
        transaction.set_rollback(True)
