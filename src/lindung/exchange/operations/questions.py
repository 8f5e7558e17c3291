"""Signed questions to a partner and its signed answers (§16, §17)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import adapter_for
from lindung.exchange.adapters.http import HttpAdapter
from lindung.exchange.models import Partner, PartnerKey
from lindung.exchange.ourselves import own_node
from lindung.exchange.own_keys import own_key
from lindung.exchange.validity import SKEW, why_not
from lindung.exchange.wire import agreement, signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import Signed, digest, instant, read_instant, read_json, write_json
from lindung.kernel.ids import new_id

_SCHEMA = "urn:lindung:exchange:reconciliation:v1#/$defs/"


class CannotAsk(Exception):
    """The line to this partner carries no questions: files, or people with a portal."""


class NothingThere(CannotAsk):
    """The partner has nothing there: no head yet, or it takes no questions of this kind."""


@dataclass(slots=True)
class Questions:
    """One conversation with a partner; counts what it costs."""

    partner: Partner
    line: HttpAdapter
    keys: dict[str, PartnerKey]
    requests: int = 0
    bytes: int = 0
    last: Signed = field(default=(b"", ""))

    def ask(self, name: str, target: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to one question, verified: the partner's, to us, to this very request.

        Args:
            name: of the answer in the schema ``reconciliation``.
            target: path and query.

        Raises:
            NothingThere: as it says.
            Unacceptable: not a valid answer.
            Later, Stop: as the adapter says.
        """
        identity, raw = str(new_id()), None if body is None else write_json(body)
        claims = {
            "node": own_node(), "recipient": self.partner.node,
            "method": "GET" if raw is None else "POST", "target": target,
            "time": instant(datetime.now(UTC)), "id": identity,
        }  # fmt: skip
        if raw is not None:
            claims["body"] = digest(raw)
        token = signatures.sign_request(write_json(claims), own_key())
        self.last = self.line.question(claims["method"], target, token, raw)
        if not self.last[0]:
            raise NothingThere
        self.requests += 1
        self.bytes += len(raw or b"") + len(token) + len(self.last[0]) + len(self.last[1])
        return self._verified(name, identity)

    def _verified(self, name: str, identity: str) -> dict[str, Any]:
        raw, signature = self.last
        key = self.keys.get(signatures.claimed_kid(signature))
        if key is None:
            raise Unacceptable("key_unknown")
        signatures.verify(raw, signature, key.x)
        answer: dict[str, Any] = read_json(raw)
        agreement.check(_SCHEMA + name, answer, "data_invalid")
        said = (answer["request"], answer["node"], answer["recipient"])
        if said != (identity, self.partner.node, own_node()):
            raise Unacceptable("data_invalid", "an answer to something else")
        at = read_instant(answer["time"])
        if abs(datetime.now(UTC) - at) > SKEW or why_not(key, written_at=at) is not None:
            raise Unacceptable("clock_skew")
        return answer


@contextmanager
def questions(partner: Partner, *, http: httpx.Client | None = None) -> Iterator[Questions]:
    """A conversation with a partner.

    Raises:
        CannotAsk: its line carries none.
    """
    with acting_as(ROBOT):
        keys = {key.kid: key for key in PartnerKey.objects.filter(partner=partner)}
    with adapter_for(partner, http=http) as line:
        if not isinstance(line, HttpAdapter):
            raise CannotAsk
        yield Questions(partner, line, keys)


def answered(partner: Partner, request: str, said: dict[str, Any], *, now: datetime) -> Signed:
    """Bytes and signature of an answer of ours to a partner's question."""
    frame = {"request": request, "node": own_node(), "recipient": partner.node}
    raw = write_json(frame | {"time": instant(now)} | said)
    return raw, signatures.sign(raw, own_key())
