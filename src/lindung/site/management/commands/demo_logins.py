"""`manage.py demo_logins`: how every kind of made-up user signs in. In demo mode only."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import Account
from lindung.access.roles import ROBOT, acting_worker
from lindung.access.secrets import keyring
from lindung.kernel.identifiers import Kind
from lindung.kernel.refusals import Refusal
from lindung.outreach import family
from lindung.registry.models import Identifier
from lindung.site.demo import accounts, lives


class Command(BaseCommand):
    """Prints one line for each login; with --json, one object a line."""

    help = "Print the logins of the made-up users. They exist in demo mode only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            accounts.refuse_outside_demo()
        except Refusal as refusal:
            raise CommandError(f"{refusal.title} {refusal.advice}") from None
        found = [*_officials(), *_workers(), *_relatives()]
        if not found:
            raise CommandError("No made-up users yet: run ./lindung manage demo first.")
        for login in found:
            words = {name: value for name, value in login.items() if value}
            self.stdout.write(
                json.dumps(login, ensure_ascii=False)
                if options["json"]
                else "  ".join(f"{name}: {value}" for name, value in words.items())
            )


def _officials() -> list[dict[str, str]]:
    known = set(Account.objects.filter(is_demo=True).values_list("username", flat=True))
    return [
        {
            "who": accounts.title(entry),
            "role": entry["role"],
            "url": f"{settings.PUBLIC_URL}/masuk/login/",
            "username": entry["username"],
            "password": accounts.password(),
            "second_factor": "shown on the page that asks for it",
            "totp_secret": accounts.totp_secret(),
        }
        for entry in accounts.entries()
        if entry["username"] in known
    ]


def _workers() -> list[dict[str, str]]:
    """The worker whose life is told in full; nobody else's number is ever printed."""
    blinds = keyring().indexes(str(Kind.PHONE), lives.SITI_PHONE)
    with acting_as(ROBOT):
        known = Identifier.objects.filter(blind__in=blinds, worker__is_demo=True).exists()
    if not known:
        return []
    return [
        {
            "who": "Pekerja",
            "role": "worker",
            "url": f"{settings.PUBLIC_URL}/saya/masuk/",
            "phone": lives.SITI_PHONE,
            "second_factor": "no password: a code is sent; "
            f"{settings.PUBLIC_URL}/demo/ponsel/ shows it",
        }
    ]


def _relatives() -> list[dict[str, str]]:
    """The mother of that worker, with a fresh one-time link: relatives have no password."""
    blinds = keyring().indexes(str(Kind.PHONE), lives.SITI_PHONE)
    with acting_as(ROBOT):
        siti = Identifier.objects.filter(blind__in=blinds, worker__is_demo=True).first()
    if siti is None:
        return []
    worker = acting_worker(siti.worker_id, "Siti")
    with acting_as(worker):
        member = next(iter(family.relatives_of(siti.worker_id)), None)
    if member is None:
        return []
    token = family.invite(worker, member.id, now=timezone.now())
    return [
        {
            "who": "Keluarga",
            "role": "family",
            "url": f"{settings.PUBLIC_URL}{reverse('family_link', args=[token])}",
            "second_factor": "no password: this link lets in once; "
            "the worker makes others under Keluarga saya",
        }
    ]
