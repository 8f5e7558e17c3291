"""The native line: posts to the partner's node, which answers at once (§5, §7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType
from urllib.parse import urlencode

import httpx

from lindung.access import outgoing
from lindung.exchange.adapters.base import Later, Parcel, Stop
from lindung.exchange.models import Partner
from lindung.exchange.ourselves import WELL_KNOWN, own_node
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import (
    BATCH,
    SINGLE,
    Signed,
    frame,
    instant,
    read_json,
    unframe,
    write_json,
)
from lindung.kernel.ids import new_id

MESSAGES = "/exchange/v1/messages"
SUBJECTS = "/exchange/v1/subjects"
TIMEOUT_SECONDS = 10
# §5: not a frame it can read, not a node of this version. Everything else may pass.
_STOP = {400, 401, 403, 404, 405, 406, 410, 415, 501}


class HttpAdapter:
    """A partner's node at its base address."""

    def __init__(self, partner: Partner, *, http: httpx.Client | None = None) -> None:
        self.partner = partner
        self._given = http
        self._http = http

    def __enter__(self) -> HttpAdapter:
        """Take the client given, or open one."""
        if self._http is None:
            self._http = outgoing.client(seconds=TIMEOUT_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what was opened here."""
        if self._http is not None and self._given is None:
            self._http.close()
            self._http = None

    def deliver(self, items: Sequence[Signed]) -> Sequence[Signed | None]:
        """Post them, one or a batch; a batch too large for the partner goes in halves."""
        if len(items) == 1:
            raw, signature = items[0]
            headers = {"Content-Type": SINGLE, "Lindung-Signature": signature}
            answer = self._ask("POST", MESSAGES, content=raw, headers=headers)
            return [(answer.content, answer.headers.get("lindung-signature", ""))]
        try:
            headers = {"Content-Type": BATCH}
            answer = self._ask("POST", MESSAGES, content=frame(items), headers=headers)
        except _TooLarge:
            half = len(items) // 2
            return [*self.deliver(items[:half]), *self.deliver(items[half:])]
        try:
            receipts = unframe(answer.content)
        except Unacceptable as error:
            raise Later("the answer is no batch") from error
        if len(receipts) != len(items):
            raise Later("not one receipt for each message")
        return receipts

    def collect(self) -> Iterator[Parcel]:
        """Nothing: the partner posts to us."""
        return iter(())

    def replay(self, subject: str, first: int, last: int) -> Sequence[Signed]:
        """Get a range again by a signed request."""
        target = f"{MESSAGES}?{urlencode({'subject': subject, 'from': first, 'to': last})}"
        try:
            answer = self._ask("GET", target, headers=self._proof(target), missing=True)
            return unframe(answer.content) if answer.status_code == httpx.codes.OK else []
        except Unacceptable as error:
            raise Later("the answer is no batch") from error

    def received_through(self, subject: str) -> int | None:
        """Ask by a signed request."""
        target = f"{SUBJECTS}?{urlencode({'subject': subject})}"
        answer = self._ask("GET", target, headers=self._proof(target), missing=True)
        if answer.status_code != httpx.codes.OK:
            return None
        try:
            return int(read_json(answer.content)["received_through"])
        except (Unacceptable, KeyError, TypeError, ValueError) as error:
            raise Later("the answer is no count") from error

    def question(self, method: str, target: str, token: str, body: bytes | None = None) -> Signed:
        """A signed question (§16, §17) and the signed answer; nothing where nothing is there."""
        headers = {"Lindung-Request": token}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = self._ask(method, target, content=body, headers=headers, missing=True)
        if answer.status_code != httpx.codes.OK:
            return b"", ""
        return answer.content, answer.headers.get("lindung-signature", "")

    def key_document(self) -> Signed:
        """Get it from its well-known place."""
        answer = self._ask("GET", WELL_KNOWN)
        return answer.content, answer.headers.get("lindung-signature", "")

    def address(self, target: str) -> str:
        """Where a path of the protocol lies on this line."""
        return f"{self.partner.base_url}{target}"

    def headers(self) -> dict[str, str]:
        """What the line itself wants to be told with every request."""
        return {}

    def judge(self, answer: httpx.Response) -> None:
        """Raise what an answer that is not 200 means on this line."""
        status = answer.status_code
        if status in _STOP or answer.is_redirect:
            raise Stop(f"HTTP {status}")
        raise Later(f"HTTP {status}")

    def _ask(
        self,
        method: str,
        target: str,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        missing: bool = False,
    ) -> httpx.Response:
        if self._http is None:
            raise RuntimeError("the line is not open")
        try:
            answer = self._http.request(
                method,
                self.address(target),
                content=content,
                headers=self.headers() | (headers or {}),
            )
        except httpx.HTTPError as error:
            raise Later(type(error).__name__) from error
        if answer.status_code == httpx.codes.OK:
            return answer
        if answer.status_code == httpx.codes.NOT_FOUND and missing:
            return answer
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            raise _TooLarge("HTTP 413")
        self.judge(answer)
        raise Later(f"HTTP {answer.status_code}")

    def _proof(self, target: str) -> dict[str, str]:
        claims = {
            "node": own_node(), "recipient": self.partner.node, "method": "GET", "target": target,
            "time": instant(datetime.now(UTC)), "id": str(new_id()),
        }  # fmt: skip
        return {"Lindung-Request": signatures.sign_request(write_json(claims), own_key())}


class _TooLarge(Stop):
    """413: what is left of a batch that halving could not make small enough is for people."""
