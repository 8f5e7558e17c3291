"""``manage.py exchange_recount``: after a restore, never give a number again that partners have."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import Later, Stop
from lindung.exchange.models import Partner
from lindung.exchange.operations.recount import recount


class Command(BaseCommand):
    """Can run again at any time."""

    help = "Asks every partner how far it has our messages, and counts on from there."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One line for each subject that was behind, by its public number."""
        with acting_as(ROBOT):
            partners = list(Partner.objects.order_by("code"))
        for partner in partners:
            try:
                found = recount(partner.pk)
            except (Later, Stop) as error:
                self.stdout.write(f"{partner.code}: could not be asked ({error})")
                continue
            for each in found:
                self.stdout.write(f"{partner.code}: {each.subject} {each.ours} -> {each.theirs}")
            self.stdout.write(f"{partner.code}: {len(found)} subjects were behind")
