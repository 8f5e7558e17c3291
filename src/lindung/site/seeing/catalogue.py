"""Every measure by name: what it counts, in which unit, under which labels.

Labels hold names of our own code and codes of partners; their number stays small, and no person,
office or file is among them. Dashboards, alerts and the page of docs are held against this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Attributes:
        name: as Prometheus stores it; a counter ends in ``_total``.
        kind: ``histogram`` and ``counter`` are told by what happens, a ``gauge`` is asked for.
        unit: as UCUM says it, for OTLP.
    """

    name: str
    kind: Literal["histogram", "counter", "gauge"]
    unit: str
    means: str
    labels: tuple[str, ...] = ()


# Upper edges. Seconds: the desk aims at a tenth, a gateway gives up at thirty. Queries: a page asks
# fifteen at most.
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LONG_SECONDS = (0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)
QUERIES = (1, 2, 5, 10, 15, 20, 30, 50, 100, 250)

REQUEST_SECONDS = Measure(
    "lindung_request_seconds", "histogram", "s", "Requests by how long they took",
    ("route", "method", "status"),
)  # fmt: skip
REQUEST_QUERIES = Measure(
    "lindung_request_queries", "histogram", "{query}", "Requests by how often they asked the database",
    ("route",),
)  # fmt: skip
JOB_SECONDS = Measure(
    "lindung_job_seconds", "histogram", "s", "Jobs that ran, by how long they took", ("job",)
)
JOB_FAILURES = Measure(
    "lindung_job_failures_total",
    "counter",
    "{job}",
    "Runs of jobs that ended in an error",
    ("job",),
)
SLOW_STATEMENTS = Measure(
    "lindung_slow_statements_total", "counter", "{statement}",
    "Statements above the limit of LINDUNG_SLOW_STATEMENT_MS", ("work",),
)  # fmt: skip

TOLD = (REQUEST_SECONDS, REQUEST_QUERIES, JOB_SECONDS, JOB_FAILURES, SLOW_STATEMENTS)


def _gauge(name: str, unit: str, means: str, *labels: str) -> Measure:
    return Measure(f"lindung_{name}", "gauge", unit, means, labels)


ASKED = (
    _gauge("jobs_waiting", "{job}", "Jobs that are due and wait", "job", "queue"),
    _gauge("jobs_late_seconds", "s", "For how long the oldest due job has waited", "job", "queue"),
    _gauge("jobs_failed", "{job}", "Jobs given up after their last try and still kept", "job"),
    _gauge("worker_silent_seconds", "s", "Since the last sign of life of any job worker"),
    _gauge("outbox_waiting", "{message}", "Messages of ours without their last receipt", "partner", "state"),
    _gauge("outbox_oldest_seconds", "s", "Age of the oldest of them", "partner", "state"),
    _gauge("outbox_dead", "{message}", "Messages given up, for a person to look at", "partner"),
    _gauge("inbox_waiting", "{message}", "Messages that came in and are not decided", "partner", "state"),
    _gauge("inbox_oldest_seconds", "s", "Age of the oldest of them", "partner", "state"),
    _gauge("partner_halted", "1", "1: nothing is tried until a person has looked", "partner"),
    _gauge("partner_failures", "{try}", "Tries in a row that failed", "partner"),
    _gauge("partner_silent_seconds", "s", "Since a partner's line last worked", "partner"),
    _gauge("people_messages_waiting", "{message}", "Words to people that wait to be sent", "channel"),
    _gauge("people_messages_oldest_seconds", "s", "Age of the oldest of them", "channel"),
    _gauge("sos_ringing", "{call}", "Calls for help that nobody has taken"),
    _gauge("sos_oldest_ringing_seconds", "s", "For how long the oldest of them has rung"),
    _gauge("sos_contact_late", "{call}", "Calls for help whose first contact is overdue"),
    _gauge("tasks_late", "{task}", "Tasks of the desks' queue past their day; counted up to 100,000"),
    _gauge("handler_errors", "{error}", "Reactions to events that failed and are not settled"),
    _gauge("signals_pass_age_seconds", "s", "Since the last early-warning pass over everybody"),
    _gauge("signals_pass_seconds", "s", "How long that pass took"),
    _gauge("signals_touched_waiting", "{person}", "People about whom something was told, not looked at yet"),
    _gauge("journal_unsealed", "{entry}", "Entries of the journal that no seal covers yet"),
    _gauge("journal_unsealed_seconds", "s", "Age of the oldest of them"),
    _gauge("journal_months_ahead", "{month}", "Months for which the journal has a partition already"),
    _gauge("journal_beyond", "1", "1: entries lie in no month's partition"),
    _gauge("backup_age_seconds", "s", "Since the last backup that said it was whole"),
    _gauge("archive_age_seconds", "s", "Since the last segment of the database's log was archived"),
    _gauge("archive_failures", "{segment}", "Segments that could not be archived since the server started"),
    _gauge("key_age_seconds", "s", "Age of a key file of ours", "key"),
    _gauge("own_key_left_seconds", "s", "Until our newest exchange key ends"),
    _gauge("partner_key_left_seconds", "s", "Until the last key we trust of a partner ends", "partner"),
    _gauge("certificate_left_seconds", "s", "Until a certificate ends", "certificate"),
    _gauge("replica_behind_seconds", "s", "How far the replica is behind, as it says itself"),
    _gauge("replica_down", "1", "1: the replica does not answer or is none"),
    _gauge("database_connections", "{connection}", "Connections to this database"),
    _gauge("database_bytes", "By", "Size of this database"),
    _gauge("not_asked", "1", "1: this group of measures could not be had", "group"),
)  # fmt: skip

MEASURES = (*TOLD, *ASKED)


def names() -> set[str]:
    """Every name that Prometheus stores, the parts of histograms too."""
    found = set()
    for each in MEASURES:
        ends = ("_bucket", "_sum", "_count") if each.kind == "histogram" else ("",)
        found |= {each.name + end for end in ends}
    return found
