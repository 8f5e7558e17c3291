"""The scope copied onto rows, and the key that seals numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.registry.balance import imbalances
from lindung.registry.models import WorkerState
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
