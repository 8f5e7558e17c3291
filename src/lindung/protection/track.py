"""The steps of a complaint about a placement party, as ``track.yaml`` has them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec

from lindung.regulations.lawbook import Provision
from lindung.regulations.sentences import pick
from lindung.regulations.shapes import Bilingual

# The provisions that the file names, so that the law's own house test finds them.
_TERMS = {
    each.id: each
    for each in (
        Provision("id.complaint.verification_days", unit="days"),
        Provision("id.complaint.clarification_days", unit="days"),
        Provision("id.complaint.fulfil_days", unit="days"),
        Provision("id.complaint.mediation_days", unit="days"),
    )
}


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a step can come to, and the step that follows; none where the track ends."""

    title: Bilingual
    next: str = ""

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return pick(self.title)


class TrackPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step: its days by law or by practice, and what it can come to."""

    title: Bilingual
    practice_days: int
    results: dict[str, Result]
    law: str = ""
    evidence: bool = False
    mediation: bool = False

    @property
    def shown(self) -> str:
        """The title in the language of the page."""
        return pick(self.title)

    def due(self, on: date) -> tuple[date, str]:
        """The last day of a step begun on a day, and the provision it rests on, empty for practice."""
        # A term that was in force and is not confirmed for the day still counts; the rule's own
        # page says that it needs a check.
        if self.law and (days := _TERMS[self.law].on(on).last_known) is not None:
            return on + timedelta(days=int(days)), self.law
        return on + timedelta(days=self.practice_days), ""


@cache
def track() -> dict[str, TrackPart]:
    """Every step by code, in order."""
    return msgspec.yaml.decode(
        (Path(__file__).parent / "track.yaml").read_bytes(), type=dict[str, TrackPart]
    )
