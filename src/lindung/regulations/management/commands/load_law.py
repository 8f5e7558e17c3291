"""``manage.py load_law``: checks the law's files and compiles them. Writes to no table."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lindung.regulations.lawbook import law
from lindung.regulations.validation import validate


class Command(BaseCommand):
    """Refuses law files at fault; else leaves the compiled copy for fast starts."""

    help = "Check the law's files and compile them."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        faults = validate()
        if faults:
            raise CommandError("\n".join(faults))
        book = law()
        rows = sum(len(rule.values) for rule in book.parameters.values())
        self.stdout.write(f"{len(book.parameters)} rules, {rows} dated values")
