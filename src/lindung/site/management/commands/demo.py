"""`manage.py demo`: made-up people, officials to sign in as, and a partner to exchange with.

Does nothing where it was done before; refuses to touch a production database.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from lindung.access.secrets import keyring
from lindung.exchange.operations.setting_up import make_demo_partners
from lindung.kernel.identifiers import Kind
from lindung.registry.models import Identifier
from lindung.site.demo import (
    accounts,
    before,
    cases,
    channels,
    crisis,
    helping,
    incidents,
    lives,
    living,
    money,
    signals,
)
from lindung.site.management.commands.population import owner_conninfo, populate
from lindung.site.population import load


class Command(BaseCommand):
    help = "Make the demonstration: people, officials, partners. Done once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError("Made-up people do not go into a production database.")
        conninfo = owner_conninfo()
        if load.unfinished(conninfo) is not None:
            self.stdout.write("Going on with a load that was cut off.")
            self._populate(options, resume=True)
        elif load.finished(conninfo) is None:
            self._populate(options, resume=False)
        make_demo_partners()
        today = timezone.localdate()
        cast = accounts.make(on=today)
        if Identifier.objects.filter(blind__in=_shown()).exists():
            self.stdout.write("The demonstration is there.")
            return
        # Whole or not at all, so that a start that was cut off begins this anew.
        with transaction.atomic():
            people = lives.make(cast, today=today)
            before.make(cast, people, today=today)
            money.tell(cast, people, today=today)
            channels.tell(cast, people, today=today)
            living.tell(cast, people, today=today)
            cases.make(cast, today=today)
            incidents.make(cast, today=today)
            helping.tell(cast["atase.seoul"], today=today)
            signals.tell(cast["atase.seoul"], today=today)
            crisis.shake(cast["atase.taipei"], today=today)
        self.stdout.write("The demonstration is made.")

    def _populate(self, options: dict[str, Any], *, resume: bool) -> None:
        populate(
            people=options["people"],
            seed=options["seed"],
            on=datetime.now(tz=UTC).date(),
            resume=resume,
            say=self.stdout.write,
        )


def _shown() -> list[bytes]:
    """The telephone of the life that the demonstration points to, as it is found."""
    return keyring().indexes(str(Kind.PHONE), lives.SITI_PHONE)
