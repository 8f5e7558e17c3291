"""``./lindung import legacy FOLDER --mapping FILE``: bring in an older system's export, or compare."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lindung.changeover import operations
from lindung.changeover.models import Fault, Import
from lindung.kernel.refusals import Refusal
from lindung.kernel.sheets import sheet


class Command(BaseCommand):
    help = (
        "Bring in an older system's export; --trial looks only, --compare lays both side by side."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the files are, and what to do with them."""
        parser.add_argument("folder", type=Path, help="folder of the export's files")
        parser.add_argument("--mapping", type=Path, required=True, help="the mapping file (YAML)")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--trial", action="store_true", help="check every row, keep nothing")
        what.add_argument("--compare", action="store_true", help="list differences, change nothing")
        parser.add_argument("--report", type=Path, help="write a CSV of rows or differences here")
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--demo", action="store_true", help="mark what comes in as made up")
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *, folder: Path, mapping: Path, **options: Any) -> None:
        """Run, report, and say how many rows met which fate.

        Raises:
            CommandError: a file must be mended first; says which place.
        """
        try:
            if options["compare"]:
                import_, found = operations.compare(folder, mapping)
                rows = [asdict(each) for each in found]
            else:
                import_ = operations.bring_in(
                    folder, mapping, say=self._say, keep=not options["trial"],
                    processes=options["processes"], is_demo=options["demo"],
                )  # fmt: skip
                faults = Fault.objects.filter(import_id=import_.id)
                columns = ("kind", "line", "field", "slug", "refused")
                rows = [dict(each) for each in faults.values(*columns)]
        except Refusal as refusal:
            raise CommandError(f"{refusal.title} {refusal.advice} {refusal.facts}") from refusal
        if options["report"]:
            _write(options["report"], rows)
        self._told(import_, len(rows), as_json=options["json"])

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def _told(self, import_: Import, rows: int, *, as_json: bool) -> None:
        if as_json:
            told = {"import": str(import_.id), "kind": import_.kind, "counts": import_.counts}
            self.stdout.write(json.dumps(told | {"report_rows": rows}))
            return
        for name, count in sorted(import_.counts.items()):
            self.stdout.write(f"{count:>12,}  {name}")
        self.stdout.write(f"{rows:>12,}  lines in the report")


def _write(file: Path, rows: list[dict[str, Any]]) -> None:
    """Only its owner may read it: a comparison holds what both systems say of people."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    columns = list(rows[0]) if rows else []
    file.write_text(sheet(columns, (list(row.values()) for row in rows)), encoding="utf-8")
