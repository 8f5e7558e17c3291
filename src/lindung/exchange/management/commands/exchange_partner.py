"""``manage.py exchange_partner FILE``: enter a partner with whom there is an agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lindung.exchange.operations.setting_up import enter_partner
from lindung.kernel.refusals import Incomplete


class Command(BaseCommand):
    """Can run again: what is written in the file then counts."""

    help = "Enters a partner from a YAML file, or changes what is written of it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Enter, and say what comes next."""
        facts = yaml.safe_load(options["file"].read_text(encoding="utf-8"))
        try:
            row, made = enter_partner(facts)
        except Incomplete as refusal:
            told = "; ".join(f"{name}: {words}" for name, words in refusal.facts["fields"].items())
            raise CommandError(told) from refusal
        self.stdout.write(f"{row.code}: {'entered' if made else 'changed'}")
        if made:
            self.stdout.write("Next: two people compare its fingerprint, on its page of keys.")
