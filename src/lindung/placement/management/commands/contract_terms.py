"""`manage.py contract_terms`: whether the comparable terms are those of their contracts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.placement import terms


class Command(BaseCommand):
    help = "Check the rows that impact reads; --rebuild writes those that are missing or wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="write them anew")
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(ROBOT):
            wrong = terms.rebuild() if options["rebuild"] else sum(1 for _ in terms.faults())
        name = "rebuilt" if options["rebuild"] else "wrong"
        self.stdout.write(json.dumps({name: wrong}) if options["json"] else f"{wrong} {name}.")
        if wrong and not options["rebuild"]:
            raise CommandError("Some terms are not those of their contracts: --rebuild.")
