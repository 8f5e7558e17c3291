"""`manage.py take_mail`: takes one e-mail from standard input (a pipe of the mail server), or a Maildir.

As a pipe it ends with 75 (EX_TEMPFAIL of sysexits.h) where the e-mail could not be kept, so that the
mail server tries again. From a Maildir each file is moved to ``cur`` only after it was kept.
"""

from __future__ import annotations

import mailbox
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from lindung.outreach import lines, operations
from lindung.outreach.models import Channel
from lindung.outreach.practice import practice

_TRY_AGAIN = 75


class Command(BaseCommand):
    help = "Take e-mail in: one from standard input, or all new ones of a Maildir."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--maildir", type=Path, help="folder with new/ and cur/")

    def handle(self, *args: Any, **options: Any) -> None:
        if lines.lines().email is None:
            raise CommandError(
                "LINDUNG_MAILBOX is not set; docs/how-to/channels.md says how to set it."
            )
        try:
            if options["maildir"] is None:
                _keep(sys.stdin.buffer.read(practice().most_bytes[Channel.EMAIL] + 1))
            else:
                taken = take_folder(options["maildir"])
                self.stdout.write(f"{taken} taken.")
        except Error:
            self.stderr.write("Not kept: the database did not take it.")
            sys.exit(_TRY_AGAIN)


def take_folder(folder: Path) -> int:
    """Keep every new e-mail of a Maildir; gives how many."""
    box = mailbox.Maildir(folder, create=False)
    taken = 0
    for key in list(box.keys()):
        message = box.get_message(key)
        if message.get_subdir() != "new":
            continue
        _keep(box.get_bytes(key))
        message.set_subdir("cur")
        message.add_flag("S")
        box[key] = message
        taken += 1
    return taken


def _keep(raw: bytes) -> None:
    operations.keep(Channel.EMAIL, raw, at=datetime.now(UTC))
