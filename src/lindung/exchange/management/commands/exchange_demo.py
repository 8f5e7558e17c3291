"""``manage.py exchange_demo``: enter the demonstration's partners and trust their keys."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import by_hand
from lindung.exchange.models import Partner
from lindung.exchange.operations.partners import OutOfReach, learn_keys
from lindung.exchange.operations.setting_up import make_demo_partners


class Command(BaseCommand):
    """Can run again at any time."""

    help = "Enters the demonstration's partners; trusts their keys when they can be reached."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Enter and, where possible, pin."""
        for code in make_demo_partners():
            with acting_as(ROBOT):
                partner = Partner.objects.get(code=code)
            if by_hand(partner):
                self.stdout.write(f"{code}: people carry its messages, there is no key")
                continue
            try:
                outcome = learn_keys(partner)
            except OutOfReach:
                outcome = "not reachable yet; its keys are taken at the first contact"
            self.stdout.write(f"{code}: {outcome}")
