"""`manage.py balance`: whether the scope copied onto rows is still that of their people."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.registry.balance import imbalances


class Command(BaseCommand):
    help = "Check that every row about a person carries that person's scope."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(ROBOT):
            found = imbalances()
        for each in found:
            words = f"{each.table}: {each.rows} rows carry another scope than their person"
            self.stdout.write(json.dumps(asdict(each)) if options["json"] else words)
        if found:
            raise CommandError("The scope columns are out of balance.")
        self.stdout.write('{"balanced": true}' if options["json"] else "Every row is in scope.")
