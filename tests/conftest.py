"""The test database and its two hands: the owner sets the scene, a bound role acts in it.

Tests log in as ``lindung_test``, which may become the owner or any kind of actor and begins, like
the application, at the door. So scene and act share one transaction, which each test rolls back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone
from psycopg import sql
from psycopg.conninfo import make_conninfo
from xdist.scheduler import LoadScopeScheduling

from lindung.access.keys import make_missing

OWNER = "lindung_owner"
DOOR = "acts_as_door"
Scene = Callable[[], AbstractContextManager[None]]


class _ByFile(LoadScopeScheduling):
    """Where a run has several processes, a file stays in one, and all journeys share theirs."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "journeys" if file.startswith("tests/journeys/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Files, not single tests, are handed out."""
    return _ByFile(config, log)


@contextmanager
def owner_sets_the_scene() -> Iterator[None]:
    """Run the block as the owner of the tables, then be again whoever we were."""
    with become(OWNER):
        yield


@contextmanager
def become(role: str) -> Iterator[None]:
    """Run the block under a database role of the test login."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        before = cursor.fetchone()[0]
        cursor.execute("select set_config('role', %s, false)", [role])
    try:
        yield
    finally:
        # A transaction already lost answers nothing, and takes the role back when it is undone.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("select set_config('role', %s, false)", [before])


@pytest.fixture(scope="session", autouse=True)
def keys() -> Path:
    """Key files of this run, in the temporary folder of the test settings."""
    make_missing(settings.KEYS)
    return Path(settings.KEYS)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, keys: Path
) -> Iterator[None]:
    """A database of its own, owned and migrated by the owner, gone afterwards."""
    wanted = connection.settings_dict
    server, name = _server(), f"test_{wanted['NAME']}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f"set role {wanted['USER']}")
        maintenance.execute(sql.SQL("drop database if exists {} with (force)").format(_id(name)))
        maintenance.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                _id(name), _id(OWNER)
            )
        )
    connection.close()
    wanted["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    with django_db_blocker.unblock():
        with become(OWNER):
            call_command("migrate", verbosity=0, interactive=False)
        yield
        connection.close()
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f"set role {OWNER}")
        try:
            maintenance.execute(
                sql.SQL("drop database if exists {} with (force)").format(_id(name))
            )
        except psycopg.errors.InsufficientPrivilege:
            # A vacuum is at work there, which only a superuser may end; without force it is asked.
            maintenance.execute(sql.SQL("drop database if exists {}").format(_id(name)))


@pytest.fixture(scope="session", autouse=True)
def _owner_empties_the_tables() -> Iterator[None]:
    """Tests that commit are undone by emptying the tables, which the door may not.

    For the whole run: a patch of one test would be gone before that test is undone.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _emptied)
        yield


@pytest.fixture
def scene(db: None) -> Scene:
    """``with scene():`` sets the scene as the owner; the code under test runs as a bound role."""
    return owner_sets_the_scene


@pytest.fixture
def app_conninfo(django_db_setup: None) -> str:
    """How the application itself logs in to the test database: bound, and nothing of its own."""
    given = os.environ.get("LINDUNG_APP_DATABASE_URL", "")
    if given:
        return make_conninfo(given, dbname=connection.settings_dict["NAME"])
    return make_conninfo(
        _server(), user="lindung_app", dbname=connection.settings_dict["NAME"], options=""
    )


def _server() -> str:
    """How to reach the server's own database ``postgres`` as the test login."""
    known = connection.settings_dict
    given = {
        "host": known["HOST"],
        "port": known["PORT"],
        "user": known["USER"],
        "password": known["PASSWORD"],
    }
    return make_conninfo(dbname="postgres", **{name: each for name, each in given.items() if each})


def _emptied(self: TransactionTestCase) -> None:
    with become(OWNER), connection.cursor() as cursor:
        tables = [
            each
            for each in connection.introspection.table_names()
            if each not in _KEPT and not each.startswith("reference_")
        ]
        # The journal refuses to be emptied; here it is ours to throw away.
        for guarded in _GUARDED:
            cursor.execute(f"alter table {guarded} disable trigger user")
        names = sql.SQL(", ").join(map(sql.Identifier, tables)).as_string(cursor.connection)
        cursor.execute(f"truncate {names} cascade")
        # As a migration leaves it: with nobody in it, the register's book has been counted.
        cursor.execute(
            "insert into monitoring_recount (id, began_at, ended_at, people, wrong)"
            " values (gen_random_uuid(), now(), now(), 0, 0)"
        )
        for guarded in _GUARDED:
            cursor.execute(f"alter table {guarded} enable trigger user")


_KEPT = {"django_migrations", "django_content_type", "auth_permission"}
_GUARDED = ("access_journal", "access_seal")


def _id(name: str) -> sql.Identifier:
    return sql.Identifier(name)


@pytest.fixture
def posts(scene: Scene) -> None:
    """The two posts of the cast."""
    from tests import cast

    with scene():
        cast.posts()


@pytest.fixture(scope="session")
def shipped(django_db_setup: None, django_db_blocker: Any) -> None:
    """The reference tables as shipped, loaded once for all tests that read them."""
    from lindung.reference import queries
    from lindung.reference.loading import load

    with django_db_blocker.unblock(), become(OWNER):
        list(load(timezone.now()))
        queries.forget()


@pytest.fixture
def places(shipped: None, db: None) -> None:
    """The shipped reference data, for one test."""
