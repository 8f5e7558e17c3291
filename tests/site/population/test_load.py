"""Loading the made-up population: whole, marked, resumable, and nothing left off afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.kernel.secrets import Keyring
from lindung.placement import terms
from lindung.placement.models import ContractTerms
from lindung.site.management.commands.population import measures, owner_conninfo
from lindung.site.population import lives, load, tables, world

ON = date(2026, 3, 1)
RING = Keyring([(1, b"a" * 32, b"b" * 32)], current=1)
ASKED = load.Asked(people=1500, seed=7, on=ON)
pytestmark = pytest.mark.django_db
FILLED = dict.fromkeys((*tables.CORE, *tables.HISTORIES))


@pytest.fixture(scope="module")
def stage() -> world.World:
    return world.build(ASKED.seed, ON.year)


@pytest.fixture
def conninfo(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """As the owner, in small batches; the tables are emptied afterwards, since a load commits."""
    monkeypatch.setattr(lives, "BATCH", 500)
    found = make_conninfo(owner_conninfo(), options="-c role=lindung_owner")
    with psycopg.connect(found, autocommit=True) as connection:
        # A vacuum in the background would keep the database from being dropped at the end.
        for table in FILLED:
            connection.execute(
                sql.SQL("alter table {} set (autovacuum_enabled = off)").format(
                    sql.Identifier(table)
                )
            )
    yield found
    with psycopg.connect(found, autocommit=True) as connection:
        connection.execute(
            "drop table if exists population_load, population_batch, population_removed"
        )
        names = sql.SQL(", ").join(map(sql.Identifier, FILLED))
        connection.execute(sql.SQL("truncate {} cascade").format(names))


def ask(conninfo: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(conninfo) as connection:
        return connection.execute(query.encode()).fetchall()


def shape(conninfo: str) -> list[tuple[Any, ...]]:
    """Every index and constraint of the database."""
    return ask(
        conninfo,
        "select indexdef from pg_indexes where schemaname = 'public' "
        "and tablename not like 'population%' union all "
        "select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) "
        "from pg_constraint where connamespace = 'public'::regnamespace "
        "and conrelid::regclass::text not like 'population%' order by 1",
    )


def content(conninfo: str) -> dict[str, Any]:
    return {
        table: ask(
            conninfo, f"select md5(string_agg(t::text, '|' order by t::text)) from {table} t"
        )
        for table in FILLED
    }


class PowerCutError(Exception):
    """What the test raises in the middle of a batch."""


class TestLoad:
    def test_fills_every_table_it_names_and_marks_every_row_that_can_be(
        self, conninfo: str, stage: world.World
    ) -> None:
        lines: list[str] = []
        report = load.load(conninfo, ASKED, RING, say=lines.append, processes=1, stage=stage)
        assert ask(conninfo, "select count(*) from registry_worker") == [(1500,)]
        for table in FILLED:
            assert ask(conninfo, f"select count(*) from {table}") == [(report.rows[table],)]
            assert report.rows[table] > 0
        marked = ask(
            conninfo,
            "select table_name from information_schema.columns where column_name = 'is_demo'",
        )
        for (table,) in marked:
            assert ask(conninfo, f"select count(*) from {table} where not is_demo") == [(0,)]
        assert {"registry_worker", "placement_placement", "placement_contract", "protection_case",
                "registry_employer"} <= {table for (table,) in marked}  # fmt: skip

    def test_gives_the_columns_the_tables_have(self, conninfo: str, stage: world.World) -> None:
        drawn = lives.draw(stage, 0, 20, on=(ON - date(1970, 1, 1)).days)
        made = [
            *tables.core(stage, drawn, RING),
            *tables.histories(stage, drawn, RING, tables.Extent()),
        ]
        with psycopg.connect(conninfo) as connection:
            assert {
                rows.table: load.missing_columns(connection, rows) for rows in made
            } == dict.fromkeys(FILLED, [])

    def test_keeps_numbers_sealed_and_findable(self, conninfo: str, stage: world.World) -> None:
        load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        drawn = lives.draw(stage, 0, 500, on=(ON - date(1970, 1, 1)).days)
        number = drawn.nik[3].decode()
        (index,) = RING.indexes(Kind.NIK.value, number)
        with psycopg.connect(conninfo) as connection:
            found = connection.execute(
                "select worker_id, cipher, masked from registry_identifier where blind = %s",
                (index,),
            ).fetchall()
        ((worker, cipher, masked),) = found
        assert worker == UUID(bytes=drawn.ids[3].tobytes())
        assert RING.open(Kind.NIK.value, cipher) == number
        assert masked == f"{number[:4]}**********{number[-2:]}"
        kinds = dict(ask(conninfo, "select kind, count(*) from registry_identifier group by 1"))
        assert set(kinds) == {"nik", "passport", "phone"}

    def test_agrees_with_itself(self, conninfo: str, stage: world.World) -> None:
        load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        nothing = [(0,)]
        assert ask(conninfo, "select count(*) from registry_workerstate s join registry_worker w on "
                   "w.id = s.worker_id where (s.post_id, s.agency_id, s.region, s.country) is distinct from "
                   "(w.post_id, w.agency_id, w.region, w.country)") == nothing  # fmt: skip
        assert ask(conninfo, "select count(*) from placement_placement p left join registry_employer e on "
                   "e.id = p.employer_id where p.employer_id is not null and e.id is null") == nothing  # fmt: skip
        assert ask(conninfo, "select count(*) from registry_workerstate s left join lateral (select max(at) as "
                   "last from monitoring_checkin c where c.worker_id = s.worker_id) x on true "
                   "where s.last_check_in_at is distinct from x.last") == nothing  # fmt: skip

    def test_says_in_the_words_of_the_rules_what_the_contracts_say(
        self, conninfo: str, stage: world.World
    ) -> None:
        load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        with acting_as(ROBOT):
            assert set(ContractTerms.objects.values_list("country", flat=True)) > {"KR", "HK"}
            assert [each.number for each, _ in terms.faults()] == []
            # Gives back the locks of reading, for which emptying the tables would wait.
            transaction.set_rollback(True)

    def test_cut_off_goes_on_to_the_same_rows(self, conninfo: str, stage: world.World) -> None:
        load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        whole = content(conninfo)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("drop table population_load, population_batch, population_removed")
            names = sql.SQL(", ").join(map(sql.Identifier, FILLED))
            connection.execute(sql.SQL("truncate {} cascade").format(names))

        real, calls = load.copy_rows, []

        def cut(*args: Any, **kwargs: Any) -> int:
            calls.append(args[1].table)
            # In the middle of the second batch: its people are there, the rest is not.
            if calls.count("registry_worker") == 2 and calls[-1] != "registry_worker":
                raise PowerCutError
            return real(*args, **kwargs)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(load, "copy_rows", cut)
            patch.setattr(load, "LARGE", 1000)
            with pytest.raises(PowerCutError):
                load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        assert load.unfinished(conninfo) == ASKED
        assert ask(conninfo, "select count(*) from registry_worker") == [(500,)]
        with pytest.raises(load.CannotLoad, match="resume"):
            load.load(conninfo, replace(ASKED, seed=8), RING, say=print, stage=stage)
        report = load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        assert report.resumed_at == 500
        assert load.unfinished(conninfo) is None
        assert content(conninfo) == whole

    def test_large_puts_back_every_index_and_constraint(
        self, conninfo: str, stage: world.World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = shape(conninfo)
        monkeypatch.setattr(load, "LARGE", 1000)
        load.load(conninfo, ASKED, RING, say=print, processes=2, stage=stage)
        assert shape(conninfo) == before
        assert ask(conninfo, "select count(*) from population_removed") == [(0,)]

    def test_refuses_a_second_population(self, conninfo: str, stage: world.World) -> None:
        load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        with pytest.raises(load.CannotLoad, match="already"):
            load.load(conninfo, ASKED, RING, say=print, stage=stage)

    def test_reports_each_step_and_table(self, conninfo: str, stage: world.World) -> None:
        report = load.load(conninfo, ASKED, RING, say=print, processes=1, stage=stage)
        lines = measures(report)
        assert all(
            line.keys() == {"bench", "metric", "value", "unit", "baseline", "ratio", "people"}
            for line in lines
        )
        named = {line["metric"] for line in lines}
        assert set(FILLED) | {"core", "histories", "build indexes"} <= named
