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

GIVEN = "BENCH_SERVER"
_TEMPLATE = "bench_template"


@dataclass
class Server:
    """One PostgreSQL; its databases belong to ``lindung_owner``."""

    socket: str
    folder: Path

    def url(self, user: str, database: str) -> str:
        """How to reach a database as a login."""
        return f"postgresql://{user}@/{database}?host={quote(self.socket, safe='/')}"

    def environment(self, database: str) -> dict[str, str]:
        """Of a process of the service on this database, with keys of its own."""
        return os.environ | {
            "DATABASE_URL": self.url("lindung_app", database),
            "LINDUNG_OWNER_DATABASE_URL": self.url("lindung_owner", database),
            "LINDUNG_ENV": "demo",
            "LINDUNG_HOME": str(self.folder),
            "LINDUNG_KEYS": str(self.folder / "keys"),
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{CLONE}",
            GIVEN: self.socket,
            f"{GIVEN}_FOLDER": str(self.folder),
        }

    def database(self, name: str) -> None:
        """A new database with all tables, policies and the reference data, and nobody in it."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as server:
            there = {row[0] for row in server.execute("select datname from pg_database")}
            if _TEMPLATE not in there:
                _create(server, f"{_TEMPLATE}_new", "template0")
                environment = self.environment(f"{_TEMPLATE}_new")
                if not (self.folder / "keys").exists():
                    manage("make_keys", environment=environment)
                manage("migrate", "--no-input", "--verbosity", "0", environment=environment)
                manage("load_reference", environment=environment)
                rename = sql.SQL("alter database {} rename to {}")
                server.execute(rename.format(*map(sql.Identifier, (f"{_TEMPLATE}_new", _TEMPLATE))))
            self.drop(name)
            _create(server, name, _TEMPLATE)

    def drop(self, name: str) -> None:
        """Remove a database and whoever is still in it."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as server:
            server.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


def _create(server: psycopg.Connection[tuple[object, ...]], name: str, template: str) -> None:
    server.execute(
        sql.SQL("create database {} owner lindung_owner template {} encoding 'UTF8'").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


@contextmanager
def own_server() -> Iterator[tuple[Server, Postgres | None]]:
    """The server that was given, or one made here and gone afterwards (then with its process)."""
    if given := os.environ.get(GIVEN):
        yield Server(given, Path(os.environ[f"{GIVEN}_FOLDER"])), None
        return
    with (
        testing.server(homes.find(), Voice(out=sys.stderr), durable=True) as postgres,
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
    ):
        static = homes.find().state / "static"
        if static.is_dir():
            (Path(folder) / "static").symlink_to(static)
        yield Server(str(postgres.socket), Path(folder)), postgres
