"""X-Road: which errors pass and which need somebody; who may come by that road."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import Later, Stop, adapter_for
from lindung.exchange.adapters.xroad import caller
from lindung.exchange.models import Outgoing, Partner, PartnerKey
from lindung.exchange.operations import outbox
from lindung.exchange.operations.outbox import send
from lindung.exchange.operations.recount import recount
from simulators.xroad.server import XRoadError, called, request_hash

from .conftest import Stranger
from .harnesses import OURS, THEIRS, XRoad
from .test_adapters import NO, change, ours

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(stranger: Stranger, tmp_path: Path) -> XRoad:
    """A partner behind security servers."""
    return XRoad(stranger, tmp_path)


class TestACall:
    def test_names_the_service_in_the_address_and_the_caller_in_a_header(self, road: XRoad) -> None:
        """PR-REST §4.1."""
        seen: list[httpx.Request] = []

        def server(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(500, headers={"X-Road-Error": "Server.ServerProxy.NetworkError"})

        http = httpx.Client(transport=httpx.MockTransport(server))
        with pytest.raises(Later), adapter_for(road.partner, http=http) as line:
            line.deliver([change(road.stranger)])
        [request] = seen
        assert request.url.path == f"/r1/{THEIRS}/exchange/exchange/v1/messages"
        assert request.headers["X-Road-Client"] == OURS
        assert request.headers["X-Road-UserId"][:2] == "ID"
        assert len(request.headers["X-Road-Id"]) == 36

    def test_encodes_each_part_of_a_name_by_itself(self, road: XRoad) -> None:
        """PR-REST §4.2: the separator stays, what is inside a part does not."""
        road.partner.settings |= {"service": "A B/GOV/ÜBER/SUB/get%"}
        with adapter_for(road.partner) as line:
            address = line.address("/x")  # type: ignore[attr-defined]
        assert address.endswith("/r1/A%20B/GOV/%C3%9CBER/SUB/get%25/x")

    def test_of_several_callers_the_last_counts(self) -> None:
        """PR-REST §4.3."""
        assert caller("A/B/C/D, E/F/G/H") == "E/F/G/H"


class TestAnError:
    @pytest.mark.parametrize(
        "kind",
        [
            "Server.ServerProxy.NetworkError", "Server.ClientProxy.OutdatedGlobalConf",
            "Server.ServerProxy.ServiceFailed", "Server.ServerProxy.DatabaseError",
            "server.serverproxy.network_error", "server.clientproxy.outdated_global_conf",
        ],
    )  # fmt: skip
    def test_of_a_line_or_a_configuration_passes(self, road: XRoad, kind: str) -> None:
        send("contract.answered", "PMI-1", NO, partner=road.partner)
        road.routes.error, road.routes.times = kind, 1
        road.carry()
        assert (ours()[0].state, self.halted(road)) == ("waiting", "")
        road.due_again()
        road.carry()
        assert ours()[0].state == "stored"

    @pytest.mark.parametrize(
        "kind",
        [
            "Client.BadRequest", "Client.MissingHeader", "Server.ServerProxy.AccessDenied",
            "Server.ServerProxy.UnknownService", "Server.ClientProxy.SslAuthenticationFailed",
            "client.bad_request", "server.serverproxy.access_denied",
        ],
    )  # fmt: skip
    def test_of_a_right_or_a_request_stops_the_line_and_names_itself(
        self, road: XRoad, kind: str
    ) -> None:
        send("contract.answered", "PMI-1", NO, partner=road.partner)
        road.routes.error = kind
        road.carry()
        assert self.halted(road) == kind
        with acting_as(ROBOT):
            Outgoing.objects.update(next_at="2020-01-01T00:00:00Z")
        road.routes.error = ""
        road.carry()
        assert road.came == []  # nothing is tried meanwhile
        road.due_again()
        road.carry()
        assert (ours()[0].state, self.halted(road)) == ("stored", "")

    def test_after_the_partner_had_stored_it_makes_a_harmless_repeat(self, road: XRoad) -> None:
        send("contract.answered", "PMI-1", NO, partner=road.partner)
        road.routes.error, road.routes.after = "Server.ServerProxy.NetworkError", True
        road.routes.times = 1
        road.carry()
        road.due_again()
        road.carry()
        assert ours()[0].state == "stored"
        assert road.came[0] == road.came[1]

    @pytest.mark.parametrize(
        ("status", "meant"), [(500, Later), (503, Later), (429, Later), (400, Stop), (404, Stop)]
    )
    def test_without_the_header_is_the_partner_s_own(
        self, road: XRoad, status: int, meant: type[Exception]
    ) -> None:
        """PR-REST §4.6, category 1: then the exchange's own table of statuses holds."""
        http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(status)))
        with pytest.raises(meant), adapter_for(road.partner, http=http) as line:
            line.deliver([change(road.stranger)])

    @staticmethod
    def halted(road: XRoad) -> str:
        """Why nothing is tried."""
        with acting_as(ROBOT):
            return Partner.objects.get(pk=road.partner.pk).halted_why


