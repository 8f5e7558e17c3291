"""``./lindung manage breach``: whose data was touched, grouped by post and language, with the notices.

With ``--drill`` everything is marked as an exercise. Nobody is told from here: that is the page's,
where a person answers for it.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.roles import ROBOT, rights_of
from lindung.kernel.refusals import Incomplete
from lindung.kernel.secrets import CannotOpen
from lindung.privacy import breaches, notices
from lindung.privacy.breaches import Search
from lindung.privacy.operations import breaches as operations

AT_THE_SERVER = Actor(
    id=ROBOT.id, kind=Kind.MINISTRY, name="Perintah di server", office="Lindung",
    rights=rights_of("data_protection_officer"),
)  # fmt: skip


def instant(text: str) -> datetime:
    """An ISO 8601 instant; without a zone it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Work out whose data a breach touched, or an exercise of one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="start", type=instant, help="first instant of the window"
        )
        parser.add_argument("--to", dest="end", type=instant, help="first instant after it")
        parser.add_argument("--known", type=instant, help="when it became known; now without")
        parser.add_argument("--account", action="append", default=[], help="user name; repeatable")
        parser.add_argument("--source", action="append", default=[], help="IP address of sessions")
        parser.add_argument("--partner", default="", help="code of a partner")
        parser.add_argument("--part", action="append", default=[], help="documents, protection …")
        parser.add_argument("--table", action="append", default=[], help="registry.Identifier …")
        parser.add_argument("--how", default="", help="how it happened, as the notices say it")
        parser.add_argument("--remedy", default="", help="what is done, as the notices say it")
        parser.add_argument("--drill", action="store_true", help="an exercise")
        parser.add_argument("--list", type=Path, help="write the sealed list of people here")
        parser.add_argument("--open", type=Path, help="print a sealed list; needs the key ring")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["open"]:
            self._open(options["open"])
            return
        if not options["start"] or not options["end"]:
            raise CommandError("Say the window: --from INSTANT --to INSTANT (ISO 8601).")
        now = datetime.now(UTC)
        search = Search(
            tuple(options["account"]), tuple(options["source"]), options["partner"],
            tuple(options["part"]), tuple(options["table"]),
        )  # fmt: skip
        try:
            breach = operations.find(
                AT_THE_SERVER, search, window=(options["start"], options["end"]),
                known_at=options["known"] or now, how=options["how"], remedy=options["remedy"],
                drill=options["drill"], at=now,
            )  # fmt: skip
        except Incomplete as refusal:
            said = "; ".join(f"{name}: {why}" for name, why in refusal.facts["fields"].items())
            raise CommandError(f"{said} {refusal.facts.get('unknown', '')}") from None
        with acting_as(ROBOT):
            groups = breaches.groups(breach)
            letters = {each: notices.to_authority(breach, each) for each in notices.LANGUAGES}
            words = {each: notices.to_person(breach, each) for each in notices.LANGUAGES}
        if options["list"]:
            options["list"].write_bytes(operations.sealed_list(AT_THE_SERVER, breach.id))
            options["list"].chmod(0o600)
        if options["json"]:
            self._print_json(breach, groups, letters, words)
        else:
            self._print(breach, groups, letters, words, options["list"])

    def _print(
        self, breach: Any, groups: list[breaches.Group], letters: dict[str, str],
        words: dict[str, str], listed: Path | None,
    ) -> None:  # fmt: skip
        due = f"{breach.due_at:%Y-%m-%d %H:%M} UTC" if breach.due_at else "unknown"
        check = " (needs a check)" if breach.needs_check else ""
        mark = "EXERCISE " if breach.drill else ""
        self.stdout.write(
            f"{mark}{breach.number}: {breach.people} people in {breach.seconds} s;"
            f" notices due {due}{check}"
        )
        for each in groups:
            self.stdout.write(f"  {each.people:>8}  {each.post or 'no post'}  {each.language}")
        if listed:
            self.stdout.write(f"sealed list: {listed}")
        for text in (*letters.values(), *words.values()):
            self.stdout.write(f"\n{text}")

    def _print_json(
        self,
        breach: Any,
        groups: list[breaches.Group],
        letters: dict[str, str],
        words: dict[str, str],
    ) -> None:
        told = {
            "number": breach.number,
            "exercise": breach.drill,
            "people": breach.people,
            "seconds": breach.seconds,
            "due_at": breach.due_at.isoformat() if breach.due_at else None,
            "needs_check": breach.needs_check,
            "groups": [
                {"post": each.post, "language": each.language, "people": each.people}
                for each in groups
            ],
            "to_authority": letters,
            "to_person": words,
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _open(self, path: Path) -> None:
        try:
            self.stdout.write(operations.opened_list(path.read_bytes()))
        except (CannotOpen, OSError, ValueError, KeyError) as error:
            raise CommandError(f"Cannot open {path}: {type(error).__name__}.") from None
