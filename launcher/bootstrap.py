"""The roles and the empty database, by the same SQL file that a DBA would run."""

from __future__ import annotations

import subprocess
from pathlib import Path

from launcher.home import Home
from launcher.postgres import DATABASE, Postgres
from launcher.stamps import Stamps, digest
from launcher.trouble import Trouble

OWNER = "lindung_owner"


def sql_file(home: Home) -> Path:
    """The roles of the service."""
    return home.clone / "src" / "lindung" / "access" / "bootstrap.sql"


def tests_file(home: Home) -> Path:
    """Further roles that exist only on a throw-away test server."""
    return home.clone / "src" / "lindung" / "access" / "bootstrap_tests.sql"


def roles(home: Home, server: Postgres, stamps: Stamps | None, *, tests: bool = False) -> None:
    """Make the roles and the database ``lindung``; can run at any time, costs nothing if done.

    Raises:
        Trouble: the SQL was refused.
    """
    files = [sql_file(home), *([tests_file(home)] if tests else [])]
    value = digest(files)
    if stamps and stamps.done("bootstrap", value):
        return
    psql(server, *(word for file in files for word in ("-f", str(file))))
    there = psql(server, "-c", f"select 1 from pg_database where datname = '{DATABASE}'")
    if not there.strip():
        # template0: the only template whose order of letters we know.
        psql(
            server,
            "-c",
            f"create database {DATABASE} owner {OWNER} template template0 encoding 'UTF8'",
        )
    if stamps:
        stamps.set("bootstrap", value)


def psql(server: Postgres, *words: str, database: str = "postgres") -> str:
    """Run psql as the superuser over the socket and return its bare output.

    Raises:
        Trouble: a statement failed.
    """
    done = subprocess.run(
        [
            str(server.binaries.program("psql")),
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(server.socket),
            "-U",
            "postgres",
            "-d",
            database,
            *words,
        ],
        env={
            "LC_ALL": "C",
            "PGCONNECT_TIMEOUT": "10",
            "PGOPTIONS": "-c client_min_messages=warning",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Trouble(f"The database refused its set-up:\n{done.stderr.strip()}")
    return done.stdout
