"""What comes in: stored before it is read, applied in order, once (§5 to §8)."""

import logging
import sqlite3
import time
from typing import Any
from urllib.parse import urlencode

import httpx

from . import agreement
from .batches import MAX_ITEMS, read_batch, write_batch
from .sending import LONGEST_WAIT, Sending
from .trust import NotNow
from .wire import MAX_MESSAGE_BYTES, Refused, digest, new_id, now, read_json

log = logging.getLogger("simulators.eps")

STORED_AND_LEFT = 30.0


class Receiving(Sending):
    """The part of a node that receives."""

    def keep(self, items: list[tuple[bytes, str]]) -> list[int]:
        """Store raw bytes and signatures, durable on return, unread."""
        at = now()
        with self.store.write() as db:
            return [
                int(
                    db.execute(
                        "insert into received (at, body, signature, digest, state) "
                        "values (?, ?, ?, ?, 'kept') returning n",
                        (at, body[: MAX_MESSAGE_BYTES + 1], signature[:4000], digest(body)),
                    ).fetchone()[0]
                )
                for body, signature in items
            ]

    def examine(self, n: int) -> dict[str, Any]:
        """Verify one kept message; returns the data of its technical receipt (plus `subject`)."""
        row = self.store.row("select * from received where n = ?", n)
        if row is None:
            raise KeyError(n)
        envelope: dict[str, Any] = {}
        try:
            envelope = self._open(bytes(row["body"]), row["signature"])
            return self._file(row, envelope)
        except Refused as refusal:
            with self.store.write() as db:
                db.execute(
                    "update received set state = 'refused', reason = ?, note = ? where n = ?",
                    (refusal.code, refusal.note, n),
                )
            known = not agreement.faults("urn:lindung:exchange:envelope:v1", envelope)
            return {
                "subject": envelope["subject"] if known else "unknown",
                "message_id": envelope["id"] if known else "unknown",
                "digest": row["digest"],
                "outcome": "refused",
                "reason": refusal.code,
                "stored_at": row["at"],
            }

    def _file(self, row: sqlite3.Row, envelope: dict[str, Any]) -> dict[str, Any]:
        receipt = {
            "subject": envelope["subject"],
            "message_id": envelope["id"],
            "digest": row["digest"],
            "outcome": "stored",
            "reason": "stored",
            "stored_at": row["at"],
            "repeat": False,
        }
        with self.store.write() as db:
            earlier = self.store.row(
                "select * from received where source = ? and message_id = ? "
                "and state not in ('kept', 'refused')",
                envelope["source"],
                envelope["id"],
            )
            mine = self.store.row("select state from received where n = ?", row["n"])
            if mine is None or mine["state"] != "kept":
                raise NotNow("another thread has examined it")
            if earlier is not None and earlier["digest"] != row["digest"]:
                raise Refused("id_reused")
            if earlier is not None:
                db.execute("delete from received where n = ?", (row["n"],))
                db.execute("update received set repeats = repeats + 1 where n = ?", (earlier["n"],))
                # The partner may have lost our business receipt: let it go out once more.
                db.execute(
                    "update sent set state = 'waiting', next_at = 0 "
                    "where correlation = ? and sequence is null and state = 'done'",
                    (envelope["id"],),
                )
                return {**receipt, "stored_at": earlier["stored_at"], "repeat": True}
            try:
                db.execute(
                    "update received set state = 'waiting', source = ?, message_id = ?, type = ?, "
                    "subject = ?, sequence = ?, correlation = ?, stored_at = at where n = ?",
                    (
                        envelope["source"],
                        envelope["id"],
                        envelope["type"],
                        envelope["subject"],
                        envelope.get("sequence"),
                        envelope["correlationid"],
                        row["n"],
                    ),
                )
            except sqlite3.IntegrityError as error:
                raise Refused("sequence_reused") from error
        return receipt

    def take(self, items: list[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
        """Keep, examine, and answer with one technical receipt for each item, in order."""
        return [self.receipt("technical", self.examine(n))[1:] for n in self.keep(items)]

    def recover(self) -> None:
        """Examine what was stored and not yet read when the process died.

        Only what is too old for the thread that stored it to be at it still.
        """
        left = now(-STORED_AND_LEFT)
        for row in self.store.rows(
            "select n from received where state = 'kept' and at < ? order by n", left
        ):
            try:
                self.examine(row["n"])
            except NotNow as wait:
                log.warning("later: %s", wait)
                return

    # --- applying (§7) --------------------------------------------------------------------------

    def work(self) -> int:
        """Apply whatever is in order; returns how many messages were decided."""
        self.recover()
        decided = 0
        for row in self.store.rows(
            "select n from received where state = 'waiting' and sequence is null order by n"
        ):
            decided += self._apply_one(row["n"])
        for subject in self.store.rows(
            "select distinct subject from received where state = 'waiting' and sequence is not null"
        ):
            decided += self._apply_subject(subject["subject"])
        return decided

    def received_through(self, subject: str) -> int:
        """The highest sequence up to which all of a subject's messages are here and applied."""
        found = self.store.row(
            "select max(sequence) as top from received "
            "where subject = ? and state in ('applied', 'declined')",
            subject,
        )
        return int(found["top"] or 0) if found else 0

    def _apply_subject(self, subject: str) -> int:
        decided = 0
        for row in self.store.rows(
            "select n, sequence from received where subject = ? and state = 'waiting' "
            "and sequence is not null order by sequence",
            subject,
        ):
            through = self.received_through(subject)
            if row["sequence"] != through + 1:
                self._ask_for_gap(subject, through + 1, row["sequence"] - 1)
                break
            if not self._apply_one(row["n"]):
                break
            decided += 1
        return decided

    def _apply_one(self, n: int) -> int:
        row = self.store.row("select * from received where n = ?", n)
        if row is None:
            return 0
        try:
            with self.store.write() as db:
                outcome, reason, note = "accepted", "applied", ""
                db.execute("savepoint one")
                try:
                    reason = self._understand(row)
                except Refused as refusal:
                    db.execute("rollback to one")
                    outcome, reason, note = "refused", refusal.code, refusal.note
                db.execute("release one")
                decided_at = now()
                db.execute(
                    "update received set state = ?, reason = ?, note = ?, decided_at = ? where n = ?",
                    (
                        "applied" if outcome == "accepted" else "declined",
                        reason,
                        note,
                        decided_at,
                        n,
                    ),
                )
                if not row["type"].startswith("id.lindung.receipt."):
                    data = {
                        "subject": row["subject"],
                        "message_id": row["message_id"],
                        "digest": row["digest"],
                        "outcome": outcome,
                        "reason": reason,
                        "decided_at": decided_at,
                        **({"note": note} if note else {}),
                    }
                    self._queue(*self.receipt("business", data))
        except Exception:
            # A fault of ours: the message stays, shown as error, and other subjects go on.
            log.exception("message %s could not be applied", row["message_id"])
            with self.store.write() as db:
                db.execute("update received set state = 'error' where n = ?", (n,))
            return 0
        return 1

    def _understand(self, row: sqlite3.Row) -> str:
        envelope = read_json(bytes(row["body"]))
        name = envelope["type"].removeprefix("id.lindung.").removesuffix(".v1")
        if agreement.type_of(name) != envelope["type"] or name not in agreement.ACCEPTS:
            raise Refused("type_unknown")
        if envelope["dataschema"] != agreement.schema_of(name):
            raise Refused("schema_unknown")
        agreement.check(agreement.schema_of(name), envelope["data"], "data_invalid")
        if envelope["purpose"] != agreement.purpose_of(name):
            raise Refused("purpose_refused")
        if name == "receipt.business":
            return self._note_business(row, envelope["data"])
        return self.apply(envelope["subject"], name, envelope["data"], envelope["id"])

    def _note_business(self, row: sqlite3.Row, data: dict[str, Any]) -> str:
        with self.store.write() as db:
            found = db.execute(
                "update sent set state = ?, reason = ?, note = ?, business = ?, "
                "business_signature = ?, answered_at = ? where message_id = ? and digest = ? "
                "and state in ('waiting', 'stored', 'accepted', 'refused')",
                (
                    data["outcome"],
                    data["reason"],
                    data.get("note", ""),
                    row["body"],
                    row["signature"],
                    now(),
                    data["message_id"],
                    data["digest"],
                ),
            )
            if found.rowcount == 0:
                raise Refused("data_invalid", "no such message was sent")
        return "applied"

    def _ask_for_gap(self, subject: str, first: int, last: int) -> None:
        asked = self.store.row("select * from gap where subject = ?", subject)
        attempts = asked["attempts"] if asked else 0
        due = asked["asked_at"] + min(2.0 * 2**attempts, LONGEST_WAIT) if asked else 0.0
        if asked is None or time.time() >= due:
            with self.store.write() as db:
                db.execute(
                    "insert into gap values (?, ?, 0) on conflict (subject) do update set "
                    "asked_at = excluded.asked_at, attempts = attempts + 1",
                    (subject, time.time()),
                )
            if asked is not None:  # the first time only note it: the rest may be on its way
                self._replay(subject, first, last)

    def _replay(self, subject: str, first: int, last: int) -> None:
        target = "/exchange/v1/messages?" + urlencode(
            {"subject": subject, "from": first, "to": last}
        )
        claims = {
            "node": self.name,
            "recipient": self.partner,
            "method": "GET",
            "target": target,
            "time": now(),
            "id": new_id(),
        }
        try:
            answer = self.client.get(
                self.partner_base + target,
                headers={"Lindung-Request": self.key.sign_request(claims)},
            )
            if answer.status_code == 200:
                self.take(read_batch(answer.content))
        except (httpx.HTTPError, Refused, NotNow) as error:
            log.warning("replay of a gap failed: %s", error)

    def answer_replay(self, token: str, target: str, subject: str, first: int, last: int) -> bytes:
        """The batch a partner asks for (§7); Refused when the request does not prove itself."""
        self.admit_request(token, target)
        rows = self.store.rows(
            "select body, signature from sent where subject = ? and sequence between ? and ? "
            "order by sequence limit ?",
            subject,
            first,
            last,
            MAX_ITEMS,
        )
        return write_batch([(bytes(r["body"]), r["signature"]) for r in rows]) if rows else b""
