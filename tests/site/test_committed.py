"""Tests that commit leave an empty database behind, journal and all."""

from __future__ import annotations

import pytest
from django.db import connection

from lindung.access.models import Account, JournalEntry
from tests.conftest import owner_sets_the_scene
from tests.factories import AccountFactory


@pytest.mark.parametrize("again", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_committed_row_is_gone_in_the_next_test(again: int) -> None:
    assert Account.objects.count() == 0
    with owner_sets_the_scene():
        AccountFactory()
        assert JournalEntry.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("acts_as_door",)
