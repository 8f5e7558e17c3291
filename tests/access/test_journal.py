"""The journal: one byte form for each entry, before it is stored and after it is read again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access import journal, merkle
from lindung.access.acting import acting_as
from lindung.access.actors import Kind
from lindung.access.events import Event
from lindung.access.journal import (
    BODY,
    Told,
    as_body,
    canonical,
    leaf,
    look,
    record,
    record_all,
    telling_of,
)
from lindung.access.models import JournalEntry
from lindung.access.proofs import _rows
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.registry.models import Worker
from tests.access.cast import ANA, ATTACHE_SEOUL, NOON, actor, row_of
from tests.conftest import Scene


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """Anything, for these tests."""

    sentence = "Catatan: %(what)s"

    what: Any


def stored(what: Any) -> tuple[JournalEntry, dict[str, Any]]:
    """An entry as it was recorded, and as PostgreSQL gives it back."""
    with acting_as(ROBOT):
        entry = record(Noted(what), actor=ROBOT)
        (row,) = _rows("id = %s", [entry.id])
    return entry, row


# What JSON in PostgreSQL can hold: no NUL, no half of a surrogate pair.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT | st.decimals(allow_nan=False)
    | st.dates() | st.datetimes(timezones=st.just(UTC)) | st.uuids(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.django_db
class TestRecordAll:
    def test_appends_each_as_record_does_by_one_statement(self) -> None:
        told = [Told(Noted(n), worker=UUID(int=n + 1), basis="x") for n in range(40)]
        with acting_as(ROBOT):
            with CaptureQueriesContext(connection) as asked:
                record_all(told, actor=ROBOT)
            rows = list(_rows("type = %s order by id", [Noted.type]))
        assert len(asked) == 1
        assert [row["payload"]["what"] for row in map(as_body, rows)] == list(range(40))
        assert all(leaf(row) == bytes(row["leaf"]) for row in rows)
        assert {row["basis"] for row in rows} == {"x"}
        assert [row["worker_id"] for row in rows] == [each.worker for each in told]

    def test_of_nothing_appends_nothing(self) -> None:
        with acting_as(ROBOT), CaptureQueriesContext(connection) as asked:
            record_all([], actor=ROBOT)
        assert not asked


@pytest.mark.django_db
class TestRecord:
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        database=None,
    )
    @given(_VALUES)
    def test_gives_back_the_very_bytes_it_hashed(self, what: Any) -> None:
        entry, row = stored(what)
        assert canonical(row) == canonical({name: getattr(entry, name) for name in BODY})
        assert leaf(row) == bytes(row["leaf"])

    @pytest.mark.parametrize(
        "at",
        [
            datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=UTC),
            datetime(2026, 3, 29, 8, 30, tzinfo=timezone(timedelta(hours=7))),
            datetime(1987, 1, 1, tzinfo=UTC),
        ],
    )
    def test_keeps_instants_to_the_microsecond(self, at: datetime) -> None:
        with telling_of(at):
            entry, row = stored("x")
        assert row["at"] == at == entry.at
        assert leaf(row) == bytes(row["leaf"])

    def test_takes_scope_and_person_from_what_it_is_about(self, scene: Scene) -> None:
        with scene():
            ana = row_of(Worker, ANA)
        with acting_as(ATTACHE_SEOUL):
            entry = record(Noted("x"), actor=ATTACHE_SEOUL, about=ana)  # type: ignore[arg-type]
            found = JournalEntry.objects.get(id=entry.id)
        assert found.scope() == ANA.scope()
        assert (found.worker_id, found.subject) == (ANA.id, ANA.id)
        assert (found.actor_id, found.actor_kind) == (ATTACHE_SEOUL.id, "post")

    @pytest.mark.parametrize("what", [1.5, b"x", object()])
    def test_refuses_what_would_not_come_back_the_same(self, what: Any) -> None:
        with acting_as(ROBOT), pytest.raises(TypeError):
            record(Noted(what), actor=ROBOT)

    def test_is_undone_with_the_change(self) -> None:
        class Broken(Exception):
            pass

        with pytest.raises(Broken), acting_as(ROBOT):
            record(Noted("x"), actor=ROBOT)
            raise Broken
        with acting_as(ROBOT):
            assert not JournalEntry.objects.filter(type=Noted.type).exists()

    def test_writes_which_transaction_it_was(self) -> None:
        with acting_as(ROBOT), connection.cursor() as cursor:
            entry = record(Noted("x"), actor=ROBOT)
            cursor.execute(
                "select xid = pg_current_xact_id(), epoch from access_journal where id = %s",
                [entry.id],
            )
            assert cursor.fetchone() == (True, 1)


@pytest.mark.django_db
class TestLook:
    def test_is_recorded_for_others_and_not_for_oneself(self, scene: Scene) -> None:
        with scene():
            ana = row_of(Worker, ANA)
        for who, looks in ((ATTACHE_SEOUL, 1), (actor(Kind.WORKER, worker=ANA.id), 0)):
            with acting_as(who):
                look(who, ana, worker=ANA.id, purpose="uji")  # type: ignore[arg-type]
            with acting_as(ROBOT):
                assert JournalEntry.objects.filter(actor_id=who.id).count() == looks


class TestCanonical:
    body = {
        "id": UUID("0190a000-0000-7000-8000-000000000001"), "at": NOON, "type": "t.T",
        "subject": None, "worker_id": ANA.id, "actor_id": ROBOT.id, "actor_kind": "clock",
        "actor_name": "Sítem 漢", "actor_office": "", "post_id": 3, "agency_id": None,
        "region": "3502", "country": "", "basis": "", "payload": {"b": [1, {"z": 1, "a": 2}], "a": None},
    }  # fmt: skip

    def test_is_json_in_the_order_of_body_with_sorted_payload(self) -> None:
        text = canonical(self.body).decode()
        assert list(json.loads(text)) == list(BODY)
        assert text.endswith('"payload":{"a":null,"b":[1,{"a":2,"z":1}]}}')
        assert "Sítem 漢" in text
        assert '"at":"2026-03-02T12:00:00.000000+00:00"' in text

    @pytest.mark.parametrize("name", BODY)
    def test_differs_when_any_field_does(self, name: str) -> None:
        other: Any = {"payload": {"x": 1}, "at": NOON + timedelta(microseconds=1), "post_id": 4}
        changed = self.body | {name: other.get(name, "other")}
        assert leaf(changed) != leaf(self.body)


class TestRoot:
    def test_of_nothing_is_the_hash_of_nothing(self) -> None:
        assert merkle.root([]) == hashlib.sha256(b"").digest()

    @given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40))
    def test_is_that_of_rfc_6962(self, leaves: list[bytes]) -> None:
        assert merkle.root(leaves) == _by_definition(leaves)

    def test_never_takes_a_leaf_for_a_node(self) -> None:
        pair = [bytes(32), bytes(32)]
        # Hence leaves carry a prefix of their own.
        assert merkle.root([merkle.root(pair)]) == merkle.root(pair)
        assert (
            journal.leaf(TestCanonical.body)
            != hashlib.sha256(canonical(TestCanonical.body)).digest()
        )


def _by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word; its leaf hash is already in ours."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(
        b"\x01" + _by_definition(leaves[:split]) + _by_definition(leaves[split:])
    ).digest()


def test_plain_values_are_text_where_json_has_none() -> None:
    assert Noted([Decimal("1.10"), date(2026, 3, 2), new_id]).what[0] == Decimal("1.10")
    assert Noted({"d": Decimal("1.10"), "on": date(2026, 3, 2)}).payload() == {
        "what": {"d": "1.10", "on": "2026-03-02"}
    }
