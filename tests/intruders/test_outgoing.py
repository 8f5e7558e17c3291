"""Calls to other systems lead to no place behind our own walls."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from lindung.access import outgoing

WITHIN = [
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::",
    "2002:a00:1::", "ff02::1",
]  # fmt: skip
OPEN = ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"]


@pytest.mark.parametrize("address", WITHIN)
def test_an_address_within_is_closed(address: str) -> None:
    assert not outgoing.is_open(address)


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_network_is_open(address: str) -> None:
    assert outgoing.is_open(address)


def told(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that answers so, one after the other; gives the names it was asked."""
    asked: list[str] = []
    left = list(answers)

    def lookup(name: str, port: int, **_: Any) -> list[Any]:
        asked.append(name)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


class Wire:
    """What would have gone out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, status: int = 200) -> None:
        self.requests: list[httpx.Request] = []

        def send(_self: Any, request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return httpx.Response(status, headers={"Location": "http://127.0.0.1/"})

        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", send)


@pytest.fixture
def production(settings: Any) -> Any:
    settings.MODE = "production"
    settings.PRIVATE_HOSTS = frozenset()
    return settings


class TestInProduction:
    @pytest.mark.parametrize("answer", [["10.0.0.5"], ["1.1.1.1", "127.0.0.1"], []])
    def test_a_name_that_leads_within_is_not_called(
        self, answer: list[str], production: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told(monkeypatch, answer)
        wire = Wire(monkeypatch)
        with outgoing.client(seconds=1) as client, pytest.raises(httpx.ConnectError):
            client.get("https://partner.example/")
        assert wire.requests == []

    def test_a_name_server_that_changes_its_mind_changes_nothing(
        self, production: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = told(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
        wire = Wire(monkeypatch)
        with outgoing.client(seconds=1) as client:
            client.get("https://partner.example/x")
        (sent,) = wire.requests
        # The connection goes to the address that was looked at; name and certificate stay.
        assert sent.url.host == "1.1.1.1"
        assert sent.headers["Host"] == "partner.example"
        assert sent.extensions["sni_hostname"] == "partner.example"
        assert asked == ["partner.example"]

    def test_a_number_written_out_is_no_way_round(
        self, production: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wire = Wire(monkeypatch)
        for host in ("127.0.0.1", "[::1]", "169.254.169.254"):
            with outgoing.client(seconds=1) as client, pytest.raises(httpx.ConnectError):
                client.get(f"http://{host}/latest/")
        assert wire.requests == []

    def test_what_is_named_may_lie_within(
        self, production: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        production.PRIVATE_HOSTS = frozenset({"gerbang.kementerian.example"})
        wire = Wire(monkeypatch)
        with outgoing.client(seconds=1) as client:
            client.get("http://gerbang.kementerian.example/")
        assert wire.requests[0].url.host == "gerbang.kementerian.example"


def test_a_redirect_is_an_answer_and_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, status=302)
    with outgoing.client(seconds=1) as client:
        assert client.get("http://partner.example/").status_code == 302
    assert len(wire.requests) == 1


def test_nothing_else_in_the_service_opens_a_line_of_its_own() -> None:
    import re
    from pathlib import Path

    from django.conf import settings

    source = Path(settings.ROOT) / "src" / "lindung"
    opens = re.compile(
        r"httpx\.(?:Client|AsyncClient|get|post|put|request|stream)\(|urlopen\(|requests\.(?:get|post)\("
    )
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if opens.search(path.read_text("utf-8"))
    }
    # The conformance test is a tool of a developer, who says whom it examines.
    assert found == {"access/outgoing.py", "exchange/conformance/examiner.py"}
