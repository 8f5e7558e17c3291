"""The office's files: one candidate, one state, what is known."""

import json
import sqlite3
import time
from datetime import date, datetime
from typing import Any

from .law import SEOUL, NotPossible
from .node import Node
from .wire import Refused, now


class Files:
    """What every desk of the office shares, over one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.store = node.store

    def today(self) -> date:
        """The day in Korea, or the one a test has set."""
        fixed = self.store.setting("today")
        return date.fromisoformat(fixed) if fixed else datetime.now(SEOUL).date()

    def _known(self, subject: str) -> sqlite3.Row:
        found = self.store.row("select * from candidate where subject = ?", subject)
        if found is None:
            raise Refused("step_closed", "not on the roster")
        return found

    @staticmethod
    def _employer(firm: dict[str, Any]) -> dict[str, Any]:
        keys = (
            "name",
            "name_local",
            "registration_no",
            "representative",
            "address",
            "region",
            "phone",
        )
        return {k: firm[k] for k in keys}

    def _in(self, subject: str, *states: str) -> sqlite3.Row:
        found = self.store.row("select * from candidate where subject = ?", subject)
        if found is None:
            raise NotPossible("No such candidate on the roster.")
        if found["state"] not in states:
            raise NotPossible(f"Not possible while the candidate is {found['state']}.")
        return found

    def _number(self, letter: str, subject: str, column: str) -> str:
        found = self.store.row("select roster_no from candidate where subject = ?", subject)
        if found and found["roster_no"]:
            return str(found["roster_no"])
        number = f"{letter}-{self.today().year}-{self.store.next(column):06d}"
        self.store.db.execute(
            "update candidate set roster_no = ? where subject = ?", (number, subject)
        )
        return number

    def _move(self, subject: str, state: str, **facts: str) -> None:
        with self.store.write() as db:
            found = self.store.row("select facts from candidate where subject = ?", subject)
            known = json.loads(found["facts"]) if found else {}
            db.execute(
                "update candidate set state = ?, facts = ?, changed_at = ? where subject = ?",
                (state, json.dumps({**known, **facts}), now(), subject),
            )
            self._schedule(subject)

    def _facts(self, candidate: sqlite3.Row) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(candidate["facts"])
        return found

    def _schedule(self, subject: str) -> None:
        delay = self.store.setting("auto_seconds")
        self.store.db.execute(
            "update candidate set next_step_at = ? where subject = ?",
            (None if delay is None else time.time() + float(delay), subject),
        )

    def _note(self, subject: str, **facts: str) -> None:
        """Keep facts without a change of state."""
        self._move(subject, self._known(subject)["state"], **facts)
