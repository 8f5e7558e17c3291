"""Every table that names a person carries that person in its keys, or says in one place why not yet."""

from __future__ import annotations

import pytest
from django.db import connection

from lindung.access import distribution
from lindung.access.distribution import COLUMN, CROSSING, MADE_BEFORE, NOT_SPREAD

pytestmark = pytest.mark.django_db


def test_new_tables_carry_the_person_in_their_keys() -> None:
    odd = {each.table: each.cures for each in distribution.tables()
           if each.lies == "spread" and not each.fits and each.table not in MADE_BEFORE}  # fmt: skip
    assert odd == {}


def test_older_ones_are_there_and_need_it() -> None:
    needing = {
        each.table for each in distribution.tables() if each.lies == "spread" and not each.fits
    }
    assert needing >= MADE_BEFORE


def test_tables_not_spread_are_there_name_a_person_and_say_why() -> None:
    whole = {each.table for each in distribution.tables() if each.lies == "whole"}
    assert whole == set(NOT_SPREAD)
    assert all(NOT_SPREAD.values())


def test_links_that_cross_are_declared() -> None:
    assert distribution.strays() == set(CROSSING)


def test_every_column_for_a_person_in_the_database_is_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_attribute join pg_class on pg_class.oid = attrelid"
            " where relnamespace = 'public'::regnamespace and attname = %s and not relispartition"
            " and relkind in ('r', 'p')",
            [COLUMN],
        )
        columns = {name for (name,) in cursor.fetchall()}
    seen = {each.table for each in distribution.tables()} - {"registry_worker"}
    assert columns == seen


def test_what_would_change_is_said_for_each() -> None:
    for each in distribution.tables():
        assert each.why or each.fits or each.cures, each.table


def test_the_model_says_what_the_database_has() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.indrelid::regclass::text, array_agg(a.attname::text) from pg_index i"
            " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
            " where i.indisprimary group by 1"
        )
        keys = {table: set(columns) for table, columns in cursor.fetchall()}
    for each in distribution.tables():
        if each.lies == "spread" and each.table != "registry_worker":
            lacks = any(key.startswith("primary key") for key in each.keys)
            assert lacks is (COLUMN not in keys[each.table]), each.table
