"""What changes while people work abroad."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.monitoring import operations, queries
from lindung.monitoring.models import CheckIn, Employment
from lindung.registry import queries as registry
from lindung.registry.models import Condition, WorkerState
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")


class TestCheckIn:
    def test_counts_once_however_often_the_phone_sends_it(self) -> None:
        who, key = cast.worker(), new_id()
        for _ in range(2):
            operations.check_in(
                cast.self_of(who.id),
                who.id,
                condition=Condition.GOOD,
                at=cast.NOW,
                check_in_id=key,
            )
        with acting_as(cast.self_of(who.id)):
            assert CheckIn.objects.count() == 1

    def test_moves_the_next_day_due_of_a_person_at_work_abroad(self) -> None:
        who = cast.worker()
        cast.arrived(who)
        operations.check_in(
            cast.self_of(who.id), who.id, condition=Condition.NEEDS_HELP, at=cast.NOW
        )
        with acting_as(cast.self_of(who.id)):
            state = WorkerState.objects.get(worker=who)
        assert state.condition == "needs_help"
        assert state.check_in_due_on == cast.TODAY + timedelta(days=operations.CHECK_IN_EVERY_DAYS)

    def test_is_for_oneself_alone(self) -> None:
        who = cast.worker()
        with pytest.raises(NotFound):
            operations.check_in(
                cast.self_of(new_id()), who.id, condition=Condition.GOOD, at=cast.NOW
            )

    def test_refuses_a_condition_nobody_can_say(self) -> None:
        who = cast.worker()
        with pytest.raises(Incomplete):
            operations.check_in(
                cast.self_of(who.id), who.id, condition=Condition.UNKNOWN, at=cast.NOW
            )


class TestRecordEmploymentChange:
    def test_ends_the_old_employment_and_begins_the_new(self) -> None:
        who = cast.worker()
        cast.arrived(who)
        operations.record_employment_change(
            ROBOT,
            who.id,
            change="workplace changed",
            on=cast.TODAY + timedelta(days=40),
            employer="Daehan",
            region="KR-26",
        )
        with acting_as(cast.ATTACHE):
            current = queries.current_employment(who.id)
            assert current is not None
            assert current.employer_name == "Daehan"
            assert Employment.objects.filter(ended_on__isnull=False).count() == 1
            (fact,) = registry.current_facts(who.id)["whereabouts"]
        assert fact.source == "destination"
