"""The return home, and what comes next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete
from lindung.monitoring.queries import current_employment
from lindung.placement.models import Placement
from lindung.registry.models import Source, WorkerState
from lindung.reintegration import operations
from lindung.reintegration.models import Return, ReturnReason
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
HOME = cast.TODAY + timedelta(days=700)


class TestRecordReturn:
    def test_ends_the_placement_and_the_employment(self) -> None:
        who = cast.worker()
        cast.arrived(who)
        operations.record_return(
            ROBOT, who.id, on=HOME, reason=ReturnReason.CONTRACT_ENDED, source=Source.DESTINATION
        )
        with acting_as(cast.MINISTRY):
            assert Placement.objects.get(worker=who).state == "ended"
            assert current_employment(who.id) is None
            assert WorkerState.objects.get(worker=who).stage == "after"

    def test_is_one_return_when_both_sides_tell_it(self) -> None:
        who = cast.worker()
        cast.arrived(who)
        for source in (Source.DESTINATION, Source.OFFICER):
            operations.record_return(
                ROBOT, who.id, on=HOME, reason=ReturnReason.CONTRACT_ENDED, source=source
            )
        with acting_as(cast.MINISTRY):
            assert Return.objects.count() == 1


class TestMakePlan:
    def test_needs_a_next_step(self) -> None:
        who = cast.worker()
        with pytest.raises(Incomplete):
            operations.make_plan(cast.OFFICER, who.id, needs=[], next_step=" ", on=HOME)

    def test_says_when_to_ask_again(self) -> None:
        who = cast.worker()
        plan = operations.make_plan(
            cast.OFFICER, who.id, needs=["training"], next_step="Pelatihan las", on=HOME
        )
        assert plan.ask_again_on > HOME
