"""``./lindung manage erase``: what is due, and what a restored backup brought back.

It asks for nothing and agrees to nothing: that takes two people on the pages.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.privacy import due, ledger, schedule
from lindung.privacy.operations.erasing import dry_run, erase_again

CHUNK = 500


class Command(BaseCommand):
    help = "Say what is due to be erased; erase again what a restored backup brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--due", action="store_true", help="people and rows due, by kind and table"
        )
        parser.add_argument("--on", type=date.fromisoformat, help="the day; today without")
        parser.add_argument(
            "--after-restore", action="store_true", help="do again what erased.jsonl tells"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["after_restore"]:
            self._again()
        elif options["due"]:
            self._due(options["on"] or timezone.localdate())
        else:
            raise CommandError("Say --due or --after-restore.")

    def _due(self, on: date) -> None:
        with acting_as(ROBOT):
            for kind in schedule.kinds():
                self._line(kind, on)

    def _line(self, kind: str, on: date) -> None:
        term = due.term_of(kind)
        if not due.is_erasable(kind):
            self.stdout.write(f"{kind}: kept, or cleared by another job")
        elif term.years is None:
            self.stdout.write(f"{kind}: needs a check: no source gives a period, nothing is due")
        else:
            people, held = due.people_due(kind, on=on)
            self.stdout.write(
                f"{kind}: {people} people due, {held} held, {term.years} years by {term.by}"
            )
            going = due.next_due(kind, on=on, most=people) if people else []
            for start in range(0, len(going), CHUNK):
                for table, rows in sorted(dry_run(going[start : start + CHUNK], kind=kind).items()):
                    self.stdout.write(f"    {rows:>8}  {table}")

    def _again(self) -> None:
        batches = list(ledger.noted())
        undone = sum(1 for each in batches if erase_again(ROBOT, each, at=datetime.now(UTC)))
        self.stdout.write(f"{undone} of {len(batches)} batches had come back and are erased again")
