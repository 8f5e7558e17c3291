"""``manage.py sbom``: the bill of materials of the service, as CycloneDX JSON."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from lindung.site.supply.bill import bill
from lindung.site.supply.packages import packages


class Command(BaseCommand):
    help = "Write the bill of materials (CycloneDX 1.6) from the lock files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="a file; without it, to the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        text = bill(packages(Path(settings.ROOT)), version=_version())
        if options["to"]:
            options["to"].write_text(text + "\n", encoding="utf-8")
        else:
            self.stdout.write(text)


def _version() -> str:
    try:
        return version("lindung")
    except PackageNotFoundError:
        return "0"