class TestOurNodeAsAProvider:
    def post(self, client: str, item: tuple[bytes, str]) -> int:
        """As our security server asks us."""
        return (
            Client()
            .post(
                "/exchange/v1/messages",
                item[0],
                content_type="application/cloudevents+json",
                headers={"X-Road-Client": client, "Lindung-Signature": item[1]},
            )
            .status_code
        )

    def test_takes_calls_of_the_client_agreed_and_of_no_other(
        self, road: XRoad, stranger: Stranger
    ) -> None:
        assert self.post(THEIRS, change(stranger)) == 200
        assert self.post("TEST/GOV/XX/OTHER", change(stranger)) == 403
        assert self.post(f"{THEIRS}, TEST/GOV/XX/OTHER", change(stranger)) == 403

    def test_asks_a_partner_it_never_met_to_send_again(
        self, road: XRoad, stranger: Stranger, scene: Any
    ) -> None:
        with scene():
            PartnerKey.objects.all().delete()
        assert self.post(THEIRS, change(stranger)) == 503


class TestTheStandIn:
    def test_refuses_a_call_that_breaks_the_protocol(self) -> None:
        """PR-REST §4.6, category 3."""
        for address, headers in (
            ("/r1/A/B/C/D", {"x-road-client": OURS}),
            ("/r2/A/B/C/D/E", {"x-road-client": OURS}),
            ("/r1/A/B/C/D/E", {}),
            ("/r1/A/B/C/D/E", {"x-road-client": "A/B"}),
        ):
            with pytest.raises(XRoadError) as error:
                called("POST", address, headers, b"")
            assert (error.value.status, error.value.kind[:7]) == (400, "Client.")

    def test_passes_path_and_query_on_and_filters_headers(self) -> None:
        """PR-REST §4.1, §4.3, §4.5."""
        headers = {"x-road-client": OURS, "host": "ss", "user-agent": "x", "lindung-request": "t"}
        call = called("GET", "/r1/A/B/C/D/E/v1/bar/zyggy?quu=1&a=%2F", headers, b"")
        assert (call.service, call.target) == ("A/B/C/D/E", "/v1/bar/zyggy?quu=1&a=%2F")
        assert call.headers == {"lindung-request": "t", "accept": "application/json"}

    def test_hashes_a_request_as_the_text_says(self) -> None:
        """PR-REST §4.3: SHA512(SHA512(headers)+SHA512(body)); SHA512(headers) without a body."""
        told = hashlib.sha512(b"a: b\r\n").digest()
        both = hashlib.sha512(told + hashlib.sha512(b"{}").digest()).digest()
        assert base64.b64decode(request_hash({"a": "b"}, b"")) == told
        assert base64.b64decode(request_hash({"a": "b"}, b"{}")) == both


def test_a_batch_too_large_for_the_partner_goes_in_halves(
    stranger: Stranger, partner: Partner
) -> None:
    from .harnesses import Http, technical

    line = Http(stranger, Path())
    sizes: list[int] = []

    def server(request: httpx.Request) -> httpx.Response:
        from lindung.exchange.wire import texts

        if request.headers["content-type"] == texts.BATCH:
            items = texts.unframe(request.content)
            sizes.append(len(items))
            if len(items) > 2:
                return httpx.Response(413)
            receipts = [technical(stranger, raw) for raw, _ in items]
            return httpx.Response(200, content=texts.frame(receipts))
        sizes.append(1)
        raw, proof = technical(stranger, request.content)
        return httpx.Response(200, content=raw, headers={"Lindung-Signature": proof})

    for _ in range(5):
        send("contract.answered", "PMI-1", NO, partner=line.partner)
    http = httpx.Client(transport=httpx.MockTransport(server))
    assert outbox.pump(partner.pk, http=http) == 5
    assert sizes == [5, 2, 3, 1, 2]


class TestCountingAfterARestore:
    def test_goes_on_after_what_the_partner_has_and_never_back(self, road: XRoad) -> None:
        for _ in range(2):
            send("contract.answered", "PMI-1", NO, partner=road.partner)
        told = {"PMI-1": 7}

        def server(request: httpx.Request) -> httpx.Response:
            assert request.url.path.endswith("/exchange/v1/subjects")
            assert request.headers["Lindung-Request"]
            through = told.get(request.url.params["subject"])
            return httpx.Response(200, json={"received_through": through})

        http = httpx.Client(transport=httpx.MockTransport(server))
        [behind] = recount(road.partner.pk, http=http)
        assert (behind.ours, behind.theirs) == (2, 7)
        assert send("contract.answered", "PMI-1", NO, partner=road.partner).sequence == 8
        told["PMI-1"] = 3
        assert recount(road.partner.pk, http=http) == []
        assert send("contract.answered", "PMI-1", NO, partner=road.partner).sequence == 9
