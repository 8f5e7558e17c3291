"""`manage.py population`: load a made-up population, and say how long each step took."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from psycopg.conninfo import make_conninfo

from lindung.kernel.secrets import Keyring, KeysUnusable
from lindung.site.population import cast, lives, load, tables, world
from lindung.site.register import book


class Command(BaseCommand):
    """Draws people, placements, contracts and what befell them from the published statistics."""

    help = "Load a made-up population, drawn from the published statistics; every row is marked as demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        extent = tables.Extent()
        parser.add_argument("--people", type=int, default=20_000)
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same people"
        )
        parser.add_argument(
            "--on", type=date.fromisoformat, help="day as of which lives are drawn (today)"
        )
        parser.add_argument(
            "--resume", action="store_true", help="go on with a load that was cut off"
        )
        parser.add_argument(
            "--core-only", action="store_true", help="no check-ins, cases and earlier stays"
        )
        parser.add_argument(
            "--check-ins", type=float, default=extent.check_ins, help="mean for each person"
        )
        parser.add_argument(
            "--earlier", type=float, default=extent.earlier, help="mean of earlier placements"
        )
        parser.add_argument(
            "--cases", type=float, default=extent.cases, help="share that had trouble"
        )
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and settings.MODE != "test":
            raise CommandError("Made-up people do not go into a production database.")
        as_json = options["json"]
        try:
            report = populate(
                people=options["people"],
                seed=options["seed"],
                on=options["on"] or datetime.now(tz=UTC).date(),
                resume=options["resume"],
                histories=not options["core_only"],
                extent=tables.Extent(options["cases"], options["check_ins"], options["earlier"]),
                processes=options["processes"],
                say=self.stderr.write if as_json else self.stdout.write,
            )
        except (load.CannotLoad, lives.TooMany, KeysUnusable) as problem:
            raise CommandError(str(problem)) from None
        for line in measures(report):
            self.stdout.write(json.dumps(line) if as_json else _sentence(line))


def populate(
    *,
    people: int,
    seed: int,
    on: date,
    say: load.Say,
    resume: bool = False,
    histories: bool = True,
    extent: tables.Extent | None = None,
    processes: int = 2,
) -> load.Report:
    """Set the stage and load; what the command and the demo both call.

    Raises:
        CannotLoad, TooMany, KeysUnusable: as they say.
    """
    conninfo = owner_conninfo()
    ring = Keyring.load(Path(settings.KEYS) / "identity.json")
    asked = load.Asked(people, seed, on, histories, extent or tables.Extent())
    if resume:
        cut_off = load.unfinished(conninfo)
        if cut_off is None:
            raise load.CannotLoad("No load was cut off; nothing to go on with.")
        asked = cut_off
    stage = world.build(asked.seed, asked.on.year)
    cast.set_the_stage(stage, on=asked.on)
    # The loading processes are forks: they must not inherit an open connection.
    connection.close()
    report = load.load(conninfo, asked, ring, say=say, processes=processes, stage=stage)
    started = time.monotonic()
    # No event told of these people, so nothing marked their lines.
    book.recount(unannounced=True)
    report.steps["register's book"] = time.monotonic() - started
    return report


def owner_conninfo() -> str:
    """How to reach Django's database from outside Django."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "service")
    return make_conninfo(**{name: given[name] for name in names if given.get(name)})


def measures(report: load.Report) -> list[dict[str, Any]]:
    """Seconds of each step, rows of each table a second, people a second for the core, whole."""
    fresh = report.people - report.resumed_at
    lines: list[dict[str, Any]] = []

    def add(metric: str, value: float, unit: str) -> None:
        lines.append(
            {"bench": "population", "metric": metric, "value": round(value, 2), "unit": unit,
             "baseline": None, "ratio": None, "people": report.people}
        )  # fmt: skip

    for step, seconds in report.steps.items():
        add(step, seconds, "s")
    for table, rows in report.rows.items():
        add(table, rows, "rows")
        add(table, rows / max(report.seconds[table], 1e-9), "rows/s of one process")
    add("generation and load, core tables", fresh / max(report.steps["core"], 1e-9), "people/s")
    whole = sum(report.steps.values())
    add("everything, indexes included", fresh / max(whole, 1e-9), "people/s")
    return lines


def _sentence(line: dict[str, Any]) -> str:
    return f"{line['metric']:<40} {line['value']:>16,.2f} {line['unit']}"
