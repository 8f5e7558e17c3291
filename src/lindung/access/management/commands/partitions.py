"""``./lindung manage partitions``: tables in parts by month; ``--make`` the next, ``--detach`` old ones.

Without ``--really`` it says what ``--detach`` would take off, and takes nothing.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lindung.access import partitions
from lindung.access.partitions import Partitioned, Refused


class Command(BaseCommand):
    help = "Say which parts partitioned tables have; make the next; take old ones off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--make", type=int, metavar="MONTHS", help="make so many months ahead")
        parser.add_argument(
            "--detach", metavar="TABLE", help="take off the months that need not stay"
        )
        parser.add_argument("--really", action="store_true", help="do what --detach says")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        try:
            if options["detach"]:
                self._detach(partitions.declared(options["detach"]), options["really"])
                return
            for each in partitions.DECLARED:
                if options["make"] is not None:
                    for name in partitions.make(each, on=today, ahead=options["make"]):
                        self.stdout.write(f"made {name}")
                self._say(each)
        except Refused as refused:
            raise CommandError(str(refused)) from None

    def _detach(self, of: Partitioned, really: bool) -> None:
        today = timezone.localdate()
        if not really and of.keep is not None:
            for name in partitions.old(of, on=today):
                self.stdout.write(f"would take off {name}; again with --really does it")
            return
        for name in partitions.detach(of, on=today):
            self.stdout.write(f"took off {name}: pg_dump --table {name}, then drop it")

    def _say(self, of: Partitioned) -> None:
        stay = "all months stay" if of.keep is None else f"{of.keep} months stay"
        self.stdout.write(f"{of.table}: {of.ahead} months ahead, {stay}")
        for each in partitions.parts(of.table):
            months = "the rest" if each.default else f"{each.since or '…'} to {each.until or '…'}"
            self.stdout.write(
                f"  {each.name}  {months}  {each.rows:,} rows, {each.size // 1000:,} kB"
            )
