"""Jobs: they exist if and only if the change does, and run as our robot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from lindung.access import tasks
from lindung.access.acting import acting_as, current_actor
from lindung.access.jobs import SOON, URGENT, enqueue, job
from lindung.access.models import Seal
from lindung.access.roles import ROBOT
from lindung.duty import tasks as duty
from lindung.kernel.ids import new_id
from tests.access.cast import ACTORS
from tests.access.test_seals import all_finished, write
from tests.conftest import Scene, become

pytestmark = pytest.mark.django_db
__all__ = ["all_finished"]


class Broken(Exception):
    """Something went wrong after the job was put in."""


def jobs() -> list[dict[str, Any]]:
    """What stands in the queue."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(
            "select task_name, args, lock, scheduled_at, priority from procrastinate_jobs"
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class TestEnqueue:
    @pytest.mark.parametrize("name", sorted(ACTORS))
    def test_puts_a_job_in_with_the_change(self, name: str) -> None:
        with acting_as(ACTORS[name]):
            enqueue("outreach.deliver", message_id="1")
        assert [each["task_name"] for each in jobs()] == ["outreach.deliver"]

    @pytest.mark.parametrize("name", sorted(ACTORS))
    def test_puts_none_in_when_the_change_is_undone(self, name: str) -> None:
        with pytest.raises(Broken), acting_as(ACTORS[name]):
            enqueue("outreach.deliver", message_id="1")
            raise Broken
        assert jobs() == []

    def test_puts_one_in_from_the_door_too(self) -> None:
        enqueue("outreach.deliver", message_id="1")
        assert len(jobs()) == 1

    def test_keeps_lock_and_instant(self) -> None:
        at = datetime(2026, 3, 2, 12, tzinfo=UTC)
        with acting_as(ROBOT):
            enqueue("outreach.deliver", lock="one", at=at, message_id=str(new_id()))
        (found,) = jobs()
        assert (found["lock"], found["scheduled_at"]) == ("one", at)

    def test_puts_what_is_urgent_before_the_rest(self) -> None:
        with acting_as(ROBOT):
            enqueue("outreach.deliver", message_id="1")
            enqueue("outreach.deliver", message_id="2", priority=SOON)
            enqueue("outreach.deliver", message_id="3", priority=URGENT)
        assert [each["priority"] for each in jobs()] == [0, SOON, URGENT]

    @pytest.mark.parametrize("task", [duty.escalate, tasks.take_up_again])
    def test_puts_the_clocks_of_life_before_all(self, task: Callable[[], None]) -> None:
        assert task.__wrapped__.task.priority == URGENT  # type: ignore[attr-defined]


class TestAJob:
    def test_runs_as_our_robot_and_restores_the_door(self) -> None:
        seen = []

        @job()
        def look_around(word: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute("select current_user")
                seen.append((word, current_actor(), cursor.fetchone()[0]))

        look_around("x")
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            after = cursor.fetchone()[0]
        assert seen == [("x", ROBOT, "acts_as_clock")]
        assert after == "acts_as_door"

    def test_a_periodic_one_is_told_no_instant(self) -> None:
        seen = []

        @job(periodic="0 0 1 1 *")
        def look_each_year() -> None:
            seen.append(1)

        look_each_year(timestamp=7)  # type: ignore[call-arg]
        assert seen == [1]


class TestSealJournal:
    def test_seals_what_happened(self, all_finished: int) -> None:
        write(3)
        tasks.seal_journal()
        tasks.seal_journal()
        with acting_as(ROBOT):
            assert [each.count for each in Seal.objects.all()] == [3]


class TestMakeMonths:
    def test_makes_a_year_ahead_and_can_run_again(self) -> None:
        for _ in range(2):
            tasks.make_months()
        ahead = datetime.now(UTC) + timedelta(days=31 * (tasks.MONTHS_AHEAD - 1))
        with connection.cursor() as cursor:
            cursor.execute("select to_regclass(%s)", [f"access_journal_{ahead:%Y_%m}"])
            assert cursor.fetchone()[0] is not None


class TestClearFinishedJobs:
    def test_deletes_what_ended_days_ago_and_keeps_the_rest(self, scene: Scene) -> None:
        cases = {
            "succeeded": [(4, False), (2, True)],
            "failed": [(4, True), (91, False)],
            "todo": [(400, True)],
            "doing": [(400, True)],
        }
        kept = []
        with become("acts_as_clock"), connection.cursor() as cursor:
            for status, ages in cases.items():
                for days, stays in ages:
                    cursor.execute(
                        "insert into procrastinate_jobs (queue_name, task_name, status) values ('x', %s, %s::"
                        "procrastinate_job_status) returning id",
                        [f"{status} {days}", status],
                    )
                    (job_id,) = cursor.fetchone()
                    cursor.execute("delete from procrastinate_events where job_id = %s", [job_id])
                    cursor.execute(
                        "insert into procrastinate_events (job_id, type, at)"
                        " values (%s, 'started', now() - make_interval(days => %s))",
                        [job_id, days],
                    )
                    if stays:
                        kept.append(f"{status} {days}")
        tasks.clear_finished_jobs()
        assert sorted(each["task_name"] for each in jobs()) == sorted(kept)


class TestTakeUpAgain:
    def test_puts_back_what_a_killed_worker_was_doing_and_nothing_else(self) -> None:
        """A worker that was killed says nothing any more; one that lives keeps what it does."""
        with become("acts_as_clock"), connection.cursor() as cursor:
            workers = {}
            for name, silent in (("living", 5), ("killed", 300), ("turned back", -3_600)):
                cursor.execute(
                    "insert into procrastinate_workers (last_heartbeat)"
                    " values (now() - make_interval(secs => %s)) returning id",
                    [silent],
                )
                (workers[name],) = cursor.fetchone()
            for name, status, worker in (
                ("of a living worker", "doing", workers["living"]),
                ("of a killed worker", "doing", workers["killed"]),
                ("of a forgotten worker", "doing", None),
                # Killed while the clock was an hour ahead; it is right again.
                ("of a killed worker of another time", "doing", workers["turned back"]),
                ("done", "succeeded", None),
            ):
                cursor.execute(
                    "insert into procrastinate_jobs (queue_name, task_name, status, worker_id)"
                    " values ('x', %s, %s::procrastinate_job_status, %s)",
                    [name, status, worker],
                )
        tasks.take_up_again()
        with acting_as(ROBOT), connection.cursor() as cursor:
            cursor.execute("select task_name from procrastinate_jobs where status = 'todo'")
            assert {name for (name,) in cursor.fetchall()} == {
                "of a killed worker",
                "of a forgotten worker",
                "of a killed worker of another time",
            }
