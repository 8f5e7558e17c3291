"""``manage.py journal``: prove the journal, seal it now, list the published heads."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lindung.access import heads, proofs, seals
from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Refusal


class Command(BaseCommand):
    help = "Prove that the journal is as it was sealed; seal it now; list its heads."
    # Asked by people and by the set-up on a database that may be damaged: no other checks first.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=type(parser))
        verify = verbs.add_parser("verify", help="check seals and entries; exit 1 when not intact")
        verify.add_argument("--from", dest="first", type=int, default=1, help="first seal")
        verify.add_argument("--to", dest="last", type=int, help="last seal")
        sealing = verbs.add_parser("seal", help="seal what has happened until now")
        listing = verbs.add_parser("heads", help="the heads kept outside the database")
        for each in (verify, sealing, listing):
            each.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *, verb: str, **options: Any) -> None:
        """Run one verb as our robot.

        Raises:
            SystemExit: 1 when something is wrong with the journal, or it cannot be told.
        """
        try:
            if verb == "verify":
                self._verify(options["first"], options["last"], as_json=options["json"])
            elif verb == "seal":
                self._seal(as_json=options["json"])
            else:
                self._heads(as_json=options["json"])
        except Refusal as refusal:
            if options["json"]:
                self._object(refusal.problem())
            else:
                self.stderr.write(f"{refusal.title} {refusal.advice}")
            raise SystemExit(1) from refusal

    def _verify(self, first: int, last: int | None, *, as_json: bool) -> None:
        with acting_as(ROBOT):
            proof = proofs.verify(now=timezone.now(), first=first, last=last)
        if as_json:
            body = proof.as_dict()
            for finding in body.pop("findings"):
                self._object(finding)
            self._object(body)
        else:
            for each in proof.findings:
                place = f"seal {each.seal}" if each.seal else "outside every seal"
                said = " ".join(filter(None, (each.entry, each.detail)))
                self.stdout.write(f"{each.problem.upper()}: {said} ({place})")
            if proof.found > len(proof.findings):
                self.stdout.write(f"… and {proof.found - len(proof.findings):,} more")
            for restore in proof.restores:
                self.stdout.write(
                    f"A backup was restored at {restore['at']}; it ended with seal "
                    f"{restore['kept']}."
                )
            self.stdout.write(_summary(proof))
        if not proof.holds:
            raise SystemExit(1)

    def _seal(self, *, as_json: bool) -> None:
        made = 0
        while True:
            with acting_as(ROBOT):
                new = seals.seal(now=timezone.now())
            if new is None:
                break
            made += 1
            facts = {"seal": new.number, "entries": new.count, "head": bytes(new.head).hex()}
            if as_json:
                self._object(facts)
            else:
                self.stdout.write(f"Seal {new.number}: {new.count:,} entries, head {facts['head']}")
        if not made and not as_json:
            self.stdout.write("Nothing to seal.")

    def _heads(self, *, as_json: bool) -> None:
        for line in heads.lines():
            if as_json:
                self._object(line)
            elif "restored_at" in line:
                self.stdout.write(f"restored {line['restored_at']} after seal {line['kept']}")
            else:
                self.stdout.write(
                    f"{line['number']:>8} {line['sealed_at']} {line['count']:>9,} {line['head']}"
                )

    def _object(self, facts: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(facts, ensure_ascii=False))


def _summary(proof: proofs.Proof) -> str:
    verdict = "intact" if proof.holds else f"NOT INTACT ({proof.found:,} found)"
    tail = f"{proof.unsealed:,} not sealed yet"
    if proof.unsealed:
        tail += f", the oldest {proof.unsealed_seconds:,} s old"
    return f"Journal {verdict}: {proof.seals:,} seals, {proof.entries:,} entries; {tail}."
