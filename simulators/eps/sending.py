"""What goes out: written with the change, kept with its receipts, posted until both are here (§5)."""

import logging
import random
import sqlite3
import time
from typing import Any
from urllib.parse import urlencode

import httpx

from . import agreement
from .batches import BATCH, SINGLE, read_batch, write_batch
from .faults import ruined, spend, spoiled
from .trust import NotNow, Trust
from .wire import Refused, digest, new_id, now, read_json, write_json

log = logging.getLogger("simulators.eps")

LONGEST_WAIT = 900.0
BUSINESS_OVERDUE = 600.0
LEGAL_BASIS = "MoU KR-ID on sending workers under the EPS (simulated)"


class Sending(Trust):
    """The part of a node that sends."""

    def receipt(self, kind: str, data: dict[str, Any]) -> tuple[dict[str, Any], bytes, str]:
        """A receipt's envelope, bytes and signature; `data` carries `subject` besides the data."""
        data = dict(data)
        subject = data.pop("subject")
        identity = new_id()
        about = data["message_id"]
        envelope = self._envelope(
            f"receipt.{kind}",
            identity,
            subject,
            None,
            identity if about == "unknown" else about,
            data,
        )
        body = write_json(envelope)
        return envelope, body, self.key.sign(body)

    def _envelope(
        self,
        name: str,
        identity: str,
        subject: str,
        sequence: int | None,
        correlation: str | None,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": identity,
            "source": self.name,
            "recipient": self.partner or "urn:lindung:node:unknown",
            "type": agreement.type_of(name),
            "time": now(),
            "subject": subject,
            **({} if sequence is None else {"sequence": sequence}),
            "correlationid": correlation or identity,
            "purpose": agreement.purpose_of(name),
            "legalbasis": LEGAL_BASIS,
            "dataschema": agreement.schema_of(name),
            "datacontenttype": "application/json",
            "data": data,
        }

    def send(
        self, name: str, subject: str, data: dict[str, Any], *, answers: str | None = None
    ) -> str:
        """Write a message into the outbox; call inside the transaction of the change.

        Returns:
            The message's id.
        """
        if not self.partner:
            self.learn_partner()
        faults = self.store.setting("faults", {})
        checked = agreement.faults(agreement.schema_of(name), data)
        if checked:
            raise ValueError(f"{name} breaks its schema: {checked[0]}")
        meant = data
        if faults.get("wrong_data"):
            data = spoiled(self.store, name, data)
        with self.store.write() as db:
            number = self._next_number(db, subject)
            envelope = self._envelope(name, new_id(), subject, number, answers, data)
            body = write_json(envelope)
            self._queue(envelope, body, self.key.sign(body))
            if data is not meant:
                db.execute(
                    "insert into meant values (?, ?, ?)",
                    (envelope["id"], name, write_json(meant)),
                )
        return str(envelope["id"])

    def correct(self, message_id: str) -> str:
        """Say again, rightly, what was refused because it was said wrongly: a new message.

        Raises:
            ValueError: nothing wrong was said in it, or it was not refused.
        """
        row = self.store.row(
            "select m.name, m.data, s.subject from meant m join sent s using (message_id) "
            "where message_id = ? and s.state = 'refused'",
            message_id,
        )
        if row is None:
            raise ValueError("nothing to correct")
        with self.store.write() as db:
            db.execute("delete from meant where message_id = ?", (message_id,))
            return self.send(row["name"], row["subject"], read_json(bytes(row["data"])))

    @staticmethod
    def _next_number(db: sqlite3.Connection, subject: str) -> int:
        """The next number of a lane: after what was sent, and after what the partner says it has."""
        last = db.execute(
            "select max(coalesce((select max(sequence) from sent where subject = ?), 0), "
            "coalesce((select floor from lane where subject = ?), 0))",
            (subject, subject),
        ).fetchone()[0]
        return int(last) + 1

    def _queue(self, envelope: dict[str, Any], body: bytes, signature: str) -> None:
        late = float(self.store.setting("faults", {}).get("late_seconds", 0))
        self.store.db.execute(
            "insert into sent (at, message_id, type, subject, sequence, correlation, body, "
            "signature, digest, state, next_at) values (?,?,?,?,?,?,?,?,?,'waiting',?)",
            (
                now(),
                envelope["id"],
                envelope["type"],
                envelope["subject"],
                envelope.get("sequence"),
                envelope["correlationid"],
                body,
                signature,
                digest(body),
                time.time() + late,
            ),
        )

    def pump(self) -> int:
        """Post what is due, oldest first, in order per subject; returns how many were stored."""
        faults = self.store.setting("faults", {})
        if faults.get("silent"):
            return 0
        due = self.store.rows(
            # `stored` comes due again only when its business receipt is overdue: a repeat asks for it.
            "select * from sent s where state in ('waiting', 'stored') and next_at <= ? "
            "and not exists (select 1 from sent e where e.subject = s.subject and e.n < s.n "
            "and e.state = 'waiting' and e.next_at > ?) order by n limit 100",
            time.time(),
            time.time(),
        )
        if self.store.setting("restored"):
            return self._recover_count()
        if not due:
            return 0
        batch = [(row, bytes(row["body"]), str(row["signature"])) for row in due]
        if faults.get("reorder"):
            batch.reverse()
        if faults.get("wrong_signature"):
            spend(self.store, "wrong_signature")
            row, body, signature = batch[0]
            batch[0] = (row, body, ruined(signature))
        if faults.get("twice"):
            batch = [item for item in batch for _ in range(2)]
        try:
            if not self.partner:
                self.learn_partner()
            receipts = self._post([(body, signature) for _, body, signature in batch])
        except (httpx.HTTPError, Refused, NotNow) as error:
            log.warning("not delivered: %s", error)
            self._put_off(due)
            return 0
        stored = 0
        for (row, body, _), (receipt, proof) in zip(batch, receipts, strict=True):
            stored += self._note_technical(row, body, receipt, proof)
        return stored

    def _recover_count(self) -> int:
        """After a restore: ask the partner how far it got, and count on from there (§7).

        Messages written since the restore under a number that was used before are numbered anew:
        the partner never took them under it.
        """
        try:
            if not self.partner:
                self.learn_partner()
            for row in self.store.rows(
                "select subject from candidate union "
                "select distinct subject from sent where sequence is not null"
            ):
                self._count_on(row["subject"])
        except (httpx.HTTPError, Refused, NotNow) as error:
            log.warning("the partner does not say how far it got: %s", error)
            return 0
        self.store.set("restored", None)
        return 1

    def _count_on(self, subject: str) -> None:
        through = self._received_by_partner(subject)
        with self.store.write() as db:
            db.execute(
                "insert into lane values (?, ?) on conflict (subject) do update set "
                "floor = excluded.floor",
                (subject, through),
            )
            late = self.store.rows(
                "select * from sent where subject = ? and sequence <= ? and business is null "
                "and state in ('waiting', 'refused') order by sequence",
                subject,
                through,
            )
            for row in late:
                number = self._next_number(db, subject)
                envelope = {**read_json(bytes(row["body"])), "sequence": number}
                body = write_json(envelope)
                db.execute(
                    "update sent set sequence = ?, body = ?, signature = ?, digest = ?, "
                    "state = 'waiting', reason = '', next_at = 0 where n = ?",
                    (number, body, self.key.sign(body), digest(body), row["n"]),
                )

    def _received_by_partner(self, subject: str) -> int:
        target = "/exchange/v1/subjects?" + urlencode({"subject": subject})
        claims = {
            "node": self.name,
            "recipient": self.partner,
            "method": "GET",
            "target": target,
            "time": now(),
            "id": new_id(),
        }
        answer = self.client.get(
            self.partner_base + target, headers={"Lindung-Request": self.key.sign_request(claims)}
        )
        if answer.status_code == 404:
            return 0
        answer.raise_for_status()
        return int(read_json(answer.content)["received_through"])

    def _post(self, items: list[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
        url = f"{self.partner_base}/exchange/v1/messages"
        if len(items) == 1:
            body, signature = items[0]
            headers = {"Content-Type": SINGLE, "Lindung-Signature": signature}
            answer = self.client.post(url, content=body, headers=headers)
            answer.raise_for_status()
            return [(answer.content, answer.headers.get("lindung-signature", ""))]
        answer = self.client.post(url, content=write_batch(items), headers={"Content-Type": BATCH})
        answer.raise_for_status()
        receipts = read_batch(answer.content)
        if len(receipts) != len(items):
            raise Refused("envelope_invalid", "as many receipts as messages are due")
        return receipts

    def _note_technical(self, row: sqlite3.Row, body: bytes, receipt: bytes, proof: str) -> int:
        try:
            envelope = self._open(receipt, proof)
            data = envelope["data"]
            agreement.check(agreement.schema_of("receipt.technical"), data, "data_invalid")
            if envelope["type"] != agreement.type_of("receipt.technical"):
                raise Refused("type_unknown")
            if data["digest"] != digest(body):
                raise Refused("data_invalid", "receipt for other bytes")
        except Refused as error:
            log.warning("not a receipt: %s", error.code)
            self._put_off([row])
            return 0
        stored = data["outcome"] == "stored"
        if not stored and data["reason"] == "sequence_reused":
            # We count from further back than we got once: our books are an older copy.
            self.store.set("restored", True)
        state = ("stored" if row["sequence"] is not None else "done") if stored else "refused"
        with self.store.write() as db:
            db.execute(
                "update sent set state = ?, reason = ?, technical = ?, technical_signature = ?, "
                "next_at = ? where n = ? and state in ('waiting', 'stored')",
                (
                    state,
                    "" if stored else data["reason"],
                    receipt,
                    proof,
                    time.time() + BUSINESS_OVERDUE,
                    row["n"],
                ),
            )
        return int(stored)

    def _put_off(self, rows: list[sqlite3.Row]) -> None:
        with self.store.write() as db:
            for row in rows:
                wait = min(1.0 * 2 ** min(row["attempts"], 12), LONGEST_WAIT)
                db.execute(
                    "update sent set attempts = attempts + 1, next_at = ? where n = ?",
                    (time.time() + wait * random.uniform(0.8, 1.2), row["n"]),
                )

    def send_again(self, message_id: str) -> None:
        """A person sends a message again, the same bytes."""
        with self.store.write() as db:
            db.execute(
                "update sent set state = 'waiting', next_at = 0, attempts = 0 where message_id = ?",
                (message_id,),
            )
