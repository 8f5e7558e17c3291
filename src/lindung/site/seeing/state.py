"""The state of the service as numbers, asked for when somebody looks: queues, ages, keys, backups."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.db import connection

from lindung.access import proofs, replicas
from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.duty.lifecycles import CallState
from lindung.exchange.lifecycles import IncomingState, OutgoingState
from lindung.site.seeing.catalogue import ASKED, Measure

log = logging.getLogger(__name__)
# What is measured is never in the way of what is done.
_LIMIT_MS = 3000
_BY_NAME = {each.name.removeprefix("lindung_"): each for each in ASKED}
_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of one measure."""

    measure: Measure
    value: float
    labels: dict[str, str]


Found = tuple[str, float | None, dict[str, str]]
Group = Callable[[datetime], Iterator[Found]]
_groups: dict[str, Group] = {}


def read(now: datetime) -> list[Reading]:
    """Everything that can be had now; a group that fails is said and takes no other with it."""
    readings = []
    for name, group in _groups.items():
        failed = 0.0
        try:
            with acting_as(ROBOT):
                _rows("select set_config('statement_timeout', %s, true)", str(_LIMIT_MS))
                found = list(group(now))
            readings += [
                Reading(_BY_NAME[measure], value, labels)
                for measure, value, labels in found
                if value is not None
            ]
        except Exception as error:
            log.warning("measures of %s could not be had: %s", name, error)
            failed = 1.0
        readings.append(Reading(_BY_NAME["not_asked"], failed, {"group": name}))
    return readings


def _group(body: Group) -> Group:
    _groups[body.__name__] = body
    return body


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _age(now: datetime, instant: datetime | None) -> float | None:
    """Seconds since; none where it never was."""
    return None if instant is None else max(0.0, (now - instant).total_seconds())


def _left(now: datetime, instant: datetime | None) -> float | None:
    """Seconds until, below zero where it is over; none where there is no end."""
    return None if instant is None else (instant - now).total_seconds()


@_group
def jobs(now: datetime) -> Iterator[Found]:
    """Those that are due, by kind. When a job came in stands in its first event."""
    due = _rows(
        """
        select due.task_name, due.queue_name, due.waiting,
               least(due.planned, (select min(event.at) from procrastinate_events event
                                   where event.job_id = due.first))
        from (select task_name, queue_name, count(*) waiting, min(scheduled_at) planned,
                     min(id) filter (where scheduled_at is null) first
              from procrastinate_jobs
              where status = 'todo' and (scheduled_at is null or scheduled_at <= %s)
              group by task_name, queue_name) due
        """,
        now,
    )
    for job, queue, waiting, since in due:
        labels = {"job": job, "queue": queue}
        yield "jobs_waiting", waiting, labels
        yield "jobs_late_seconds", _age(now, since), labels
    if not due:
        # A number that stays away cannot be told from a worker that is not asked.
        yield "jobs_waiting", 0, {"job": "none", "queue": "default"}
    failed = "select task_name, count(*) from procrastinate_jobs where status = 'failed' group by 1"
    for job, count in _rows(failed):
        yield "jobs_failed", count, {"job": job}
    ((beat,),) = _rows("select max(last_heartbeat) from procrastinate_workers")
    yield "worker_silent_seconds", _age(now, beat), {}


@_group
def exchange(now: datetime) -> Iterator[Found]:
    """What waits on the way to and from each partner, and how its line is."""
    open_states = [OutgoingState.WAITING, OutgoingState.STORED]
    out = _rows(
        "select partner.code, message.state, count(*), min(message.written_at)"
        " from exchange_outgoing message join exchange_partner partner"
        " on partner.id = message.partner_id where message.state = any(%s) group by 1, 2",
        open_states,
    )
    for partner, state, count, oldest in out:
        labels = {"partner": partner, "state": state}
        yield "outbox_waiting", count, labels
        yield "outbox_oldest_seconds", _age(now, oldest), labels
    undecided = [
        IncomingState.KEPT, IncomingState.WAITING, IncomingState.MATCHING, IncomingState.ERROR,
    ]  # fmt: skip
    came = _rows(
        "select coalesce(partner.code, 'unknown'), message.state, count(*), min(message.came_at)"
        " from exchange_incoming message left join exchange_partner partner"
        " on partner.id = message.partner_id where message.state = any(%s) group by 1, 2",
        undecided,
    )
    for partner, state, count, oldest in came:
        labels = {"partner": partner, "state": state}
        yield "inbox_waiting", count, labels
        yield "inbox_oldest_seconds", _age(now, oldest), labels
    dead = _rows(
        "select partner.code, count(message.id) from exchange_partner partner"
        " left join exchange_outgoing message on message.partner_id = partner.id"
        " and message.state = %s group by 1",
        OutgoingState.DEAD,
    )
    for partner, count in dead:
        yield "outbox_dead", count, {"partner": partner}
    lines = _rows(
        "select partner.code, partner.halted_why <> '', partner.failures, partner.last_ok_at,"
        " (select max(coalesce(least(key.valid_to, key.revoked_at), 'infinity'))"
        "  from exchange_partnerkey key where key.partner_id = partner.id) = 'infinity',"
        " (select max(least(key.valid_to, key.revoked_at))"
        "  from exchange_partnerkey key where key.partner_id = partner.id)"
        " from exchange_partner partner"
    )
    for partner, halted, failures, ok_at, endless, ends in lines:
        labels = {"partner": partner}
        yield "partner_halted", float(halted), labels
        yield "partner_failures", failures, labels
        yield "partner_silent_seconds", _age(now, ok_at), labels
        yield "partner_key_left_seconds", None if endless else _left(now, ends), labels
    ((ends, endless),) = _rows(
        "select max(valid_to), bool_or(valid_to is null) from exchange_ownkey"
        " where revoked_at is null"
    )
    yield "own_key_left_seconds", None if endless else _left(now, ends), {}


