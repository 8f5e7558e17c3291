"""`manage.py rotate_keys`: seal everything under the key ring anew under a fresh key.

Identity numbers, second factors, the keys of documents and the lines of lists; every app that seals
declares it (`lindung.access.renewing`). Running services read the ring anew by themselves, and look-ups
ask for the index under every key, so work goes on meanwhile. Stopped half way, `--resume` goes on; the
old key leaves `identity.json` by hand once this has run to its end.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from lindung.access.renewing import renew_all, rotations
from lindung.access.secrets import key_file
from lindung.kernel.secrets import Keyring


class Command(BaseCommand):
    help = "Seal identity numbers, second factors, documents and lists anew under a new key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--resume", action="store_true", help="make no new key, go on under the current one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ring = Keyring.load(key_file()) if options["resume"] else Keyring.add_key(key_file())
        for each in rotations():
            done = sum(renew_all(each, ring))
            self.stdout.write(f"{each.what}: {done} sealed anew under key {ring.current_id}")
