"""`./lindung law impact RULE`: the live contracts that a changed or coming value of law flips."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Refusal
from lindung.placement.impact import Impact, coming_of, flips, impact, tried
from lindung.regulations.command import found_from
from lindung.regulations.lawbook import parameter

UNKNOWN_WORD = "unknown"


class Command(BaseCommand):
    help = "Live contracts that a value flips: law impact RULE --value V --from 2027-01-01"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", help="a rule's id")
        parser.add_argument("--value", help="the value to try; without it, the rule's next one")
        parser.add_argument("--from", dest="start", type=date.fromisoformat, help="its first day")
        parser.add_argument("--most", type=int, help="list so many contracts at most")
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.perf_counter()
        today = timezone.localdate()
        start, typed = options["start"], options["value"]
        if typed is not None and start is None:
            raise CommandError("Say the first day of the value: --from 2027-01-01.")
        try:
            rule = parameter(options["rule"])
            if typed is None:
                change = coming_of(rule, today, start)
            else:
                value = None if typed == UNKNOWN_WORD else found_from(typed, rule)
                change = tried(rule, value, start=start, today=today)
            with acting_as(ROBOT):
                made = impact(change)
                listed = list(flips(made, most=options["most"]))
        except ValueError as error:
            raise CommandError(str(error)) from error
        except Refusal as refusal:
            near = refusal.facts.get("nearest", ())
            hint = f" Nearest: {', '.join(near)}." if near else ""
            raise CommandError(f"{refusal.slug}: {refusal.detail}.{hint}") from refusal
        for each in listed:
            line = {"contract": each.number, "before": each.before, "after": each.after}
            words = f"{each.number}  {each.before} -> {each.after}"
            self.stdout.write(json.dumps(line) if options["json"] else words)
        told = _told(made, time.perf_counter() - began)
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for name, count in told["flips"].items():
            self.stdout.write(f"{count:>10,}  {name}")
        self.stdout.write(
            f"{told['flipped']:,} of {told['contracts']:,} live contracts flip on {told['from']}"
            f" by {told['rule']}; {told['seconds']} s."
        )


def _told(made: Impact, seconds: float) -> dict[str, Any]:
    return {
        "rule": made.change.now.id,
        "from": made.change.on.isoformat(),
        "status": made.change.status,
        "contracts": made.contracts,
        "groups": made.groups,
        "flipped": made.flipped,
        "flips": {
            f"{before} -> {after}": count for (before, after), count in sorted(made.flips.items())
        },
        "seconds": round(seconds, 2),
    }
