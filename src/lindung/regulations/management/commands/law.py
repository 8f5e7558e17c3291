"""``manage.py law``: what a rule says on a day. Needs no database."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lindung.regulations import command


class Command(BaseCommand):
    """Prints a rule's value, a test of a value, all rules of a country, or what is wrong."""

    help = "What a rule says on a day, with its source: law ID --on 2026-03-01"
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        command.arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        code = command.run(
            argparse.Namespace(**options),
            today=timezone.localdate(),
            say=self.stdout.write,
            complain=self.stderr.write,
        )
        if code:
            sys.exit(code)
