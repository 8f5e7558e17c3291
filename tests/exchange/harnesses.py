"""The same partner at the end of five lines: what a test asks for, done in each line's own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Incoming, Outgoing, Partner, Sheet
from lindung.exchange.operations import inbox, outbox, sheets
from lindung.exchange.ourselves import own_node
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import envelopes, texts
from lindung.exchange.wire.texts import Signed
from simulators.eps.wire import Key
from simulators.filedrop import drops
from simulators.xroad.server import Routes, SecurityServers, XRoadError, called
from tests import cast

from .conftest import Stranger

OURS, THEIRS = "TEST/GOV/ID/LINDUNG", "TEST/GOV/BN/WORKERS"


def technical(stranger: Stranger, raw: bytes, *, of: bytes | None = None) -> Signed:
    """The partner's technical receipt for ``raw``; ``of``: it names other bytes."""
    message = envelopes.read(raw)
    data = {
        "message_id": str(message.id), "outcome": "stored", "reason": "stored",
        "digest": texts.digest(of or raw), "stored_at": texts.instant(datetime.now(UTC)),
    }  # fmt: skip
    return stranger.says("receipt.technical", message.subject, data)[1]


class Harness:
    """A partner at the end of a line.

    Attributes:
        came: what of ours reached the partner, in order.
        silent: the partner answers nothing.
        forger: signs the partner's receipts in place of the partner.
        signs: whether the partner signs; a portal does not.
    """

    adapter: ClassVar[str]
    settings: ClassVar[dict[str, Any]] = {}
    signs: ClassVar[bool] = True

    def __init__(self, stranger: Stranger, folder: Path) -> None:
        self.stranger, self.folder = stranger, folder
        self.partner = stranger.partner
        self.came: list[Signed] = []
        self.silent = False
        self.forger: Key | None = None
        self.partner.adapter = self.adapter
        self.partner.settings = self.made_settings()
        with acting_as(ROBOT):
            Partner.objects.filter(pk=self.partner.pk).update(
                adapter=self.adapter, settings=self.partner.settings
            )

    def made_settings(self) -> dict[str, Any]:
        """The partner's settings for this line."""
        return dict(self.settings)

    def carry(self) -> None:
        """Let everything due travel, and its receipts come back."""
        raise NotImplementedError

    def says(self, items: Sequence[Signed]) -> list[dict[str, Any]]:
        """The partner says these; data of the technical receipts it gets, in order."""
        raise NotImplementedError

    def due_again(self) -> None:
        """As if the waits were over."""
        with acting_as(ROBOT):
            Outgoing.objects.update(next_at=datetime.now(UTC))
            Partner.objects.update(open_until=None)

    def receipts_for(self, items: Sequence[Signed]) -> list[Signed]:
        """The partner stores what came and receipts it; a forger signs in its place."""
        self.came += items
        own = self.stranger.key
        try:
            if self.forger is not None:
                self.stranger.key = self.forger
            return [technical(self.stranger, raw) for raw, _ in items]
        finally:
            self.stranger.key = own


class Http(Harness):
    """A node of its own."""

    adapter = "http"

    def line(self) -> httpx.Client:
        """What our client reaches."""
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The partner's node."""
        if self.silent:
            raise httpx.ConnectError("cut")
        if request.headers["content-type"] == texts.SINGLE:
            item = (request.content, request.headers["lindung-signature"])
            [(raw, proof)] = self.receipts_for([item])
            return httpx.Response(200, content=raw, headers={"Lindung-Signature": proof})
        receipts = self.receipts_for(texts.unframe(request.content))
        return httpx.Response(200, content=texts.frame(receipts))

    def carry(self) -> None:
        """One round."""
        outbox.pump(self.partner.pk, http=self.line())

    def says(self, items: Sequence[Signed]) -> list[dict[str, Any]]:
        """Posted to our door."""
        answer = Client().post(
            "/exchange/v1/messages", texts.frame(items), content_type=texts.BATCH
        )
        assert answer.status_code == 200, answer.content
        return [envelopes.read(raw).data for raw, _ in texts.unframe(answer.content)]


class XRoad(Http):
    """A member behind security servers, both ways through them."""

    adapter = "xroad"
    settings: ClassVar[dict[str, Any]] = {
        "security_server": "http://ss.test", "client": OURS,
        "service": f"{THEIRS}/exchange", "partner_client": THEIRS,
    }  # fmt: skip

    def __init__(self, stranger: Stranger, folder: Path) -> None:
        super().__init__(stranger, folder)
        self.routes = Routes(
            {f"{THEIRS}/exchange": "http://member.test", f"{OURS}/exchange": "http://us.test"},
            {f"{THEIRS}/exchange": [OURS], f"{OURS}/exchange": [THEIRS]},
        )
        self.servers = SecurityServers(
            self.routes, httpx.Client(transport=httpx.MockTransport(self.behind))
        )

    def line(self) -> httpx.Client:
        """Our own security server."""
        return httpx.Client(transport=httpx.MockTransport(self.through))

    def through(self, request: httpx.Request) -> httpx.Response:
        """What a security server does with a request."""
        target = request.url.raw_path.decode("ascii")
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            call = called(request.method, target, headers, request.content)
            status, given, body = self.servers.answer(call)
        except XRoadError as error:
            return httpx.Response(
                error.status, json={"type": error.kind}, headers={"X-Road-Error": error.kind}
            )
        return httpx.Response(status, headers=given, content=body)

    def behind(self, request: httpx.Request) -> httpx.Response:
        """The provider that the servers ask: the member, or our own node."""
        if request.url.host == "member.test":
            return self.answer(request)
        answer = Client().generic(
            request.method,
            request.url.raw_path.decode("ascii"),
            request.content,
            content_type=request.headers["content-type"],
            headers={
                name: request.headers[name]
                for name in ("x-road-client", "x-road-id", "lindung-request", "lindung-signature")
                if name in request.headers
            },
        )
        return httpx.Response(
            answer.status_code,
            content=answer.content,
            headers={"content-type": answer.headers["Content-Type"]},
        )

    def says(self, items: Sequence[Signed]) -> list[dict[str, Any]]:
        """The member calls our service."""
        answer = self.line().post(
            f"http://ss.test/r1/{OURS}/exchange/exchange/v1/messages",
            content=texts.frame(items),
            headers={"Content-Type": texts.BATCH, "X-Road-Client": THEIRS},
        )
        assert answer.status_code == 200, answer.content
        return [envelopes.read(raw).data for raw, _ in texts.unframe(answer.content)]


