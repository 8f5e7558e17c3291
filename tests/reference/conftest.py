"""The reference tables as shipped, loaded once for all tests of this folder."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lindung.reference import queries
from lindung.reference.loading import load


@pytest.fixture(scope="session")
def shipped(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load as the owner, as in service; whoever the tests log in as takes over again."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select current_user, (select true from pg_roles where rolname = %s)", [OWNER]
        )
        me, owner_exists = cursor.fetchone()
        if owner_exists:
            cursor.execute(f"set role {OWNER}")
        list(load(timezone.now()))
        cursor.execute(f'set role "{me}"')
        queries.forget()


@pytest.fixture
def reference(shipped: None, db: None) -> None:
    """The shipped data, for one test."""


OWNER = "lindung_owner"
