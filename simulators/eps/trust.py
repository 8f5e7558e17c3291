"""Who we are and whom we trust: keys, key documents, what a message or a question must prove (§4)."""

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from . import agreement
from .store import Store
from .wire import (
    MAX_MESSAGE_BYTES,
    Key,
    Refused,
    digest,
    kid_of,
    now,
    read_json,
    read_request,
    request_kid,
    thumbprint,
    verify,
    write_json,
)

SKEW = timedelta(minutes=5)
#: A new key is published so many seconds before it signs.
ROTATION_NOTICE = 24 * 3600.0


class NotNow(Exception):
    """Something outside is not ready; the caller should try again (503)."""


def instant_of(text: str) -> datetime:
    """An instant as the protocol writes it."""
    return datetime.fromisoformat(text)


class Trust:
    """The part of a node that knows keys.

    Args:
        store: its database.
        key: its first signing key.
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
        self._first_key = key
        self.name = name
        self.base = base.rstrip("/")
        self.partner_base = partner_base.rstrip("/")
        self.client = client or httpx.Client(timeout=10, trust_env=False)
        #: subject, type, data, message id → (accepted reason). Set by the office.
        self.apply: Callable[[str, str, dict[str, Any], str], str] = lambda *_: "applied"
        if self.store.setting("key_since") is None:
            self.store.set("key_since", now())

    # --- our own keys (§4) ----------------------------------------------------------------------

    @property
    def key(self) -> Key:
        """The key that signs now: the newest whose day has come."""
        found = self.store.row(
            "select * from own_key where valid_from <= ? order by valid_from desc limit 1", now()
        )
        return self._first_key if found is None else Key.of(bytes(found["private"]))

    def own_keys(self) -> list[dict[str, str | None]]:
        """Every key of ours with its dates, the oldest first."""
        later = self.store.rows("select * from own_key order by valid_from")
        keys = [(self._first_key, self.store.setting("key_since"))]
        keys += [(Key.of(bytes(row["private"])), row["valid_from"]) for row in later]
        ends = [since for _, since in keys[1:]] + [None]
        return [
            {"kid": key.kid, "x": key.x, "valid_from": since, "valid_to": end}
            for (key, since), end in zip(keys, ends, strict=True)
        ]

    def rotate(self, *, in_seconds: float = ROTATION_NOTICE) -> str:
        """Make a new key and publish it; it signs from its day on. Returns its fingerprint."""
        fresh = Key.new()
        with self.store.write() as db:
            db.execute(
                "insert into own_key values (?, ?, ?)", (fresh.kid, fresh.private, now(in_seconds))
            )
        return fresh.kid

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
                        "x": each["x"],
                        "kid": each["kid"],
                        "use": "sig",
                        "alg": "EdDSA",
                        "valid_from": each["valid_from"],
                        "valid_to": each["valid_to"],
                        "revoked_at": None,
                    }
                    for each in self.own_keys()
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
        moment = instant_of(at)
        if key["revoked_at"] and instant_of(key["revoked_at"]) <= datetime.now(UTC):
            return "key_revoked"
        if moment < instant_of(key["valid_from"]) - SKEW:
            return "key_not_valid"
        if key["valid_to"] and moment >= instant_of(key["valid_to"]):
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
        if instant_of(envelope["time"]) > datetime.now(UTC) + SKEW:
            raise Refused("clock_skew")
        return dict(envelope)

    def admit_request(
        self, token: str, target: str, *, method: str = "GET", body: bytes | None = None
    ) -> str:
        """Refuse a `Lindung-Request` that is not the partner's, for us, fresh, and new.

        Returns:
            Its id, which a signed answer repeats.
        """
        try:
            key = self._pinned(request_kid(token))
            claims = read_request(token, key["x"])
        except Refused as refusal:
            if refusal.code.startswith("key_"):
                raise
            # No token, or one that cannot be read, is nobody's; the question itself was not looked at.
            raise Refused("signature_invalid", refusal.note) from refusal
        expected = {
            "node": self.partner,
            "recipient": self.name,
            "method": method,
            "target": target,
            **({} if body is None else {"body": digest(body)}),
        }
        if any(claims.get(k) != v for k, v in expected.items()):
            raise Refused("signature_invalid", "the request says something else")
        try:
            age = abs(datetime.now(UTC) - instant_of(str(claims.get("time"))))
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
        return str(claims.get("id"))
