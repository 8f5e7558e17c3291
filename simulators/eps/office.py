"""HRD Korea, the job centre, immigration and the insurer in one, over one node.

Every step checks its own law and refuses. Figures come from `world.json`.
"""

import random
import time
from typing import Any

from .abroad import Abroad
from .after import After
from .before import Before
from .drawing import Draw
from .hearing import Hearing
from .law import EMPLOYERS, WORLD, NotPossible, add_months, wage_floor
from .node import Node
from .notices import TABLES

__all__ = [
    "AUTOMATIC",
    "EMPLOYERS",
    "WORLD",
    "NotPossible",
    "Office",
    "add_months",
    "wage_floor",
]

#: state → what the automatic mode does next.
AUTOMATIC = {
    "roster_active": "offer",
    "accepted": "authorise",
    "visa_authorised": "plan_entry",
    "departed": "confirm_arrival",
    "arrived": "induct",
    "inducted": "register",
}


class Office(Hearing, Before, Abroad, After):
    """The whole office; each parent is a desk."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        node.store.db.executescript(TABLES)
        node.apply = self.understand

    # --- on its own -----------------------------------------------------------------------------

    def automatic(self, seconds: float | None) -> None:
        """Switch the automatic mode: seconds between steps, or None for off."""
        with self.store.write() as db:
            self.store.set("auto_seconds", seconds)
            db.execute(
                "update candidate set next_step_at = ?",
                (None if seconds is None else time.time() + seconds,),
            )

    def advance(self) -> int:
        """In automatic mode, take every candidate's next step that is due; returns how many."""
        if self.store.setting("auto_seconds") is None:
            return 0
        steps = 0
        for row in self.store.rows(
            "select subject, state from candidate where next_step_at <= ? limit 50", time.time()
        ):
            if self.store.setting("draw"):
                steps += self._live(row["subject"], row["state"])
                continue
            act = AUTOMATIC.get(row["state"])
            if act is None:
                self.store.db.execute(
                    "update candidate set next_step_at = null where subject = ?", (row["subject"],)
                )
                continue
            getattr(self, act)(row["subject"])
            steps += 1
        return steps

    def _live(self, subject: str, state: str) -> int:
        """One month of a candidate as the published figures have it."""
        draw = Draw(random.Random(f"{self.store.setting('seed', 0)}:{subject}:{time.time_ns()}"))
        act, values = draw.next_step(state)
        if not act:
            self._schedule(subject)
            return 0
        given: dict[str, Any] = values
        getattr(self, act)(subject, **given)
        return 1
