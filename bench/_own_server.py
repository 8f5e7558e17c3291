"""A PostgreSQL of a bench's own that keeps its promises (fsync on), with ready databases in it.

Where several benches run after one another (``./lindung bench small``), the first one's serves all:
its place stands in the environment, and databases are copies of one that was migrated once.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from bench._service import CLONE, SOURCE, manage
from launcher import home as homes
from launcher import testing
from launcher.postgres import Postgres
from launcher.say import Voice
from lindung.access.keys import make_missing

# Where a server that serves all is reached, its folder, and what its databases' names begin with.
_GIVEN, _FOLDER, _PREFIX = "BENCH_SERVER", "BENCH_SERVER_FOLDER", "BENCH_SERVER_PREFIX"
TEMPLATE = "template"


@dataclass(frozen=True)
class Server:
    """One PostgreSQL; its databases belong to ``lindung_owner``.

    Attributes:
        place: host and port as a connection's parameters: ``host=…&port=…``.
        folder: home and keys of the service's processes.
        prefix: of the names of its databases.
    """

    place: str
    folder: Path
    prefix: str = "bench_"

    def url(self, user: str, database: str) -> str:
        """How to reach a database of ours as a login."""
        return f"postgresql://{user}@/{self.prefix}{database}?{self.place}"

    @property
    def superuser_url(self) -> str:
        """How to reach the server itself."""
        return f"postgresql://postgres@/postgres?{self.place}"

    def environment(self, database: str) -> dict[str, str]:
        """Of a process of the service on this database, with keys of its own."""
        return os.environ | {
            "DATABASE_URL": self.url("lindung_app", database),
            "LINDUNG_OWNER_DATABASE_URL": self.url("lindung_owner", database),
            "DJANGO_SETTINGS_MODULE": "lindung.site.settings.base",
            "LINDUNG_ENV": "demo",
            "LINDUNG_HOME": str(self.folder),
            "LINDUNG_KEYS": str(self.folder / "keys"),
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{CLONE}",
            **self.given(),
        }

    def given(self) -> dict[str, str]:
        """What tells another bench to use this server."""
        return {_GIVEN: self.place, _FOLDER: str(self.folder), _PREFIX: self.prefix}

    def database(self, name: str) -> None:
        """A new database with all tables, policies and the reference data, and nobody in it."""
        with psycopg.connect(self.superuser_url, autocommit=True) as server:
            there = {row[0] for row in server.execute("select datname from pg_database")}
            if f"{self.prefix}{TEMPLATE}" not in there:
                draft = "being_made"
                self._create(server, draft, "template0")
                environment = self.environment(draft)
                make_missing(self.folder / "keys")
                manage("migrate", "--no-input", "--verbosity", "0", environment=environment)
                manage("load_reference", environment=environment)
                rename = sql.SQL("alter database {} rename to {}")
                server.execute(rename.format(self._name(draft), self._name(TEMPLATE)))
            self.drop(name)
            self._create(server, name, f"{self.prefix}{TEMPLATE}")

    def copy(self, of: str, name: str) -> None:
        """A database with all that another holds, to which nobody may be connected."""
        self.drop(name)
        with psycopg.connect(self.superuser_url, autocommit=True) as server:
            self._create(server, name, f"{self.prefix}{of}")

    def drop(self, name: str) -> None:
        """Remove a database and whoever is still in it."""
        with psycopg.connect(self.superuser_url, autocommit=True) as server:
            gone = sql.SQL("drop database if exists {} with (force)")
            server.execute(gone.format(self._name(name)))

    def _create(self, server: psycopg.Connection[tuple[object, ...]], name: str, of: str) -> None:
        server.execute(
            sql.SQL("create database {} owner lindung_owner template {} encoding 'UTF8'").format(
                self._name(name), sql.Identifier(of)
            )
        )

    def _name(self, name: str) -> sql.Identifier:
        return sql.Identifier(f"{self.prefix}{name}")


@contextmanager
def own_server() -> Iterator[tuple[Server, Postgres | None]]:
    """The server that was given, or one made here and gone afterwards (then with its process)."""
    if given := os.environ.get(_GIVEN):
        yield Server(given, Path(os.environ[_FOLDER]), os.environ[_PREFIX]), None
        return
    with (
        testing.server(homes.find(), Voice(out=sys.stderr), durable=True) as postgres,
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
    ):
        static = homes.find().state / "static"
        if static.is_dir():
            (Path(folder) / "static").symlink_to(static)
        yield Server(f"host={quote(str(postgres.socket), safe='/')}", Path(folder)), postgres
