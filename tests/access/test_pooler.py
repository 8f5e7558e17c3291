"""Behind PgBouncer in transaction mode nobody meets another's role or settings.

Left out unless asked for, since it needs a program that a machine may not have::

    apt-get install pgbouncer
    ./lindung test tests/access/test_pooler.py -m pgbouncer
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections
from django.db.utils import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.kernel.refusals import NotAllowed
from lindung.registry.models import Worker
from tests import cast

pytestmark = [pytest.mark.pgbouncer, pytest.mark.django_db(transaction=True)]

CLIENTS, TURNS, SERVERS = 12, 60, 2
SETTINGS = ("actor", "posts", "agency", "regions", "worker", "country")
WHO_IS_THERE = (
    "select current_user, concat_ws('|', "
    + ", ".join(f"nullif(current_setting('lindung.{name}', true), '')" for name in SETTINGS)
    + ")"
)
SOMEBODY = UUID(int=7)
ACTORS = (
    cast.ATTACHE, cast.OTHER_ATTACHE, cast.OFFICER, cast.MINISTRY, cast.RECRUITER,
    cast.self_of(SOMEBODY),
)  # fmt: skip


@pytest.fixture
def pooled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """PgBouncer before the test database, with fewer servers than there are clients."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:  # asked for by its mark, so not to be passed over in silence
        pytest.fail("PgBouncer is not installed: apt-get install pgbouncer")
    server = conninfo_to_dict(os.environ["LINDUNG_APP_DATABASE_URL"])
    folder = tmp_path_factory.mktemp("pgbouncer")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    name = connection.settings_dict["NAME"]
    (folder / "users.txt").write_text('"lindung_app" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{name} = host={server['host']} port={server.get('port', 5432)}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {folder}/users.txt\n"
        f"pool_mode = transaction\ndefault_pool_size = {SERVERS}\nmax_client_conn = 100\n"
    )
    account: dict[str, Any] = {}
    if os.geteuid() == 0:  # PgBouncer does not run as root, and has to reach the server's socket
        owner = pwd.getpwuid(Path(str(server["host"])).stat().st_uid)
        account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        for parent in (folder.parent, folder.parent.parent):
            parent.chmod(0o755)
    process = subprocess.Popen(
        [program, str(folder / "pgbouncer.ini")], stderr=subprocess.DEVNULL, **account
    )
    client = {"host": "127.0.0.1", "port": port, "dbname": name, "user": "lindung_app"}
    try:
        until = time.monotonic() + 10
        while True:
            try:
                psycopg.connect(**client).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < until, "PgBouncer does not answer"
                time.sleep(0.1)
        yield client
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def through_it(pooled: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that threads open from here on go through PgBouncer, as the application's own."""
    ours = connections.settings["default"]
    for name, value in {
        "HOST": pooled["host"], "PORT": str(pooled["port"]), "USER": "lindung_app",
        "OPTIONS": {}, "DISABLE_SERVER_SIDE_CURSORS": True,
    }.items():  # fmt: skip
        monkeypatch.setitem(ours, name, value)


def everybody(turn: Callable[[random.Random], None]) -> None:
    """Many at once, each with a connection of its own and many turns."""

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(TURNS):
                turn(chance)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(work, seed) for seed in range(CLIENTS)]:
            done.result()


def who_is_there() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(WHO_IS_THERE)
        role, settings = cursor.fetchone()
    return role, settings


def seen(actor: Actor) -> str:
    """What PostgreSQL has to say of an actor."""
    parts = (
        str(actor.id),
        "{" + ",".join(map(str, actor.posts)) + "}",
        str(actor.agency or ""),
        "{" + ",".join(actor.regions) + "}",
        str(actor.worker or ""),
        actor.country,
    )
    return "|".join(part for part in parts if part)


@pytest.mark.usefixtures("through_it")
class TestBehindThePooler:
    def test_everybody_begins_at_the_door_and_is_only_themselves(self) -> None:
        def turn(chance: random.Random) -> None:
            actor = chance.choice(ACTORS)
            assert who_is_there() == ("acts_as_door", "")
            with suppress(NotAllowed, ZeroDivisionError), acting_as(actor):
                assert who_is_there() == (actor.kind.role, seen(actor))
                match chance.randrange(4):
                    case 0:  # cut off in the middle: what it was must not stay either
                        raise ZeroDivisionError
                    case 1:
                        with acting_as(chance.choice(ACTORS)):
                            pass
                        assert who_is_there() == (actor.kind.role, seen(actor))
                    case _:
                        Worker.objects.count()

        everybody(turn)

    def test_nobody_at_the_door_reads_what_an_actor_before_them_could(self) -> None:
        def turn(chance: random.Random) -> None:
            with acting_as(chance.choice(ACTORS)):
                Worker.objects.count()
            with pytest.raises(ProgrammingError, match="permission denied"):
                Worker.objects.count()

        everybody(turn)

    def test_a_connection_cut_in_the_middle_leaves_nothing(self, pooled: dict[str, Any]) -> None:
        for _ in range(SERVERS * 3):
            cut = psycopg.connect(**pooled)
            cut.execute("select set_config('role', 'acts_as_ministry', true)")
            with socket.socket(fileno=os.dup(cut.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)  # the process is gone, nobody said goodbye
            assert who_is_there() == ("acts_as_door", "")
            cut.close()
        connection.close()


def test_a_setting_of_the_session_would_be_seen_here(pooled: dict[str, Any]) -> None:
    """What the tests above would tell: a setting that outlives its transaction meets others."""
    with psycopg.connect(**pooled, autocommit=True) as careless:
        for _ in range(SERVERS):
            careless.execute("select set_config('lindung.actor', 'careless', false)")
    with psycopg.connect(**pooled, autocommit=True) as next_one:
        row = next_one.execute("select current_setting('lindung.actor', true)").fetchone()
    assert row == ("careless",)
