"""Two security servers in one process: the consumer's, which is asked, and the provider's behind it.

Written from "X-Road: Message Protocol for REST" (PR-REST 1.0.4); section numbers are that text's.
Between real servers there are also mutual TLS, signatures, time stamps and a log (PR-MESSTRANSP);
those change nothing that an information system sees, and are left out.
"""

import base64
import hashlib
import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

import httpx

#: §4.3, filtered headers: hop-by-hop, and what can leak the origin's name or address.
FILTERED = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "user-agent",
    "server",
}
#: §4.3: set by the provider's server; what a service sets itself is overwritten.
SET_BY_SERVER = {
    "x-road-client",
    "x-road-service",
    "x-road-id",
    "x-road-request-id",
    "x-road-request-hash",
    "x-road-error",
}
MAX_ADDRESS = 2000  # §4.2: a limit that a server may set
MAX_BODY = 32 * 1024 * 1024


class XRoadError(Exception):
    """§4.6: an error of kind 2, 3 or 4; it bears `X-Road-Error` and a body of its own."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(kind)
        self.status, self.kind, self.message = status, kind, message


@dataclass
class Routes:
    """Which service lies where, who may call it, and how the servers misbehave.

    Attributes:
        services: `INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE` → base address of the provider.
        allowed: service → clients; a service not named is open to every client.
        error: type of an error to answer with, in place of asking the provider.
        after: the provider is asked first, and then the error is answered: the answer got lost.
        times: how often more; None: until told otherwise.
    """

    services: dict[str, str] = field(default_factory=dict)
    allowed: dict[str, list[str]] = field(default_factory=dict)
    error: str = ""
    after: bool = False
    times: int | None = None
    seen: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self) -> tuple[str, bool]:
        """The error to answer with now, and whether only afterwards; used up by one."""
        with self.lock:
            error, after = self.error, self.after
            if error and self.times is not None:
                self.times -= 1
                if self.times <= 0:
                    self.error, self.times = "", None
            return error, after


@dataclass(frozen=True)
class Call:
    """§4.1: one request to a service."""

    method: str
    client: str
    service: str
    target: str
    identity: str
    headers: dict[str, str]
    body: bytes


def called(method: str, address: str, headers: Mapping[str, str], body: bytes) -> Call:
    """What a request asks for; refuses one that breaks the protocol (§4.1 to §4.3)."""
    if len(address) > MAX_ADDRESS:
        raise XRoadError(400, "Client.BadRequest", "The address is too long.")
    path, mark, query = address.partition("?")
    parts = path.split("/")
    # "/r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE/rest"
    if len(parts) < 7 or parts[0] or parts[1] != "r1" or not all(parts[2:7]):
        raise XRoadError(400, "Client.BadRequest", "The address names no service.")
    if "x-road-client" not in headers:
        raise XRoadError(400, "Client.MissingHeader", "X-Road-Client is needed.")
    client = headers["x-road-client"]
    if len(client.split("/")) not in (3, 4) or not all(client.split("/")):
        raise XRoadError(400, "Client.BadRequest", "X-Road-Client is no identifier.")
    service = "/".join(unquote(part) for part in parts[2:7])
    rest = "".join(f"/{part}" for part in parts[7:])
    passed = {
        name: value
        for name, value in headers.items()
        if name not in FILTERED and name not in SET_BY_SERVER and name != "content-length"
    }
    passed.setdefault("accept", "application/json")  # §4.3, Accept
    return Call(
        method,
        "/".join(unquote(part) for part in client.split("/")),
        service,
        f"{rest}{mark}{query}",
        headers.get("x-road-id") or str(uuid.uuid4()),
        passed,
        body,
    )


def request_hash(headers: Mapping[str, str], body: bytes) -> str:
    """§4.3, X-Road-Request-Hash: base64 of SHA512(SHA512(headers) + SHA512(body))."""
    told = "".join(f"{name}: {value}\r\n" for name, value in sorted(headers.items()))
    first = hashlib.sha512(told.encode()).digest()
    if body:
        first = hashlib.sha512(first + hashlib.sha512(body).digest()).digest()
    return base64.b64encode(first).decode()


class SecurityServers:
    """Passes calls on, by its routes."""

    def __init__(self, routes: Routes, http: httpx.Client | None = None) -> None:
        self.routes = routes
        # §4.4: redirects are handed on, not followed.
        self.http = http or httpx.Client(timeout=10, follow_redirects=False, trust_env=False)

    def answer(self, call: Call) -> tuple[int, dict[str, str], bytes]:
        """The provider's answer as the consumer gets it; XRoadError for the servers' own."""
        base = self.routes.services.get(call.service)
        if base is None:
            raise XRoadError(500, "Server.ServerProxy.UnknownService", "No such service.")
        allowed = self.routes.allowed.get(call.service)
        if allowed is not None and call.client not in allowed:
            raise XRoadError(500, "Server.ServerProxy.AccessDenied", "Not for this client.")
        fault, after = self.routes.fault()
        if fault and not after:
            raise XRoadError(400 if fault.startswith("Client") else 500, fault, "As told.")
        headers = call.headers | {
            "x-road-client": _encoded(call.client),
            "x-road-service": _encoded(call.service),
            "x-road-id": call.identity,
        }
        try:
            found = self.http.request(
                call.method, base + call.target, content=call.body, headers=headers
            )
        except httpx.HTTPError as error:
            raise XRoadError(
                500, "Server.ServerProxy.NetworkError", f"Connect failed: {type(error).__name__}"
            ) from error
        if fault:
            raise XRoadError(500, fault, "As told, after the provider had answered.")
        given = {
            name.lower(): value
            for name, value in found.headers.items()
            if name.lower() not in FILTERED | SET_BY_SERVER | {"content-length", "content-encoding"}
        }
        given |= {
            "x-road-client": _encoded(call.client),
            "x-road-service": _encoded(call.service),
            "x-road-id": call.identity,
            "x-road-request-id": str(uuid.uuid4()),
            "x-road-request-hash": request_hash(headers, call.body),
        }
        return found.status_code, given, found.content


def make_server(routes: Routes, port: int) -> ThreadingHTTPServer:
    """The consumer's security server, on loopback; `/control` sets how it misbehaves."""
    servers = SecurityServers(routes)

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(min(length, MAX_BODY))
            headers: dict[str, str] = {}
            for name, value in self.headers.items():  # §4.3: of several X-Road-Client the last
                headers[name.lower()] = value
            self._answer(*_handled(servers, self.command, self.path, headers, body))

        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def do_PUT(self) -> None:
            self._do()

        def do_DELETE(self) -> None:
            self._do()

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("127.0.0.1", port), Door)


def _handled(
    servers: SecurityServers, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, Mapping[str, str], bytes]:
    routes = servers.routes
    if path == "/health":
        return 200, {"content-type": "application/json"}, b'{"ok": true}'
    if path == "/control" and method == "POST":
        return 200, {"content-type": "application/json"}, _control(routes, json.loads(body))
    try:
        call = called(method, path, headers, body)
        routes.seen.append({"client": call.client, "service": call.service} | headers)
        return servers.answer(call)
    except XRoadError as error:
        told = {"type": error.kind, "message": error.message, "detail": str(uuid.uuid4())}
        shown = {"content-type": "application/json;charset=utf-8", "x-road-error": error.kind}
        return error.status, shown, json.dumps(told).encode()


def _control(routes: Routes, told: dict[str, Any]) -> bytes:
    with routes.lock:
        routes.error = str(told.get("error", ""))
        routes.after = bool(told.get("after", False))
        routes.times = told.get("times")
        routes.services |= told.get("services", {})
        routes.allowed |= told.get("allowed", {})
    return json.dumps({"seen": routes.seen[-20:]}).encode()


def _encoded(name: str) -> str:
    return "/".join(quote(part, safe="'()+,-.=") for part in name.split("/"))
