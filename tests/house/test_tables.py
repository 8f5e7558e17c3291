"""Tables: none about people without policies, no index that a policy cannot begin with."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from lindung.access import policies
from lindung.access.models import JournalEntry, Scoped
from lindung.access.policies import OpenTable
from lindung.registry.models import WorkerToken
from tests.conftest import Scene

pytestmark = pytest.mark.django_db

# Tables without policies that nobody declared open, and why each may be so. No role of the
# application has a grant on them, or it has no more than the reason says.
NO_POLICIES = {
    "account_emailconfirmation": "allauth's; addresses are not confirmed by mail here",
    "auth_group": "Django's; rights come from roles",
    "auth_group_permissions": "Django's; rights come from roles",
    "auth_permission": "Django's; rights come from roles",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "procrastinate_events": "numbers of jobs; written by all, read by our robot",
    "procrastinate_jobs": "ids only; put in by all, read by our robot",
    "procrastinate_periodic_defers": "instants; our robot alone",
    "procrastinate_workers": "instants; our robot alone",
}
MAY_PUT_IN_JOBS = {"procrastinate_events", "procrastinate_jobs"}

# What an index of a scoped table may begin with: a scope column, or one person or thing.
SCOPE = {"post_id", "agency_id", "region", "country", "worker_id", "subject"}
# Indexes that begin otherwise, and why.
INDEXES = {
    "access_journal_xid": "seals read whole transactions, as our robot",
    "agency_duty_once": "what keeps a recruiter from being asked twice",
    "alert_outcomes": "the ministry's page on how right each signal was",
    "alert_queue": "the ministry's queue, which has no scope, in its order",
    "answer_amber": "our robot's work",
    "answer_lately": "our robot's work",
    "appointment_case": "the appointments of one case, found in scope before",
    "appointment_interpreter": "when one interpreter is taken, found in scope before",
    "asking_due": "our robot's work",
    "attempt_case": "how one person was tried, found in scope before",
    "batch_under_way": "our robot's work",
    "call_next": "our robot's work",
    "case_paused": "our robot's work",
    "casehand_case": "where one case went, found in scope before",
    "caselink_case": "what one case belongs with, found in scope before",
    "caselink_other": "what one case belongs with, found in scope before",
    "casenote_case": "the notes of one case, found in scope before",
    "casetask_case": "what is to be done on one case, found in scope before",
    "claim_case": "the claims of one case, found in scope before",
    "contract_offer": "the other country's number, matched by our robot",
    "contract_queue": "the ministry's queue, which has no scope, in its order",
    "desk_case_all": "the ministry's queue, which has no scope, in its order",
    "desk_clearance_all": "the ministry's queue, which has no scope, in its order",
    "desk_task_all": "the ministry's queue, which has no scope, in its order",
    "diary_lately": "our robot's work",
    "difference_open_once": "what keeps one difference from being kept twice",
    "document_due": "our robot's work",
    "document_unscanned": "our robot's work",
    "escalation_once": "what keeps a rung to one telling",
    "evidence_case": "the evidence of one case, found in scope before",
    "evidence_placement": "what was given for one placement, found in scope before",
    "expense_incident": "what one incident cost, found in scope before",
    "extension_placement": "the extensions of one placement, found in scope before",
    "finding_open_once": "what keeps one difference from being opened twice",
    "finding_placement": "what differs in one placement, found in scope before",
    "happening_incident": "what happened on one incident, found in scope before",
    "health_incident": "what is known of one incident, found in scope before",
    "hearing_once": "what one case answers, found in scope before",
    "identifier_blind": "a number by its keyed hash; equality comes before the policy",
    "incoming_counts": "the desk of one partner, at the ministry",
    "incoming_due": "our robot's work",
    "incoming_in_order": "what makes a repeat harmless",
    "incoming_once": "what makes a repeat harmless",
    "intake_row_once": "the lines of one list, found in scope before",
    "leave_away": "the nightly look for who is not back from leave, over everybody",
    "letter_case": "the letters of one case, found in scope before",
    "medium_message": "what came with one message, found in scope before",
    "message_in_once": "what makes a repeat harmless",
    "message_out": "a receipt to its message, by our robot",
    "message_sender": "what one sender wrote, found in scope before",
    "met_once": "whom one visit met, found in scope before",
    "notice_incident": "who was told of one incident, found in scope before",
    "opening_in_force": "what one actor has opened, asked by every policy of a sealed table",
    "muster_entry_event": "our robot's work, and the states of one event found before",
    "muster_round_event": "the rounds of one event, found before",
    "officer_alert_once": "what was tried for one ring, found in scope before",
    "outgoing_counts": "the desk of one partner, at the ministry",
    "outgoing_due": "our robot's work",
    "outgoing_in_order": "what keeps the order of a lane",
    "outgoing_answer": "the key to a receipt, asked when one goes, by our robot",
    "outgoing_thread": "an answer to its question, by our robot",
    "outside_value": "another system's number; equality comes before the policy",
    "past_alarm_once": "what keeps one alarm from being raised twice",
    "payment_claim": "the payments on one claim, found in scope before",
    "place_call": "the points of one call, found in scope before",
    "place_of_order": "the places of one order, found in scope before",
    "place_seat_once": "what keeps a place to one person",
    "post_change_day": "the register's balance: who moved between posts in a period",
    "received_group": "our robot's work",
    "received_once": "what makes a repeat harmless",
    "referral_case": "the referrals of one case, found in scope before",
    "referral_running": "our robot's work",
    "review_alert": "the reviews of one alert, found in scope before",
    "ring_call": "who was called for one call, found in scope before",
    "sanction_case": "what one case led to, found in scope before",
    "ruling_asked_once": "what was asked on one incident, found in scope before",
    "ruling_incident": "what was asked on one incident, found in scope before",
    "seeing_message_waiting": "our robot's work: what waits, counted for the measures",
    "seeing_outgoing_dead": "our robot's work: what was given up, counted for the measures",
    "sender_once": "an address by its keyed hash, by our robot",
    "shared_in_tree": "our robot's work",
    "sheet_once": "one open step of a message that was found in scope before",
    "stay_case": "where the person of one case stays, found in scope before",
    "stay_shelter": "who is in one shelter, found in scope before",
    "todo_once": "what keeps one thing from being asked twice",
    "token_all": "the ministry's search, which has no scope",
    "visit_item_once": "what was found on one visit, found in scope before",
    "state_employer": "the queue's filter by employer: everybody at one, before the policy",
    "worker_born": "likely duplicates: a day of birth; equality comes before the policy",
}  # fmt: skip


def rows(query: str) -> list[tuple[Any, ...]]:
    """What the catalogue says."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def tables(condition: str) -> set[str]:
    """Tables of the schema, partitions apart, that a condition on ``pg_class`` holds for."""
    return {
        name
        for (name,) in rows(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            f" and relkind in ('r', 'p') and not relispartition and {condition}"
        )
    }


