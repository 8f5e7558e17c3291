"""`manage.py sms_line`: stays bound to the SMSC and keeps every text message before it is acknowledged.

Run it as a service beside the job worker; two at a time do no harm. It binds again by itself after a
break, with growing waits of at most a minute.
"""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from lindung.outreach import lines, operations
from lindung.outreach.channels import NotTaken
from lindung.outreach.gateways import smpp
from lindung.outreach.lines import Smpp
from lindung.outreach.models import Channel

_LONGEST_WAIT = 60


class Command(BaseCommand):
    help = "Receive text messages by SMPP until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when the line breaks")

    def handle(self, *args: Any, **options: Any) -> None:
        line = lines.lines().sms
        if not isinstance(line, Smpp):
            raise CommandError(
                "LINDUNG_SMS is not smpp; docs/how-to/channels.md says how to set it."
            )
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_told: stop.set())
        receive(line, stop=stop, once=options["once"], say=self.stdout.write)


def receive(line: Smpp, *, stop: threading.Event, once: bool = False, say: Any = print) -> None:
    """Receive until told to stop."""
    wait = 1
    while not stop.is_set():
        try:
            smpp.listen(line, _take, stop=stop.is_set)
            wait = 1
        except NotTaken as why:
            say(f"The line is down ({why}); once more in {wait} s.")
            if once:
                return
            stop.wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT)


def _take(raw: bytes, about: bytes) -> None:
    close_old_connections()
    operations.keep_again_within(Channel.SMS, raw, about=about, at=datetime.now(UTC))
