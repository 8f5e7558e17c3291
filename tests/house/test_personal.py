"""Every table with personal data stands in the schedule, is given to the person or says why not."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from lindung.access import policies
from lindung.privacy import schedule
from lindung.registry.models import Worker

pytestmark = pytest.mark.django_db

# Tables that no app of ours declares, and why: they hold nobody's data, or ids of rows alone.
ELSEWHERE = {
    "account_emailconfirmation": "allauth's; addresses are not confirmed by mail here",
    "auth_group": "Django's; rights come from roles",
    "auth_group_permissions": "Django's; rights come from roles",
    "auth_permission": "Django's; rights come from roles",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "procrastinate_events": "numbers of jobs",
    "procrastinate_jobs": "ids only, deleted days after they ended",
    "procrastinate_periodic_defers": "instants",
    "procrastinate_workers": "instants",
}
THEN = {"erase", "blank", "words", "keep", "keep_shell"}


def undeclared() -> set[str]:
    """Tables of the database that stand nowhere in the schedule."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition"
        )
        there = {row[0] for row in cursor.fetchall()}
    known = {each.name for each in schedule.tables().values()}
    nobody = {apps.get_model(label)._meta.db_table for label in schedule.of_nobody()}
    return there - known - nobody - set(ELSEWHERE)


def concerns_a_worker(model: type[models.Model]) -> bool:
    """Whether the table has a column that names a worker."""
    columns = {field.column for field in model._meta.concrete_fields}
    keys = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    return "worker_id" in columns or Worker in keys


class TestTheSchedule:
    def test_has_every_table(self) -> None:
        assert undeclared() == set()

    def test_misses_a_new_table(self, scene: Any) -> None:
        with scene(), connection.cursor() as cursor:
            cursor.execute("create table registry_gossip (worker_id uuid, words text)")
        assert undeclared() == {"registry_gossip"}

    def test_names_kinds_reasons_and_fields_that_exist(self) -> None:
        wrong = []
        for table in schedule.tables().values():
            names = {field.attname for field in table.model._meta.concrete_fields}
            if table.kind not in schedule.kinds() or table.then not in THEN:
                wrong.append(f"{table.label}: {table.kind}, {table.then}")
            if bool(table.copy) == bool(table.left_out):
                wrong.append(f"{table.label}: a copy or a reason why not, and not both")
            if table.left_out and table.left_out not in schedule.reasons():
                wrong.append(f"{table.label}: {table.left_out}")
            unknown = {*table.copy, *(table.blank or {}), *filter(None, [table.since])} - names
            wrong += [f"{table.label}.{each}" for each in sorted(unknown)]
        assert wrong == []

    def test_every_kind_has_tables_and_says_why_it_is_kept(self) -> None:
        assert {each.kind for each in schedule.tables().values()} == set(schedule.kinds())
        for record in schedule.kinds().values():
            assert record.purpose["id"], record.id
            assert record.purpose["en"], record.id
            assert record.basis["instrument"], record.id
            assert record.counts in {"person", "row"}, record.id

    def test_says_whose_each_row_about_a_worker_is(self) -> None:
        silent = [
            table.label
            for table in schedule.tables().values()
            if concerns_a_worker(table.model) and not table.whose
        ]
        assert silent == []

    def test_has_no_table_about_workers_among_those_about_nobody(self) -> None:
        about = [
            label for label in schedule.of_nobody() if concerns_a_worker(apps.get_model(label))
        ]
        assert about == []

    def test_sealed_words_and_informants_are_in_nobodys_copy(self) -> None:
        given = {label for label, table in schedule.tables().items() if table.copy}
        assert not given & {
            "protection.SealedPart", "protection.Informant", "signals.Alert", "registry.EntryCode",
        }  # fmt: skip

    def test_what_goes_leaves_nothing_hanging(self) -> None:
        """A kept row never points to an erased one: erasing would fail at the end of its batch."""
        gone = {
            table.model
            for table in schedule.tables().values()
            if table.then == "erase" and (table.whose or table.along)
        }
        hanging = [
            f"{model._meta.label}.{field.name}"
            for model in apps.get_models()
            if model not in gone
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model in gone
        ]
        assert hanging == []

    def test_our_robot_alone_may_delete_what_is_erased(self) -> None:
        erased = {each.name for each in schedule.tables().values() if each.then == "erase"}
        granted = {
            each.model._meta.db_table
            for each in policies.declared()
            if isinstance(each, policies.MayErase)
        }
        assert granted == erased