def declared_open() -> set[str]:
    """Tables that some app declares to hold nobody's data."""
    return set(policies.open_tables()) | {
        each.model._meta.db_table for each in policies.declared() if isinstance(each, OpenTable)
    }


def unguarded() -> set[str]:
    """Tables without row policies that are neither declared open nor excused."""
    with_policies = {
        name for (name,) in rows("select distinct tablename from pg_policies"
                                 " where schemaname = 'public'")
    }  # fmt: skip
    guarded = tables("relrowsecurity") & with_policies
    return tables("true") - guarded - declared_open() - set(NO_POLICIES)


class TestTables:
    def test_without_policies_are_open_or_excused(self) -> None:
        assert unguarded() == set()

    def test_a_new_one_without_policies_is_found(self, scene: Scene) -> None:
        with scene(), connection.cursor() as cursor:
            cursor.execute("create table registry_secret (name text)")
            cursor.execute("create table registry_half (name text)")
            cursor.execute("alter table registry_half enable row level security")
        assert unguarded() == {"registry_secret", "registry_half"}

    def test_excused_are_there_and_need_it(self) -> None:
        assert set(NO_POLICIES) <= tables("not relrowsecurity")
        assert declared_open() <= tables("not relrowsecurity")

    def test_excused_grant_nothing(self) -> None:
        granted = rows(
            "select table_name, grantee, privilege_type from information_schema.role_table_grants"
            " where grantee like 'acts\\_as\\_%' and grantee <> 'acts_as_clock'"
        )
        found = {(table, right) for table, _, right in granted if table in NO_POLICIES}
        assert found <= {(table, "INSERT") for table in MAY_PUT_IN_JOBS}

    def test_grant_the_application_and_the_world_nothing(self) -> None:
        assert (
            rows(
                "select table_name, grantee from information_schema.role_table_grants"
                " where grantee in ('PUBLIC', 'lindung_app') and table_schema = 'public'"
            )
            == []
        )

    def test_with_a_scope_column_carry_all_of_them(self) -> None:
        odd = []
        for model in apps.get_models():
            columns = {field.column for field in model._meta.concrete_fields}
            scoped = issubclass(model, Scoped) or model is WorkerToken
            if "worker_id" in columns and not scoped:
                odd.append(model.__name__)
        # Signing in comes before any scope; a job's worker is the process that runs it; an old
        # system's keys, an erasure, the people of a breach and the lines of the register's book are
        # our robot's and the ministry's alone.
        assert sorted(odd) == [
            "Affected", "BookLine", "EntryCode", "Erasure", "Link", "PhoneSession", "ProcrastinateJob",
        ]  # fmt: skip

    def test_open_ones_have_no_name_or_number_of_a_person(self) -> None:
        personal = {"worker_id", "full_name", "call_name", "birth_date", "phone_number", "email"}
        for each in policies.declared():
            if isinstance(each, OpenTable):
                columns = {field.column for field in each.model._meta.concrete_fields}
                assert not columns & personal, each.model.__name__


