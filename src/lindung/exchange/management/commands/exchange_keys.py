"""``manage.py exchange_keys``: our own signing keys of the exchange, changed without a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import OwnKey
from lindung.exchange.operations import rotation
from lindung.exchange.own_keys import known_keys, own_key
from lindung.kernel.refusals import Refusal


class Command(BaseCommand):
    """``list``, ``first``, ``next``, ``retire KID``, ``revoke KID``."""

    help = "Lists our signing keys; makes the next one, ends or revokes one (protocol §4)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and to which key."""
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("list", help="every key with its dates; * signs now")
        steps.add_parser("first", help="make the first key, in a store that holds none")
        nxt = steps.add_parser("next", help="make and publish the next key")
        nxt.add_argument(
            "--from",
            dest="valid_from",
            type=_instant,
            help="instant, ISO 8601 with zone; at least 24 hours ahead (default: in 25 hours)",
        )
        retire = steps.add_parser("retire", help="end a key")
        retire.add_argument("kid")
        retire.add_argument("--at", type=_instant, help="instant (default: now)")
        revoke = steps.add_parser("revoke", help="believe a key no more, from now on")
        revoke.add_argument("kid")
        revoke.add_argument("--reason", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what follows."""
        now = datetime.now(UTC)
        try:
            self._do(options, now)
        except Refusal as refusal:
            raise CommandError(f"{refusal.title} {refusal.advice}".strip()) from refusal

    def _do(self, options: dict[str, Any], now: datetime) -> None:
        match options["step"]:
            case "list":
                self._list(now)
            case "first":
                row = rotation.make_first(now=now)
                self.stdout.write(f"{row.kid}: made, signs from now on")
            case "next":
                valid_from = options["valid_from"] or now + timedelta(hours=25)
                row = rotation.make_next(valid_from=valid_from, now=now)
                self.stdout.write(f"{row.kid}: published, signs from {row.valid_from:%F %T %Z}")
            case "retire":
                row = rotation.retire(options["kid"], at=options["at"] or now, now=now)
                self.stdout.write(f"{row.kid}: ends {row.valid_to:%F %T %Z}")
            case "revoke":
                made = rotation.revoke(options["kid"], reason=options["reason"], now=now)
                self.stdout.write(f"{options['kid']}: revoked")
                if made is not None:
                    self.stdout.write(
                        f"{made.kid}: made in its place. No partner knows it: give them this"
                        " fingerprint over a second channel."
                    )

    def _list(self, now: datetime) -> None:
        with acting_as(ROBOT):
            rows = known_keys(now=now)
            signs = own_key().kid
        for row in rows:
            mark = "*" if row.kid == signs else " "
            self.stdout.write(f"{mark} {row.kid}  {_dates(row)}")


def _dates(row: OwnKey) -> str:
    words = f"from {row.valid_from:%F %T}"
    if row.valid_to is not None:
        words += f" to {row.valid_to:%F %T}"
    if row.revoked_at is not None:
        words += f" revoked {row.revoked_at:%F %T}"
    return words


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)
