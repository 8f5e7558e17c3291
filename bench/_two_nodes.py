"""Two whole nodes of the exchange on this machine: a database, a web server and a job worker each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from bench import _service
from bench._own_server import own_server
from bench._service import free_port, wait_for
from bench.ledger.apps import TABLE
from lindung.access.keys import make_missing

CLONE = _service.CLONE


@dataclass
class Side:
    """One government's node.

    Attributes:
        role: ``origin`` or ``destination``.
        skew: seconds its clock is ahead.
    """

    role: str
    folder: Path
    app_url: str
    owner_url: str
    skew: float = 0
    port: int = 0
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def node(self) -> str:
        """The node's name."""
        return f"urn:lindung:node:bench-{self.role}"

    @property
    def url(self) -> str:
        """Where its web server answers."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Of each of its processes."""
        return os.environ | {
            "DATABASE_URL": self.app_url,
            "LINDUNG_OWNER_DATABASE_URL": self.owner_url,
            "LINDUNG_ENV": "demo",
            "LINDUNG_HOME": str(self.folder),
            "LINDUNG_KEYS": str(self.folder / "keys"),
            "LINDUNG_NODE_FILE": str(self.folder / "node.yaml"),
            "LINDUNG_PORT": str(self.port),
            "LINDUNG_PUBLIC_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "bench._node_settings",
            "PYTHONPATH": f"{CLONE / 'src'}{os.pathsep}{CLONE}",
            "BENCH_CLOCK_SKEW": str(self.skew),
        }

    def make(self) -> None:
        """Its keys and who it is."""
        self.folder.mkdir()
        self.port = free_port()
        (self.folder / "node.yaml").write_text(
            yaml.safe_dump(
                {"node": self.node, "name": self.node, "country": "ZZ", "demo_partners": []}
            )
        )
        make_missing(self.folder / "keys")

    def manage(self, *words: str) -> None:
        """Run one of Django's commands on this node."""
        self.python("manage.py", *words)

    def python(self, *words: str) -> str:
        """Run Python on this node; what it printed."""
        done = subprocess.run(
            [sys.executable, *words], cwd=CLONE, env=self.environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, kind: str) -> None:
        """Start one process: ``web``, ``jobs``, ``mail FOLDER``, or ``say N M`` to send N messages on M subjects."""
        name, *words = kind.split()
        command = {
            "web": [
                "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
                "--port", str(self.port), "--workers", "1", "--blocking-threads", "4",
                "--respawn-failed-workers", "--no-ws", "lindung.site.wsgi:application",
            ],
            "jobs": ["manage.py", "procrastinate", "worker", "--concurrency", "2"],
            "mail": ["-m", "bench._postman", *words],
            "say": ["-m", "bench._say", self.role, *words],
        }[name]  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], cwd=CLONE, env=self.environment(),
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """``kill -9`` a process and all it started."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Kill what runs."""
        for name in list(self.processes):
            self.kill(name)

    def wait_ready(self) -> None:
        """Until the web server answers."""
        trouble = f"{self.node} is not ready: see {self.folder / 'web.log'}"
        wait_for(self.port, trouble)

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of this node's database, as its owner."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            return connection.execute(question, values or None).fetchall()


@contextmanager
def two_nodes(*, skew: float = 0) -> Iterator[tuple[Side, Side]]:
    """Both nodes, migrated and with keys, nothing running; gone afterwards.

    Args:
        skew: seconds by which the destination's clock is ahead.
    """
    with (
        own_server() as (server, _),
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
    ):
        sides = []
        for role in ("origin", "destination"):
            side = Side(
                role, Path(folder) / role,
                server.url("lindung_app", role), server.url("lindung_owner", role),
            )  # fmt: skip
            side.make()
            server.database(role)
            with psycopg.connect(side.owner_url, autocommit=True) as connection:
                connection.execute(TABLE)
            sides.append(side)
        origin, destination = sides
        destination.skew = skew
        try:
            yield origin, destination
        finally:
            for side in sides:
                side.stop()
            for side in sides:
                server.drop(side.role)


def befriend(one: Side, other: Side, *, through: str = "") -> None:
    """Enter ``other`` as a partner of ``one``, reached at its own address or through another."""
    with psycopg.connect(one.owner_url, autocommit=True) as connection:
        columns: dict[str, Any] = {
            "code": other.role, "name": other.node, "country": "ZZ", "node": other.node,
            "base_url": through or other.url, "adapter": "http", "schemes": "[]",
            "agreement": "bench", "is_demo": True, "robot": "gen", "id": "gen",
        }  # fmt: skip
        need = connection.execute(
            "select column_name, data_type from information_schema.columns where"
            " table_name = 'exchange_partner' and is_nullable = 'NO' and column_default is null"
        ).fetchall()
        empty = {"jsonb": "{}", "integer": 0, "smallint": 0, "boolean": False, "uuid": "gen"}
        row = {name: columns.get(name, empty.get(kind, "")) for name, kind in need}
        connection.execute(
            sql.SQL("insert into exchange_partner ({}) values ({})").format(
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(
                    sql.SQL("gen_random_uuid()") if value == "gen" else sql.Literal(value)
                    for value in row.values()
                ),
            )
        )