class Files(Harness):
    """An office that leaves and fetches drops; its hand is the simulator's, which reads §12 itself."""

    adapter = "files"
    form = "json"

    def made_settings(self) -> dict[str, Any]:
        """Two folders of this test."""
        for name in ("to", "from"):
            (self.folder / name).mkdir(exist_ok=True)
        return {
            "out": str(self.folder / "to"), "in": str(self.folder / "from"),
            "form": self.form, "patience_seconds": 0,
        }  # fmt: skip

    @property
    def ours(self) -> Path:
        """What we write."""
        return self.folder / "to"

    @property
    def theirs(self) -> Path:
        """What they write."""
        return self.folder / "from"

    number = 0

    def leave(self, items: Sequence[Signed], *, key: Key | None = None, **faults: Any) -> None:
        """The partner leaves a drop."""
        self.number += 1
        drops.write(
            self.theirs, key or self.stranger.key, number=self.number,
            source=self.partner.node, recipient=own_node(), messages=list(items),
            asks=faults.pop("asks", []), form=self.form, faults=faults,
        )  # fmt: skip

    def fetch(self) -> list[Signed]:
        """The partner takes every drop of ours that is whole."""
        found: list[Signed] = []
        keys = {own_key().kid: own_key().x}
        for drop in drops.read(self.ours, keys, source=own_node(), recipient=self.partner.node):
            found += drops.messages_of(drop)
            drops.take_away(drop)
        return found

    def carry(self) -> None:
        """We drop; they fetch, and leave their receipts; we fetch those."""
        outbox.pump(self.partner.pk)
        if self.silent:
            return
        if found := self.fetch():
            self.leave(self.receipts_for(found))
        inbox.collect(self.partner.pk)

    def says(self, items: Sequence[Signed]) -> list[dict[str, Any]]:
        """Left, fetched by us, and our receipts fetched by them."""
        self.leave(items)
        inbox.collect(self.partner.pk)
        return [envelopes.read(raw).data for raw, _ in self.fetch()]


class Tables(Files):
    """The same office with tables."""

    form = "csv"


class Worklist(Harness):
    """A portal: one officer copies, another checks."""

    adapter = "worklist"
    settings: ClassVar[dict[str, Any]] = {"portal": "my-oversea-workers"}
    signs = False

    def carry(self) -> None:
        """Somebody copies what waits; somebody else checks it."""
        outbox.pump(self.partner.pk)
        if self.silent:
            return
        with acting_as(ROBOT):
            waiting = list(Outgoing.objects.filter(state="waiting").order_by("id"))
        for row in waiting:
            self.came.append((bytes(row.raw), ""))
            sheet = sheets.copied(
                cast.MINISTRY, row.pk, reference="VDR-1",
                evidence=sheets.Evidence(pointer="map 1"), at=datetime.now(UTC),
            )  # fmt: skip
            sheets.check(cast.MINISTRY_2, sheet.id, at=datetime.now(UTC))

    def says(self, items: Sequence[Signed]) -> list[dict[str, Any]]:
        """Somebody types what the portal says, in the order in which it is read there."""
        said = []
        for raw, _ in items:
            message = envelopes.read(raw)
            sheet = self.typed(message)
            sheets.check(cast.MINISTRY_2, sheet.id, at=datetime.now(UTC))
            with acting_as(ROBOT):
                came = Incoming.objects.order_by("-id")[0]
                assert Sheet.objects.get(pk=sheet.pk).came_id == came.pk
            said.append({"outcome": "stored", "reason": "stored", "digest": came.digest})
        return said

    def typed(self, message: envelopes.Message) -> Sheet:
        """The first person's part."""
        at, evidence = datetime.now(UTC), sheets.Evidence(pointer="map 1")
        if message.name == "receipt.business":
            return sheets.answered(
                cast.MINISTRY, UUID(message.data["message_id"]),
                accepted=message.data["outcome"] == "accepted",
                reason=message.data["reason"], note="", evidence=evidence, at=at,
            )  # fmt: skip
        return sheets.told(
            cast.MINISTRY, self.partner.code, name=message.name, subject=message.subject,
            data=message.data, evidence=evidence, at=at,
        )  # fmt: skip


def forger() -> Key:
    """Somebody who is not the partner."""
    return Key(Ed25519PrivateKey.generate())


ALL = [Http, XRoad, Files, Tables, Worklist]
SIGNING = [each for each in ALL if each.signs]
