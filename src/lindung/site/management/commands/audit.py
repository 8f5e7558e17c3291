"""``manage.py audit``: licences of all packages, and advisories against their versions.

Nothing is asked over the network. Advisories come from a file in the OSV format that somebody
brought; without one the command says that it could not ask, and exits with 2.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lindung.site.supply.audit import Finding, Unusable, advisories, licences
from lindung.site.supply.packages import packages

NOT_ASKED = 2


class Command(BaseCommand):
    help = (
        "Check licences against requirements/licences.yaml, versions against a file of advisories."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--advisories", type=Path, help="JSON list in the OSV format")
        parser.add_argument("--licences-only", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say all that was found.

        Raises:
            SystemExit: 1 where something was found, 2 where advisories could not be asked.
            CommandError: the file of advisories cannot be read.
        """
        root = Path(settings.ROOT)
        known = packages(root)
        found = list(licences(known, root))
        self._tell(found, f"licences: {len(known)} packages, ")
        if options["licences_only"]:
            raise SystemExit(int(bool(found)))
        if options["advisories"] is None:
            self.stderr.write(
                "advisories: NOT ASKED. No file was given (--advisories FILE), and this command asks"
                " nobody over the network: nothing is known about vulnerabilities."
            )
            raise SystemExit(1 if found else NOT_ASKED)
        try:
            day, against = advisories(known, options["advisories"])
        except Unusable as error:
            raise CommandError(str(error)) from error
        self._tell(against, f"advisories as of {day or 'an unknown day'}: ")
        if found or against:
            raise SystemExit(1)

    def _tell(self, found: list[Finding], what: str) -> None:
        self.stdout.write(f"{what}{f'{len(found)} findings' if found else 'nothing found'}")
        for each in found:
            self.stdout.write(f"  {each.package}: {each.said}")
