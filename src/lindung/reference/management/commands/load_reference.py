"""``manage.py load_reference``: bring the reference tables to what the shipped files say."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lindung.reference.loading import load


class Command(BaseCommand):
    help = "Load countries, regions, occupations, rates, towns and statistics; twice does no harm."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        rows, seconds = 0, 0.0
        for done in load(timezone.now()):
            rows, seconds = rows + done.rows, seconds + done.seconds
            if options["json"]:
                line = {
                    "table": done.table,
                    "rows": done.rows,
                    "seconds": round(done.seconds, 3),
                    "changed": done.changed,
                }
                self.stdout.write(json.dumps(line))
            else:
                state = "" if done.changed else "  unchanged"
                self.stdout.write(
                    f"{done.table:<26}{done.rows:>9,} rows{done.seconds:>8.2f} s{state}"
                )
        if not options["json"]:
            self.stdout.write(f"{'together':<26}{rows:>9,} rows{seconds:>8.2f} s")
