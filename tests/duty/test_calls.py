"""A call for help rings along the chain, whatever is killed, until somebody has taken it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT, acting_worker
from lindung.duty import operations, queries
from lindung.duty.lifecycles import CallState, RingState
from lindung.duty.models import Call, Ring, SharedPlace
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.places import NoSuchPlace, cell_of
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.registry.models import Worker
from tests import cast
from tests.cast import ATTACHE, MINISTRY, NOW, OFFICER, OTHER_ATTACHE, SEOUL
from tests.conftest import Scene

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE


@pytest.fixture(autouse=True)
def siti(scene: Scene) -> Worker:
    with scene():
        cast.posts()
        return Worker.objects.create(
            public_number="PMI-1", full_name="Siti", post_id=SEOUL, country="KR", region="3502"
        )


def begin(siti: Worker, *, at: datetime = NOW, **given: Any) -> Call:
    values: dict[str, Any] = {
        "subject": new_id(), "worker_id": siti.id, "about": siti, "number": "KSS-1", "at": at,
        "contact_due_at": at + QUARTER, "plan_due_at": at + timedelta(hours=4),
    } | given  # fmt: skip
    return operations.begin_call(ROBOT, **values)


def roster(*names: str) -> None:
    for who, name in zip(("first", "second"), names, strict=False):
        operations.put_on_duty(
            ATTACHE, SEOUL, who=who, role=name, phone="1", starts_at=NOW,
            ends_at=NOW + timedelta(hours=12),
        )  # fmt: skip


def rung(call: Call) -> list[str]:
    with acting_as(ROBOT):
        return [each.name for each in queries.rings_of(call)]


def again(call: Call) -> Call:
    with acting_as(ROBOT):
        return Call.objects.get(id=call.id)


class TestTheChain:
    def test_rings_the_first_at_once_and_the_others_in_their_time(self, siti: Worker) -> None:
        roster("A", "B")
        operations.keep_chain(ATTACHE, SEOUL, who="head", minutes=5, name="Dubes", phone="1")
        call = begin(siti)
        assert rung(call) == ["A"]
        for minutes, expected in ((4, 1), (5, 2), (9, 2), (10, 3), (15, 4)):
            operations.escalate(ROBOT, at=NOW + minutes * MINUTE)
            assert len(rung(call)) == expected, minutes
        assert rung(call) == ["A", "B", "Dubes", "Meja tetap kementerian"]

    def test_begins_anew_with_whoever_is_on_duty_then(self, siti: Worker) -> None:
        call = begin(siti)
        operations.escalate(ROBOT, at=NOW + 5 * MINUTE)
        roster("A")
        operations.escalate(ROBOT, at=NOW + 10 * MINUTE)
        assert rung(call)[-1] == "A"
        operations.escalate(ROBOT, at=NOW + 15 * MINUTE)
        assert again(call).round == 3

    def test_a_job_that_is_killed_has_rung_or_changed_nothing(self, siti: Worker) -> None:
        roster("A", "B")
        call = begin(siti)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            operations.escalate(ROBOT, at=NOW + 5 * MINUTE)
            raise KeyboardInterrupt
        assert rung(call) == ["A"]
        operations.escalate(ROBOT, at=NOW + 6 * MINUTE)
        operations.escalate(ROBOT, at=NOW + 6 * MINUTE)
        assert rung(call) == ["A", "B"]

    def test_rings_each_call_once_a_run(self, siti: Worker) -> None:
        calls = [begin(siti) for _ in range(3)]
        assert operations.escalate(ROBOT, at=NOW + 5 * MINUTE) == 3
        assert [len(rung(each)) for each in calls] == [2, 2, 2]
        assert operations.escalate(ROBOT, at=NOW + 5 * MINUTE) == 0

    def test_pressed_again_is_the_same_call(self, siti: Worker) -> None:
        call = begin(siti)
        same = begin(siti, subject=call.subject, at=NOW + MINUTE, silent=True)
        assert (same.id, same.presses, same.silent) == (call.id, 2, True)
        assert rung(call) == [rung(call)[0]]

    def test_without_a_post_is_the_ministrys(self, scene: Scene) -> None:
        with scene():
            nobody = Worker.objects.create(public_number="PMI-2", full_name="Tanpa Pos")
        call = begin(nobody)
        with acting_as(MINISTRY):
            assert [each.id for each in queries.open_calls(MINISTRY)] == [call.id]
        with acting_as(ATTACHE):
            assert queries.open_calls(ATTACHE) == []


class TestTaking:
    def test_stops_the_others_and_counts_on_to_the_first_contact(self, siti: Worker) -> None:
        call = begin(siti)
        operations.take(ATTACHE, call.subject, at=NOW + MINUTE)
        operations.escalate(ROBOT, at=NOW + 14 * MINUTE)
        assert len(rung(call)) == 1
        # Nobody spoke with her in time: it rings on, however it was taken.
        operations.escalate(ROBOT, at=NOW + QUARTER)
        assert len(rung(call)) == 2
        assert again(call).state == CallState.RINGING

    def test_ends_the_ringing_with_the_contact(self, siti: Worker) -> None:
        call = begin(siti)
        operations.note_contact(ATTACHE, call.subject, at=NOW + 2 * MINUTE)
        assert (again(call).state, again(call).taken_name) == (CallState.TAKEN, "Rina")
        assert operations.escalate(ROBOT, at=NOW + timedelta(days=1)) == 0
        with acting_as(ROBOT):
            assert {each.state for each in Ring.objects.all()} == {RingState.OVER}

    def test_passed_on_calls_the_next_at_once(self, siti: Worker) -> None:
        roster("A", "B")
        call = begin(siti)
        operations.take(ATTACHE, call.subject, at=NOW + MINUTE)
        with pytest.raises(Incomplete):
            operations.pass_on(ATTACHE, call.subject, reason=" ", at=NOW + 2 * MINUTE)
        operations.pass_on(ATTACHE, call.subject, reason="Saya di pesawat", at=NOW + 2 * MINUTE)
        assert rung(call) == ["A", "B"]
        assert again(call).taken_by is None

    def test_is_closed_to_others(self, siti: Worker) -> None:
        call = begin(siti)
        with pytest.raises(NotFound):
            operations.take(OTHER_ATTACHE, call.subject, at=NOW)
        for who in (OFFICER, acting_worker(siti.id, "Siti")):
            with pytest.raises(NotAllowed):
                operations.take(who, call.subject, at=NOW)
        with acting_as(OTHER_ATTACHE):
            assert not Call.objects.exists()
            assert not Ring.objects.exists()


class TestTheEnd:
    def test_waits_for_a_human_contact_and_a_reason(self, siti: Worker) -> None:
        call = begin(siti)
        with pytest.raises(operations.NotYetSpoken):
            operations.stand_down(ATTACHE, call.subject, reason="Aman", at=NOW)
        operations.note_contact(ATTACHE, call.subject, at=NOW)
        with pytest.raises(Incomplete):
            operations.stand_down(ATTACHE, call.subject, reason="", at=NOW)
        operations.stand_down(ATTACHE, call.subject, reason="Di penampungan", at=NOW)
        with pytest.raises(StepClosed):
            operations.take(ATTACHE, call.subject, at=NOW)

    def test_deletes_the_point_and_keeps_the_cell(self, siti: Worker) -> None:
        call = begin(siti)
        point: dict[str, Any] = {"lat": 37.321234, "lon": 126.830001, "accuracy_m": 12}
        operations.keep_place(ROBOT, call.subject, at=NOW, **point)
        operations.keep_place(ROBOT, call.subject, at=NOW + MINUTE, **point)
        with acting_as(ATTACHE):
            assert [str(each.latitude) for each in queries.places_of(call)] == ["37.321234"] * 2
        operations.note_contact(ATTACHE, call.subject, at=NOW)
        operations.stand_down(ATTACHE, call.subject, reason="Aman", at=NOW)
        with acting_as(ROBOT):
            assert not SharedPlace.objects.exists()
            assert not JournalEntry.objects.filter(payload__icontains="37.32").exists()
        assert again(call).cell == cell_of(37.321234, 126.830001)
        with pytest.raises(StepClosed):
            operations.keep_place(ROBOT, call.subject, at=NOW, **point)

    def test_deletes_points_that_are_too_old_even_while_it_rings(self, siti: Worker) -> None:
        call = begin(siti)
        operations.keep_place(ROBOT, call.subject, lat=1.0, lon=2.0, accuracy_m=5, at=NOW)
        assert operations.clear_places(ROBOT, at=NOW + timedelta(hours=23)) == 0
        assert operations.clear_places(ROBOT, at=NOW + timedelta(hours=25)) == 1

    def test_is_no_place_that_is_none(self, siti: Worker) -> None:
        with pytest.raises(NoSuchPlace):
            operations.keep_place(
                ROBOT, begin(siti).subject, lat=91.0, lon=0.0, accuracy_m=1, at=NOW
            )

    def test_made_to_say_all_is_well_rings_at_once(self, siti: Worker) -> None:
        call = begin(siti)
        operations.take(ATTACHE, call.subject, at=NOW + MINUTE)
        operations.note_safe(ROBOT, call.subject, at=NOW + 2 * MINUTE, under_duress=True)
        assert (again(call).silent, again(call).says_safe_at) == (True, None)
        operations.escalate(ROBOT, at=NOW + 2 * MINUTE)
        assert len(rung(call)) == 2
