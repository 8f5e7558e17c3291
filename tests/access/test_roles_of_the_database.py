"""What binds the application: its login has nothing, and becomes one kind of actor at a time."""

from __future__ import annotations

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from lindung.access.acting import acting_as
from lindung.access.models import Account
from lindung.access.roles import ANYONE
from lindung.registry.models import Worker
from tests.conftest import Scene, become


class TestTheApplicationsLogin:
    def test_is_no_member_of_the_owner_and_stands_above_no_policy(self, app_conninfo: str) -> None:
        with psycopg.connect(app_conninfo) as conn:
            row = conn.execute(
                "select pg_has_role('lindung_app', 'lindung_owner', 'member'),"
                " rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = session_user"
            ).fetchone()
        assert row == (False, False, False, False)

    def test_cannot_become_the_owner(self, app_conninfo: str) -> None:
        with (
            psycopg.connect(app_conninfo) as conn,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            conn.execute("set role lindung_owner")

    @pytest.mark.parametrize("table", ["registry_worker", "access_account", "access_journal"])
    def test_is_refused_every_table_while_it_has_no_role(
        self, app_conninfo: str, table: str
    ) -> None:
        with psycopg.connect(app_conninfo) as conn:
            conn.execute("set role none")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"select 1 from {table}")

    def test_begins_at_the_door(self, app_conninfo: str) -> None:
        with psycopg.connect(app_conninfo) as conn:
            assert conn.execute("select current_user").fetchone() == ("acts_as_door",)


class TestTheDoor:
    def test_reads_accounts_but_no_worker(self, db: None) -> None:
        assert Account.objects.count() == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Worker.objects.count()

    def test_is_where_a_test_begins_and_where_the_scene_leads_back(self, scene: Scene) -> None:
        with scene():
            assert _role() == "lindung_owner"
            Account.objects.create_user("a", display_name="A")
        assert _role() == "acts_as_door"
        with acting_as(ANYONE):
            assert _role() == "acts_as_public"
            with scene():
                pass
            assert _role() == "acts_as_public"

    def test_is_not_left_by_a_failed_scene(self, scene: Scene) -> None:
        with pytest.raises(ValueError), scene():
            raise ValueError
        assert _role() == "acts_as_door"
        with become("acts_as_clock"):
            assert _role() == "acts_as_clock"


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])
