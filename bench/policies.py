"""What row policies cost: the desk's queries under them, beside the same as the owner.

    ./lindung bench policies [--people 5000] [--seconds 2]

Reads the people that are there; where nobody is, ``--people`` are made first. Each query is taken
from the desk's own code, as it is sent by an official of the largest post, agency and office; then
the very same text, with the scope as its explicit filter, runs in turn under the policies and as
the owner, whom none binds. `ratio` is that of the quietest tenths of both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import owner_connection, people_there, ready
from bench._timing import in_turn, p95, ratio

TARGET = 1.1
_KINDS, _EACH = 3, 5  # kinds of official; queries of each, about


def main() -> None:
    """Take the queries, run each in turn under both logins, print."""
    options = _options.options(
        _options.parser(__doc__, name="policies"), people=(5_000, 5_000_000),
        about="made where nobody is yet",
    )  # fmt: skip
    ready()
    import psycopg
    from django.db import connection

    from lindung.access.acting import acting_as

    connection.ensure_connection()
    with (
        owner_connection(like=connection.connection) as owner,
        Report("policies", options) as report,
    ):
        people = people_there(owner, options.people)
        for actor, name, ask in _desk(owner):
            with acting_as(actor):
                texts = _sent(ask)
                bound, free = psycopg.Cursor(connection.connection), psycopg.Cursor(owner)
                on, off = in_turn(
                    partial(_milliseconds, bound, texts), partial(_milliseconds, free, texts),
                    seconds=options.seconds / (_KINDS * _EACH), warm=3, least=60,
                )  # fmt: skip
            report.say(
                f"{name}, {actor.kind}", p95(on), "ms p95", samples=on, baseline=p95(off),
                against="policies off", ratio=ratio(on, off), ratio_target=TARGET, people=people,
                queries=len(texts),
            )  # fmt: skip


def _desk(owner: Any) -> Iterator[tuple[Any, str, Callable[[], object]]]:
    """Who asks, what it is called, and the asking."""
    from lindung.access.actors import Actor, Kind
    from lindung.kernel import names
    from lindung.kernel.ids import new_id
    from lindung.placement import queries as placement
    from lindung.protection import queries as protection
    from lindung.registry import queries as registry

    now = datetime.now(UTC)
    for kind, column, scope in (
        (Kind.POST, "post_id", lambda value: {"posts": (value,)}),
        (Kind.AGENCY, "agency_id", lambda value: {"agency": value}),
        (Kind.OFFICE, "region", lambda value: {"regions": (value,)}),
    ):
        largest = owner.execute(
            f"select {column} from registry_worker where {column}::text <> ''"
            " group by 1 order by count(*) desc limit 1"
        ).fetchone()
        if largest is None:
            continue
        actor = Actor(id=new_id(), kind=kind, name="Bench", **scope(largest[0]))
        (name,) = owner.execute(
            f"select full_name from registry_worker where {column} = %s limit 1", largest
        ).fetchone()
        part = names.queried(name)[0]
        yield actor, "newest people", partial(registry.newest_workers, actor)
        yield actor, "people by name", partial(registry.find_workers, actor, part)
        yield actor, "tasks", partial(_first, registry.tasks_of(actor))
        if kind is Kind.POST:
            yield (
                actor,
                "contracts to check",
                partial(_first, placement.awaiting_verification(actor)),
            )
            yield (
                actor,
                "late check-ins",
                partial(_first, registry.late_check_ins(actor, now=now)),
            )
            yield actor, "open cases", partial(_first, protection.open_cases(actor))


def _first(query: Any) -> object:
    return list(query[:50])


def _sent(ask: Callable[[], object]) -> list[str]:
    """The text of every query that ``ask`` sends, values and all."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        ask()
    return [each["sql"] for each in captured.captured_queries]


def _milliseconds(cursor: Any, texts: list[str]) -> float:
    began = time.perf_counter()
    for text in texts:
        cursor.execute(text)
        cursor.fetchall()
    return (time.perf_counter() - began) * 1_000


if __name__ == "__main__":
    main()
