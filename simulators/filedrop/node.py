"""One end of the exchange by files: takes, receipts, applies in order, sends, repeats."""

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulators.eps import agreement
from simulators.eps.wire import (
    Key,
    Refused,
    digest,
    kid_of,
    new_id,
    now,
    read_json,
    thumbprint,
    verify,
    write_json,
)

from . import drops
from .store import Store

log = logging.getLogger("simulators.filedrop")

BASIS = "MoU (simulated)"


class Node:
    """Our end.

    Args:
        theirs: folder the partner writes and we read; ours: the other.
        again_after: seconds until a message without receipt is dropped again.
    """

    def __init__(
        self,
        store: Store,
        key: Key,
        *,
        name: str,
        country: str,
        title: str,
        theirs: Path,
        ours: Path,
        accepts: tuple[str, ...],
        sends: tuple[str, ...],
        again_after: float = 30.0,
    ) -> None:
        self.store, self.key, self.name = store, key, name
        self.country, self.title = country, title
        self.theirs, self.ours = theirs, ours
        self.accepts, self.sends = accepts, sends
        self.again_after = again_after
        #: What a message means in our books: subject, name, data → reason. Set by the office.
        self.apply: Callable[[str, str, dict[str, Any]], str] = lambda *_: "applied"
        for folder in (theirs, ours):
            folder.mkdir(parents=True, exist_ok=True)
        if store.setting("key_since") is None:
            store.set("key_since", now())

    @property
    def partner(self) -> str:
        """The partner's node name; empty before first trust."""
        return str(self.store.setting("partner", ""))

    @property
    def faults(self) -> dict[str, Any]:
        """How we misbehave."""
        return dict(self.store.setting("faults", {}))

    def document(self) -> bytes:
        """Our key document (§4); it has no address to name."""
        key = {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": self.key.x,
            "kid": self.key.kid,
            "use": "sig",
            "alg": "EdDSA",
            "valid_from": self.store.setting("key_since"),
            "valid_to": None,
            "revoked_at": None,
        }
        return write_json(
            {
                "protocol": 1,
                "node": self.name,
                "name": self.title,
                "country": self.country,
                "endpoint": "http://127.0.0.1/files",
                "sends": [agreement.type_of(each) for each in self.sends],
                "accepts": [agreement.type_of(each) for each in self.accepts],
                "keys": [key],
            }
        )

    def round(self) -> int:
        """Show keys, read what lies there, apply, write what is due; how much there was to do."""
        drops.show_keys(self.ours, self.key, self.document())
        if self.faults.get("silent") or not self._met():
            return 0
        return self._read() + self._work() + self._write()

    # --- whom we trust --------------------------------------------------------------------------

    def _met(self) -> bool:
        """First trust by the folder; later only what a pinned key signed."""
        try:
            document, seal = drops.keys_shown(self.theirs)
            shown = read_json(document)
            agreement.check("urn:lindung:exchange:node-document:v1", shown, "json_invalid")
            signer = kid_of(seal)
            offered = {k["kid"]: k for k in shown["keys"] if thumbprint(k["x"]) == k["kid"]}
            known = self._keys()
            if known and signer not in known:
                return True  # a stranger's document changes nothing
            verify(document, seal, known.get(signer) or offered[signer]["x"])
        except (OSError, Refused, KeyError, UnicodeDecodeError):
            return bool(self.partner)
        with self.store.write() as db:
            for kid, k in offered.items():
                db.execute(
                    "insert into pinned_key values (?, ?, ?, ?, ?) on conflict (kid) do update "
                    "set valid_to = excluded.valid_to, revoked_at = excluded.revoked_at",
                    (kid, k["x"], k["valid_from"], k["valid_to"], k["revoked_at"]),
                )
            self.store.set("partner", shown["node"])
        return True

    def _keys(self) -> dict[str, str]:
        rows = self.store.rows("select kid, x from pinned_key where revoked_at is null")
        return {row["kid"]: row["x"] for row in rows}

    # --- taking in ------------------------------------------------------------------------------

    def _read(self) -> int:
        came = 0
        for drop in drops.read(self.theirs, self._keys(), source=self.partner, recipient=self.name):
            receipts: list[tuple[bytes, str]] = []
            for body, proof in drops.messages_of(drop):
                receipt = self._take(body, proof)
                if receipt is not None:
                    receipts.append(receipt)
            for ask in drop.listed["asks"]:
                receipts += [
                    (bytes(row["body"]), row["signature"])
                    for row in self.store.rows(
                        "select body, signature from sent where subject = ? "
                        "and sequence between ? and ? order by sequence",
                        ask["subject"],
                        ask["from"],
                        ask["to"],
                    )
                ]
            if receipts:
                self._drop(receipts)
            drops.take_away(drop)
            came += 1
        return came

    def _take(self, body: bytes, proof: str) -> tuple[bytes, str] | None:
        """Keep a message; its technical receipt, or None for a receipt of theirs."""
        said: dict[str, Any] = {
            "message_id": "unknown",
            "digest": digest(body),
            "outcome": "stored",
            "reason": "stored",
            "stored_at": now(),
            "repeat": False,
        }
        subject = "unknown"
        try:
            envelope = self._open(body, proof)
            if envelope["type"] == agreement.type_of("receipt.technical"):
                self._note_technical(envelope["data"])
                return None
            subject, said["message_id"] = envelope["subject"], envelope["id"]
            self._file(envelope, body, proof, said)
        except Refused as refusal:
            said |= {"outcome": "refused", "reason": refusal.code}
            with self.store.write() as db:
                db.execute(
                    "insert into received (at, body, signature, digest, state, reason) "
                    "values (?, ?, ?, ?, 'refused', ?)",
                    (now(), body, proof, digest(body), refusal.code),
                )
            if b'"id.lindung.receipt.technical.v1"' in body:
                return None  # nobody answers one (§12.4), not even a bad one
        receipt = write_json(self._envelope("receipt.technical", subject, said))
        return receipt, self.key.sign(receipt)

    def _open(self, body: bytes, proof: str) -> dict[str, Any]:
        x = self._keys().get(kid_of(proof))
        if x is None:
            raise Refused("key_unknown")
        verify(body, proof, x)
        envelope = read_json(body)
        agreement.check("urn:lindung:exchange:envelope:v1", envelope, "envelope_invalid")
        if envelope["source"] != self.partner:
            raise Refused("key_unknown")
        if envelope["recipient"] != self.name:
            raise Refused("recipient_wrong")
        return dict(envelope)

    def _file(
        self, envelope: dict[str, Any], body: bytes, proof: str, said: dict[str, Any]
    ) -> None:
        with self.store.write() as db:
            first = self.store.row(
                "select * from received where message_id = ? and state <> 'refused'",
                envelope["id"],
            )
            if first is not None and first["digest"] != digest(body):
                raise Refused("id_reused")
            if first is not None:
                said |= {"stored_at": first["at"], "repeat": True}
                db.execute("update received set repeats = repeats + 1 where n = ?", (first["n"],))
                db.execute(
                    "update sent set state = 'waiting', due = 0 where correlation = ? "
                    "and sequence is null and state = 'done'",
                    (envelope["id"],),
                )
                return
            try:
                db.execute(
                    "insert into received (at, body, signature, digest, state, message_id, type, "
                    "subject, sequence) values (?, ?, ?, ?, 'waiting', ?, ?, ?, ?)",
                    (
                        said["stored_at"],
                        body,
                        proof,
                        digest(body),
                        envelope["id"],
                        envelope["type"],
                        envelope["subject"],
                        envelope.get("sequence"),
                    ),
                )
            except sqlite3.IntegrityError as error:
                raise Refused("sequence_reused") from error

    def _note_technical(self, data: dict[str, Any]) -> None:
        agreement.check(agreement.schema_of("receipt.technical"), data, "data_invalid")
        stored = data["outcome"] == "stored"
        with self.store.write() as db:
            db.execute(
                "update sent set state = case when ? = 0 then 'refused' "
                "when sequence is null then 'done' else 'stored' end, reason = ?, due = ? "
                "where message_id = ? and digest = ? and state in ('waiting', 'dropped', 'stored')",
                (
                    int(stored),
                    "" if stored else data["reason"],
                    time.time() + 20 * self.again_after,
                    data["message_id"],
                    data["digest"],
                ),
            )

    # --- applying -------------------------------------------------------------------------------

    def _work(self) -> int:
        done = 0
        for row in self.store.rows(
            "select * from received where state = 'waiting' order by subject, sequence"
        ):
            through = self._through(row["subject"])
            if row["sequence"] is not None and row["sequence"] != through + 1:
                with self.store.write() as db:
                    db.execute(
                        "insert into ask values (?, ?, ?, 0) on conflict (subject) do update "
                        "set low = excluded.low, high = excluded.high",
                        (row["subject"], through + 1, row["sequence"] - 1),
                    )
                continue
            self._apply(row)
            done += 1
        return done

    def _through(self, subject: str) -> int:
        found = self.store.row(
            "select max(sequence) as top from received where subject = ? "
            "and state in ('applied', 'declined')",
            subject,
        )
        return int(found["top"] or 0) if found else 0

    def _apply(self, row: sqlite3.Row) -> None:
        envelope = read_json(bytes(row["body"]))
        name = envelope["type"].removeprefix("id.lindung.").removesuffix(".v1")
        with self.store.write() as db:
            outcome, reason = "accepted", "applied"
            db.execute("savepoint one")
            try:
                if name not in self.accepts or envelope["dataschema"] != agreement.schema_of(name):
                    raise Refused("type_unknown")
                agreement.check(envelope["dataschema"], envelope["data"], "data_invalid")
                if name == "receipt.business":
                    self._note_business(envelope["data"])
                else:
                    reason = self.apply(row["subject"], name, envelope["data"])
            except Refused as refusal:
                db.execute("rollback to one")
                outcome, reason = "refused", refusal.code
            db.execute("release one")
            db.execute(
                "update received set state = ?, reason = ? where n = ?",
                ("applied" if outcome == "accepted" else "declined", reason, row["n"]),
            )
            if name.startswith("receipt."):
                return
            data = {
                "message_id": row["message_id"],
                "digest": row["digest"],
                "outcome": outcome,
                "reason": reason,
                "decided_at": now(),
            }
            self._queue(self._envelope("receipt.business", row["subject"], data))

    def _note_business(self, data: dict[str, Any]) -> None:
        with self.store.write() as db:
            found = db.execute(
                "update sent set state = ?, reason = ? where message_id = ? and digest = ?",
                (data["outcome"], data["reason"], data["message_id"], data["digest"]),
            )
            if found.rowcount == 0:
                raise Refused("data_invalid")

    # --- sending --------------------------------------------------------------------------------

    def send(self, name: str, subject: str, data: dict[str, Any]) -> str:
        """Put a message into the outbox, in the transaction of what it tells of; its id."""
        if found := agreement.faults(agreement.schema_of(name), data):
            raise ValueError(f"{name} breaks its schema: {found[0]}")
        if not self.partner and not self._met():
            raise ValueError("the partner has not left its keys yet")
        with self.store.write() as db:
            last = db.execute(
                "select coalesce(max(sequence), 0) from sent where subject = ?", (subject,)
            ).fetchone()[0]
            envelope = self._envelope(name, subject, data, sequence=int(last) + 1)
            self._queue(envelope)
        return str(envelope["id"])

    def _envelope(
        self, name: str, subject: str, data: dict[str, Any], *, sequence: int | None = None
    ) -> dict[str, Any]:
        identity = new_id()
        about = data.get("message_id", "unknown") if name.startswith("receipt.") else "unknown"
        return {
            "specversion": "1.0",
            "id": identity,
            "source": self.name,
            "recipient": self.partner or "urn:lindung:node:unknown",
            "type": agreement.type_of(name),
            "time": now(),
            "subject": subject,
            **({} if sequence is None else {"sequence": sequence}),
            "correlationid": identity if about == "unknown" else about,
            "purpose": agreement.purpose_of(name),
            "legalbasis": BASIS,
            "dataschema": agreement.schema_of(name),
            "datacontenttype": "application/json",
            "data": data,
        }

    def _queue(self, envelope: dict[str, Any]) -> None:
        body = write_json(envelope)
        self.store.db.execute(
            "insert into sent (at, message_id, type, subject, sequence, correlation, body, "
            "signature, digest, state) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
            (
                now(),
                envelope["id"],
                envelope["type"],
                envelope["subject"],
                envelope.get("sequence"),
                envelope["correlationid"],
                body,
                self.key.sign(body),
                digest(body),
            ),
        )

    def _write(self) -> int:
        due = self.store.rows(
            "select * from sent where state in ('waiting', 'dropped', 'stored') and due <= ? "
            "order by n limit 200",
            time.time(),
        )
        asks = [
            {"subject": row["subject"], "from": row["low"], "to": row["high"]}
            for row in self.store.rows("select * from ask where at < ?", time.time())
            if row["high"] > self._through(row["subject"])
        ]
        if not due and not asks:
            return 0
        messages = [(bytes(row["body"]), row["signature"]) for row in due]
        if self.faults.get("reorder"):
            messages.reverse()
        self._drop(messages, asks)
        with self.store.write() as db:
            for row in due:
                wait = self.again_after * 2 ** min(row["tries"], 10)
                state = "stored" if row["state"] == "stored" else "dropped"
                db.execute(
                    "update sent set state = ?, tries = tries + 1, due = ? where n = ?",
                    (state, time.time() + wait, row["n"]),
                )
            db.execute("update ask set at = ?", (time.time() + self.again_after,))
        return len(due) + len(asks)

    def _drop(
        self, messages: list[tuple[bytes, str]], asks: list[dict[str, Any]] | None = None
    ) -> None:
        with self.store.write():
            number = int(self.store.setting("last_drop", 0)) + 1
            self.store.set("last_drop", number)
        faults = self.faults
        drops.write(
            self.ours,
            self.key,
            number=number,
            source=self.name,
            recipient=self.partner,
            messages=messages,
            asks=asks or [],
            form=str(self.store.setting("form", "json")),
            faults=faults,
        )
        left = faults.get("drops_left")
        if left is not None:  # misbehaves for so many drops, then no more
            self.store.set("faults", faults | {"drops_left": left - 1} if left > 1 else {})
