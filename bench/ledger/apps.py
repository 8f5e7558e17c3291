"""Puts the ledger in the place of what messages mean in the books of a ministry."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

# What each side of the bench says: both are in order at any time and carry little.
SAID = {"origin": "candidate.removed", "destination": "roster.status"}
DATA: dict[str, dict[str, str]] = {
    "candidate.removed": {"removed_on": "2026-03-02", "reason": "withdrawn_by_origin"},
    "roster.status": {"status": "removed", "as_of": "2026-03-02"},
}

TABLE = """
create table bench_ledger (
    id bigint generated always as identity primary key,
    subject text not null, sequence integer not null, message uuid not null
);
grant select, insert on bench_ledger to acts_as_clock;
"""


class Ledger(AppConfig):
    """The app of the exchange bench."""

    name = "bench.ledger"
    label = "bench_ledger"

    def ready(self) -> None:
        """One row for each application, in its transaction; applied twice would be two rows."""
        from django.db import connection

        from lindung.exchange.operations.applying import handles

        def note(_actor: Any, message: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into bench_ledger (subject, sequence, message) values (%s, %s, %s)",
                    [message.subject, message.sequence, message.id],
                )

        for name in SAID.values():
            handles(name)(note)
