"""`manage.py make_keys`: make the key files that are missing; existing ones are never replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from lindung.access.keys import make_missing


class Command(BaseCommand):
    """Makes what is missing in the folder of keys. Needs no database."""

    help = "Make the key files that are missing. Keep a copy: what they protect is lost with them."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.KEYS)
        made = make_missing(folder)
        self.stdout.write(
            f"Made in {folder}: {', '.join(made)}." if made else "All keys are there."
        )
