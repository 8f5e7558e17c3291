"""`manage.py balance`: do the register's numbers add up, and is every row in its person's scope?

Exit code 0 only where both hold. The difference is listed by public number and reason, never by name.
With ``--recount`` every person's line and every total is worked out anew and compared with what was
kept; what was wrong is listed, put right, and fails the command too.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import Post
from lindung.access.roles import ROBOT
from lindung.registry.balance import imbalances
from lindung.site.register import balance as books
from lindung.site.register import book

# Lines shown of the difference; --names lists all.
_SHOWN = 20


class Command(BaseCommand):
    help = "Check that movements and the count of people abroad add up, and that rows are in scope."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one object a line")
        parser.add_argument("--post", default="", help="code of one post")
        parser.add_argument("--country", default="", help="ISO 3166-1 alpha-2")
        parser.add_argument(
            "--recount", action="store_true", help="count everybody anew and compare; takes minutes"
        )
        parser.add_argument("--since", type=date.fromisoformat, help="first day; 1 January without")
        parser.add_argument(
            "--names", action="store_true", help="the whole list, not its beginning"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        with acting_as(ROBOT):
            out_of_scope = imbalances()
            codes = {each.id: each.code for each in Post.objects.all()}
        for each in out_of_scope:
            words = f"{each.table}: {each.rows} rows carry another scope than their person"
            self._say(asdict(each), words, options)
        miscounted = self._count(codes, options)
        post = self._post(codes, options["post"])
        found = books.balance(
            ROBOT,
            start=options["since"] or today.replace(month=1, day=1),
            end=today,
            today=today,
            post=post,
            country=options["country"],
        ).sheets
        for sheet in found:
            self._sheet(sheet, codes.get(sheet.post_id or 0, "-"), options)
        wrong = sum(not each.adds_up for each in found)
        if wrong:
            self._names(today, post, options)
        if out_of_scope or wrong or miscounted:
            said = [
                *(["The scope columns are out of balance."] if out_of_scope else []),
                *(["The register does not add up."] if wrong else []),
                *(["The book had been kept wrongly; it is right now."] if miscounted else []),
            ]
            raise CommandError(" ".join(said))
        done = "Every row is in scope, and the register adds up."
        self.stdout.write('{"balanced": true}' if options["json"] else done)

    def _count(self, codes: dict[int, str], options: dict[str, Any]) -> int:
        """Bring the book up to now, or count it anew; returns how much of it had been wrong."""
        if not options["recount"] and book.was_counted():
            book.fold()
            return 0
        found = book.recount()
        for line in found.lines:
            told = {"number": line.number, "wrong": "line"}
            self._say(told, f"  {line.number}  the line in the book was wrong", options)
        for total in found.totals:
            code = codes.get(total.post_id or 0, "-")
            words = (
                f"{code} {total.country or '--'} {total.what} {total.day or ''}:"
                f" kept {total.kept}, counted {total.counted}"
            )
            self._say({"wrong": "total", **asdict(total), "post": code}, words, options)
        words = f"{found.people} people counted anew."
        self._say({"counted_anew": found.people}, words, options)
        return len(found.lines) + len(found.totals)

    def _sheet(self, sheet: books.Sheet, code: str, options: dict[str, Any]) -> None:
        told = {
            "post": code,
            **asdict(sheet),
            "closing": sheet.closing,
            "difference": sheet.difference,
        }
        words = (
            f"{code} {sheet.country or '--'}: {sheet.opening} + {sheet.departures} departures"
            f" + {sheet.enrolled} enrolled themselves + {sheet.moved_in} - {sheet.moved_out} moved"
            f" - {sheet.returns} returns - {sheet.deaths} deaths = {sheet.closing},"
            f" counted {sheet.counted}, difference {sheet.difference} ({sheet.named} people)"
        )
        self._say(told, words, options)

    def _names(self, today: date, post: int | None, options: dict[str, Any]) -> None:
        most = None if options["names"] else _SHOWN
        listed = books.every_name(
            ROBOT, on=today, post=post, country=options["country"], moving=True, most=most
        )
        for each in listed:
            words = f"  {each.number}  {each.weight:+d}  {each.reason}"
            told = {"number": each.number, "reason": each.reason, "weight": each.weight}
            self._say(told, words, options)

    def _post(self, codes: dict[int, str], code: str) -> int | None:
        if not code:
            return None
        known = {name: key for key, name in codes.items()}
        if code not in known:
            raise CommandError(f"No post has the code {code}.")
        return known[code]

    def _say(self, told: dict[str, Any], words: str, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(told, default=str) if options["json"] else words)
