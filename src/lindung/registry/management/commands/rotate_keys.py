"""`manage.py rotate_keys`: seal every identity number anew under a fresh key.

Look-ups work all along: a search asks for the index under every key of the ring. Stopped half
way, it goes on where it was; the old key stays in the ring until nothing is sealed with it.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from lindung.kernel.secrets import Keyring
from lindung.registry.models import Identifier

BATCH = 1_000


class Command(BaseCommand):
    help = "Seal identity numbers anew under a new key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--resume", action="store_true", help="make no new key, go on under the current one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(settings.KEYS) / "identity.json"
        ring = Keyring.load(file) if options["resume"] else Keyring.add_key(file)
        done, after = 0, None
        while True:
            query = Identifier.objects.order_by("id")
            rows = list((query.filter(id__gt=after) if after else query)[:BATCH])
            if not rows:
                break
            after = rows[-1].id
            stale = [row for row in rows if not ring.is_current(bytes(row.cipher))]
            for row in stale:
                row.cipher, row.blind = ring.renewed(row.kind, bytes(row.cipher))
            with transaction.atomic():
                Identifier.objects.bulk_update(stale, ["cipher", "blind"])
            done += len(stale)
        self.stdout.write(f"{done} numbers are sealed under key {ring.current_id}.")
