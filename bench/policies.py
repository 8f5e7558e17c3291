"""What row policies cost: the desk's queries under them, beside the same as the owner.

    ./lindung bench policies [--rounds 100]

Reads the people that are there. Each query is taken from the desk's own code, as it is sent by an
official of the largest post, agency and office; then the very same text, with the scope as its
explicit filter, runs in turn under the policies and as the owner, whom none binds. `ratio` is the
median of the pairs' ratios. Prints one object a line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"
TARGET = 1.1


def main() -> None:
    """Take the queries, run each in turn under both logins, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ.pop("LINDUNG_CONNECT_AS", None)
    import django

    django.setup()
    import psycopg
    from django.db import connection

    from lindung.access.acting import acting_as

    # No prepared plans on either side: the application's connections keep none.
    with psycopg.connect(os.environ["LINDUNG_OWNER_DATABASE_URL"], prepare_threshold=None) as owner:
        people = owner.execute("select count(*) from registry_worker").fetchone()
        if not people or not people[0]:
            raise SystemExit("Nobody is there: run `./lindung manage population` first.")
        for actor, name, ask in _desk(owner):
            with acting_as(actor):
                texts = _sent(ask)
                bound, free = psycopg.Cursor(connection.connection), psycopg.Cursor(owner)
                pairs = [
                    (_milliseconds(bound, texts), _milliseconds(free, texts))
                    for _ in range(options.rounds)
                ]
            print(
                json.dumps(
                    {
                        "bench": "policies", "metric": f"{name}, {actor.kind}",
                        "value": round(statistics.median(pair[0] for pair in pairs), 3),
                        "unit": "ms",
                        "baseline": round(statistics.median(pair[1] for pair in pairs), 3),
                        "ratio": round(statistics.median(a / b for a, b in pairs), 3),
                        "target": TARGET, "people": people[0], "queries": len(texts),
                    }
                ),
                flush=True,
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
        yield (
            actor,
            "contracts to check",
            partial(_first, placement.awaiting_verification(actor)),
        )
        if kind is Kind.POST:
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
