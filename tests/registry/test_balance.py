"""The scope copied onto rows, and the key that seals numbers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.registry import operations, queries, secrets
from lindung.registry.balance import imbalances
from lindung.registry.models import Identifier, WorkerState
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts", "places")


class TestBalance:
    def test_holds_through_a_whole_life(self) -> None:
        cast.arrived(cast.worker())
        with acting_as(ROBOT):
            assert imbalances() == []

    def test_names_the_table_that_lost_it(self, scene: Scene) -> None:
        who = cast.worker()
        cast.offered(who)
        with scene():
            WorkerState.objects.filter(worker=who).update(post_id=None)
        with acting_as(ROBOT):
            (found,) = imbalances()
        assert (found.table, found.rows) == ("registry_workerstate", 1)
        with pytest.raises(CommandError):
            call_command("balance", "--json")

    def test_moves_a_person_whole(self) -> None:
        from lindung.monitoring.operations import record_employment_change

        who = cast.worker()
        cast.arrived(who)
        record_employment_change(
            ROBOT, who.id, change="moved", on=cast.TODAY + timedelta(days=5), region="KR-26"
        )
        with acting_as(ROBOT):
            assert imbalances() == []


class TestRotateKeys:
    def test_seals_anew_and_finds_before_and_after(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        own = tmp_path / "keys"
        own.mkdir()
        for file in Path(settings.KEYS).iterdir():
            (own / file.name).write_bytes(file.read_bytes())
            (own / file.name).chmod(0o600)
        monkeypatch.setattr(settings, "KEYS", own)
        who = cast.worker()
        operations.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value="C1234567", on=cast.TODAY
        )
        with acting_as(ROBOT):
            before = bytes(Identifier.objects.get().cipher)
        with scene():
            call_command("rotate_keys")
        secrets._load.cache_clear()
        with acting_as(cast.OFFICER):
            row = Identifier.objects.get()
            assert bytes(row.cipher) != before
            assert secrets.keyring().open("passport", bytes(row.cipher)) == "C1234567"
            assert queries.find_workers(cast.OFFICER, "C1234567") == [who]
        secrets._load.cache_clear()