@_group
def people(now: datetime) -> Iterator[Found]:
    """Calls for help, words to people, tasks past their day."""
    ((ringing, oldest, late),) = _rows(
        "select count(*) filter (where state = %s), min(began_at) filter (where state = %s),"
        " count(*) filter (where contacted_at is null and contact_due_at < %s)"
        " from duty_call where stood_down_at is null",
        CallState.RINGING,
        CallState.RINGING,
        now,
    )
    yield "sos_ringing", ringing, {}
    yield "sos_oldest_ringing_seconds", _age(now, oldest) or 0.0, {}
    yield "sos_contact_late", late, {}
    waiting = _rows(
        "select channel, count(*), min(made_at) from outreach_message"
        " where state = 'waiting' and (not_before_at is null or not_before_at <= %s) group by 1",
        now,
    )
    for channel, count, first in waiting:
        yield "people_messages_waiting", count, {"channel": channel}
        yield "people_messages_oldest_seconds", _age(now, first), {"channel": channel}
    ((tasks,),) = _rows(
        "select count(*) from (select from registry_task where state = 'open' and due_at < %s"
        f" limit {_COUNTED}) late",
        now,
    )
    yield "tasks_late", tasks, {}
    ((errors,),) = _rows("select count(*) from access_handlererror where settled_at is null")
    yield "handler_errors", errors, {}


@_group
def signals(now: datetime) -> Iterator[Found]:
    """The last pass over everybody, and who waits to be looked at again."""
    for began_at, seconds in _rows(
        "select began_at, seconds from signals_pass order by began_at desc limit 1"
    ):
        yield "signals_pass_age_seconds", _age(now, began_at), {}
        yield "signals_pass_seconds", seconds, {}
    ((touched,),) = _rows(
        f"select count(*) from (select from signals_touched limit {_COUNTED}) touched"
    )
    yield "signals_touched_waiting", touched, {}


@_group
def journal(now: datetime) -> Iterator[Found]:
    """The tail that nothing is proven of yet, and the months ahead."""
    count, seconds = proofs.tail(now)
    yield "journal_unsealed", count, {}
    yield "journal_unsealed_seconds", seconds, {}
    ((ahead,),) = _rows(
        "select count(*) from pg_class where relispartition"
        " and relname ~ '^access_journal_[0-9]{4}_[0-9]{2}$' and relname > %s",
        f"access_journal_{now:%Y_%m}",
    )
    yield "journal_months_ahead", ahead, {}
    ((beyond,),) = _rows("select pg_relation_size('access_journal_beyond') > 0")
    yield "journal_beyond", float(beyond), {}


@_group
def database(now: datetime) -> Iterator[Found]:
    """The server as any login may see it."""
    # Of other logins' connections the server says to us that they are there, and no more.
    ((connections,),) = _rows(
        "select count(*) from pg_stat_activity where datname = current_database()"
    )
    yield "database_connections", connections, {}
    ((size,),) = _rows("select pg_database_size(current_database())")
    yield "database_bytes", size, {}
    ((archived_at, failures, archives),) = _rows(
        "select last_archived_time, failed_count, current_setting('archive_mode') <> 'off'"
        " from pg_stat_archiver"
    )
    if archives:
        yield "archive_age_seconds", _age(now, archived_at), {}
        yield "archive_failures", failures, {}


@_group
def replica(now: datetime) -> Iterator[Found]:
    """How far behind the replica says it is."""
    if not replicas.configured():
        return
    behind = replicas.behind()
    yield "replica_down", float(behind is None), {}
    yield "replica_behind_seconds", behind, {}


@_group
def files(now: datetime) -> Iterator[Found]:
    """Keys, certificates and the mark that the last backup left."""
    mark = Path(settings.BACKUP_MARK)
    if mark.exists():
        yield "backup_age_seconds", _age(now, _written(mark)), {}
    for file in sorted(Path(settings.KEYS).glob("*")):
        if file.is_file() and not file.name.startswith("."):
            yield "key_age_seconds", _age(now, _written(file)), {"key": _key_name(file)}
    for file in map(Path, settings.CERTIFICATES):
        ends = min(each.not_valid_after_utc
                   for each in x509.load_pem_x509_certificates(file.read_bytes()))  # fmt: skip
        yield "certificate_left_seconds", _left(now, ends), {"certificate": file.name}


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _key_name(file: Path) -> str:
    """Kind of key; which of several is not told apart."""
    return file.name.partition(".")[0].partition("-0")[0]
