"""The exchange node: takes messages in, sends messages out, keeps its promises over kill -9.

Written from `docs/exchange/protocol.md`; section numbers refer to it. What a message *means* is in
`office.py`.
"""

import base64
import logging
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from . import agreement
from .store import Store
from .wire import (
    MAX_MESSAGE_BYTES,
    Key,
    Refused,
    digest,
    kid_of,
    new_id,
    now,
    read_json,
    read_request,
    request_kid,
    thumbprint,
    verify,
    write_json,
)

log = logging.getLogger("simulators.eps")

SINGLE = "application/cloudevents+json"
BATCH = "application/vnd.lindung.batch+json"
MAX_ITEMS = 500
SKEW = timedelta(minutes=5)
LONGEST_WAIT = 900.0
BUSINESS_OVERDUE = 600.0
STORED_AND_LEFT = 30.0
LEGAL_BASIS = "MoU KR-ID on sending workers under the EPS (simulated)"


class NotNow(Exception):
    """Something outside is not ready; the caller should try again (503)."""


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Node:
    """One end of the exchange.

    Args:
        store: its database.
        key: its signing key.
        name: its node name, an absolute URI.
        base: its own base address, as partners reach it.
        partner_base: the partner's base address, as configured.
        client: HTTP client for everything that goes out.
    """

    def __init__(
        self,
        store: Store,
        key: Key,
        *,
        name: str,
        base: str,
        partner_base: str,
        client: httpx.Client | None = None,
    ) -> None:
        self.store = store
        self.key = key
        self.name = name
        self.base = base.rstrip("/")
        self.partner_base = partner_base.rstrip("/")
        self.client = client or httpx.Client(timeout=10, trust_env=False)
        #: subject, type, data, message id → (accepted reason). Set by the office.
        self.apply: Callable[[str, str, dict[str, Any], str], str] = lambda *_: "applied"
        if self.store.setting("key_since") is None:
            self.store.set("key_since", now())

    # --- who we are, whom we trust (§4) ---------------------------------------------------------

    def document(self) -> bytes:
        """Our key document."""
        return write_json(
            {
                "protocol": 1,
                "node": self.name,
                "name": "EPS simulator (Korea), for demonstration",
                "country": "KR",
                "endpoint": f"{self.base}/exchange/v1",
                "sends": [agreement.type_of(n) for n in agreement.SENDS],
                "accepts": [agreement.type_of(n) for n in agreement.ACCEPTS],
                "keys": [
                    {
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
                ],
            }
        )

    @property
    def partner(self) -> str:
        """The partner's node name, as pinned; empty before first trust."""
        return str(self.store.setting("partner", ""))

    def learn_partner(self, *, accept_new_keys: bool = False) -> str:
        """Fetch the partner's key document and pin what may be pinned.

        Returns:
            `pinned`, `unchanged`, `updated`, or `conflict` (unknown signer; a person must decide).

        Raises:
            NotNow: the document could not be had.
        """
        url = f"{self.partner_base}/.well-known/lindung-exchange.json"
        try:
            answer = self.client.get(url)
            answer.raise_for_status()
            raw = answer.content
            document = read_json(raw)
            agreement.check("urn:lindung:exchange:node-document:v1", document, "json_invalid")
            signature = answer.headers.get("lindung-signature", "")
            offered = {k["kid"]: k for k in document["keys"] if thumbprint(k["x"]) == k["kid"]}
            signer = kid_of(signature)
        except (httpx.HTTPError, Refused) as error:
            raise NotNow(f"no key document from {url}: {error}") from error
        known = {row["kid"]: row for row in self.store.rows("select * from pinned_key")}
        trusted = signer in known and self._valid(known[signer], now()) is None
        first = not known
        if not (trusted or first or accept_new_keys):
            self.store.set("pin_conflict", {"at": now(), "kid": signer})
            return "conflict"
        by = known[signer]["x"] if trusted else offered.get(signer, {"x": ""})["x"]
        try:
            verify(raw, signature, by)
        except Refused as error:
            raise NotNow("the key document's signature does not verify") from error
        if trusted and document["node"] != self.partner:
            self.store.set("pin_conflict", {"at": now(), "kid": signer})
            return "conflict"
        with self.store.write() as db:
            if accept_new_keys:
                db.execute("delete from pinned_key")
            for kid, k in offered.items():
                db.execute(
                    "insert into pinned_key values (?, ?, ?, ?, ?) on conflict (kid) do update set "
                    "valid_to = excluded.valid_to, revoked_at = excluded.revoked_at",
                    (kid, k["x"], k["valid_from"], k["valid_to"], k["revoked_at"]),
                )
            self.store.set("partner", document["node"])
            self.store.set("partner_endpoint", document["endpoint"])
            self.store.set("pin_conflict", None)
        if first:
            return "pinned"
        return "unchanged" if set(offered) == set(known) else "updated"

    def _valid(self, key: sqlite3.Row, at: str) -> str | None:
        """Why the key may not vouch for something written `at`, or None."""
        moment = _instant(at)
        if key["revoked_at"] and _instant(key["revoked_at"]) <= datetime.now(UTC):
            return "key_revoked"
        if moment < _instant(key["valid_from"]) - SKEW:
            return "key_not_valid"
        if key["valid_to"] and moment >= _instant(key["valid_to"]):
            return "key_not_valid"
        return None

    def _pinned(self, kid: str) -> sqlite3.Row:
        found = self.store.row("select * from pinned_key where kid = ?", kid)
        if found is None and not self.store.rows("select 1 from pinned_key limit 1"):
            self.learn_partner()  # first trust: by configuration; NotNow when it cannot be had
            found = self.store.row("select * from pinned_key where kid = ?", kid)
        if found is None:
            raise Refused("key_unknown")
        return found

    # --- taking in (§5 to §8) -------------------------------------------------------------------

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

    def _open(self, body: bytes, signature: str) -> dict[str, Any]:
        if len(body) > MAX_MESSAGE_BYTES:
            raise Refused("too_large")
        key = self._pinned(kid_of(signature))
        verify(body, signature, key["x"])
        envelope = read_json(body)
        agreement.check("urn:lindung:exchange:envelope:v1", envelope, "envelope_invalid")
        if envelope["source"] != self.partner:
            raise Refused("key_unknown", "the key is not this source's")
        if why := self._valid(key, envelope["time"]):
            raise Refused(why)
        if envelope["recipient"] != self.name:
            raise Refused("recipient_wrong")
        if _instant(envelope["time"]) > datetime.now(UTC) + SKEW:
            raise Refused("clock_skew")
        return dict(envelope)

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

    def admit_request(self, token: str, target: str) -> None:
        """Refuse a `Lindung-Request` that is not the partner's, for us, fresh, and new."""
        key = self._pinned(request_kid(token))
        claims = read_request(token, key["x"])
        expected = {
            "node": self.partner,
            "recipient": self.name,
            "method": "GET",
            "target": target,
        }
        if any(claims.get(k) != v for k, v in expected.items()):
            raise Refused("signature_invalid", "the request says something else")
        try:
            age = abs(datetime.now(UTC) - _instant(str(claims.get("time"))))
        except (ValueError, TypeError) as error:
            raise Refused("clock_skew") from error
        if age > SKEW or self._valid(key, str(claims["time"])):
            raise Refused("clock_skew")
        with self.store.write() as db:
            db.execute("delete from seen_request where at < ?", (time.time() - 3600,))
            try:
                db.execute(
                    "insert into seen_request values (?, ?)", (str(claims.get("id")), time.time())
                )
            except sqlite3.IntegrityError as error:
                raise Refused("id_reused") from error

    # --- sending (§5) ---------------------------------------------------------------------------

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
        if faults.get("wrong_data"):
            data = self._spoiled(name, data, faults["wrong_data"])
        with self.store.write() as db:
            last = db.execute(
                "select coalesce(max(sequence), 0) from sent where subject = ?", (subject,)
            ).fetchone()[0]
            envelope = self._envelope(name, new_id(), subject, int(last) + 1, answers, data)
            body = write_json(envelope)
            self._queue(envelope, body, self.key.sign(body))
        return str(envelope["id"])

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

    def _spoiled(self, name: str, data: dict[str, Any], how: str) -> dict[str, Any]:
        """Misbehave: data that breaks the agreement or contradicts what both sides know."""
        self._spend("wrong_data")
        if how == "wrong_person" and name == "visa.authorised":
            return {**data, "invitee": {**data["invitee"], "passport_number": "Z0000000"}}
        if how == "wrong_person" and name == "contract.offered":
            employee = {**data["terms"]["employee"], "birth_date": "1901-01-01"}
            return {**data, "terms": {**data["terms"], "employee": employee}}
        return {**data, "remark_not_agreed": "a field outside the schema"}

    def _spend(self, fault: str) -> None:
        """A fault set for a number of times is used up by one."""
        faults = self.store.setting("faults", {})
        left = faults.get(f"{fault}_left")
        if left is not None:
            faults[f"{fault}_left"] = left - 1
            if left <= 1:
                faults.pop(fault, None)
                faults.pop(f"{fault}_left", None)
            self.store.set("faults", faults)

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
        if not due:
            return 0
        batch = [(row, bytes(row["body"]), str(row["signature"])) for row in due]
        if faults.get("reorder"):
            batch.reverse()
        if faults.get("wrong_signature"):
            self._spend("wrong_signature")
            row, body, signature = batch[0]
            batch[0] = (
                row,
                body,
                signature[:-6] + ("AAAAAA" if signature[-6:] != "AAAAAA" else "BBBBBB"),
            )
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


def write_batch(items: list[tuple[bytes, str]]) -> bytes:
    """The batch frame (§5)."""
    return write_json(
        {
            "items": [
                {"payload": base64.b64encode(body).decode("ascii"), "signature": signature}
                for body, signature in items
            ]
        }
    )


def read_batch(raw: bytes) -> list[tuple[bytes, str]]:
    """Items of a batch frame; refuses a frame that breaks its schema."""
    frame = read_json(raw)
    agreement.check("urn:lindung:exchange:batch:v1", frame, "json_invalid")
    try:
        return [
            (base64.b64decode(item["payload"], validate=True), item["signature"])
            for item in frame["items"]
        ]
    except ValueError as error:
        raise Refused("json_invalid", "payload is not base64") from error
