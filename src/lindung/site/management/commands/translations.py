"""``manage.py translations``: what is not yet said in English, and catalogues made ready."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lindung.site import translations


class Command(BaseCommand):
    help = "Check, update or compile the catalogues of words."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="fail on any gap (the default)")
        what.add_argument("--update", action="store_true", help="add new phrases, drop old ones")
        what.add_argument("--compile", action="store_true", help="write the .mo files")
        parser.add_argument("--language", default=translations.COMPLETE)
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            written = translations.compile_stale()
            self._say(options, f"{len(written)} catalogues compiled", compiled=len(written))
        elif options["update"]:
            for app in translations.apps():
                added, dropped = translations.update(app, options["language"])
                self._say(
                    options, f"{app}: +{added} -{dropped}", app=app, added=added, dropped=dropped
                )
        else:
            self._check(options)

    def _check(self, options: dict[str, Any]) -> None:
        gaps = 0
        language = options["language"]
        for app in translations.apps():
            report = translations.check(app, language)
            for phrase in report.missing:
                place = phrase.places[0]
                self._say(
                    options,
                    f"{place}: no {language} for {phrase.msgid!r}",
                    app=app,
                    missing=phrase.msgid,
                    place=place,
                )
            for msgid in report.obsolete:
                self._say(options, f"{app}: no page says {msgid!r}", app=app, obsolete=msgid)
            gaps += len(report.missing) + len(report.obsolete)
        if gaps:
            raise CommandError(
                f"{gaps} gaps in {language}. Run `./lindung manage translations --update "
                f"--language {language}`, then fill the empty ones."
            )
        self._say(options, f"every phrase has its {language}", language=language, gaps=0)

    def _say(self, options: dict[str, Any], words: str, **facts: object) -> None:
        self.stdout.write(json.dumps(facts, ensure_ascii=False) if options["json"] else words)
