"""Tables in parts by month: every one declared, the next made, old ones taken off and not lost."""

from __future__ import annotations

import io
from datetime import date
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lindung.access import partitions
from lindung.access.partitions import Partitioned, Refused
from tests.conftest import Scene

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 15)
TRIAL = Partitioned("trial", ahead=2, keep=3, why="")


def run(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture
def trial(scene: Scene) -> None:
    """A table in parts with a part for the rest."""
    with scene():
        run("create table trial (id int, at timestamptz not null) partition by range (at)")
        run("create table trial_rest partition of trial default")
        for month in ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
            first = date.fromisoformat(f"{month}-01")
            partitions_until = partitions._month(first, 1)
            run(f"create table trial_{month.replace('-', '_')} partition of trial"
                f" for values from ('{first}') to ('{partitions_until}')")  # fmt: skip
        run("insert into trial values (1, '2025-09-10'), (2, '2026-03-10')")


class TestDeclared:
    def test_is_every_table_in_parts(self) -> None:
        found = {name for (name,) in run(
            "select relname from pg_class where relkind = 'p'"
            " and relnamespace = 'public'::regnamespace")}  # fmt: skip
        assert found == {each.table for each in partitions.DECLARED}

    def test_has_a_reason_where_all_stays(self) -> None:
        assert all(each.keep is not None or each.why for each in partitions.DECLARED)

    def test_is_what_the_nightly_job_makes(self) -> None:
        from lindung.access.tasks import MONTHS_AHEAD

        assert partitions.declared("access_journal").ahead == MONTHS_AHEAD


class TestMake:
    def test_makes_what_is_missing_once(self, trial: None, scene: Scene) -> None:
        with scene():
            assert partitions.make(TRIAL, on=TODAY) == ["trial_2026_04", "trial_2026_05"]
            assert partitions.make(TRIAL, on=TODAY) == []
            run("insert into trial values (3, '2026-05-31 23:59:59+00')")
            assert run("select tableoid::regclass::text from trial where id = 3") == [
                ("trial_2026_05",)
            ]

    def test_goes_over_the_turn_of_the_year(self, trial: None, scene: Scene) -> None:
        with scene():
            made = partitions.make(TRIAL, on=date(2026, 12, 31), ahead=1)
        assert made == ["trial_2026_12", "trial_2027_01"]

    def test_refuses_where_rows_lie_in_the_rest(self, trial: None, scene: Scene) -> None:
        with scene():
            run("insert into trial values (4, '2026-04-10')")
            with pytest.raises(Refused, match="2026-04"):
                partitions.make(TRIAL, on=TODAY)

    def test_of_the_journal_is_as_the_job_makes_it(self, scene: Scene) -> None:
        with scene():
            (made,) = partitions.make(
                partitions.declared("access_journal"), on=date(2030, 1, 5), ahead=0
            )
            found = {each.name: each for each in partitions.parts("access_journal")}
        assert (found[made].since, found[made].until) == (date(2030, 1, 1), date(2030, 2, 1))


class TestDetach:
    def test_takes_off_whole_months_before_those_that_stay(self, trial: None, scene: Scene) -> None:
        with scene():
            assert partitions.old(TRIAL, on=TODAY) == [
                "trial_2025_09", "trial_2025_10", "trial_2025_11"
            ]  # fmt: skip
            partitions.detach(TRIAL, on=TODAY)
            assert run("select id from trial") == [(2,)]
            assert run("select id from trial_2025_09") == [(1,)]  # kept as a table of its own
            assert partitions.old(TRIAL, on=TODAY) == []

    def test_never_takes_off_a_month_of_the_journal(self, scene: Scene) -> None:
        before = partitions.parts("access_journal")
        with scene(), pytest.raises(Refused, match="proof"):
            partitions.detach(partitions.declared("access_journal"), on=date(2040, 1, 1))
        assert partitions.parts("access_journal") == before


class TestCommand:
    def call(self, *words: str) -> str:
        said = io.StringIO()
        call_command("partitions", *words, stdout=said)
        return said.getvalue()

    def test_lists_the_parts(self) -> None:
        said = self.call()
        assert "access_journal: 12 months ahead, all months stay" in said
        assert "access_journal_beyond  the rest" in said

    def test_says_before_it_does(self, trial: None, scene: Scene) -> None:
        with scene(), mock.patch.object(partitions, "DECLARED", (TRIAL,)):
            with mock.patch("django.utils.timezone.localdate", return_value=TODAY):
                assert "would take off trial_2025_09" in self.call("--detach", "trial")
                assert len(partitions.parts("trial")) == 8
                assert "took off trial_2025_09" in self.call("--detach", "trial", "--really")
        assert len(partitions.parts("trial")) == 5

    def test_refuses_what_is_not_in_parts(self) -> None:
        with pytest.raises(CommandError, match="access_journal"):
            self.call("--detach", "registry_worker")

    def test_refuses_the_journal(self) -> None:
        with pytest.raises(CommandError, match="proof"):
            self.call("--detach", "access_journal", "--really")
