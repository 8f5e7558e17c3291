"""``./lindung manage slow_queries``: what costs the database most, and which page or job asks it.

Reads ``pg_stat_statements`` where it is and our own logs (JSON), says what is missing, changes nothing.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lindung.site.seeing.slow import Slow, review


class Command(BaseCommand):
    help = "Say which statements cost most, and which page or job asks them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--top", type=int, default=20, help="how many; 20 by itself")
        parser.add_argument(
            "--logs", nargs="*", metavar="FILE",
            help="our logs; '-' is the standard input; by itself logs/*.log of the state folder",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        found = review(self._logs(options["logs"]), top=options["top"])
        if options["json"]:
            for each in found.statements:
                self.stdout.write(json.dumps(each.as_dict(), ensure_ascii=False))
            for said in found.missing:
                self.stdout.write(json.dumps({"missing": said}))
            return
        for each in found.statements:
            self._say(each)
        if not found.statements:
            self.stdout.write("No statement is known.")
        for said in found.missing:
            self.stdout.write(f"Missing: {said}")

    def _logs(self, named: list[str] | None) -> Sequence[Path | Iterable[str]]:
        if named is None:
            return sorted((Path(settings.LINDUNG_HOME) / "logs").glob("*.log"))
        logs: list[Path | Iterable[str]] = []
        for each in named:
            if each != "-" and not Path(each).is_file():
                raise CommandError(f"{each} is not there.")
            logs.append(sys.stdin if each == "-" else Path(each))
        return logs

    def _say(self, each: Slow) -> None:
        counted = (
            f"{each.calls:,} calls, mean {each.mean_ms:.1f} ms, longest {each.max_ms:.0f} ms,"
            f" {each.rows_each:.1f} rows each"
            if each.calls and each.mean_ms is not None and each.rows_each is not None
            else "not counted"
        )
        slow = (
            f"; {each.slow_runs} slow, 95 % of them within {each.p95_ms:.0f} ms"
            if each.slow_runs
            else ""
        )
        self.stdout.write(f"{each.fingerprint}  {counted}{slow}")
        self.stdout.write(f"    {each.statement[:300]}")
        if each.pages:
            self.stdout.write(f"    asked by {', '.join(each.pages)}")