class TestIndexes:
    def scoped(self) -> list[tuple[str, str, str]]:
        """Table, index and first column of every index of a scoped table."""
        scoped = {
            model._meta.db_table
            for model in apps.get_models()
            if issubclass(model, Scoped) or model is WorkerToken
        }
        found = rows(
            "select t.relname, i.relname, coalesce(a.attname, ''), x.indisprimary,"
            " x.indisunique and x.indnkeyatts = 1"
            " from pg_index x join pg_class i on i.oid = x.indexrelid"
            " join pg_class t on t.oid = x.indrelid"
            " left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]"
            " where t.relnamespace = 'public'::regnamespace and not t.relispartition"
        )
        return [
            (table, index, column)
            for table, index, column, primary, unique in found
            # One row by its key needs no scope before it.
            if table in scoped and not primary and not unique
        ]

    def test_begin_with_a_scope_or_have_a_reason(self) -> None:
        odd = {
            f"{table}.{index} ({column})"
            for table, index, column in self.scoped()
            if column not in SCOPE and index not in INDEXES and not _made_by_django(index, column)
        }
        assert odd == set()

    def test_with_a_reason_are_there_and_need_it(self) -> None:
        needing = {index for _, index, column in self.scoped() if column not in SCOPE}
        assert set(INDEXES) <= needing

    def test_of_the_journal_serve_those_who_read_it(self) -> None:
        begins = {
            column for table, _, column in self.scoped() if table == JournalEntry._meta.db_table
        }
        assert {"worker_id", "post_id", "subject"} <= begins


def _made_by_django(index: str, column: str) -> bool:
    """Beside every foreign key and every unique text Django makes one of its own."""
    return index.endswith("_like") or (column.endswith("_id") and column in index)
